#!/usr/bin/env node
const program = require('./quick.js').load();
if (program === undefined) {
  process.stderr.write('sanscope: not built yet: run npm install (or npm run build) first\n');
  process.exitCode = 3;
} else {
  program.main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
