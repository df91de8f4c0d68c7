// Random damage: nothing throws, nothing hangs, every byte is accounted for, and the same packets
// come whatever the size of the pieces in which the bytes arrive.

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ClassicReader } from '../../src/capture/classic.js';
import { CLASSIC_HEADER_BYTES, classicHeader } from '../../src/capture/classic-header.js';
import { emptyFacts, FileLog } from '../../src/capture/facts.js';
import { PcapngReader } from '../../src/capture/pcapng.js';
import { ByteWindow } from '../../src/capture/window.js';
import { PACKET_BYTES_MAX } from '../../src/limits.js';
import { ProblemLog } from '../../src/problem.js';
import { PcapngWriter, pcapFile } from '../support/pcap-writer.js';

interface Read {
  readonly packets: readonly string[];
  readonly problems: Readonly<Record<string, number>>;
  readonly skipped: number;
}

/** Reads `file`, of which `step` bytes arrive at a time. */
function read(file: Uint8Array, step: number): Read {
  const window = new ByteWindow(64, 1 << 21, false, true);
  const problems = new ProblemLog(4);
  const log = new FileLog(emptyFacts('fuzz'), problems, 4);
  const classic = file[0] !== 0x0a;
  let at = classic ? CLASSIC_HEADER_BYTES : 0;
  const reader = classic
    ? new ClassicReader(window, classicHeader('fuzz', file.subarray(0, 24)), log)
    : new PcapngReader(window, log);
  const packets: string[] = [];
  for (let refills = 0; refills <= file.length + 10; ) {
    if (reader.next()) {
      const { packet: p, seconds, nanoseconds } = reader;
      assert.ok(p.capturedLength <= PACKET_BYTES_MAX);
      assert.ok(p.offset >= 0 && p.offset + p.capturedLength <= p.bytes.length);
      assert.ok(Number.isFinite(seconds) && nanoseconds >= 0 && nanoseconds < 1e9);
      const bytes = Buffer.from(p.bytes.slice(p.offset, p.offset + p.capturedLength));
      packets.push(`${seconds}.${nanoseconds} ${p.originalLength} ${bytes.toString('base64')}`);
      continue;
    }
    if (reader.done) {
      // Asked once more it says the same, whatever an earlier part left behind in the window.
      window.bytes.fill(0x80, window.end);
      assert.not(reader.next());
      assert.ok(reader.done);
      log.settle(false, false);
      const skipped = log.facts.bytesSkipped;
      return { packets, problems: Object.fromEntries(problems.counts), skipped };
    }
    assert.ok(reader.needed > window.end - window.start, 'it waits for what it has');
    assert.ok(reader.needed <= window.capacityMax, 'it waits for what cannot be');
    assert.not(window.ended, 'it waits for what will not come');
    refills += 1;
    window.makeRoom(reader.needed);
    const count = Math.min(step, window.bytes.length - window.end, file.length - at);
    window.bytes.set(file.subarray(at, at + count), window.end);
    window.end += count;
    at += count;
    window.ended = count === 0;
  }
  throw new Error('it hangs');
}

const anyPackets = fc.array(
  fc.record({
    timeNs: fc.integer({ min: 0, max: 10_000_000_000 }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 120 }),
  }),
  { minLength: 2, maxLength: 30 },
);

/** Where, and what is written there; negative lengths take bytes out. */
const anyDamage = fc.array(
  fc.record({
    at: fc.nat({ max: 10_000 }),
    kind: fc.constantFrom('set', 'remove', 'insert', 'zero'),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      fc.constantFrom(Uint8Array.of(0xff, 0xff, 0xff, 0xff), Uint8Array.of(0, 0, 0, 0)),
    ),
  }),
  { minLength: 1, maxLength: 6 },
);

type Damage = typeof anyDamage extends fc.Arbitrary<infer T> ? T : never;

function damaged(file: Uint8Array, damage: Damage, from: number): Uint8Array {
  let bytes = Buffer.from(file);
  for (const { at, kind, bytes: with_ } of damage) {
    const where = from + (at % Math.max(1, bytes.length - from));
    const before = bytes.subarray(0, where);
    if (kind === 'insert') bytes = Buffer.concat([before, with_, bytes.subarray(where)]);
    else if (kind === 'remove')
      bytes = Buffer.concat([before, bytes.subarray(where + with_.length)]);
    else
      bytes.fill(kind === 'zero' ? 0 : with_, where, Math.min(bytes.length, where + with_.length));
  }
  return Uint8Array.from(bytes);
}

function blocks(packets: readonly { timeNs: number; bytes: Uint8Array }[]): Uint8Array {
  const file = new PcapngWriter().section([[1, 'fuzz']]).interface({ tsresol: 9, name: 'a' });
  for (const [i, { timeNs, bytes }] of packets.entries()) {
    if (i % 7 === 3) file.simple(bytes);
    else if (i % 7 === 5) file.obsolete(0, timeNs, bytes);
    else file.enhanced(0, timeNs, bytes, bytes.length, i % 3 === 0 ? [[1, 'comment']] : []);
    if (i === 11) {
      file.bigEndian = true;
      file.section().interface({ tsresol: 0x8a }).interface();
    }
  }
  return file.statistics(0, { received: 1 }).done();
}

for (const [name, write, header] of [
  ['pcap', pcapFile, 24],
  ['pcapng', blocks, 16],
] as const) {
  test(`${name}: random damage is survived, however the bytes arrive`, () => {
    fc.assert(
      fc.property(
        anyPackets,
        anyDamage,
        fc.integer({ min: 1, max: 500 }),
        (packets, damage, step) => {
          const file = damaged(write(packets), damage, header);
          const whole = read(file, file.length);
          assert.equal(read(file, step), whole);
          const told = Object.values(whole.problems).reduce((sum, n) => sum + n, 0);
          assert.ok(whole.skipped <= file.length);
          if (whole.skipped > 0) assert.ok(told > 0);
        },
      ),
      { seed: 4, numRuns: 3000 },
    );
  });

  test(`${name}: random bytes behind the header are survived`, () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 3000 }),
        fc.integer({ min: 1, max: 900 }),
        (noise, step) => {
          const file = Buffer.concat([write([]).slice(0, name === 'pcap' ? 24 : 56), noise]);
          const bytes = Uint8Array.from(file);
          assert.equal(read(bytes, step), read(bytes, bytes.length));
        },
      ),
      { seed: 5, numRuns: 1000 },
    );
  });
}

test('cut anywhere, asked again at the end: no more packets, and no bytes of an earlier part', () => {
  const packets = [1, 2, 3, 4].map((i) => ({
    timeNs: i * 1000,
    bytes: new Uint8Array(70).fill(i),
  }));
  const file = pcapFile(packets);
  for (let length = CLASSIC_HEADER_BYTES; length < file.length; length++) {
    const whole = Math.floor((length - CLASSIC_HEADER_BYTES) / 86);
    assert.is(read(file.slice(0, length), 512).packets.length, whole);
  }
});

test.run();
