// The README is true: what is made from the program is up to date, and its commands run.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readmeMade } from '../tools/readme.js';

const TOP = fileURLToPath(new URL('..', import.meta.url));
const README = readFileSync(join(TOP, 'README.md'), 'utf8');

test('what comes from the program is up to date (node --import tsx tools/readme.ts)', () => {
  assert.is(README, readmeMade(README));
});

test('its commands on shipped captures run', () => {
  const lines = README.split('\n').filter((line) => /^sanscope .*captures\//.test(line));
  assert.ok(lines.length >= 2);
  for (const line of lines) {
    const args = line.split(' ').slice(1);
    const run = spawnSync(process.execPath, ['bin/sanscope.js', ...args], { cwd: TOP });
    assert.is(run.status, 0, `${line}: ${run.stderr}`);
    assert.ok(run.stdout.length > 100, line);
  }
});

test('the main job runs as it is written', () => {
  const line = README.split('\n').find((l) => l.startsWith('npm ci && node bin/sanscope.js '));
  assert.ok(line);
  const args = [...line.split('node ')[1].split(' '), '--color', 'never'];
  const out = execFileSync(process.execPath, args, { cwd: TOP });
  assert.match(out.toString(), /READ\(10\) +489/);
});

test('what it links to is there', () => {
  for (const [, path] of README.matchAll(/\]\(([^)#:]+)\)/g)) {
    assert.ok(existsSync(join(TOP, path)), path);
  }
});

test.run();
