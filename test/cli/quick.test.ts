// dist/quick.cjs, the one script of most commands, and its compiled form beside it (bin/quick.js).

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const { CACHE } = createRequire(import.meta.url)('../../bin/quick.js') as { CACHE: string };
const SAMPLE = at('captures/tgt-chap.pcap');

function node(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return stdout;
}

test('the script is ASCII: it is read as Latin-1', () => {
  assert.is(/[^\0-\x7f]/.test(readFileSync(at('dist/quick.cjs'), 'latin1')), false);
});

test('its compiled form is of this source, and this Node takes it', () => {
  const look = `const q = require(${JSON.stringify(at('bin/quick.js'))});
    const bytes = require('node:fs').readFileSync(q.CACHE);
    process.stdout.write(String(q.compile(bytes).cachedDataRejected));`;
  assert.is(node('-e', look), 'false', CACHE);
});

for (const words of [['report'], ['report', '--json'], ['pdus', '-V'], ['login'], ['--help']]) {
  test(`${words.join(' ')}: as without it`, () => {
    const args = words[0] === '--help' ? words : [...words, SAMPLE];
    const whole = `import(${JSON.stringify(at('dist/main.js'))})
      .then((all) => all.main(process.argv.slice(1)));`;
    assert.is(node(at('bin/sanscope.js'), ...args), node('-e', whole, '--', ...args));
  });
}

test.run();
