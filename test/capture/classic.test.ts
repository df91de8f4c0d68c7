// Classic pcap: every variant of the header, and pcap-parser as a second judge of our own reader.

import { createReadStream } from 'node:fs';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CaptureError } from '../../src/capture/capture-error.js';
import { ClassicReader } from '../../src/capture/classic.js';
import { classicHeader } from '../../src/capture/classic-header.js';
import { emptyFacts, FileLog } from '../../src/capture/facts.js';
import { readAt } from '../../src/capture/file-source.js';
import { PipeRecords } from '../../src/capture/pipe-records.js';
import { ByteWindow } from '../../src/capture/window.js';
import { ProblemLog } from '../../src/problem.js';
import { problemCounts, readCapture, temporaryFile } from '../support/capture.js';
import { type CapturedPacket, EPOCH_SECONDS, pcapFile, Words } from '../support/pcap-writer.js';

function packet(timeNs: number, length: number, originalLength = length): CapturedPacket {
  return { timeNs, bytes: Uint8Array.from({ length }, (_, i) => i * 7 + length), originalLength };
}

const PACKETS = [packet(0, 60), packet(1_234_567, 1514, 9000), packet(999_999_999_999, 1)];

test('both byte orders and both resolutions', async () => {
  for (const bigEndian of [false, true]) {
    for (const resolution of ['us', 'ns'] as const) {
      const file = temporaryFile(pcapFile(PACKETS, { bigEndian, resolution, snaplen: 2000 }));
      const { packets, facts, problems } = await readCapture([file]);
      const unit = resolution === 'us' ? 1000 : 1;
      assert.equal(
        packets.map((p) => ({ ...p, bytes: [...p.bytes] })),
        PACKETS.map((p, i) => ({
          frame: i + 1,
          timeNs: Math.floor(Number(p.timeNs) / unit) * unit,
          time: packets[i].time,
          bytes: [...p.bytes],
          originalLength: p.originalLength,
          linkType: 1,
          snaplen: 2000,
          file: 0,
          fileOffset: [40, 116, 1646][i],
        })),
      );
      assert.equal(facts.epoch, { seconds: EPOCH_SECONDS, nanoseconds: 0 });
      assert.is(facts.spanNs, packets[2].timeNs);
      assert.is(facts.files[0].byteOrder, bigEndian ? 'big' : 'little');
      assert.is(facts.files[0].interfaces[0].resolution, `1 ${resolution}`);
      assert.is(facts.packetsTruncated, 1);
      assert.is(facts.capturedBytes, 1575);
      assert.is(facts.originalBytes, 9061);
      assert.equal(problemCounts(problems), {});
      assert.equal(readAt(file, packets[1].fileOffset, 1514), PACKETS[1].bytes);
    }
  }
});

test('the bits for the frame check sequence are not part of the link type', async () => {
  const { packets } = await readCapture([
    temporaryFile(pcapFile(PACKETS, { linkType: 0x54000000 | 113 })),
  ]);
  assert.is(packets[0].linkType, 113);
});

test('the variant with 24 bytes of record header', async () => {
  const words = new Words(false).u32(0xa1b2cd34).u16(2).u16(4).u32(0).u32(0).u32(65535).u32(1);
  for (const { bytes } of PACKETS) {
    words.u32(EPOCH_SECONDS).u32(5).u32(bytes.length).u32(bytes.length);
    words.u32(2).u16(8).u16(0).octets(bytes);
  }
  const { packets, problems } = await readCapture([temporaryFile(words.done())]);
  assert.equal(
    packets.map((p) => p.bytes),
    PACKETS.map((p) => p.bytes),
  );
  assert.equal(problemCounts(problems), {});
});

test("Nokia's variant, whose magic is that of everybody, with 20 bytes of record header", async () => {
  for (const bigEndian of [false, true]) {
    const words = new Words(bigEndian).u32(0xa1b2c3d4).u16(2).u16(4).u32(0).u32(0);
    words.u32(65535).u32(1);
    for (const { bytes } of PACKETS) {
      words.u32(EPOCH_SECONDS).u32(5).u32(bytes.length).u32(bytes.length);
      words.u32(0x01020304).octets(bytes);
    }
    const { packets, problems } = await readCapture([temporaryFile(words.done())]);
    assert.equal(
      packets.map((p) => p.bytes),
      PACKETS.map((p) => p.bytes),
    );
    assert.equal(problemCounts(problems), {});
  }
});

test('patched libpcaps wrote longer record headers under the usual magic', async () => {
  for (const [magic, size] of [
    [0xa1b2c3d4, 24],
    [0xa1b2c3d4, 28],
    [0xa1b2cd34, 28],
  ]) {
    const words = new Words(false).u32(magic).u16(2).u16(4).u32(0).u32(0).u32(65535).u32(1);
    for (const { bytes } of PACKETS) {
      words.u32(EPOCH_SECONDS).u32(5).u32(bytes.length).u32(bytes.length);
      words
        .u32(3)
        .u16(0x0008)
        .u16(1)
        .octets(new Uint8Array(size - 24))
        .octets(bytes);
    }
    const { packets, problems } = await readCapture([temporaryFile(words.done())]);
    assert.equal(
      packets.map((p) => p.bytes),
      PACKETS.map((p) => p.bytes),
    );
    assert.equal(problemCounts(problems), {});
  }
});

const TOGETHER = [
  { resolution: 'us' },
  { resolution: 'ns', snaplen: 77 },
  { resolution: 'us', bigEndian: true },
  { resolution: 'ns', bigEndian: true, linkType: 113 },
] as const;

test('files put together as they are: each is read by its own header', async () => {
  for (const first of TOGETHER) {
    for (const second of TOGETHER) {
      const files = [first, second, first].map((style, i) =>
        pcapFile(PACKETS, { ...style, epochSeconds: EPOCH_SECONDS + i * 5000 }),
      );
      const { packets, facts, problems } = await readCapture([temporaryFile(Buffer.concat(files))]);
      assert.equal(
        packets.map((p) => [p.bytes, p.linkType]),
        [first, second, first].flatMap((style) =>
          PACKETS.map((p) => [p.bytes, 'linkType' in style ? style.linkType : 1]),
        ),
      );
      assert.is(
        packets[4].timeNs - packets[3].timeNs,
        'us' === second.resolution ? 1_234_000 : 1_234_567,
      );
      assert.is(packets[3].timeNs, 5000e9);
      assert.equal(problemCounts(problems), {});
      assert.is(facts.files[0].sections, 3);
      assert.equal(
        facts.files[0].interfaces.map((of) => of.packets),
        [3, 3, 3],
      );
      // Where a packet lies is told only where the first header describes it.
      const alike = JSON.stringify(first) === JSON.stringify(second);
      if (alike) assert.ok(packets[5].fileOffset > 0);
      if ('linkType' in first !== 'linkType' in second) assert.is(packets[5].fileOffset, -1);
    }
  }
});

test("Ixia's captures have a length behind the header and count nanoseconds", async () => {
  for (const magic of [0x1c0001ab, 0x1c0001ac]) {
    const words = new Words(false).u32(magic).u16(2).u16(4).u32(0).u32(0).u32(65535).u32(1);
    words.u32(PACKETS.reduce((sum, p) => sum + 16 + p.bytes.length, 0));
    for (const [i, { bytes }] of PACKETS.entries()) {
      words
        .u32(EPOCH_SECONDS)
        .u32(1_000_000 * i)
        .u32(bytes.length)
        .u32(bytes.length)
        .octets(bytes);
    }
    const { packets, problems } = await readCapture([temporaryFile(words.done())]);
    assert.equal(
      packets.map((p) => [p.timeNs, p.bytes]),
      PACKETS.map((p, i) => [1_000_000 * i, p.bytes]),
    );
    assert.equal(problemCounts(problems), {});
  }
});

test('AIX writes version 2.2 with nanoseconds and interface types', async () => {
  const words = new Words(true).u32(0xa1b2c3d4).u16(2).u16(2).u32(0).u32(0).u32(100).u32(6);
  words.u32(EPOCH_SECONDS).u32(5_000_000).u32(1514).u32(61).octets(new Uint8Array(61));
  words.u32(EPOCH_SECONDS).u32(900_000_000).u32(60).u32(60).octets(new Uint8Array(60));
  const { packets, problems } = await readCapture([temporaryFile(words.done())]);
  assert.equal(
    packets.map((p) => [p.timeNs, p.bytes.length, p.originalLength, p.linkType]),
    [
      [0, 61, 1514, 1],
      [895_000_000, 60, 60, 1],
    ],
  );
  assert.equal(problemCounts(problems), {});
});

test('before version 2.3 the two lengths came the other way round', async () => {
  const words = new Words(true).u32(0xa1b2c3d4).u16(2).u16(2).u32(0).u32(0).u32(100).u32(1);
  words.u32(EPOCH_SECONDS).u32(5).u32(1514).u32(61).octets(new Uint8Array(61));
  words.u32(EPOCH_SECONDS).u32(6).u32(60).u32(60).octets(new Uint8Array(60));
  const { packets } = await readCapture([temporaryFile(words.done())]);
  assert.equal(
    packets.map((p) => [p.bytes.length, p.originalLength]),
    [
      [61, 1514],
      [60, 60],
    ],
  );
});

test('other versions are refused', async () => {
  for (const [major, minor] of [
    [3, 4],
    [2, 9],
    [1, 4],
  ]) {
    const file = pcapFile(PACKETS);
    new DataView(file.buffer).setUint16(4, major, true);
    new DataView(file.buffer).setUint16(6, minor, true);
    try {
      await readCapture([temporaryFile(file)]);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, CaptureError);
      assert.match((error as Error).message, `pcap version ${major}.${minor}; only version 2.4`);
    }
  }
});

test('a writer that counts in its own way is told, and believed', async () => {
  const odd = [packet(0, 60, 40), packet(1000, 80, 40), packet(2000, 90, 40), packet(3000, 20)];
  const all = await readCapture([temporaryFile(pcapFile(odd))]);
  assert.equal(
    all.packets.map((p) => p.bytes.length),
    [60, 80, 90, 20],
  );
  assert.is(all.facts.files[0].bytesSkipped, 0);
  const some = [...PACKETS, ...odd, ...PACKETS];
  const { packets, facts, problems } = await readCapture([temporaryFile(pcapFile(some))]);
  assert.equal(
    packets.map((p) => p.bytes.length),
    some.map((p) => p.bytes.length),
  );
  assert.is(facts.files[0].bytesSkipped, 0);
  assert.is(problems.counts.get('record-malformed'), 3);
});

/** Records of a random valid file: times go anywhere, lengths from 0. */
const anyPackets = fc.array(
  fc.record({
    timeNs: fc.integer({ min: 0, max: 2 ** 50 }),
    bytes: fc.uint8Array({ maxLength: 200 }),
    more: fc.integer({ min: 0, max: 2000 }),
  }),
  { minLength: 1, maxLength: 40 },
);

interface Seen {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly bytes: Uint8Array;
  readonly original: number;
}

function log(): FileLog {
  return new FileLog(emptyFacts('test'), new ProblemLog(16), 16);
}

/** All that our own reader finds, fed `step` bytes at a time. */
function ours(file: Uint8Array, step: number): Seen[] {
  const window = new ByteWindow(64, 1 << 21, false, true);
  const header = classicHeader('test', file.subarray(0, 24));
  const reader = new ClassicReader(window, header, log());
  const seen: Seen[] = [];
  let at = 24;
  for (;;) {
    if (reader.next()) {
      const { packet: p } = reader;
      const bytes = p.bytes.slice(p.offset, p.offset + p.capturedLength);
      const { seconds, nanoseconds } = reader;
      seen.push({ seconds, nanoseconds, bytes, original: p.originalLength });
      continue;
    }
    if (reader.done) return seen;
    window.makeRoom(reader.needed);
    const room = Math.min(step, window.bytes.length - window.end, file.length - at);
    window.bytes.set(file.subarray(at, at + room), window.end);
    window.end += room;
    at += room;
    window.ended = room === 0;
  }
}

/** The same by pcap-parser behind its guard. */
async function theirs(file: Uint8Array, step: number): Promise<Seen[]> {
  const chunks = (async function* () {
    for (let at = 0; at < file.length; at += step) yield file.slice(at, at + step);
  })();
  const records = new PipeRecords(chunks, classicHeader('test', file.subarray(0, 24)), log());
  const seen: Seen[] = [];
  for (;;) {
    while (records.next()) {
      const { packet: p, seconds, nanoseconds } = records;
      const bytes = p.bytes.slice(p.offset, p.offset + p.capturedLength);
      seen.push({ seconds, nanoseconds, bytes: new Uint8Array(bytes), original: p.originalLength });
    }
    if (records.done) return seen;
    await records.refill(records.needed);
  }
}

test('pcap-parser agrees on random valid files, however they are cut into chunks', async () => {
  const options = fc.record({ bigEndian: fc.boolean(), resolution: fc.constantFrom('us', 'ns') });
  await fc.assert(
    fc.asyncProperty(
      anyPackets,
      options,
      fc.integer({ min: 1, max: 700 }),
      async (some, o, step) => {
        const valid = some.map(({ timeNs, bytes, more }) => ({
          timeNs,
          bytes,
          originalLength: bytes.length + more + 1,
        }));
        const file = pcapFile(valid, { ...o, resolution: o.resolution as 'us' | 'ns' });
        const mine = ours(file, step);
        assert.equal(mine, await theirs(file, Math.max(24, step)));
        assert.equal(
          mine.map((p) => p.bytes),
          valid.map((p) => p.bytes),
        );
      },
    ),
    { seed: 2, numRuns: 200 },
  );
});

test('pcap-parser agrees on a recorded capture', async () => {
  const file = temporaryFile(pcapFile(Array.from({ length: 3000 }, (_, i) => packet(i, i % 900))));
  const chunks: Uint8Array[] = [];
  for await (const chunk of createReadStream(file)) chunks.push(chunk as Uint8Array);
  const bytes = Uint8Array.from(Buffer.concat(chunks));
  assert.is(ours(bytes, 5000).length, 3000);
  assert.equal(ours(bytes, 5000), await theirs(bytes, 65536));
});

test.run();
