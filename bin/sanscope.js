#!/usr/bin/env node
const words = process.argv.slice(2);
if (!toldVersion()) {
  const program = require('./quick.js').load();
  if (program === undefined) {
    process.stderr.write('sanscope: not built yet: run npm install (or npm run build) first\n');
    process.exitCode = 3;
  } else {
    program.main(words).then((code) => {
      process.exitCode = code;
    });
  }
}

/** Nothing is loaded for it; where nobody can be told, the program says what there is to say. */
function toldVersion() {
  if (words.length !== 1 || (words[0] !== '--version' && words[0] !== '-V')) return false;
  try {
    require('node:fs').writeSync(1, `${require('../package.json').version}\n`);
    return true;
  } catch {
    return false;
  }
}
