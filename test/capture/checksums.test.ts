// Packed captures that are damaged, or followed by something else: what was readable is told, and that they are.

import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unpack, zstdByPackage } from '../../src/capture/unpack.js';
import { XxHash64 } from '../../src/capture/xxhash64.js';
import { crc32 } from '../../src/lib/crc32.js';
import { readCapture, temporaryFile } from '../support/capture.js';
import { needs } from '../support/needs.js';
import { pcapFile } from '../support/pcap-writer.js';

const FEW = 20;
const PACKETS = Array.from({ length: 4000 }, (_, i) => ({
  timeNs: i * 1000,
  bytes: Uint8Array.from({ length: 60 + (i % 1400) }, (_, k) => (k * i * 2_654_435_761) >>> 13),
}));
const SMALL = pcapFile(PACKETS.slice(0, FEW));
const LARGE = pcapFile(PACKETS);

async function tells(bytes: Uint8Array, packets: number, what: RegExp): Promise<void> {
  const read = await readCapture([temporaryFile(bytes)]);
  assert.is(read.packets.length, packets);
  assert.ok(read.packets.every((p, i) => Buffer.compare(p.bytes, PACKETS[i].bytes) === 0));
  assert.is(read.facts.files[0].end, 'complete');
  assert.is(read.problems.counts.get('decompression-failed'), 1);
  assert.match(read.problems.kept.map(({ text }) => text).join('\n'), what);
}

for (const [name, plain, count] of [
  ['small', SMALL, FEW],
  ['large', LARGE, PACKETS.length],
] as const) {
  test(`gzip, ${name}: a wrong checksum or length behind the data`, async () => {
    for (const [back, what] of [
      [8, /checksum \(CRC-32\)/],
      [1, /not the length/],
    ] as const) {
      const bytes = gzipSync(plain);
      bytes[bytes.length - back] ^= 0x10;
      await tells(bytes, count, what);
    }
  });

  test(`gzip, ${name}: something else behind the data`, async () => {
    for (const rest of [
      'x',
      'this is no gzip',
      '\x1f\x8b',
      '\x1f\x8b\x07 of another method'.padEnd(2000, 'y'),
    ]) {
      const bytes = Buffer.concat([gzipSync(plain), Buffer.from(rest, 'latin1')]);
      await tells(bytes, count, /behind the gzip data comes something/);
    }
  });

  test(`gzip, ${name}: zeros behind the data are none`, async () => {
    const { packets, problems } = await readCapture([
      temporaryFile(Buffer.concat([gzipSync(plain), new Uint8Array(70_000)])),
    ]);
    assert.is(packets.length, count);
    assert.is(problems.counts.size, 0);
  });
}

test('gzip: damage in a small file tells what comes before it', async () => {
  const bytes = gzipSync(SMALL);
  const from = Math.floor(bytes.length * 0.8);
  bytes.fill(0xff, from, from + 40);
  const { packets, problems } = await readCapture([temporaryFile(bytes)]);
  assert.ok(packets.length > 4, `${packets.length} packets`);
  assert.is(problems.counts.get('decompression-failed'), 1);
});

/** RFC 1952, all that a header may hold. */
function withHeader(plain: Uint8Array): Uint8Array {
  const bare = gzipSync(plain);
  const parts = [0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 5, 0, 1, 2, 3, 4, 5];
  const text = [...Buffer.from('a name\0and a comment\0', 'latin1')];
  const head = Uint8Array.from([...parts, ...text]);
  const crc = crc32(head, 0, head.length) & 0xffff;
  return Buffer.concat([head, Uint8Array.of(crc & 255, crc >> 8), bare.subarray(10)]);
}

async function lengthOf(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of chunks) length += chunk.length;
  return length;
}

async function* cut(bytes: Uint8Array, step: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

test('gzip: every header and every way to cut it', async () => {
  const bytes = Buffer.concat([withHeader(SMALL), gzipSync(''), withHeader(SMALL)]);
  for (const step of [1, 2, 7, 1000, bytes.length]) {
    assert.is(await lengthOf(unpack('gzip', cut(bytes, step), 1 << 20)), 2 * SMALL.length);
  }
});

test('XXH64 of what its authors say', () => {
  const of = (text: string): number => {
    const hash = new XxHash64();
    hash.update(Buffer.from(text));
    return hash.low32();
  };
  assert.is(of(''), 0x51d8e999);
  assert.is(of('a'), 0xa98c6e5b);
  assert.is(of('abc'), 0xad770999);
});

/** Packed by the program, with the checksum. */
function zstd(bytes: Uint8Array, ...options: string[]): Buffer {
  return execFileSync('zstd', ['-c', ...options], {
    maxBuffer: 1 << 28,
    input: bytes,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

needs('zstd')('XXH64 is the checksum that the program zstd writes, however the bytes come', () => {
  for (const length of [1, 4, 8, 31, 32, 33, 63, 64, 77, 1000, LARGE.length]) {
    const bytes = LARGE.subarray(0, length);
    const frame = zstd(bytes);
    for (const step of [3, 32, 50, 1 << 20]) {
      const hash = new XxHash64();
      for (let at = 0; at < length; at += step) hash.update(bytes.subarray(at, at + step));
      assert.is(hash.low32(), frame.readUInt32LE(frame.length - 4), `${length} by ${step}`);
    }
  }
});

needs('zstd')('zstd: the package checks every frame', async () => {
  const skipped = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
  const frames = [
    zstd(SMALL),
    zstd(new Uint8Array(0)),
    skipped,
    zstd(LARGE.subarray(0, 300_000), '--no-check'),
    zstd(Uint8Array.of(7)),
    zstd(LARGE),
  ];
  const whole = Buffer.concat(frames);
  const length = SMALL.length + 300_000 + 1 + LARGE.length;
  for (const step of [5, 1000, whole.length]) {
    assert.is(await lengthOf(zstdByPackage(cut(whole, step))), length, `by ${step}`);
  }
  whole[whole.length - 1] ^= 1;
  let read = 0;
  try {
    for await (const chunk of zstdByPackage(cut(whole, whole.length))) read += chunk.length;
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /not the checksum \(XXH64\)/);
  }
  assert.is(read, length);
});

needs('zstd')('zstd: a wrong checksum hides nothing', async () => {
  const bytes = zstd(SMALL);
  bytes[bytes.length - 1] ^= 1;
  const { packets, problems } = await readCapture([temporaryFile(bytes)]);
  assert.is(packets.length, FEW);
  assert.is(problems.counts.get('decompression-failed'), 1);
});

test.run();
