// Damaged captures: every truncation, a wrong value in every field, and what is said of it.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CaptureError } from '../../src/capture/capture-error.js';
import { problemCounts, readCapture, temporaryFile } from '../support/capture.js';
import {
  EPOCH_SECONDS,
  PcapngWriter,
  pcapFile,
  pcapngFile,
  Words,
} from '../support/pcap-writer.js';

/** Bytes that look like no header: what a payload is. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  });
}

const PACKETS = Array.from({ length: 12 }, (_, i) => ({
  timeNs: i * 1_000_000,
  bytes: noise(60 + ((i * 37) % 90), i + 1),
}));

/** Where each record begins in the file, and where the last one ends. */
function classicStarts(): number[] {
  const starts = [24];
  for (const { bytes } of PACKETS) starts.push(starts[starts.length - 1] + 16 + bytes.length);
  return starts;
}

function patched(file: Uint8Array, at: number, value: number): Uint8Array {
  const copy = file.slice();
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const wanted = PACKETS.map((p) => text(p.bytes));

for (const [name, file, header] of [
  ['pcap', pcapFile(PACKETS), 24],
  ['pcapng', pcapngFile(PACKETS), 28],
] as const) {
  test(`${name}: cut at every length, the packets before the cut are unchanged`, async () => {
    let before = 0;
    for (let length = 1; length < file.length; length++) {
      const path = temporaryFile(file.slice(0, length));
      try {
        const { packets, facts, problems } = await readCapture([path]);
        assert.ok(length >= 16, `${length} bytes`);
        assert.equal(
          packets.map((p) => text(p.bytes)),
          wanted.slice(0, packets.length),
        );
        assert.ok(packets.length >= before, `${packets.length} packets of ${length} bytes`);
        before = packets.length;
        const cut = facts.files[0].end === 'cut';
        assert.is(problems.counts.get('file-cut') ?? 0, cut ? 1 : 0);
        assert.is(facts.files[0].bytesSkipped, 0);
      } catch (error) {
        assert.instance(error, CaptureError);
        assert.ok(length < header, `${length}: ${(error as Error).message}`);
      }
    }
    assert.is(before, PACKETS.length - 1);
  });
}

test('a cut file says how much of the last record is there', async () => {
  const { problems, facts } = await readCapture([
    temporaryFile(pcapFile(PACKETS).slice(0, 24 + 30)),
  ]);
  assert.is(facts.files[0].end, 'cut');
  assert.match(problems.kept[0].text, 'the last record needs 76 bytes, 30 are there');
  assert.is(problems.kept[0].offset, 24);
});

/** Values that a length may take when it is damaged. */
const WRONG = [0, 1, 15, 70, 300, 5000, 0x10000, 0x100001, 0x7fffffff, 0xffffffff, 0x41414141];

test('pcap: a wrong captured length loses no packet but its own', async () => {
  const starts = classicStarts();
  const file = pcapFile(PACKETS);
  for (const [i, start] of starts.slice(0, -1).entries()) {
    for (const value of WRONG) {
      if (value === PACKETS[i].bytes.length) continue;
      const { packets } = await readCapture([temporaryFile(patched(file, start + 8, value))]);
      const got = packets.map((p) => text(p.bytes));
      const rest = wanted.filter((_, k) => k !== i);
      const lost = rest.filter((bytes) => !got.includes(bytes));
      assert.is(lost.length, 0, `record ${i}, length ${value}: lost ${lost.length}`);
      assert.ok(got.length <= PACKETS.length, `record ${i}, length ${value}: too many`);
    }
  }
});

test('pcap: any wrong header field loses no other packet', async () => {
  const starts = classicStarts();
  const file = pcapFile(PACKETS);
  for (const [i, start] of starts.slice(0, -1).entries()) {
    for (const field of [0, 4, 12]) {
      for (const value of WRONG) {
        const { packets } = await readCapture([temporaryFile(patched(file, start + field, value))]);
        const got = packets.map((p) => text(p.bytes));
        const lost = wanted.filter((bytes, k) => k !== i && !got.includes(bytes));
        assert.is(lost.length, 0, `record ${i}, field ${field}, value ${value}`);
      }
    }
  }
});

test('pcap: a record of 4 GB is skipped and told', async () => {
  const starts = classicStarts();
  let file = patched(pcapFile(PACKETS), starts[5] + 8, 0xfffffff0);
  file = patched(file, starts[5] + 12, 0xfffffff0);
  const { packets, problems, facts } = await readCapture([temporaryFile(file)]);
  assert.equal(
    packets.map((p) => text(p.bytes)),
    wanted.filter((_, k) => k !== 5),
  );
  assert.equal(problemCounts(problems), { 'record-skipped': 1 });
  assert.is(facts.files[0].bytesSkipped, starts[6] - starts[5]);
  assert.is(problems.kept[0].offset, starts[5]);
});

test('pcap: bytes lost and bytes added in the middle', async () => {
  const starts = classicStarts();
  const file = pcapFile(PACKETS);
  for (let gap = 1; gap < 40; gap++) {
    const lost = new Words(false).octets(file.slice(0, starts[4] + 50));
    lost.octets(file.slice(starts[4] + 50 + gap));
    const a = await readCapture([temporaryFile(lost.done())]);
    const found = a.packets.map((p) => text(p.bytes));
    assert.equal(
      wanted.filter((w, k) => k > 5 && !found.includes(w)),
      [],
      `${gap} bytes lost`,
    );
    const more = new Words(false).octets(file.slice(0, starts[4])).octets(noise(gap, gap));
    more.octets(file.slice(starts[4]));
    const b = await readCapture([temporaryFile(more.done())]);
    assert.equal(
      b.packets.map((p) => text(p.bytes)),
      wanted,
      `${gap} bytes added`,
    );
    assert.is(b.facts.files[0].bytesSkipped, gap);
  }
});

test('pcap: bytes that look like a record without bytes of another time hide nothing behind them', async () => {
  const starts = classicStarts();
  const file = pcapFile(PACKETS);
  const odd = (seconds: number, original: number) =>
    new Words(false).u32(seconds).u32(5).u32(0).u32(original).done();
  for (const between of [
    [odd(99, 0)],
    [odd(99, 1 << 28)],
    [odd(99, 0), odd(77, 3)],
    [odd(0x7fffffff, 0), noise(23, 4)],
    [odd(0x7fffffff, 0), odd(99, 9), noise(40, 4)],
  ]) {
    const damaged = Buffer.concat([file.slice(0, starts[5]), ...between, file.slice(starts[5])]);
    const { packets } = await readCapture([temporaryFile(damaged)]);
    const found = packets.map((p) => text(p.bytes));
    assert.equal(
      wanted.filter((w) => !found.includes(w)),
      [],
    );
  }
});

test('pcap: a tail of zeros, as a crash leaves it, is no packets', async () => {
  const file = new Words(false).octets(pcapFile(PACKETS)).octets(new Uint8Array(5000)).done();
  const { packets, problems } = await readCapture([temporaryFile(file)]);
  assert.is(packets.length, PACKETS.length);
  assert.equal(problemCounts(problems), { 'record-skipped': 1 });
  assert.match(problems.kept[0].text, '5000 bytes skipped');
});

test('pcap: nothing but noise behind the header', async () => {
  const file = new Words(false).octets(pcapFile([])).octets(noise(3_000_000, 5)).done();
  const { packets, facts } = await readCapture([temporaryFile(file)]);
  assert.ok(packets.length < 3, `${packets.length} packets of noise`);
  assert.ok(facts.files[0].bytesSkipped > 2_900_000);
});

test('pcap: packets are found behind megabytes of noise', async () => {
  const starts = classicStarts();
  const file = pcapFile(PACKETS);
  const words = new Words(false).octets(file.slice(0, starts[6])).octets(noise(5_000_000, 9));
  const { packets, facts } = await readCapture([
    temporaryFile(words.octets(file.slice(starts[6])).done()),
  ]);
  assert.equal(
    packets.map((p) => text(p.bytes)),
    wanted,
  );
  assert.is(facts.files[0].bytesSkipped, 5_000_000);
});

/** Where each enhanced packet block begins, and its length. */
function blocks(file: Uint8Array): { at: number; length: number }[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const found: { at: number; length: number }[] = [];
  for (let at = 0; at < file.length; at += view.getUint32(at + 4, true)) {
    if (view.getUint32(at, true) === 6) found.push({ at, length: view.getUint32(at + 4, true) });
  }
  return found;
}

test('pcapng: a wrong length at any place loses no packet but its own', async () => {
  const file = pcapngFile(PACKETS);
  for (const [i, { at, length }] of blocks(file).entries()) {
    for (const field of [4, 20, length - 4]) {
      for (const value of WRONG) {
        const { packets, problems } = await readCapture([
          temporaryFile(patched(file, at + field, value)),
        ]);
        const got = packets.map((p) => text(p.bytes));
        const lost = wanted.filter((bytes, k) => k !== i && !got.includes(bytes));
        const where = `block ${i}, field ${field}, value ${value}`;
        assert.is(lost.length, 0, where);
        assert.ok(field === 20 || problems.counts.size > 0, `${where}: not told`);
      }
    }
  }
});

test('pcapng: a length that contradicts itself is put right', async () => {
  const file = pcapngFile(PACKETS);
  for (const { at, length } of blocks(file)) {
    for (const field of [4, length - 4]) {
      const { packets, problems } = await readCapture([
        temporaryFile(patched(file, at + field, 48)),
      ]);
      assert.equal(
        packets.map((p) => text(p.bytes)),
        wanted,
      );
      assert.equal(problemCounts(problems), { 'record-malformed': 1 });
    }
  }
});

test('pcapng: any byte set to any of some values is survived', async () => {
  const file = new PcapngWriter().section([[1, 'comment']]).interface({ name: 'eth0', tsresol: 9 });
  file.enhanced(0, 1, PACKETS[0].bytes, 60, [[1, 'x']]).simple(PACKETS[1].bytes);
  file.obsolete(0, 2, PACKETS[2].bytes).statistics(0, { ifDrop: 1 }).block(4, new Uint8Array(8));
  const bytes = file.enhanced(0, 3, PACKETS[3].bytes).done();
  for (let at = 0; at < bytes.length; at++) {
    for (const value of [0, 0x7f, 0xff]) {
      const copy = bytes.slice();
      copy[at] = value;
      try {
        const { packets } = await readCapture([temporaryFile(copy)]);
        assert.ok(packets.length <= 4);
      } catch (error) {
        assert.instance(error, CaptureError);
        assert.ok(at < 16);
      }
    }
  }
});

test('times that go backwards are kept in the order of the file, and counted', async () => {
  const times = [5, 3, 4, 9, 1];
  const file = pcapFile(times.map((timeNs) => ({ timeNs, bytes: noise(20, 1) })));
  const { packets, facts, problems } = await readCapture([temporaryFile(file)]);
  assert.equal(
    packets.map((p) => p.timeNs),
    [0, -2, -1, 4, -4],
  );
  assert.is(facts.files[0].timeBackwards, 2);
  assert.equal(facts.files[0].first, { seconds: EPOCH_SECONDS, nanoseconds: 1 });
  assert.equal(facts.files[0].last, { seconds: EPOCH_SECONDS, nanoseconds: 9 });
  assert.is(facts.spanNs, 8);
  assert.equal(
    problems.kept.map((p) => p.frame),
    [2, 5],
  );
});

test.run();
