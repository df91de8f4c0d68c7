// Which connection of one capture point is which of another: by what both saw of it. Addresses and
// ports may be translated between them; sequence numbers are kept by address translation, and where
// they are not (a proxy that writes its own) the payload tells.

import { DRIFT_MAX } from './clock-fit.js';
import type { Sample, Survey, SurveyedConnection } from './survey.js';

/** A connection that two points saw. Directions are those of the first point's connection. */
export interface ConnectionPair {
  readonly first: SurveyedConnection;
  readonly second: SurveyedConnection;
  /** True where the second point's direction 0 is the first's direction 1. */
  readonly swapped: boolean;
  /** By direction: what is added to the second point's positions to make them the first's. */
  readonly shift: readonly [number, number];
  /** Timestamps and IP identifications are the same at both: they tell copies apart. */
  readonly timestampsKept: boolean;
  readonly ipIdsKept: boolean;
  /**
   * By direction: true where its packets pass the first point before the second. Needs both
   * directions; `wayKnown` false where only one was seen by both.
   */
  readonly firstToSecond: readonly [boolean, boolean];
  readonly wayKnown: boolean;
  /** Time at the second point less time at the first, roughly (by each one's own clock). */
  readonly roughNs: number;
}

/** Samples that must agree before two connections are taken for one. */
const VOTES_LEAST = 2;

interface Common {
  readonly first: Sample;
  readonly second: Sample;
}

/** Pairs of connections, in the order of the first point's; what only one point saw is left out. */
export function pairConnections(first: Survey, second: Survey): ConnectionPair[] {
  const taken = new Set<number>();
  const pairs = new Map<number, ConnectionPair>();
  const bySequence = placesBy(second, seqKey);
  const byPayload = placesBy(second, headKey);
  const known = first.found.filter((one) => one !== undefined);
  // Sequence numbers first, of all: payload that looks alike must not take what they prove.
  const ways: readonly ((one: SurveyedConnection) => ConnectionPair | undefined)[] = [
    (one) => partner(one, second, bySequence, seqKey, taken),
    (one) => byStart(one, second, taken),
  ];
  // Who writes its own numbers does so for all: payload that looks alike proves nothing beside numbers that agree.
  const byHead = (one: SurveyedConnection) => partner(one, second, byPayload, headKey, taken);
  for (const way of [...ways, byHead]) {
    if (way === byHead && pairs.size > 0) break;
    for (const one of known) {
      if (pairs.has(one.connection.id)) continue;
      const pair = way(one);
      if (pair === undefined) continue;
      taken.add(pair.second.connection.id);
      pairs.set(one.connection.id, pair);
    }
  }
  return oneWayFor(known.flatMap(({ connection }) => pairs.get(connection.id) ?? []));
}

/** Where a connection does not tell which way its directions go, others between the same ends do. */
function oneWayFor(pairs: readonly ConnectionPair[]): ConnectionPair[] {
  const outward = new Map<string, number>();
  const keys = ({ first }: ConnectionPair) => {
    const { a, b } = first.connection;
    const [from, to] = [a, b].map((end) => end.slice(0, 4).join('.'));
    return [`${from} ${to}`, `${to} ${from}`] as const;
  };
  for (const pair of pairs) {
    if (!pair.wayKnown) continue;
    const [there, back] = keys(pair);
    const vote = pair.firstToSecond[0] ? 1 : -1;
    outward.set(there, (outward.get(there) ?? 0) + vote);
    outward.set(back, (outward.get(back) ?? 0) - vote);
  }
  return pairs.map((pair) => {
    const votes = pair.wayKnown ? 0 : (outward.get(keys(pair)[0]) ?? 0);
    return votes === 0 ? pair : { ...pair, firstToSecond: [votes > 0, votes < 0], wayKnown: true };
  });
}

type Places = Map<string, { readonly connection: number; readonly direction: number }[]>;

const seqKey = (sample: Sample) => String(sample.seq);
/** Segments that offload cut or merged begin with the same bytes, and have other lengths. */
const headKey = (sample: Sample) => (sample.repeated ? '' : sample.head);

type Key = typeof seqKey;

/** What a key is looked for in. */
function samplesOf(one: SurveyedConnection, key: Key): SurveyedConnection['samples'] {
  return key === headKey ? one.heads : one.samples;
}

function placesBy(survey: Survey, key: Key): Places {
  const places: Places = new Map();
  for (const found of survey.found) {
    if (found === undefined) continue;
    for (const direction of [0, 1]) {
      for (const sample of samplesOf(found, key)[direction]) {
        const at = key(sample);
        if (at === '') continue;
        const known = places.get(at);
        const place = { connection: found.connection.id, direction };
        if (known === undefined) places.set(at, [place]);
        else if (known.length < 8) known.push(place);
      }
    }
  }
  return places;
}

function partner(
  one: SurveyedConnection,
  second: Survey,
  places: Places,
  key: Key,
  taken: ReadonlySet<number>,
): ConnectionPair | undefined {
  const votes = new Map<string, number>();
  for (const direction of [0, 1]) {
    for (const sample of samplesOf(one, key)[direction]) {
      for (const place of places.get(key(sample)) ?? []) {
        if (taken.has(place.connection)) continue;
        const swapped = place.direction !== direction;
        const id = `${place.connection}/${swapped ? 1 : 0}`;
        votes.set(id, (votes.get(id) ?? 0) + 1);
      }
    }
  }
  const best = [...votes].sort((a, b) => b[1] - a[1]).slice(0, 4);
  for (const [id, count] of best) {
    const [connection, swap] = id.split('/').map(Number);
    const other = second.found[connection];
    if (count < VOTES_LEAST && !sameStart(one, other, swap === 1)) continue;
    const pair = describe(one, other, swap === 1, key);
    if (pair !== undefined) return pair;
  }
  return undefined;
}

/** Handshakes alone: a connection that carried nothing. */
function byStart(
  one: SurveyedConnection,
  second: Survey,
  taken: ReadonlySet<number>,
): ConnectionPair | undefined {
  for (const other of second.found) {
    if (other === undefined || taken.has(other.connection.id)) continue;
    for (const swapped of [false, true]) {
      if (sameStart(one, other, swapped)) return describe(one, other, swapped, seqKey);
    }
  }
  return undefined;
}

function sameStart(one: SurveyedConnection, other: SurveyedConnection, swapped: boolean): boolean {
  const a = one.connection.initialSeq;
  const b = other.connection.initialSeq;
  const same = [0, 1].map((d) => a[d] >= 0 && a[d] === b[swapped ? 1 - d : d]);
  const known = [0, 1].filter((d) => a[d] >= 0 && b[swapped ? 1 - d : d] >= 0);
  return known.length > 0 && known.every((d) => same[d]);
}

function describe(
  one: SurveyedConnection,
  other: SurveyedConnection,
  swapped: boolean,
  key: Key,
): ConnectionPair | undefined {
  const common = [0, 1].map((direction) =>
    commonSamples(
      samplesOf(one, key)[direction],
      samplesOf(other, key)[swapped ? 1 - direction : direction],
      key,
    ),
  );
  if (key === headKey && !together(common)) return undefined;
  const all = [...common[0], ...common[1]];
  const shift = [0, 1].map((direction) => shiftOf(one, other, direction, swapped, common)) as [
    number,
    number,
  ];
  const withTimes = all.filter(
    ({ first, second }) => first.timestamp >= 0 && second.timestamp >= 0,
  );
  const sameSize = all.filter(({ first, second }) => first.length === second.length);
  const votes = wayVotes(common);
  return {
    first: one,
    second: other,
    swapped,
    shift,
    timestampsKept: most(withTimes, ({ first, second }) => first.timestamp === second.timestamp),
    ipIdsKept:
      most(sameSize, ({ first, second }) => first.ipId === second.ipId) &&
      sameSize.some(({ first }) => first.ipId !== 0),
    firstToSecond: [votes >= 0, votes < 0],
    wayKnown: votes !== 0,
    roughNs: middleNs(common),
  };
}

/** Payload that is alike stands at the same distance everywhere, or it is that of others. */
function together(common: readonly Common[][]): boolean {
  let agree = 0;
  let count = 0;
  for (const samples of common) {
    const shifts = samples.map(({ first, second }) => first.position - second.position);
    const usual = median(shifts);
    agree += shifts.filter((shift) => shift === usual).length;
    count += shifts.length;
  }
  return agree >= VOTES_LEAST && agree * 2 > count;
}

/**
 * Between what one direction says and what the other does, however many samples each has: then what passes a
 * point first is also met first.
 */
function middleNs(common: readonly Common[][]): number {
  const medians = common
    .filter((samples) => samples.length > 0)
    .map((samples) => median(samples.map(({ first, second }) => second.timeNs - first.timeNs)));
  return medians.reduce((sum, ns) => sum + ns, 0) / Math.max(1, medians.length);
}

function commonSamples(first: readonly Sample[], second: readonly Sample[], key: Key): Common[] {
  const known = new Map(second.map((sample) => [key(sample), sample]));
  const common: Common[] = [];
  for (const sample of first) {
    const other = known.get(key(sample));
    if (other === undefined || key(sample) === '') continue;
    const length = Math.min(sample.head.length, other.head.length);
    if (sample.head.slice(0, length) !== other.head.slice(0, length)) continue;
    common.push({ first: sample, second: other });
  }
  return common.sort((a, b) => a.first.timeNs - b.first.timeNs);
}

function shiftOf(
  one: SurveyedConnection,
  other: SurveyedConnection,
  direction: number,
  swapped: boolean,
  common: readonly Common[][],
): number {
  const shifts = common[direction].map(({ first, second }) => first.position - second.position);
  if (shifts.length > 0) return median(shifts);
  // No data in common: both begin near each other.
  const a = one.connection.positions[direction];
  const b = other.connection.positions[swapped ? 1 - direction : direction];
  // Of a direction that a point did not see only acknowledgments tell: they begin with no wrap.
  if (!a.known || !b.known) return 0;
  return Math.round((a.last - b.last) / 4294967296) * 4294967296;
}

/**
 * Which way direction 0 goes: above 0 from the first point to the second. By neighbours in time, so
 * that clocks which drift or step between them do not matter: what passes the first point first has
 * the greater difference of times.
 */
function wayVotes(common: readonly Common[][]): number {
  const line = common
    .flatMap((samples, direction) =>
      samples.map(({ first, second }) => ({
        direction,
        timeNs: first.timeNs,
        differenceNs: second.timeNs - first.timeNs,
      })),
    )
    .sort((a, b) => a.timeNs - b.timeNs);
  let votes = 0;
  let sure = 0;
  for (let i = 1; i < line.length; i++) {
    const [x, y] = [line[i - 1], line[i]];
    if (x.direction === y.direction) continue;
    const [out, back] = x.direction === 0 ? [x, y] : [y, x];
    const apart = out.differenceNs - back.differenceNs;
    votes += Math.sign(apart);
    // More than clocks drift meanwhile.
    if (Math.abs(apart) > DRIFT_MAX * (y.timeNs - x.timeNs)) sure += Math.sign(apart);
  }
  return sure !== 0 ? sure : votes;
}

function most<T>(all: readonly T[], holds: (one: T) => boolean): boolean {
  return all.length > 0 && all.filter(holds).length * 4 >= all.length * 3;
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
