// What is read stays as it is, what is written is whole or not there, and nothing is left behind.

import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCapture } from '../../src/capture/capture.js';
import { sanscope, TOP } from '../support/program.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-files-'));
const CAPTURE = join(TOP, 'captures/tgt-chap.pcap');
const BIN = join(TOP, 'bin/sanscope.js');
const before = readFileSync(CAPTURE);

function fresh(name: string): string {
  const path = join(folder, name);
  copyFileSync(CAPTURE, path);
  return path;
}

test('an export of a file that is not there leaves what was there', () => {
  const out = join(folder, 'out.json');
  writeFileSync(out, 'precious');
  const { status } = sanscope(['export', '-o', out, join(folder, 'typo.pcap')]);
  assert.is(status, 3);
  assert.is(readFileSync(out, 'utf8'), 'precious');
  assert.equal(leftBeside(), []);
});

test('an export takes the place of what was there, with its permissions, through a link', () => {
  const out = join(folder, 'whole.json');
  writeFileSync(out, 'old', { mode: 0o640 });
  symlinkSync(out, join(folder, 'link.json'));
  assert.is(sanscope(['export', '-o', join(folder, 'link.json'), CAPTURE]).status, 0);
  assert.ok(JSON.parse(readFileSync(out, 'utf8')).schema);
  assert.is(statSync(out).mode & 0o777, 0o640);
  assert.equal(leftBeside(), []);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`an export that ${signal} interrupts leaves what was there`, async () => {
    const out = join(folder, `${signal}.ndjson`);
    writeFileSync(out, 'precious');
    const child = spawn(process.execPath, [BIN, 'export', '--ndjson', '-o', out, '-']);
    child.stdin.write(before);
    while (leftBeside().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const ended = new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
    child.kill(signal);
    assert.is(await ended, signal);
    assert.is(readFileSync(out, 'utf8'), 'precious');
    assert.equal(leftBeside(), []);
  });
}

test('the same file by any name is not written to', () => {
  const input = fresh('same.pcap');
  symlinkSync(input, join(folder, 'same-link.pcap'));
  linkSync(input, join(folder, 'same-hard.pcap'));
  spawnSync('mkfifo', [join(folder, 'fifo')]);
  for (const name of ['same.pcap', 'same-link.pcap', 'same-hard.pcap', './same.pcap']) {
    const out = sanscope(['export', '-o', name, input], { cwd: folder });
    assert.is(out.status, 3, name);
    assert.match(out.stderr, /one of the captures/);
    const args = ['live', '--follow', input, '-w', name, '--duration', '1s'];
    const live = sanscope(args, { cwd: folder });
    assert.is(live.status, 3, name);
    assert.match(live.stderr, /one of the captures/);
  }
  assert.is(sanscope(['export', '-o', 'fifo', 'fifo'], { cwd: folder }).status, 3);
  assert.equal(readFileSync(input), before);
});

test('nor a member of the ring that is followed, there or to come', () => {
  const ring = join(folder, 'ring');
  mkdirSync(ring);
  copyFileSync(CAPTURE, join(ring, 'trace_00001_20260101000000.pcap'));
  for (const [pattern, ...more] of [
    ['trace_*.pcap', '-w', join(ring, 'trace_00001_20260101000000.pcap')],
    ['trace_*.pcap', '-w', join(ring, 'trace.pcap'), '-b', 'filesize:1MB'],
    ['trace_*.pcap', '-w', join(ring, 'trace_new.pcap')],
    // What is saved is pcapng.
    ['trace_*', '--save-on', 'latency > 1s', '--save-to', join(ring, 'trace_slow')],
  ]) {
    const args = ['live', '--follow', join(ring, pattern), '--duration', '1s', ...more];
    const { status, stderr } = sanscope(args);
    assert.is(status, 3, more.join(' '));
    assert.match(stderr, /one of the captures/);
  }
  assert.equal(readFileSync(join(ring, 'trace_00001_20260101000000.pcap')), before);
});

test('a report is not appended to the capture that it reads', () => {
  const input = fresh('append.pcap');
  const fd = openSync(input, 'a');
  const { status } = spawnSync(process.execPath, [BIN, 'report', input], { stdio: ['ignore', fd] });
  closeSync(fd);
  assert.is(status, 3);
  assert.equal(readFileSync(input), before);
});

for (const [what, change, words] of [
  ['replaced', (path: string) => renameSync(fresh('other.pcap'), path), /replaced by another file/],
  ['removed', (path: string) => rmSync(path), /was removed/],
  ['cut', (path: string) => truncateSync(path, 2000), /became shorter/],
  ['grown', (path: string) => appendFileSync(path, before.subarray(24)), undefined],
] as const) {
  test(`a file that is ${what} while it is read`, async () => {
    const path = fresh(`changing-${what}.pcap`);
    const capture = await openCapture([path]);
    let packets = 0;
    await capture.run({ packet: () => packets++ === 3 && change(path) });
    const told = capture.problems.kept.filter(({ kind }) => kind === 'file-changed');
    assert.is(told.length, words === undefined ? 0 : 1);
    if (words !== undefined) assert.match(told[0].text, words);
  });
}

test('of many files one that another took the place of is not read on', async () => {
  const big = join(folder, 'big.pcap');
  writeFileSync(big, Buffer.concat([before, ...Array(40).fill(before.subarray(24))]));
  const paths = [big, ...Array.from({ length: 9 }, (_, i) => fresh(`many-${i}.pcap`))];
  const capture = await openCapture(paths);
  let packets = 0;
  await capture.run({ packet: () => packets++ === 3 && renameSync(fresh('other.pcap'), big) });
  const told = capture.problems.kept.map(({ text }) => text).join('\n');
  assert.match(told, /big\.pcap" was replaced by another file/);
  assert.match(told, /another file has taken its place/);
});

test('temporary files have no name, so that a kill leaves none', async () => {
  if (!existsSync('/proc/self/fd')) return;
  const tmp = join(folder, 'tmp');
  mkdirSync(tmp);
  const args = ['live', '-', '--save-on', 'latency > 1s', '--save-to', join(tmp, 'x'), '--json'];
  const env = { ...process.env, TMPDIR: tmp };
  const child = spawn(process.execPath, [BIN, ...args], { env });
  child.stdin.write(before);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.on('close', resolve));
  assert.equal(readdirSync(tmp), []);
});

function leftBeside(): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('.'));
}

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();
