// Healthy captures, damaged as real ones are: what the capture lacks must not become somebody's fault.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFrom } from '../support/mishaps.js';
import { type HeldPacket, packetsOf } from '../support/road.js';
import { run } from '../support/run.js';

const CAPTURES = [
  'captures/tgt-header-digest.pcap.gz',
  'captures/istgt-three-connections.pcap.gz',
  'captures/istgt-many-r2ts.pcap.gz',
  'captures/istgt-nop-in.pcap.gz',
];

/** Findings about the capture itself, and what a lossy one says of commands whose end it lacks. */
const OF_THE_CAPTURE =
  /^(capture-|captured-twice|clocks-differ|tcp-delay|commands-lost|commands-open)/;

type Damage = (packets: readonly HeldPacket[]) => HeldPacket[];

function lost(seed: number): Damage {
  return (packets) => {
    const random = randomFrom(seed);
    return packets.filter(() => random() % 100 > 0);
  };
}

function later(ns: number): Damage {
  return (packets) =>
    [...packets, ...packets.map((p) => ({ ...p, timeNs: p.timeNs + ns }))].sort(
      (a, b) => a.timeNs - b.timeNs,
    );
}

/** Headers that do not begin a segment are cut: boundaries are lost where nothing else is missing. */
function cutAndLost(seed: number, snaplen: number): Damage {
  return (packets) => {
    const random = randomFrom(seed);
    const some = packets.filter((_, i) => i < 200 || random() % 100 > 2);
    return some.map((p) => ({ ...p, bytes: p.bytes.subarray(0, snaplen) }));
  };
}

/** Ethernet and IPv4 without options: the ports stand at 34 and 36. */
const toTarget = (p: HeldPacket) => p.bytes[36] * 256 + p.bytes[37] === 3260;

const DAMAGES: readonly [how: string, damage: Damage][] = [
  ['one packet in a hundred lost', lost(77)],
  ['others of them lost', lost(154)],
  ['cut at 110 bytes, three in a hundred lost', cutAndLost(5, 110)],
  ['others of them lost, cut at 110 bytes', cutAndLost(6, 110)],
  ['cut at 140 bytes, three in a hundred lost', cutAndLost(7, 140)],
  ['every packet twice', (packets) => packets.flatMap((p) => [p, p])],
  ['a second tap 15 ms late', later(15e6)],
  ['begun at packet 18', (packets) => packets.slice(17)],
  ['begun at packet 201', (packets) => packets.slice(200)],
  ['ended after 100 packets', (packets) => packets.slice(0, 100)],
  ['only the initiator', (packets) => packets.filter(toTarget)],
  ['only the target', (packets) => packets.filter((p) => !toTarget(p))],
];

function alarmsOf(packets: readonly HeldPacket[]): string[] {
  const { findings } = run(packets).report;
  return findings.filter((f) => f.severity !== 'note').map((f) => f.id);
}

for (const path of CAPTURES) {
  test(`nobody is accused of what ${path} lacks`, async () => {
    const packets = await packetsOf(path);
    const known = new Set(alarmsOf(packets));
    for (const [how, damage] of DAMAGES) {
      const more = alarmsOf(damage(packets)).filter((id) => !known.has(id));
      assert.equal(
        more.filter((id) => !OF_THE_CAPTURE.test(id)),
        [],
        how,
      );
    }
  });
}

test.run();
