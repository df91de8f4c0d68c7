// A sink that takes plain packets where they lie is told the same packets, in the same order and with
// the same numbers, as one that wants a cursor for each; and the same facts come of it.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCapture } from '../../src/capture/capture.js';
import type { PacketSink } from '../../src/capture/packet.js';
import { ProblemLog } from '../../src/problem.js';
import { temporaryFile } from '../support/capture.js';
import { randomFrom } from '../support/mishaps.js';
import { EPOCH_SECONDS, PcapngWriter, pcapFile, pcapngFile } from '../support/pcap-writer.js';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));

interface Told {
  readonly packets: readonly string[];
  readonly rest: string;
  readonly plain: number;
}

/** All that is told; `seed` says which packets `plain` takes, 0 that there is none. */
async function toldOf(paths: readonly string[], seed: number): Promise<Told> {
  const problems = new ProblemLog(16);
  const capture = await openCapture(paths, { problems });
  const random = randomFrom(seed);
  const packets: string[] = [];
  let plain = 0;
  let took = 0;
  let lastNs = 0;
  const tell = (
    bytes: Uint8Array,
    at: number,
    captured: number,
    original: number,
    ns: number,
    frame: number,
  ) => {
    const text = Buffer.from(bytes.subarray(at, at + captured)).toString('latin1');
    packets.push(`${frame} ${ns} ${captured}/${original} ${text}`);
    lastNs = ns;
  };
  const sink: PacketSink = {
    packet: (p) => tell(p.bytes, p.offset, p.capturedLength, p.originalLength, p.timeNs, p.frame),
    ...(seed > 0 && {
      plain: {
        take(bytes, view, at, captured, original, ns, frame) {
          assert.is(view.buffer, bytes.buffer);
          if (random() % 5 === 0) return false;
          tell(bytes, at, captured, original, ns, frame);
          plain++;
          return true;
        },
      },
    }),
    plainTook(count, ns) {
      assert.is(ns, lastNs);
      took += count;
    },
  };
  const facts = await capture.run(sink);
  assert.is(took, plain, 'the sink was told how many went by');
  const { kept, counts } = problems;
  const rest = JSON.stringify([facts, kept, [...counts], capture.epoch]);
  return { packets, rest, plain };
}

let plain = 0;
async function same(paths: readonly string[], seed: number): Promise<void> {
  const without = await toldOf(paths, 0);
  const with_ = await toldOf(paths, seed);
  assert.equal(with_.packets, without.packets);
  assert.is(with_.rest, without.rest);
  plain += with_.plain;
}

for (const name of readdirSync(CAPTURES).filter((file) => /\.pcap(ng)?(\.gz)?$/.test(file))) {
  test(`${name}: whole, damaged, cut`, async () => {
    const packed = readFileSync(join(CAPTURES, name));
    const whole = name.endsWith('.gz') ? gunzipSync(packed) : packed;
    const file = new Uint8Array(whole.subarray(0, 2 << 20));
    await same([temporaryFile(file, 'whole')], 7);
    const random = randomFrom(name.length);
    for (let round = 0; round < 4; round++) {
      const damaged = file.slice(0, file.length - (random() % (file.length >> 2)));
      for (let i = 0; i < 3 * round; i++) {
        const at = 24 + (random() % (damaged.length - 24));
        damaged.fill(random() & 0xff, at, at + (random() % 40));
      }
      await same([temporaryFile(damaged, 'damaged')], 11 + round);
    }
  });
}

/** Packets whose times go backwards now and then. */
function packets(seed: number, count: number) {
  const random = randomFrom(seed);
  let timeNs = (random() % 50) * 1000;
  return Array.from({ length: count }, () => {
    timeNs += (random() % 10 === 0 ? -(random() % 40) : random() % 40) * 1000;
    timeNs = Math.max(0, timeNs);
    const bytes = new Uint8Array(60 + (random() % 90)).fill(random());
    return { timeNs, bytes, originalLength: bytes.length + (random() % 3) };
  });
}

test('times that go backwards, and several files that take turns', async () => {
  for (let seed = 1; seed < 12; seed++) {
    const one = temporaryFile(pcapFile(packets(seed, 800)), 'one.pcap');
    const two = temporaryFile(pcapngFile(packets(seed + 100, 700)), 'two.pcapng');
    const three = temporaryFile(pcapFile(packets(seed + 200, 50)), 'three.pcap');
    await same([one], seed);
    await same([two], seed);
    await same([one, two, three], seed);
  }
});

test('interfaces of other link types and clocks, and packets without a time', async () => {
  const random = randomFrom(3);
  const writer = new PcapngWriter().section();
  for (const tsresol of [6, 9, 0x8a, 12]) writer.interface({ tsresol });
  writer.interface({ linkType: 101, tsoffset: -5 });
  const perSecond = [1_000_000n, 1_000_000_000n, 1024n, 1_000_000_000_000n, 1_000_000n];
  for (let i = 0; i < 2000; i++) {
    const bytes = new Uint8Array(60 + (random() % 60)).fill(i);
    const of = random() % 5;
    const ns = BigInt(EPOCH_SECONDS) * 1_000_000_000n + BigInt(i) * 3_000_000n;
    const odd = random() % 9;
    if (odd === 0) writer.simple(bytes);
    else if (odd === 1) writer.enhanced(of, 0, bytes, 70, [[1, 'a comment']]);
    else writer.enhanced(of, (ns * perSecond[of]) / 1_000_000_000n, bytes);
  }
  const mixed = temporaryFile(writer.done(), 'mixed.pcapng');
  await same([mixed], 5);
  // A packet without a time has that of the packet before it, and its turn by that.
  const steady = Array.from({ length: 3000 }, (_, i) => ({
    timeNs: i * 2_000_000,
    bytes: new Uint8Array(60).fill(i),
  }));
  await same([mixed, temporaryFile(pcapFile(steady), 'steady.pcap')], 5);
});

test('most packets went this way', () => {
  assert.ok(plain > 50_000, `${plain}`);
});

test.run();
