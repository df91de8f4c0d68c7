// What is read stays as it is, what is written is whole or not there, and nothing is left behind.

import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
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
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCapture } from '../../src/capture/capture.js';
import { Packet } from '../../src/capture/packet.js';
import { sameAsInput } from '../../src/capture/same-file.js';
import { WholeFile } from '../../src/capture/whole-file.js';
import { Case } from '../../src/case/case.js';
import { Details } from '../../src/case/pdu-details.js';
import { writeSlice } from '../../src/cli/write-slice.js';
import { Recorder, ringName } from '../../src/live/recorder.js';
import { analyse } from '../../src/pipeline.js';
import { nothingYet } from '../../src/slice/listed-commands.js';
import { OpenFile } from '../../src/ui/saved-file.js';
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

test('what a killed run left beside is in nobody’s way, also where process numbers come again', () => {
  const path = join(folder, 'again.json');
  const left = join(folder, `.again.json.sanscope-${process.pid}`);
  writeFileSync(left, 'left');
  const file = new WholeFile(path);
  writeSync(file.fd, 'whole');
  file.put();
  assert.is(readFileSync(path, 'utf8'), 'whole');
  rmSync(left);
  assert.equal(leftBeside(), []);
});

test('a link to nothing yet stays one', () => {
  const link = join(folder, 'to-come');
  symlinkSync('come.json', link);
  assert.is(sanscope(['export', '-o', link, CAPTURE]).status, 0);
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.ok(JSON.parse(readFileSync(join(folder, 'come.json'), 'utf8')).schema);
});

test('a new file is not put over what came meanwhile', () => {
  const path = join(folder, 'meanwhile');
  const file = new WholeFile(path, { isNew: true });
  writeFileSync(path, 'precious');
  assert.throws(() => file.put(), /EEXIST/);
  assert.is(readFileSync(path, 'utf8'), 'precious');
  assert.throws(() => new WholeFile(path, { isNew: true }), /EEXIST/);
  assert.equal(leftBeside(), []);
});

test('what others wrote to standard output stays, by whatever name it is given', () => {
  if (!existsSync('/proc/self/fd')) return;
  for (const name of ['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']) {
    const all = join(folder, 'all');
    const line = `echo before; "$0" "$1" export -o ${name} "$2"; echo after`;
    const fd = openSync(all, 'w');
    spawnSync('sh', ['-c', line, process.execPath, BIN, CAPTURE], { stdio: ['ignore', fd] });
    closeSync(fd);
    const text = readFileSync(all, 'utf8');
    assert.ok(
      text.startsWith('before\n{') && text.endsWith('}\nafter\n'),
      `${name}: ${text.slice(-99)}`,
    );
  }
});

test('live does not write its capture to what is open already', () => {
  const all = join(folder, 'live-all');
  for (const name of ['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']) {
    const fd = openSync(all, 'w');
    writeSync(fd, 'before');
    const args = [BIN, 'live', '--follow', CAPTURE, '--duration', '1s', '-w', name];
    const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', fd] });
    closeSync(fd);
    assert.is(status, 2, name);
    assert.is(readFileSync(all, 'utf8'), 'before');
  }
});

test('a pipe by any name cannot be read twice', () => {
  spawnSync('mkfifo', [join(folder, 'once')]);
  for (const name of ['-', '/dev/stdin', '/proc/self/fd/0', 'once']) {
    const args = ['slice', '--frame', '1-9', '-o', 'never.pcapng', name];
    const { status, stderr } = sanscope(args, { cwd: folder, input: before });
    assert.is(status, 2, name);
    assert.match(stderr, /reads its captures twice/);
  }
  assert.not.ok(existsSync(join(folder, 'never.pcapng')));
});

test('a slice of what became another file between its readings is not written', async () => {
  const path = fresh('between.pcap');
  const analysis = await analyse([path], {});
  const out = join(folder, 'between.pcapng');
  const packets = { stretches: [{ from: 1, to: 9 }], fromNs: 0, toNs: -1 };
  const kept = { selection: nothingYet(), roads: [], packets };
  const context = { files: [path], options: {}, env: {}, version: '', say: () => {} };
  copyFileSync(join(TOP, 'captures/tgt-chap-mutual.pcap'), path);
  await writeSlice(context, out, kept, analysis).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /became another file/),
  );
  assert.not.ok(existsSync(out));
  assert.equal(leftBeside(), []);
});

test('tables of a file that is not there leave no folder', () => {
  const out = join(folder, 'tables', 'deep');
  assert.is(sanscope(['export', '--parquet', out, join(folder, 'typo.pcap')]).status, 3);
  assert.not.ok(existsSync(join(folder, 'tables')));
});

test('two outputs are two files', () => {
  const args = ['check', '--junit', 'x.xml', '--sarif', './x.xml', CAPTURE];
  assert.is(sanscope(args, { cwd: folder }).status, 2);
  assert.not.ok(existsSync(join(folder, 'x.xml')));
});

test('what the screens replace stays until the new file is whole', () => {
  const path = join(folder, 'screens.csv');
  writeFileSync(path, 'precious');
  const file = new OpenFile(path, true);
  file.write(Buffer.from('part'));
  assert.is(readFileSync(path, 'utf8'), 'precious');
  file.abandon();
  assert.is(readFileSync(path, 'utf8'), 'precious');
  assert.throws(() => new OpenFile(path, false), /EEXIST/);
  const again = new OpenFile(path, true);
  again.write(Buffer.from('whole'));
  again.close();
  assert.is(readFileSync(path, 'utf8'), 'whole');
  spawnSync('mkfifo', [join(folder, 'nobody-reads')]);
  assert.throws(() => new OpenFile(join(folder, 'nobody-reads'), true), /pipe/);
  assert.equal(leftBeside(), []);
});

test('the screens decode nothing of a file that took the place of what was read', async () => {
  const path = fresh('open.pcap');
  const kase = new Case({ files: [path], analyse, options: {}, turn: () => {} });
  const details = new Details([path], analyse, {}, () => {}, kase);
  await kase.load();
  assert.is(details.of(0, [0]).kind, 'ready');
  renameSync(fresh('other.pcap'), path);
  const state = details.of(1, [1]);
  assert.is(state.kind, 'failed');
  assert.match(state.kind === 'failed' ? state.why : '', /replaced by another file/);
});

test('nor is a file of a ring to come written where it is a link to what is read', () => {
  const input = fresh('followed.pcap');
  const before = readFileSync(input);
  const isRead = (path: string): boolean => sameAsInput(path, [input]) !== undefined;
  const limits = { bytes: 1, spanNs: Infinity, files: 9 };
  const recorder = new Recorder(join(folder, 'next.pcap'), limits, () => true, isRead);
  const packet = Object.assign(new Packet(), { bytes: new Uint8Array(60), capturedLength: 60 });
  const epoch = { seconds: 1_700_000_000, nanoseconds: 0 };
  recorder.packet(packet, epoch);
  symlinkSync(input, join(folder, ringName('next.pcap', 2, '20231114221320')));
  recorder.packet(packet, epoch);
  recorder.close();
  assert.match(recorder.failure?.path ?? '', /next_00002/);
  assert.equal(readFileSync(input), before);
});

function leftBeside(): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('.'));
}

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();
