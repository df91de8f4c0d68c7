// Compressed captures, told by their magic and not by their name.

import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CaptureError } from '../../src/capture/capture-error.js';
import { compressionOf } from '../../src/capture/sniff.js';
import { unpack, zstdByPackage } from '../../src/capture/unpack.js';
import { ZstdFrames } from '../../src/capture/zstd-frames.js';
import { problemCounts, readCapture, temporaryFile } from '../support/capture.js';
import { needs } from '../support/needs.js';
import { pcapFile, pcapngFile } from '../support/pcap-writer.js';

const PACKETS = Array.from({ length: 4000 }, (_, i) => ({
  timeNs: i * 1000,
  bytes: Uint8Array.from({ length: 60 + (i % 1400) }, (_, k) => (k * i * 2_654_435_761) >>> 13),
}));
const PLAIN = pcapFile(PACKETS);

/** Packed by a program. */
function packed(program: string, bytes: Uint8Array, ...options: string[]): Uint8Array {
  return execFileSync(program, [...options, '-c'], {
    input: bytes,
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

async function readsAll(bytes: Uint8Array, compression: string): Promise<void> {
  const { packets, facts, problems } = await readCapture([temporaryFile(bytes, 'odd.name')]);
  assert.is(packets.length, PACKETS.length);
  assert.ok(packets.every((p, i) => Buffer.compare(p.bytes, PACKETS[i].bytes) === 0));
  assert.is(facts.files[0].compression, compression);
  assert.is(facts.files[0].size, bytes.length);
  assert.is(packets[5].fileOffset, -1);
  assert.equal(problemCounts(problems), {});
}

test('gzip, of one member and of several', async () => {
  await readsAll(gzipSync(PLAIN), 'gzip');
  await readsAll(gzipSync(pcapngFile(PACKETS)), 'gzip');
  const parts = [0, 11, 50_000, PLAIN.length];
  const members = parts.slice(1).map((to, i) => gzipSync(PLAIN.slice(parts[i], to)));
  await readsAll(Buffer.concat(members), 'gzip');
});

for (const program of ['zstd', 'lz4']) {
  needs(program)(`${program}, of one frame and of several`, async () => {
    await readsAll(packed(program, PLAIN), program);
    const a = packed(program, PLAIN.slice(0, 100_001));
    const b = packed(program, PLAIN.slice(100_001));
    await readsAll(Buffer.concat([a, b]), program);
  });
}

needs('zstd')('zstd: empty frames and frames to be skipped are no end', async () => {
  const a = packed('zstd', PLAIN.slice(0, 100_001));
  const b = packed('zstd', PLAIN.slice(100_001), '--no-check', '-1');
  const empty = packed('zstd', new Uint8Array(0));
  const skipped = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
  await readsAll(Buffer.concat([a, empty, skipped, b, empty]), 'zstd');
  // pzstd begins with one; so may an lz4 file.
  await readsAll(Buffer.concat([skipped, skipped, a, skipped, b, skipped]), 'zstd');
  assert.is(
    compressionOf(Buffer.alloc(1 << 19, Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0))),
    'zstd',
  );
});

needs('lz4')('lz4: a frame to be skipped may come first', async () => {
  const skipped = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
  await readsAll(Buffer.concat([skipped, packed('lz4', PLAIN)]), 'lz4');
});

needs('zstd')('zstd: every frame is found, however the file is cut into chunks', () => {
  const parts = [
    PLAIN.slice(0, 300),
    new Uint8Array(5000),
    new Uint8Array(0),
    PLAIN.slice(0, 400_000),
  ];
  const frames = parts.map((part) => packed('zstd', part));
  const ends = frames.map((_, i) => Buffer.concat(frames.slice(0, i + 1)).length);
  const whole = Buffer.concat(frames);
  for (const step of [1, 2, 3, 7, 64, 1000, whole.length]) {
    const walk = new ZstdFrames();
    const found: number[] = [];
    for (let from = 0; from < whole.length; from += step) {
      const chunk = whole.subarray(from, from + step);
      for (let at = 0; at < chunk.length; ) {
        at = walk.step(chunk, at);
        if (walk.complete) found.push(from + at);
      }
    }
    assert.equal(found, ends, `chunks of ${step} bytes`);
  }
});

for (const program of ['gzip', 'zstd', 'lz4']) {
  needs(program)(`${program}: what is cut tells what was readable`, async () => {
    const whole = packed(program, PLAIN, ...(program === 'lz4' ? ['-B4'] : []));
    const path = temporaryFile(whole.slice(0, Math.floor(whole.length / 2)));
    const { packets, facts, problems } = await readCapture([path]);
    assert.ok(packets.length > 500, `${packets.length} packets of a half`);
    assert.ok(packets.every((p, i) => Buffer.compare(p.bytes, PACKETS[i].bytes) === 0));
    assert.is(facts.files[0].end, 'cut');
    assert.is(problems.counts.get('decompression-failed'), 1);
  });

  needs(program)(`${program}: every cut of a small file ends well`, async () => {
    const whole = packed(program, pcapFile(PACKETS.slice(0, 20)));
    const step = program === 'lz4' ? 97 : 7;
    for (let length = 1; length < whole.length; length += step) {
      try {
        const { facts } = await readCapture([temporaryFile(whole.slice(0, length))]);
        assert.is(facts.files[0].end, 'cut', `${length} of ${whole.length} bytes`);
      } catch (error) {
        assert.instance(error, CaptureError, `${length}: ${error}`);
      }
    }
  });
}

test('gzip: damage in the middle tells what was readable', async () => {
  const bytes = gzipSync(PLAIN);
  bytes.fill(0x55, 400_000, 400_100);
  const { packets, problems } = await readCapture([temporaryFile(bytes)]);
  assert.ok(packets.length > 100);
  assert.is(problems.counts.get('decompression-failed'), 1);
});

async function lengthOf(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of chunks) length += chunk.length;
  return length;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A frame of `blocks` blocks of 128 KiB zeros each: 4 bytes a block. */
function bomb(blocks: number, window = 0x38): Uint8Array {
  const block = ((1 << 17) << 3) | 2;
  const out = new Uint8Array(6 + blocks * 4);
  out.set([0x28, 0xb5, 0x2f, 0xfd, 0, window]);
  for (let i = 0; i < blocks; i++) {
    const word = block | (i === blocks - 1 ? 1 : 0);
    out.set([word & 255, (word >> 8) & 255, (word >> 16) & 255, 0], 6 + i * 4);
  }
  return out;
}

test('zstd: the package ends a bomb by a bound and says so, and unpacks what is within it', async () => {
  assert.is(await lengthOf(zstdByPackage(once(bomb(512)))), 512 << 17);
  let length = 0;
  try {
    for await (const chunk of zstdByPackage(once(bomb(24_576)))) length += chunk.length;
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /more than 1000 times its size.*install the program zstd/);
  }
  assert.ok(length > 256 << 20 && length < 300 << 20, String(length));
});

needs('zstd')('zstd: a bomb streams through all of its bytes', async () => {
  assert.is(await lengthOf(unpack('zstd', once(bomb(4096)), 1 << 20)), 4096 << 17);
});

for (const [name, by] of [
  ['zstd', (bytes: Uint8Array) => unpack('zstd', once(bytes), 1 << 20)],
  ['the package', (bytes: Uint8Array) => zstdByPackage(once(bytes))],
] as const) {
  test(`${name}: a frame that wants too much memory is refused before it is unpacked`, async () => {
    for (const header of [
      [0, 21 << 3], // a window of 2 GiB
      [0x20 | 0xc0, 0, 0, 0, 0, 1, 0, 0, 0], // one segment of 4 GiB
      [0, (18 << 3) | 7],
    ]) {
      const frame = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, ...header, 3, 0, 0, 0, 0, 0]);
      try {
        await lengthOf(by(frame));
        assert.unreachable();
      } catch (error) {
        assert.match(String(error), /its window takes \d+ MiB of memory, \d+ MiB at most/);
      }
    }
  });
}

test('what is packed and no capture says so', async () => {
  try {
    await readCapture([temporaryFile(gzipSync('some text, packed'))]);
    assert.unreachable();
  } catch (error) {
    assert.match(
      (error as Error).message,
      'is not a capture file (unpacked): it starts with "some"',
    );
  }
});

test.run();
