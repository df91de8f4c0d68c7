// Captures that are kept: whole files, rings of them, and the spool of the last packets.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Packet } from '../../src/capture/packet.js';
import { SAVED_FILES_MAX } from '../../src/limits.js';
import { PcapFile } from '../../src/live/pcap-file.js';
import { Recorder } from '../../src/live/recorder.js';
import { type Saved, Saver } from '../../src/live/saver.js';
import { Spool, type SpoolPart } from '../../src/live/spool.js';
import { readCapture } from '../support/capture.js';
import { needsNot } from '../support/needs.js';
import { smallDisk, smallDiskMissing } from '../support/small-disk.js';
import { task } from '../support/task.js';

const EPOCH = { seconds: 1_700_000_000, nanoseconds: 999_999_999 };
const folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));

/** `length` octets of the number's low byte, at `timeNs`. */
function packet(number: number, timeNs: number, length = 100): Packet {
  const made = new Packet();
  made.bytes = new Uint8Array(length + 7).fill(number & 255);
  made.view = new DataView(made.bytes.buffer);
  return Object.assign(made, {
    offset: 7,
    capturedLength: length,
    originalLength: length + 1,
    timeNs,
    frame: number,
    snaplen: 65_535,
  });
}

test('what is written is read again: octets, lengths and times', async () => {
  for (const nanoseconds of [true, false]) {
    const path = join(folder, `whole-${nanoseconds}.pcap`);
    const file = new PcapFile(path, { nanoseconds, linkType: 1, snaplen: 0 });
    const times = [0, 1, 1000, 999_999, 5e9, 86_400e9 * 3 + 7];
    for (const [i, timeNs] of times.entries())
      file.write(packet(i, timeNs, i === 3 ? 300_000 : i * 10 + 1), EPOCH);
    file.close();
    const { packets, facts, problems } = await readCapture([path]);
    assert.equal(problems.kept, []);
    const grain = nanoseconds ? 1 : 1000;
    const first = EPOCH.nanoseconds - (EPOCH.nanoseconds % grain);
    assert.equal(facts.epoch, { seconds: EPOCH.seconds, nanoseconds: first });
    const cut = (ns: number) => Math.floor((EPOCH.nanoseconds + ns) / grain) * grain - first;
    assert.equal(
      packets.map((p) => p.timeNs),
      times.map(cut),
    );
    assert.equal(
      packets.map((p) => p.bytes.length),
      [1, 11, 21, 300_000, 41, 51],
    );
    assert.ok(
      packets.every(
        (p, i) => p.originalLength === p.bytes.length + 1 && p.bytes.every((b) => b === i),
      ),
    );
  }
});

test('a ring keeps so many files of such a size, and all of its packets until then', async () => {
  const path = join(folder, 'ring.pcap');
  const recorder = new Recorder(path, { bytes: 1000, spanNs: Infinity, files: 3 }, () => true);
  for (let i = 0; i < 40; i++) recorder.packet(packet(i, i * 1e9), EPOCH);
  recorder.close();
  const names = readdirSync(folder)
    .filter((name) => name.startsWith('ring_'))
    .sort();
  assert.equal(names.length, 3);
  assert.match(names[0], /^ring_00003_20231114221\d{3}\.pcap$/);
  assert.ok(names.every((name) => statSync(join(folder, name)).size <= 1000));
  const { packets } = await readCapture(recorder.paths());
  assert.equal(
    packets.map((p) => p.bytes[0]),
    Array.from({ length: 24 }, (_, i) => 16 + i),
  );
  const timed = new Recorder(
    join(folder, 'timed.pcap'),
    { bytes: Infinity, spanNs: 5e9, files: Infinity },
    () => true,
  );
  for (let i = 0; i < 12; i++) timed.packet(packet(i, i * 1e9), EPOCH);
  timed.close();
  assert.is(timed.paths().length, 3);
});

test('a full disk leaves whole records, and says so', async () => {
  const recorder = new Recorder('/dev/full', undefined, () => true);
  for (let i = 0; i < 3000; i++) recorder.packet(packet(i, i), EPOCH);
  recorder.close();
  assert.is(recorder.failure?.code, 'ENOSPC');
});

const onSmallDisk = needsNot(smallDiskMissing());

onSmallDisk(
  'a disk that fills up: files hold the records that had room, and count them',
  async () => {
    const disk = smallDisk(join(folder, 'full'), 64);
    try {
      const path = join(disk.path, 'whole.pcap');
      const one = new Recorder(path, undefined, () => true);
      for (let i = 0; i < 3000; i++) one.packet(packet(i, i), EPOCH);
      one.close();
      assert.is(one.failure?.code, 'ENOSPC');
      const { packets, problems } = await readCapture([path]);
      assert.equal(problems.kept, []);
      assert.is(one.packets, packets.length);
      assert.ok(packets.length > 300 && packets.every((p, i) => p.bytes[0] === (i & 255)));
      rmSync(path);

      const limits = { bytes: 16_000, spanNs: Infinity, files: Infinity };
      const ring = new Recorder(join(disk.path, 'ring.pcap'), limits, () => true);
      for (let i = 0; i < 3000; i++) ring.packet(packet(i, i), EPOCH);
      ring.close();
      const kept = await readCapture(ring.paths());
      assert.is(ring.packets, kept.packets.length);
      // What has not even a header is no file of the ring.
      assert.equal(readdirSync(disk.path).length, ring.paths().length);
      assert.ok(ring.paths().every((name) => statSync(name).size > 24));
    } finally {
      disk.unmount();
    }
  },
);

onSmallDisk(
  'a spool on a disk that fills up goes on with less, says so, and saves the last of it',
  async () => {
    const disk = smallDisk(join(folder, 'spool'), 128);
    const tmp = process.env['TMPDIR'];
    try {
      process.env['TMPDIR'] = disk.path;
      const spool = new Spool(1 << 20, 1000e9, () => true);
      for (let i = 0; i < 9000; i++) spool.packet(packet(i, i * 1e6), EPOCH);
      assert.match(spool.trouble, /only: the disk is full/);
      const saved = join(folder, 'rest.pcap');
      const count = spool.save(saved, part(0));
      const { packets, problems } = await readCapture([saved]);
      assert.equal(problems.kept, []);
      assert.is(packets.length, count);
      assert.ok(count > 100);
      assert.is(packets.at(-1)?.bytes[0], 8999 & 255);
      // A file that has no room is not left in part.
      writeFileSync(join(disk.path, 'fill'), new Uint8Array(1 << 15));
      assert.throws(() => spool.save(join(disk.path, 'saved.pcap'), part(0)), /ENOSPC/);
      assert.not.ok(readdirSync(disk.path).includes('saved.pcap'));
      spool.close();
    } finally {
      if (tmp === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = tmp;
      disk.unmount();
    }
  },
);

test('the spool forgets by size and by time, and gives the last of it', async () => {
  const spool = new Spool(64_000, 1000e9, () => true);
  for (let i = 0; i < 5000; i++) {
    spool.packet(packet(i, i * 1e9), EPOCH);
    assert.ok(spool.invariants());
  }
  const path = join(folder, 'saved.pcap');
  const count = spool.save(path, part(4900e9));
  const { packets } = await readCapture([path]);
  assert.is(count, 100);
  assert.equal(
    packets.map((p) => p.bytes[0]),
    Array.from({ length: 100 }, (_, i) => (4900 + i) & 255),
  );
  const all = spool.save(join(folder, 'all.pcap'), part(0));
  assert.ok(all > 400 && all < 640, `${all} packets of 116 octets in 64,000`);
  assert.throws(() => spool.save(path, part(0)), /EEXIST/);
  spool.close();
});

test('old packets leave the spool though there is room', () => {
  const spool = new Spool(1 << 30, 10e9, () => true);
  for (let i = 0; i < 1000; i++) spool.packet(packet(i, i * 1e9), EPOCH);
  const kept = spool.save(join(folder, 'young.pcap'), part(0));
  assert.ok(kept >= 10 && kept <= 12, `${kept}`);
  spool.close();
});

/** All that is held from a time on. */
function part(fromNs: number): SpoolPart {
  return { epoch: EPOCH, fromNs, toNs: Number.MAX_SAFE_INTEGER, why: '', comments: new Map() };
}

/** A packet a second, and commands that end in some of them: (frame, begun). */
function savedOf(
  seconds: number,
  commands: readonly (readonly [frame: number, commandNs: number])[],
  afterNs: number,
  prefix = mkdtempSync(join(folder, 'on-')),
): { saved: Saved[]; saver: Saver } {
  const wish = {
    test: () => true,
    filter: 'latency > 1s',
    prefix,
    lastNs: 60e9,
    afterNs,
  };
  const spool = new Spool(1 << 24, Saver.spanNs(wish), () => true);
  const saved: Saved[] = [];
  const saver = new Saver(wish, spool, (one) => saved.push(one));
  for (let i = 0; i < seconds; i++) {
    saver.passed(i * 1e9);
    spool.packet(Object.assign(packet(i, i * 1e9), { frame: i + 1 }), EPOCH);
    for (const [frame, commandNs] of commands) {
      if (frame === i + 1) saver.ended(task({ endFrame: frame, commandNs }), EPOCH, i * 1e9);
    }
  }
  saver.finish();
  spool.close();
  return { saved, saver };
}

test('save-on waits for what follows, joins matches near each other, and says why', async () => {
  // A stall slows twelve commands; long after it one more matches, which began before all that is kept.
  const stall = Array.from({ length: 12 }, (_, i) => [301 + (i >> 2), 290e9] as const);
  const { saved } = savedOf(1000, [...stall, [700, 500e9]], 10e9);
  assert.equal(
    saved.map(({ frame, matches, packets }) => [frame, matches, packets]),
    [
      [301, 12, 73],
      [700, 1, 210],
    ],
  );
  const { packets } = await readCapture([saved[0].path]);
  assert.equal([packets[0].bytes[0], packets.length], [240, 73]);
  const bytes = readFileSync(saved[0].path).toString('latin1');
  assert.match(bytes, /kept by sanscope live --save-on 'latency > 1s': 12 commands matched/);
  assert.is(bytes.match(/sanscope: matches --save-on: /g)?.length, 12);
});

test('save-on of a storm fills a bounded number of files, each once, and counts what it left out', () => {
  const all = Array.from({ length: 3000 }, (_, i) => [i + 1, i * 1e9] as const);
  const { saved, saver } = savedOf(3000, all, 10e9);
  assert.is(saver.matches, 3000);
  assert.ok(saved.length > 30 && saved.length < 60, `${saved.length} files`);
  assert.is(
    saved.reduce((sum, one) => sum + one.matches, 0),
    3000,
  );
  // Files follow each other: together they hold every packet about once.
  const packets = saved.reduce((sum, one) => sum + one.packets, 0);
  assert.ok(packets >= 3000 && packets < 3100, `${packets} packets`);
  const short = Array.from({ length: 2 * SAVED_FILES_MAX }, (_, i) => [i * 20 + 1, 0] as const);
  const many = savedOf(
    4001,
    short.map(([frame]) => [frame, (frame - 1) * 1e9] as const),
    5e9,
  );
  assert.is(many.saved.length, SAVED_FILES_MAX);
  assert.is(many.saver.unsaved, SAVED_FILES_MAX);
});

test('save-on of the same capture once more leaves what it kept before', () => {
  const prefix = mkdtempSync(join(folder, 'on-'));
  const [first] = savedOf(20, [[5, 1e9]], 1e9, prefix).saved;
  const before = readFileSync(first.path);
  const [again] = savedOf(20, [[5, 2e9]], 1e9, prefix).saved;
  assert.is(again.error, undefined);
  assert.is.not(again.path, first.path);
  assert.equal(readFileSync(first.path), before);
});

test('why a file cannot be kept is said in words', () => {
  const nowhere = join(folder, 'no-such-folder', 'x');
  const [{ error }] = savedOf(20, [[5, 1e9]], 1e9, nowhere).saved;
  assert.is(error, 'its folder does not exist');
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
