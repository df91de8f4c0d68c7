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

test('what CONTRIBUTING.md and docs/ARCHITECTURE.md name is there', () => {
  const contributing = readFileSync(join(TOP, 'CONTRIBUTING.md'), 'utf8');
  const architecture = readFileSync(join(TOP, 'docs/ARCHITECTURE.md'), 'utf8');
  const paths = [
    ...`${contributing}${architecture}`.matchAll(/`((?:src|test|tools|docs)\/[^`\s]+)`/g),
  ]
    .map(([, path]) => path)
    .filter((path) => !/NAME|…|\*/.test(path));
  assert.ok(paths.length > 20);
  for (const path of paths) assert.ok(existsSync(join(TOP, path)), path);
  // Of the road: folders and files of src/.
  const files = [...architecture.matchAll(/`([a-z]+\/[a-z/-]+\.tsx?)`/g)].map(([, path]) => path);
  const known = (path: string): boolean =>
    ['src', 'src/session', 'src/pdu', 'src/session/iscsi', '.'].some((folder) =>
      existsSync(join(TOP, folder, path)),
    );
  assert.ok(files.length > 10);
  assert.equal(
    files.filter((path) => !known(path)),
    [],
  );
});

test('what it links to is there', () => {
  for (const [, path] of README.matchAll(/\]\(([^)#:]+)\)/g)) {
    assert.ok(existsSync(join(TOP, path)), path);
  }
});

test.run();
