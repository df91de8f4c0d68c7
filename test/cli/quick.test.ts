// dist/report.cjs, the report's script, and dist/quick.cjs, that of most other commands, and their compiled
// forms beside them (bin/quick.js).

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const { SCRIPTS } = createRequire(import.meta.url)('../../bin/quick.js') as { SCRIPTS: string[] };
const SAMPLE = at('captures/tgt-chap.pcap');

function node(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return stdout;
}

for (const name of SCRIPTS) {
  test(`${name}.cjs is ASCII: it is read as Latin-1`, () => {
    assert.is(/[^\0-\x7f]/.test(readFileSync(at(`dist/${name}.cjs`), 'latin1')), false);
  });

  test(`the compiled form is of ${name}.cjs, and this Node takes it`, () => {
    const look = `const q = require(${JSON.stringify(at('bin/quick.js'))});
      const bytes = require('node:fs').readFileSync(q.cacheOf('${name}'));
      process.stdout.write(String(q.compile('${name}', bytes).cachedDataRejected));`;
    assert.is(node('-e', look), 'false');
  });
}

// A flag before the command: the report's script is asked first, and asks the other.
const LINES = [
  ['report'],
  ['report', '--json'],
  ['pdus', '-V'],
  ['--quiet', 'pdus'],
  ['login'],
  ['--help'],
];
for (const words of LINES) {
  test(`${words.join(' ')}: as without it`, () => {
    const args = words[0] === '--help' ? words : [...words, SAMPLE];
    const whole = `import(${JSON.stringify(at('dist/main.js'))})
      .then((all) => all.main(process.argv.slice(1)));`;
    assert.is(node(at('bin/sanscope.js'), ...args), node('-e', whole, '--', ...args));
  });
}

test.run();
