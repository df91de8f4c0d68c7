// Large files, whose next part is read while the last one is looked at: every packet comes once,
// with its own bytes and its own place, also where records are as long as they may be and where
// damage lies across the parts.

import { appendFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCapture } from '../../src/capture/capture.js';
import { ProblemLog } from '../../src/problem.js';
import { readCapture, temporaryFile } from '../support/capture.js';
import { randomFrom } from '../support/mishaps.js';
import { pcapFile, pcapngFile } from '../support/pcap-writer.js';

/** More than three parts of 4 MiB behind the first reads, which turn out to be slow. */
const BYTES = 15 << 20;

/** Packets of up to `most` bytes, each filled with a pattern of its own. */
function packets(seed: number, most: number) {
  const random = randomFrom(seed);
  const list: { timeNs: number; bytes: Uint8Array }[] = [];
  for (let total = 0; total < BYTES; ) {
    const bytes = new Uint8Array(60 + (random() % most)).fill(list.length * 7 + 1);
    list.push({ timeNs: list.length * 1000, bytes });
    total += bytes.length;
  }
  return list;
}

for (const most of [1500, 65_000, 262_000]) {
  for (const [kind, write] of [
    ['pcap', pcapFile],
    ['pcapng', pcapngFile],
  ] as const) {
    test(`${kind}, records of up to ${most} bytes`, async () => {
      const written = packets(most, most);
      const file = write(written);
      const read = await readCapture([temporaryFile(file, `ahead.${kind}`)], 0, true);
      assert.is(read.packets.length, written.length);
      assert.is(read.facts.files[0].end, 'complete');
      for (const [i, packet] of read.packets.entries()) {
        const { bytes } = written[i];
        assert.is(Buffer.compare(packet.bytes, bytes), 0, `packet ${i}`);
        const there = file.subarray(packet.fileOffset, packet.fileOffset + bytes.length);
        assert.is(Buffer.compare(there, bytes), 0, `place of packet ${i}`);
      }
    });
  }
}

test('stopped in the middle of a part: the file is closed and the facts are told', async () => {
  const file = temporaryFile(pcapFile(packets(5, 1500)), 'ahead.pcap');
  const { packets: read, facts } = await readCapture([file], 4000, true);
  assert.is(read.length, 4000);
  assert.ok(facts.stopped);
});

test('zeros over the seam of two parts: skipped, and told like in a small file', async () => {
  const file = pcapFile(packets(9, 1400));
  for (const seam of [2 << 20, 6 << 20, 10 << 20]) file.fill(0, seam - 5000, seam + 5000);
  const { packets: read, facts } = await readCapture([temporaryFile(file, 'ahead.pcap')], 0, true);
  assert.ok(facts.files[0].bytesSkipped >= 30_000 - 3 * 1500, `${facts.files[0].bytesSkipped}`);
  assert.ok(facts.files[0].bytesSkipped < 30_000 + 9 * 1500, `${facts.files[0].bytesSkipped}`);
  assert.is(read.at(-1)?.bytes.length, packets(9, 1400).at(-1)?.bytes.length);
});

test('a file that has grown since a part came short: what was added is read where it is', async () => {
  const written = packets(11, 1500);
  const file = pcapFile(written);
  const path = temporaryFile(file.subarray(0, 9 << 20), 'growing.pcap');
  const capture = await openCapture([path], { problems: new ProblemLog(4) });
  capture.readAheadBelow = Number.POSITIVE_INFINITY;
  let whole = true;
  let grown = false;
  let count = 0;
  await capture.run({
    packet(packet) {
      const { bytes } = written[count++];
      const { offset, capturedLength } = packet;
      const same = Buffer.compare(packet.bytes.subarray(offset, offset + capturedLength), bytes);
      if (same !== 0) whole = false;
      // Both parts are under way, and the second ends where the file ended.
      if (!grown && packet.fileOffset > 5 << 20) {
        grown = true;
        appendFileSync(path, file.subarray(9 << 20));
      }
    },
  });
  assert.ok(grown && whole);
  assert.is(count, written.length);
});

test.run();
