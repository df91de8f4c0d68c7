// What became of the packets of a made pair of captures, counted; and what a comparison of points says that is not so.

import type { PointsReport } from '../../src/points/points-told.js';
import type { ClockTruth } from './pair-clock.js';
import type { Piece } from './pair-journeys.js';
import type { PairWish, Unit } from './point-pairs.js';

/** Packets as the wire had them, and how many of the point's own (an adapter's) they lie in. */
export interface Counted {
  readonly pieces: number;
  readonly units: number;
  readonly bytes: number;
  /** Packets of the capture that saw them. */
  readonly frames: readonly number[];
}

export interface PairTruth {
  readonly host: string;
  readonly array: string;
  /** With data, lost on the way and seen before it; without data. */
  readonly lost: { readonly out: Counted; readonly back: Counted };
  readonly lostBare: { readonly out: number; readonly back: number };
  /** Passed, and only the other point has it. */
  readonly missed: { readonly host: Counted; readonly array: Counted };
  readonly missedBare: { readonly host: number; readonly array: number };
  /** Of what both have: the middle of the times. */
  readonly way: { readonly out: number; readonly back: number };
  readonly clock: ClockTruth;
  /** When the host's capture begins. */
  readonly fromNs: number;
  readonly packets: number;
  readonly isRoce: boolean;
  readonly wish: PairWish;
}

const UDP = 17;
const SEEN_LEAST = 20;

interface Made {
  readonly host: string;
  readonly array: string;
  readonly pieces: readonly Piece[];
  readonly atHost: readonly Unit[];
  readonly atArray: readonly Unit[];
  readonly clock: ClockTruth;
  readonly wish: PairWish;
}

export function pairTruth(made: Made): PairTruth {
  const { pieces, atHost, atArray } = made;
  const host = unitsOf(atHost);
  const array = unitsOf(atArray);
  // Before and behind what both captures hold, nothing is known.
  const from = Math.max(startOf(atHost, 'hostNs'), startOf(atArray, 'hostNs'));
  const to = Math.min(endOf(atHost), endOf(atArray));
  const within = pieces.filter(({ hostNs }) => hostNs >= from && hostNs <= to);
  const tcp = within.filter(({ isTcp }) => isTcp);
  const seen = (p: Piece, first: boolean) => (first === p.out ? host : array).has(p);
  const lost = (out: boolean) => tcp.filter((p) => p.lost && p.out === out && seen(p, true));
  const missed = (isHost: boolean) =>
    tcp.filter((p) => !p.lost && !(isHost ? host : array).has(p) && (isHost ? array : host).has(p));
  const data = (all: readonly Piece[]) => all.filter((p) => p.data > 0);
  const way = (out: boolean) =>
    middle(
      within
        .filter((p) => p.out === out && host.has(p) && array.has(p))
        .map((p) => Math.abs(p.arrayNs - p.hostNs)),
    );
  const both = within.filter((p) => host.has(p) && array.has(p));
  // A step that nothing passed before is nobody's to see.
  const isSeen = (atNs: number) =>
    [true, false].every((out) =>
      [true, false].every(
        (isBefore) =>
          both.filter((p) => p.out === out && p.hostNs < atNs === isBefore).length >= SEEN_LEAST,
      ),
    );
  return {
    host: made.host,
    array: made.array,
    lost: {
      out: counted(data(lost(true)), host),
      back: counted(data(lost(false)), array),
    },
    lostBare: {
      out: lost(true).length - data(lost(true)).length,
      back: lost(false).length - data(lost(false)).length,
    },
    missed: {
      host: counted(data(missed(true)), array),
      array: counted(data(missed(false)), host),
    },
    missedBare: {
      host: missed(true).length - data(missed(true)).length,
      array: missed(false).length - data(missed(false)).length,
    },
    way: { out: way(true), back: way(false) },
    clock: { ...made.clock, steps: made.clock.steps.filter(({ atNs }) => isSeen(atNs)) },
    fromNs: atHost[0].timeNs,
    packets: pieces.length,
    isRoce: tcp.some(({ bytes }) => bytes[23] === UDP),
    wish: made.wish,
  };
}

function unitsOf(units: readonly Unit[]): Map<Piece, Unit> {
  return new Map(units.flatMap((unit) => unit.pieces.map((piece) => [piece, unit] as const)));
}

function startOf(units: readonly Unit[], at: 'hostNs'): number {
  return units[0].pieces[0][at];
}

function endOf(units: readonly Unit[]): number {
  const { pieces } = units[units.length - 1];
  return pieces[pieces.length - 1].hostNs;
}

function counted(pieces: readonly Piece[], by: ReadonlyMap<Piece, Unit>): Counted {
  const units = new Set(pieces.flatMap((p) => by.get(p) ?? []));
  const all = [...new Set(by.values())];
  return {
    pieces: pieces.length,
    units: units.size,
    frames: all.flatMap((unit, i) => (units.has(unit) ? i + 1 : [])),
    bytes: pieces.reduce((sum, { data }) => sum + data, 0),
  };
}

function middle(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1] ?? 0;
}

/** Captures of microseconds and the middle of two neighbours are off by so much. */
const ROUNDING_NS = 3000;

/** What is not as it was; empty where all is. The host's capture was named first, as `host`, the array's `array`. */
export function judged(truth: PairTruth, report: PointsReport): string[] {
  const said: string[] = [];
  const check = (holds: boolean, text: string) => {
    if (!holds) said.push(text);
  };
  const [pair] = report.pairs;
  check(pair.host === 'host', `${pair.host} is taken for the host's, by ${pair.sidesBy}`);
  said.push(...clockJudged(truth, report), ...segmentsJudged(truth, report));
  for (const c of report.commands) {
    const parts = [c.hostNs, c.networkOutNs, c.arrayNs, c.networkBackNs, c.recoveryNs];
    const sum = parts.reduce((all, ns) => all + ns, 0);
    check(Math.abs(sum - c.latencyNs) < 2, `packet ${c.frame}: ${sum} of ${c.latencyNs}`);
    check(Math.min(...parts) >= 0, `packet ${c.frame}: a part below 0`);
  }
  return said;
}

function clockJudged(truth: PairTruth, report: PointsReport): string[] {
  const [pair] = report.pairs;
  const { clock, fromNs, wish } = truth;
  if (wish.host?.only ?? wish.array?.only) return [];
  if (pair.offsetErrorNs === undefined) return ['clocks are not aligned'];
  const said: string[] = [];
  for (const s of pair.stretches) {
    const lasts = s.toNs - s.fromNs;
    for (const at of [0.1, 0.5, 0.9]) {
      const ns = fromNs + s.fromNs + at * lasts;
      if (clock.steps.some(({ atNs }) => Math.abs(atNs - ns) < lasts / 10)) continue;
      const is = clock.stamp(ns) - ns;
      const told = s.clockOffsetNs + (s.driftPpm / 1e6) * at * lasts;
      if (Math.abs(is - told) <= s.offsetErrorNs + ROUNDING_NS) continue;
      said.push(`clock at ${ns}: ${is}, told ${told} ± ${s.offsetErrorNs}`);
    }
  }
  if (pair.steps.length !== clock.steps.length) {
    said.push(`${clock.steps.length} steps, told ${pair.steps.length}`);
  }
  for (const [i, { atNs, byNs }] of clock.steps.entries()) {
    const told = pair.steps[i];
    if (told === undefined) continue;
    const off = Math.abs(fromNs + told.atNs - atNs);
    if (off > told.withinNs)
      said.push(`step at ${atNs - fromNs}, told ${told.atNs} ± ${told.withinNs}`);
    if (Math.abs(told.stepNs - byNs) > 2 * pair.offsetErrorNs + ROUNDING_NS) {
      said.push(`step of ${byNs}, told ${told.stepNs} (± twice ${pair.offsetErrorNs})`);
    }
  }
  const { driftPpm = 0, driftErrorPpm = 0 } = pair;
  if (Math.abs(driftPpm - clock.driftPpm) > driftErrorPpm + 0.01) {
    said.push(`drift ${clock.driftPpm}, told ${driftPpm} ± ${driftErrorPpm}`);
  }
  for (const way of ['out', 'back'] as const) {
    const off = Math.abs(pair.oneWayNs[way].p50 - truth.way[way]);
    const bound = Math.max(...pair.stretches.map((s) => s.offsetErrorNs));
    if (off > bound + ROUNDING_NS + truth.way[way] / 50) {
      said.push(`one way ${way} ${truth.way[way]}, told ${pair.oneWayNs[way].p50} ± ${bound}`);
    }
  }
  return said;
}

/** Exact where only the way lost or only captures missed; else segments without data may be either. */
function segmentsJudged(truth: PairTruth, report: PointsReport): string[] {
  const { lostBetween, missedByCapture, undecided, lostBytes } = report.pairs[0].segments;
  const said: string[] = [];
  const within = (what: string, told: number, least: number, most: number) => {
    if (told < least || told > most) {
      said.push(`${what}: ${least}${most > least ? ` to ${most}` : ''}, told ${told}`);
    }
  };
  const misses = missedAt(truth, 'host') + missedAt(truth, 'array') > 0;
  for (const way of ['out', 'back'] as const) {
    const { pieces, units, bytes } = truth.lost[way];
    const bare = truth.lostBare[way];
    const open = misses ? undecided[way] : 0;
    // Where a copy was lost, or missed, and both look alike.
    const alike = misses
      ? Math.ceil((missedAt(truth, 'host') + missedAt(truth, 'array')) / 100)
      : 0;
    within(`lost ${way}`, lostBetween[way] + open, units + bare, pieces + bare + open + alike);
    // RoCE's payload is less than its packets.
    if (!misses && !truth.isRoce) within(`lost bytes ${way}`, lostBytes[way], bytes, bytes);
    const alone = bare + missedBareOf(truth, way);
    const withData = pieces + truth.missed[way === 'out' ? 'array' : 'host'].pieces;
    within(`undecided ${way}`, undecided[way], 0, misses ? alone + 2 + withData / 10 : 0);
  }
  for (const point of ['host', 'array'] as const) {
    const { pieces, units } = truth.missed[point];
    const bare = truth.missedBare[point];
    const open = undecided[point === 'array' ? 'out' : 'back'];
    const alike = Math.ceil((pieces + bare) / 100);
    within(
      `missed at ${point}`,
      missedByCapture[point] ?? 0,
      units + bare - open - alike,
      pieces + bare,
    );
  }
  return said;
}

function missedAt({ missed, missedBare }: PairTruth, point: 'host' | 'array'): number {
  return missed[point].pieces + missedBare[point];
}

/** Only the point before the way saw them. */
function missedBareOf({ missedBare }: PairTruth, way: 'out' | 'back'): number {
  return way === 'out' ? missedBare.array : missedBare.host;
}
