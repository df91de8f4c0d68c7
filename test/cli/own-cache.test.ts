// The compiled form of an installed package: made at the first run in the user's cache folder, taken by
// the next, believed only where it is the user's own (bin/own-cache.js).

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const SAMPLE = at('captures/tgt-chap.pcap');
const folder = mkdtempSync(join(tmpdir(), 'sanscope-own-cache-'));
// As the package is: without what the build compiled.
cpSync(at('bin'), join(folder, 'bin'), { recursive: true });
cpSync(at('package.json'), join(folder, 'package.json'));
cpSync(at('dist'), join(folder, 'dist'), {
  recursive: true,
  filter: (path) => !path.endsWith('.cache'),
});
symlinkSync(at('node_modules'), join(folder, 'node_modules'));

let homes = 0;
function home(): { caches: string; own: string } {
  const caches = join(folder, `home${homes++}`);
  return { caches, own: join(caches, 'sanscope') };
}

function run(caches: string, ...words: string[]): string {
  const program = join(folder, 'bin/sanscope.js');
  const env = { ...process.env, XDG_CACHE_HOME: caches, NODE_DISABLE_COMPILE_CACHE: '' };
  const ran = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', env });
  assert.equal([ran.status, ran.stderr], [0, ''], words.join(' '));
  return ran.stdout;
}

const want = run('/dev/null/none', 'report', SAMPLE);

test('the first run makes it, the next takes it as it is', () => {
  const { caches, own } = home();
  run(caches, '--version');
  assert.not(existsSync(own));
  assert.is(run(caches, 'report', SAMPLE), want);
  const [name, ...others] = readdirSync(own);
  assert.equal(others, []);
  assert.match(name, /^quick-[0-9a-f]{32}-v[\d.]+-.*-report\.cache$/);
  assert.is(statSync(own).mode & 0o777, 0o700);
  const before = statSync(join(own, name));
  assert.is(before.mode & 0o777, 0o600);
  assert.is(run(caches, 'report', SAMPLE), want);
  assert.is(statSync(join(own, name)).ino, before.ino, 'V8 took it: it was not made again');
});

test('one that is damaged is made again', () => {
  const { caches, own } = home();
  run(caches, 'report', SAMPLE);
  const file = join(own, readdirSync(own)[0]);
  writeFileSync(file, 'no code');
  assert.is(run(caches, 'report', SAMPLE), want);
  assert.ok(statSync(file).size > 10_000);
});

test('a wrong byte, wherever it is, and half a file: it is made again', () => {
  const { caches, own } = home();
  run(caches, 'report', SAMPLE);
  const file = join(own, readdirSync(own)[0]);
  const good = readFileSync(file);
  for (const part of [0, 0.13, 0.25, 0.4, 0.55, 0.9]) {
    const bad = Buffer.from(good);
    bad.fill(0xff, Math.floor(part * bad.length), Math.floor(part * bad.length) + 40);
    writeFileSync(file, bad);
    assert.is(run(caches, 'report', SAMPLE), want, `${part}`);
    assert.is(run(caches, 'report', SAMPLE), want, `${part}, the next`);
  }
  for (const length of [good.length / 2, good.length / 4, 0]) {
    writeFileSync(file, good.subarray(0, length));
    assert.is(run(caches, 'report', SAMPLE), want, `${length} bytes`);
    assert.ok(statSync(file).size > good.length / 2, 'made again');
  }
});

test('a folder that cannot be written, and one in the home of another', () => {
  const { caches, own } = home();
  mkdirSync(own, { recursive: true, mode: 0o500 });
  assert.is(run(caches, 'report', SAMPLE), want);
  chmodSync(own, 0o700);
  if (process.getuid?.() !== 0) return;
  const other = home().caches;
  mkdirSync(other);
  chownSync(other, 65_534, 65_534);
  assert.is(run(other, 'report', SAMPLE), want);
  assert.equal(readdirSync(other), []);
});

test('a folder or a file that others may write is not believed', () => {
  const { caches, own } = home();
  mkdirSync(own, { recursive: true });
  chmodSync(own, 0o777);
  assert.is(run(caches, 'report', SAMPLE), want);
  assert.equal(readdirSync(own), []);
  chmodSync(own, 0o700);
  run(caches, 'report', SAMPLE);
  const file = join(own, readdirSync(own)[0]);
  const { ino } = statSync(file);
  chmodSync(file, 0o666);
  assert.is(run(caches, 'report', SAMPLE), want);
  assert.is.not(statSync(file).ino, ino);
});

test('a link in place of the folder is not followed', () => {
  const { caches, own } = home();
  const other = home().caches;
  mkdirSync(other, { mode: 0o700 });
  mkdirSync(caches);
  symlinkSync(other, own);
  assert.is(run(caches, 'report', SAMPLE), want);
  assert.equal(readdirSync(other), []);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();
