// Several files are one capture in time order.

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCapture } from '../../src/capture/capture.js';
import { problemCounts, readCapture, temporaryFile } from '../support/capture.js';
import { EPOCH_SECONDS, PcapngWriter, pcapFile, pcapngFile } from '../support/pcap-writer.js';

/** A file of packets at these times; byte 0 of a packet is the file, byte 1 its place in it. */
function timed(file: number, times: readonly number[], ng = false): string {
  const packets = times.map((timeNs, i) => ({ timeNs, bytes: Uint8Array.of(file, i, 9, 9) }));
  return temporaryFile(ng ? pcapngFile(packets) : pcapFile(packets));
}

test('packets of several files come in time order, frames count over all', async () => {
  const files = [timed(0, [10, 40, 50]), timed(1, [5, 30, 60], true), timed(2, [])];
  const { packets, facts } = await readCapture(files);
  assert.equal(
    packets.map((p) => [p.frame, p.timeNs, p.file, p.bytes[0], p.bytes[1]]),
    [
      [1, 0, 1, 1, 0],
      [2, 5, 0, 0, 0],
      [3, 25, 1, 1, 1],
      [4, 35, 0, 0, 1],
      [5, 45, 0, 0, 2],
      [6, 55, 1, 1, 2],
    ],
  );
  assert.equal(
    facts.files.map((file) => file.packets),
    [3, 3, 0],
  );
  assert.equal(facts.epoch, { seconds: EPOCH_SECONDS, nanoseconds: 5 });
  assert.is(facts.spanNs, 55);
  assert.is(facts.packets, 6);
});

test('among equal times the file named first comes first', async () => {
  const { packets } = await readCapture([timed(0, [1, 1, 2]), timed(1, [1, 2, 2]), timed(2, [1])]);
  assert.equal(
    packets.map((p) => [p.bytes[0], p.bytes[1]]),
    [
      [0, 0],
      [0, 1],
      [1, 0],
      [2, 0],
      [0, 2],
      [1, 1],
      [1, 2],
    ],
  );
});

test('the same as a stable sort, where files go forward', async () => {
  const anyTimes = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 30 });
  const anyFiles = fc.array(anyTimes, { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(anyFiles, async (all) => {
      const sorted = all.map((times) => [...times].sort((a, b) => a - b));
      const { packets } = await readCapture(sorted.map((times, i) => timed(i, times, i % 2 === 1)));
      const rows = sorted.flatMap((times, file) => times.map((time, i) => ({ time, file, i })));
      rows.sort((a, b) => a.time - b.time || a.file - b.file || a.i - b.i);
      assert.equal(
        packets.map((p) => [p.bytes[0], p.bytes[1]]),
        rows.map((row) => [row.file, row.i]),
      );
    }),
    { seed: 3, numRuns: 60 },
  );
});

test('a file that goes backwards keeps its own order', async () => {
  const files = [timed(0, [10, 2, 30]), timed(1, [5, 20])];
  const { packets, facts, problems } = await readCapture(files);
  assert.equal(
    packets.map((p) => [p.bytes[0], p.bytes[1]]),
    [
      [1, 0],
      [0, 0],
      [0, 1],
      [1, 1],
      [0, 2],
    ],
  );
  assert.equal(
    facts.files.map((file) => file.timeBackwards),
    [1, 0],
  );
  assert.equal(problemCounts(problems), { 'time-backwards': 1 });
  assert.is(problems.kept[0].frame, 3);
});

test('more files than windows of full size: a ring of a hundred', async () => {
  const times = Array.from({ length: 100 }, (_, i) => [i * 10, i * 10 + 5, i * 10 + 12]);
  const { packets } = await readCapture(times.map((t, i) => timed(i % 256, t)).reverse());
  assert.is(packets.length, 300);
  assert.equal(
    packets.map((p) => p.timeNs),
    times.flat().sort((a, b) => a - b),
  );
});

test('small windows grow for a large packet, and for a file that was cut', async () => {
  const large = { timeNs: 3, bytes: new Uint8Array(300_000).fill(7) };
  const files = Array.from({ length: 9 }, (_, i) =>
    temporaryFile(pcapFile([large, { ...large, timeNs: i }])),
  );
  files.push(temporaryFile(pcapngFile([large]).slice(0, 200_000)));
  const { packets, facts } = await readCapture(files);
  assert.is(packets.length, 18);
  assert.ok(packets.every((p) => p.bytes.length === 300_000 && p.bytes[299_999] === 7));
  assert.is(facts.files[9].end, 'cut');
});

test('stop() ends after the packet at hand', async () => {
  const { packets, facts } = await readCapture([timed(0, [1, 3, 5]), timed(1, [2, 4])], 3);
  assert.is(packets.length, 3);
  assert.is(facts.stopped, true);
  assert.is(facts.packets, 3);
  assert.equal(
    facts.files.map((file) => [file.packets, file.end]),
    [
      [2, 'stopped'],
      [1, 'stopped'],
    ],
  );
});

test('progress goes from 0 to the size of all files, and may make reading wait', async () => {
  const files = [timed(0, [1, 2, 3]), timed(1, [2])];
  const capture = await openCapture(files);
  const told: number[][] = [];
  let waited = 0;
  await capture.run({ packet() {} }, async (read, total) => {
    await new Promise((resolve) => setImmediate(resolve));
    waited += 1;
    told.push([read, total]);
  });
  const size = 2 * 24 + 4 * 20;
  assert.equal(told.at(-1), [size, size]);
  assert.is(waited, told.length);
  assert.ok(told.every(([read], i) => i === 0 || read >= told[i - 1][0]));
});

test('files without any time are read in the order given', async () => {
  const simple = (n: number) =>
    temporaryFile(new PcapngWriter().section().interface().simple(Uint8Array.of(n)).done());
  const { packets, facts } = await readCapture([simple(1), simple(2), simple(3)]);
  assert.equal(
    packets.map((p) => [p.bytes[0], p.timeNs]),
    [
      [1, 0],
      [2, 0],
      [3, 0],
    ],
  );
  assert.is(facts.epoch, undefined);
  assert.is(facts.packetsWithoutTime, 3);
});

test.run();
