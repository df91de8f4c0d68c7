// Random wishes for pairs of captures, by a seed: each takes some of what may be between two points and at them.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generator, type PairWish, type PointWish } from './point-pairs.js';
import { sharedCapture } from './shared.js';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const MS = 1e6;

export const PAIR_CAPTURES = [
  'captures/tgt-mixed-load.pcap.gz',
  'san/fcip-vm-1500-stream.pcap',
  'san/iser-siw-crc-1500-ini.pcap',
  'san/ifcp-vm-1500-stream.pcap',
  'san/iser-rfc-markers-crc-1500.pcap',
  'san/iscsi-lio-1500-ini.pcap',
  'san/iser-rxe-1500-ini.pcap',
];

export function pairCapture(name: string): string {
  return name.startsWith('captures/') ? join(TOP, name) : sharedCapture(name);
}

/** What `name` cannot have is left out: RoCE's numbers would be the same twice. */
export function wishFor(name: string, seed: number): PairWish {
  const { againNs, ...wish } = randomWish(seed);
  return againNs === undefined || name.includes('rxe') ? wish : { ...wish, againNs };
}

function randomWish(seed: number): PairWish {
  const random = generator(seed ^ 0x5bd1e995);
  const maybe = <T>(share: number, made: () => T): T | undefined =>
    random() < share ? made() : undefined;
  const between = (low: number, high: number) => low + random() * (high - low);
  const one = <T>(...of: readonly T[]): T => of[Math.floor(random() * of.length)];
  const lossy = random() < 0.5;
  const misses = random() < (lossy ? 0.25 : 0.5);
  const point = (): PointWish => ({
    ...(misses && { misses: between(0.002, 0.03), missRun: one(1, 1, 5, 40) }),
    ...(random() < 0.25 && { offload: one(9000, 20_000, 60_000) }),
    link: one('ethernet', 'ethernet', 'vlan', 'vxlan', 'sll2', 'raw'),
    ...(random() < 0.3 && { snaplen: one(160, 256, 1000) }),
    container: one('pcap', 'pcapng'),
    resolution: one('ns', 'ns', 'us'),
    ...(random() < 0.2 && { gz: true }),
    ...(misses && random() < 0.3 && { gaps: [gap(between)] }),
  });
  const again = random() < 0.2;
  const firstMissed = again ? one('', '', 'host', 'array') : '';
  const without = (of: string, made: PointWish): PointWish =>
    of === firstMissed ? { ...made, gaps: [[0, 0.52]] } : made;
  const host = without('host', point());
  const array = without('array', point());
  const steps = maybe(0.3, () => [[between(0.2, 0.8), one(-1, 1) * between(8, 900) * MS] as const]);
  // The same payload twice, with other numbers each time: nobody could tell which is which.
  const translate = maybe(0.25, () => one<'nat' | 'proxy'>('nat', again ? 'nat' : 'proxy'));
  return {
    seed,
    slower: one(3, 20, 60),
    outNs: between(0.02, 2) * MS,
    backNs: between(0.02, 2) * MS,
    jitterNs: one(0, 0.05, 0.5) * MS,
    ...(random() < 0.2 && { spikeNs: between(1, 20) * MS, spikeEvery: one(20, 500) }),
    // Who sends again does so behind the first time.
    ...((random() < 0.7 || lossy) && { inOrder: true }),
    ...(lossy && { lossOut: between(0, 0.01), lossBack: between(0, 0.01) }),
    ...(lossy && random() < 0.5 && { lossBare: between(0, 0.02) }),
    clock: {
      offsetNs: one(-1, 1) * one(between(0, 100), between(0, 5000), between(0, 8e6)) * MS,
      ...(random() < 0.4 && { driftPpm: between(-150, 150) }),
      ...(steps && { steps }),
    },
    ...(translate && { translate }),
    ...(again && { againNs: 200 * MS }),
    host,
    array,
  };
}

/** A part of the time, a tenth at most. */
function gap(between: (low: number, high: number) => number): readonly [number, number] {
  const from = between(0.1, 0.8);
  return [from, from + between(0.01, 0.1)];
}
