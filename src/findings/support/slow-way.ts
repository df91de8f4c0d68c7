// Whether the way between two ends, not either of them, set the pace of what passed on it.

import type { IscsiConnection } from '../../session/model.js';
import { ackRttNs, flowOf, synRttNs } from '../../stream/connection.js';
import type { RttBucket } from '../../stream/rtt.js';
import { type Facts, storiesOf } from '../facts.js';
import { type Even, ways } from '../watch/slow-way.js';

/** So many large PDUs, and so long in all: less is a moment. */
const PDUS_LEAST = 16;
const NS_LEAST = 1e9;
/**
 * Whatever a round trip paces (a window of the receiver, one of congestion, delayed ACKs) lets two segments
 * through in each: slower than that something else does.
 */
const SEGMENTS_A_ROUND_TRIP = 2;
const STANDARD_SEGMENT = 1448;
/** A receiver that closed its window for so much of the time set the pace. */
const CLOSED_SHARE = 0.05;
/** Half of the ACKs were delayed ones: that commands are acknowledged late says nothing. */
const DELAYED_SHARE = 0.5;

/** The time in which large PDUs of one side came evenly and slowly, and no end was the reason. Who asks names the watch `ways`. */
export function slowWayOf(story: IscsiConnection, side: number, facts: Facts): Even | undefined {
  const { connection, initiatorDirection } = story;
  const one = facts.evidence.of(ways).byDirection.get(connection.id * 2 + side)?.longest;
  if (one === undefined || initiatorDirection < 0) return undefined;
  if (one.pdus < PDUS_LEAST || one.ns < NS_LEAST) return undefined;
  const flow = flowOf(connection, side);
  const receiver = flowOf(connection, side ^ 1);
  const roundTripNs = roundTripOf(connection);
  const segment = Math.min(STANDARD_SEGMENT, flow.payloadMax);
  const twoNs = one.nsPerByte * segment * SEGMENTS_A_ROUND_TRIP;
  if (roundTripNs < 0 || roundTripNs >= twoNs) return undefined;
  const spanNs = Math.max(1, one.toNs - one.fromNs);
  return receiver.zeroWindowNs + flow.windowFullNs < spanNs * CLOSED_SHARE ? one : undefined;
}

/** The least round trip between both ends: of the handshake, or the quickest of data each way; -1 not known. */
export function roundTripOf(connection: IscsiConnection['connection']): number {
  const [there, back] = [synRttNs(connection), ackRttNs(connection)];
  const { a, b } = connection;
  const byData = a.rtt.count > 0 && b.rtt.count > 0 ? a.rtt.minNs + b.rtt.minNs : -1;
  if (there < 0 || back < 0) return byData;
  return byData < 0 ? there + back : Math.min(there + back, byData);
}

/** Below this a way's length is felt by few. */
const LONG_NS = 20e6;
const LONG_SAMPLES = 10;
/** Samples of a way that is long differ by less: the rest of them is load. */
const STEADY_SHARE = 0.6;
/** So many buckets had something that was alone on its way. */
const ALONE_BUCKETS = 3;
/** Where no handshake told it: far above a delayed ACK of Linux (40 ms). */
const FAR_NS = 80e6;

/** How long a way is, and since when. */
export interface LongWay {
  readonly ns: number;
  /** Since when, and what it was before; absent: from the handshake on. */
  readonly since?: { readonly fromNs: number; readonly beforeNs: number };
}

/**
 * A way that is long, whatever is on it: from the handshake on; or from a time on, where also what was alone on its way
 * took as long as the rest (a queue of the connection's own would have let that through).
 */
export function longWayOf(story: IscsiConnection): LongWay | undefined {
  const { connection } = story;
  const { a, b } = connection;
  const [there, back] = [synRttNs(connection), ackRttNs(connection)];
  const samples = Math.min(a.rtt.count, b.rtt.count);
  if (there >= 0 && back >= 0 && there + back >= LONG_NS && samples >= LONG_SAMPLES) {
    const ns = roundTripOf(connection);
    if (ns >= LONG_NS && ns >= (there + back) * STEADY_SHARE) return { ns };
  }
  const later = [0, 1].flatMap((side) => lengthened(story, side) ?? []);
  return later.sort((x, y) => y.ns - x.ns)[0];
}

/** One direction's round trips grew at a time, and were steady for the longest time from then on. */
export function lengthened({ connection }: IscsiConnection, side: number): LongWay | undefined {
  const { rtt } = flowOf(connection, side);
  const all = rtt.buckets();
  const run = longestRun(all);
  const later = all.slice(run.from, run.to);
  const alone = later.filter(({ aloneNsMin }) => aloneNsMin > 0);
  const count = later.reduce((sum, one) => sum + one.count, 0);
  if (alone.length < ALONE_BUCKETS || count < LONG_SAMPLES) return undefined;
  const ns = Math.min(...alone.map(({ aloneNsMin }) => aloneNsMin));
  const meanNs = later.reduce((sum, one) => sum + one.count * one.meanNs, 0) / count;
  if (ns < meanNs * STEADY_SHARE) return undefined;
  return { ns, since: { fromNs: later[0].fromNs, beforeNs: rtt.minNs } };
}

/** The most buckets in turn in which nothing that was alone was quick. */
function longestRun(all: readonly RttBucket[]): { from: number; to: number } {
  let best = { from: 0, to: 0 };
  let from = 0;
  for (let to = 1; to <= all.length; to++) {
    const { aloneNsMin } = all[to - 1];
    if (aloneNsMin > 0 && aloneNsMin < FAR_NS) from = to;
    else if (to - from > best.to - best.from) best = { from, to };
  }
  // What was never alone before it says nothing of its begin.
  while (best.from < best.to && all[best.from].aloneNsMin === 0) best.from++;
  return best;
}

/** The length of the session's longest way at a time, 0 where none is long. */
export function wayLengthAt(session: number, atNs: number, facts: Facts): number {
  let most = 0;
  for (const story of storiesOf(facts, session)) {
    const way = story.initiatorDirection < 0 ? undefined : longWayOf(story);
    if (way !== undefined && (way.since?.fromNs ?? 0) <= atNs && way.ns > most) most = way.ns;
  }
  return most;
}

/** A narrow way of the session at a time. */
export function slowWayAt(session: number, fromNs: number, toNs: number, facts: Facts): boolean {
  return storiesOf(facts, session).some((story) =>
    [0, 1].some((side) => {
      const one = slowWayOf(story, side, facts);
      return one !== undefined && one.fromNs <= toNs && one.toNs >= fromNs;
    }),
  );
}

/**
 * How long TCP took in the mean to acknowledge what the initiator sent at a time; -1 where nothing is known, or where
 * the target delays most of its ACKs: then they come with its answer.
 */
export function ackedAfterNs(session: number, fromNs: number, toNs: number, facts: Facts): number {
  let count = 0;
  let sum = 0;
  for (const { connection, initiatorDirection, replaced } of storiesOf(facts, session)) {
    if (replaced || initiatorDirection < 0) continue;
    const flow = flowOf(connection, initiatorDirection);
    const { delayedAcks } = flowOf(connection, initiatorDirection ^ 1);
    if (delayedAcks > flow.rtt.count * DELAYED_SHARE) continue;
    const { widthNs } = flow.rtt;
    for (const bucket of flow.rtt.buckets()) {
      if (bucket.fromNs + widthNs < fromNs || bucket.fromNs > toNs) continue;
      count += bucket.count;
      sum += bucket.count * bucket.meanNs;
    }
  }
  return count === 0 ? -1 : sum / count;
}
