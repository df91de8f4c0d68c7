// Compressed captures, told by their magic and not by their name.

import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CaptureError } from '../../src/capture/capture-error.js';
import { problemCounts, readCapture, temporaryFile } from '../support/capture.js';
import { pcapFile, pcapngFile } from '../support/pcap-writer.js';

const PACKETS = Array.from({ length: 4000 }, (_, i) => ({
  timeNs: i * 1000,
  bytes: Uint8Array.from({ length: 60 + (i % 1400) }, (_, k) => (k * i * 2_654_435_761) >>> 13),
}));
const PLAIN = pcapFile(PACKETS);

/** Packed by a program; undefined, with a word, where it is not installed. */
function packed(program: string, bytes: Uint8Array, ...options: string[]): Uint8Array | undefined {
  try {
    return execFileSync(program, [...options, '-c'], { input: bytes, maxBuffer: 1 << 28 });
  } catch {
    console.log(`(no ${program}: skipped)`);
    return undefined;
  }
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
  test(`${program}, of one frame and of several`, async () => {
    const one = packed(program, PLAIN);
    if (one === undefined) return;
    await readsAll(one, program);
    const a = packed(program, PLAIN.slice(0, 100_001))!;
    const b = packed(program, PLAIN.slice(100_001))!;
    await readsAll(Buffer.concat([a, b]), program);
  });
}

for (const program of ['gzip', 'zstd', 'lz4']) {
  test(`${program}: what is cut tells what was readable`, async () => {
    const whole = packed(program, PLAIN, ...(program === 'lz4' ? ['-B4', '-q'] : []));
    if (whole === undefined) return;
    const path = temporaryFile(whole.slice(0, Math.floor(whole.length / 2)));
    const { packets, facts, problems } = await readCapture([path]);
    assert.ok(packets.length > 500, `${packets.length} packets of a half`);
    assert.ok(packets.every((p, i) => Buffer.compare(p.bytes, PACKETS[i].bytes) === 0));
    assert.is(facts.files[0].end, 'cut');
    assert.is(problems.counts.get('decompression-failed'), 1);
  });

  test(`${program}: every cut of a small file ends well`, async () => {
    const whole = packed(program, pcapFile(PACKETS.slice(0, 20)));
    if (whole === undefined) return;
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
