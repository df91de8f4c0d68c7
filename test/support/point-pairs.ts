// One recording made into what two capture points would have of it, by a seed: ways with their times, losses that TCP
// mends, captures that miss packets, clocks that are off, offload, translation, links and formats. The truth
// beside it says what became of every packet. Used by tests and tools of sanscope points.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { usedAgain } from './pair-again.js';
import { type Clock, clockOf } from './pair-clock.js';
import { journeys, type Piece, type Travelled, type Ways } from './pair-journeys.js';
import { changed, joined, LINK_TYPES, onLink, type PairLink, tcpPacket } from './pair-packet.js';
import { type PairTruth, pairTruth } from './pair-truth.js';
import { pcapFile, pcapngFile } from './pcap-writer.js';
import { temporaryFolder } from './temporary.js';

/** How a point captures. */
export interface PointWish {
  /** Share of packets that it misses, and how many follow each other then. */
  readonly misses?: number;
  readonly missRun?: number;
  /** Parts of the time (0 to 1) that it has nothing of. */
  readonly gaps?: readonly (readonly [from: number, to: number])[];
  /** The adapter cuts what is sent and merges what comes: segments of so many bytes at most. */
  readonly offload?: number;
  readonly link?: PairLink;
  readonly snaplen?: number;
  readonly container?: 'pcap' | 'pcapng';
  readonly resolution?: 'us' | 'ns';
  readonly gz?: boolean;
  readonly only?: 'out' | 'back';
}

export interface PairWish extends Ways {
  readonly host?: PointWish;
  readonly array?: PointWish;
  readonly clock: Clock;
  /** Between the points: other addresses and ports, and by a proxy other sequence numbers, too. */
  readonly translate?: 'nat' | 'proxy';
  /** The recording comes twice, with the same ports: so long behind itself. */
  readonly againNs?: number;
}

/** A packet as a point's capture has it: what of the wire it holds. */
export interface Unit {
  readonly timeNs: number;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly out: boolean;
  readonly pieces: readonly Piece[];
}

export function makePair(packets: readonly Travelled[], wish: PairWish): PairTruth {
  const random = generator(wish.seed);
  const all = wish.againNs ? usedAgain(packets, random, wish.againNs) : packets;
  const pieces = journeys(all, wish, random);
  const ends = [pieces[0].hostNs, pieces[pieces.length - 1].hostNs] as const;
  const atHost = captured(sights(pieces, 'hostNs', 'array'), wish.host ?? {}, true, random, ends);
  const translated = translator(wish.translate, random);
  const atArray = captured(
    sights(pieces, 'arrayNs', 'host'),
    wish.array ?? {},
    false,
    random,
    ends,
  ).map((unit) => ({ ...unit, bytes: translated(unit.bytes, unit.out) }));
  const clock = clockOf(wish.clock, ends[0], ends[1]);
  const folder = temporaryFolder('pair');
  const host = join(folder, 'host.cap');
  const array = join(folder, 'array.cap');
  writeFileSync(
    host,
    file(atHost, wish.host ?? {}, (ns) => ns),
  );
  writeFileSync(array, file(atArray, wish.array ?? {}, clock.stamp));
  return pairTruth({ host, array, pieces, atHost, atArray, clock, wish });
}

/** What passes a point, in its order of time: all but what the way from `lostOf` lost before it. */
function sights(
  pieces: readonly Piece[],
  at: 'hostNs' | 'arrayNs',
  other: 'host' | 'array',
): Unit[] {
  const there = pieces.filter((p) => !p.lost || (p.out ? other === 'array' : other === 'host'));
  return there
    .map((p) => ({
      timeNs: p[at],
      bytes: p.bytes,
      originalLength: p.originalLength,
      out: p.out,
      pieces: [p],
    }))
    .sort((a, b) => a.timeNs - b.timeNs);
}

function captured(
  units: readonly Unit[],
  wish: PointWish,
  isHost: boolean,
  random: () => number,
  [fromNs, toNs]: readonly [number, number],
): Unit[] {
  const offloaded = wish.offload ? merged(units, wish.offload, isHost) : units;
  let run = 0;
  return offloaded.filter(({ timeNs, out }) => {
    const part = (timeNs - fromNs) / (toNs - fromNs);
    if (wish.gaps?.some(([from, to]) => part >= from && part < to)) return false;
    if (wish.only && (wish.only === 'out') !== out) return false;
    if (run === 0 && random() < (wish.misses ?? 0))
      run = 1 + Math.floor(random() * (wish.missRun ?? 1));
    if (run === 0) return true;
    run--;
    return false;
  });
}

/** Adapters wait no longer than this for what follows. */
const MERGE_NS = 1e6;

/** What is sent is seen before it is cut, what comes when its last piece has come. */
function merged(units: readonly Unit[], most: number, isHost: boolean): Unit[] {
  const made: (Unit | undefined)[] = [];
  const open = new Map<string, number>();
  for (const unit of units) {
    const tcp = tcpPacket(unit.bytes);
    const key = tcp === undefined ? '' : `${tcp.from} ${tcp.to}`;
    const at = open.get(key);
    const last = at === undefined ? undefined : made[at];
    const before = last === undefined ? undefined : tcpPacket(last.bytes);
    const near = last !== undefined && unit.timeNs - last.timeNs < MERGE_NS;
    const whole = tcp && before && near ? joined(before, tcp, most) : undefined;
    if (at === undefined || last === undefined || whole === undefined) {
      open.set(key, made.push(unit) - 1);
      continue;
    }
    const leaves = unit.out === isHost;
    const one: Unit = {
      timeNs: leaves ? last.timeNs : unit.timeNs,
      bytes: whole,
      originalLength: whole.length,
      out: unit.out,
      pieces: [...last.pieces, ...unit.pieces],
    };
    if (leaves) made[at] = one;
    else {
      made[at] = undefined;
      open.set(key, made.push(one) - 1);
    }
  }
  return made.flatMap((unit) => unit ?? []);
}

function file(units: readonly Unit[], wish: PointWish, stamp: (ns: number) => number): Uint8Array {
  const { link = 'ethernet', snaplen, resolution } = wish;
  const packets = units.map(({ timeNs, bytes, originalLength, out }) => {
    const linked = onLink(bytes, link, out);
    return {
      timeNs: Math.round(stamp(timeNs)),
      bytes: linked,
      originalLength: originalLength + linked.length - bytes.length,
    };
  });
  const options = {
    linkType: LINK_TYPES[link],
    ...(resolution && { resolution }),
    ...(snaplen && { snaplen, cut: true }),
  };
  const made = (wish.container === 'pcapng' ? pcapngFile : pcapFile)(packets, options);
  return wish.gz ? gzipSync(made) : made;
}

/** Changes addresses and ports of each connection's initiator and target, by a proxy also its numbers. */
function translator(
  how: PairWish['translate'],
  random: () => number,
): (bytes: Uint8Array, out: boolean) => Uint8Array {
  if (how === undefined) return (bytes) => bytes;
  const known = new Map<string, { port: number; by: readonly [number, number] }>();
  const nat = Uint8Array.of(198, 51, 100, 7);
  const inside = Uint8Array.of(203, 0, 113, 9);
  return (bytes, out) => {
    const tcp = tcpPacket(bytes);
    if (tcp === undefined) return bytes;
    let one = known.get(tcp.connection);
    if (one === undefined) {
      const by = () => (how === 'proxy' ? Math.floor(random() * 4294967296) : 0);
      one = { port: 20_000 + known.size, by: [by(), by()] };
      known.set(tcp.connection, one);
    }
    const [mine, theirs] = out ? one.by : [one.by[1], one.by[0]];
    const target = out ? tcp.view.getUint16(tcp.tcp + 2) : tcp.view.getUint16(tcp.tcp);
    const host = [nat, one.port] as const;
    const array = [inside, target] as const;
    return changed(tcp, {
      seqBy: mine,
      ackBy: theirs,
      source: out ? host : array,
      destination: out ? array : host,
    });
  };
}

/** Numbers from 0 to 1, the same each time. */
export function generator(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
