// A path whose MTU is smaller than both ends think, as the end that sends shows it: a full-sized segment that is
// sent again and again and never arrives, while small ones pass.

import type { IscsiConnection } from '../../session/model.js';
import { type Flow, flowOf } from '../../stream/connection.js';
import { connectionsOf, type Facts, groupedBy } from '../facts.js';
import { cutPdus } from '../watch/cut-pdus.js';
import { framing } from '../watch/framing.js';
import { type StuckSegment, tcpWatches } from '../watch/tcp.js';

/** Tries of the same segment: two may be chance, three with growing pauses are the timer's. */
const TIMES_LEAST = 3;
/** … or so many with even pauses. */
const TIMES_EVEN = 8;
/** What passes every path (IPv6's least MTU, 1280, less headers); below it the size is not the cause. */
const SMALL = 1220;
/** What a frame of 1500 bytes carries at most (IPv4, no options): what is larger needs jumbo frames. */
export const STANDARD_MSS = 1460;
/** The stuck segment is as large as this side sends them. */
const FULL_SHARE = 0.9;
/** A silence of the same two ends so near to it in time has the same cause. */
const NEAR_NS = 60e9;

/** The segment of one side that does not get through for its size; undefined where none shows that. Who asks names the watch `tcpWatches`. */
export function stuckForSize(
  story: IscsiConnection,
  side: number,
  facts: Facts,
): Readonly<StuckSegment> | undefined {
  const { connection } = story;
  const watch = facts.evidence.of(tcpWatches).byDirection.get(connection.id * 2 + side);
  if (watch === undefined) return undefined;
  const one = watch.stuckest();
  // A sender that is told of the drop by its own host tries again without growing pauses.
  if (one.times < TIMES_LEAST || (one.doubled < 1 && one.times < TIMES_EVEN)) return undefined;
  const flow = flowOf(connection, side);
  const { length } = one;
  // Larger ones may have passed before a port was set anew.
  const jumbo = length > STANDARD_MSS && flowOf(connection, side ^ 1).mss > STANDARD_MSS;
  if (length <= SMALL || (!jumbo && length < flow.payloadMax * FULL_SHARE)) return undefined;
  // What its receiver told at last, after the last try.
  const { sackHoleNs, sackHoleSeq, sackHoleBytes, startSeq } = flow;
  const isLast = sackHoleNs >= 0 && ((startSeq + one.position - sackHoleSeq) | 0) === 0;
  const behindBytes = Math.max(one.behindBytes, isLast ? sackHoleBytes : 0);
  // As much came behind it at once: its size was not what kept it.
  if (behindBytes >= length) return undefined;
  // A side that is silent is gone, whatever the size; one that answers, or holds what came behind, gets the small ones.
  if ((one.peerSince < 1 && behindBytes <= 0) || story.pdus < 2) return undefined;
  return { ...one, behindBytes };
}

/** What one sender's large segments did at the receiving end: they never came. */
export interface Behind {
  readonly story: IscsiConnection;
  readonly side: number;
  readonly frame: number;
  readonly fromNs: number;
  readonly dueBytes: number;
}

/**
 * At the end that receives: both SYNs agree on jumbo frames, nothing larger than a standard frame ever
 * came, and the connection was given up where the first larger one was due. Once may be chance: it
 * takes two connections of the same two ends. Who asks names the watches `cutPdus` and `framing`.
 */
export function holesBehind(facts: Facts): Behind[][] {
  const byEnds = new Map<string, Behind[]>();
  for (const story of connectionsOf(facts)) {
    for (const side of [0, 1]) {
      const one = notArrived(story, side, facts);
      if (one === undefined) continue;
      const key = `${endsOf(story, facts)} ${side}`;
      byEnds.set(key, [...(byEnds.get(key) ?? []), one]);
    }
  }
  return [...byEnds.values()].filter((all) => all.length >= 2);
}

function notArrived(story: IscsiConnection, side: number, facts: Facts): Behind | undefined {
  const { connection, ended } = story;
  const flow = flowOf(connection, side);
  if (ended !== 'connection lost' || !agreesOnJumbo(story)) return;
  if (flow.payloadMax > STANDARD_MSS || flow.dataSegments < 2) return;
  const direction = connection.id * 2 + side;
  const cut = facts.evidence.of(cutPdus).byDirection.get(direction);
  const gap = facts.evidence.of(framing).groups.get(connection.id)?.losses;
  const due = Math.max(flow.lostBytes, cut?.dueBytes ?? 0);
  if (due <= STANDARD_MSS) return;
  const frame = cut?.frame ?? gap?.frames[0] ?? connection.closedFrame;
  const fromNs = cut !== undefined && cut.timeNs >= 0 ? cut.timeNs : connection.synNs;
  return { story, side, frame, fromNs, dueBytes: due };
}

/** A time in which large segments between two ends did not get through, and the session that the finding is told of. */
interface Hole {
  readonly session: number;
  readonly fromNs: number;
  readonly toNs: number;
}

const holes = new WeakMap<Facts, ReadonlyMap<string, readonly Hole[]>>();

/** By the ends of their connections, of a report: whoever waited asks. */
function holesByEnds(facts: Facts): ReadonlyMap<string, readonly Hole[]> {
  const known = holes.get(facts);
  if (known !== undefined) return known;
  const all = connectionsOf(facts).flatMap((story) =>
    [0, 1].flatMap((side) => {
      const one = stuckForSize(story, side, facts);
      if (one === undefined || one.length <= STANDARD_MSS) return [];
      return [{ story, fromNs: one.firstNs, toNs: one.lastNs }];
    }),
  );
  for (const behind of holesBehind(facts)) {
    const [{ story, fromNs }] = behind;
    all.push({ story, fromNs, toNs: behind[behind.length - 1].story.connection.lastNs });
  }
  const byEnds = groupedBy(
    all.map(({ story, fromNs, toNs }) => {
      return { ends: endsOf(story, facts), session: story.session, fromNs, toNs };
    }),
    ({ ends }) => ends,
  );
  holes.set(facts, byEnds);
  return byEnds;
}

/**
 * The proof of a black hole between the two ends of a connection that is so near to a time that what was
 * waited for then did not come for the same reason: the session that the finding is told of.
 */
export function blackHoleNear(
  story: IscsiConnection,
  fromNs: number,
  toNs: number,
  facts: Facts,
): { readonly session: number } | undefined {
  if (!agreesOnJumbo(story)) return undefined;
  return holesByEnds(facts)
    .get(endsOf(story, facts))
    ?.find((hole) => hole.fromNs <= toNs + NEAR_NS && hole.toNs >= fromNs - NEAR_NS);
}

function agreesOnJumbo({ connection: { a, b } }: IscsiConnection): boolean {
  return a.mss > STANDARD_MSS && b.mss > STANDARD_MSS;
}

/** The initiator's port is another with each connection. */
function endsOf({ session }: IscsiConnection, { sessions }: Facts): string {
  const one = sessions[session];
  if (one === undefined) return `${session}`;
  return `${one.initiatorAddress.replace(/:\d+$/, '')} ${one.targetAddress}`;
}

/** Which MSS both told. */
export function mssText(flow: Flow, peer: Flow): string {
  if (peer.mss < 0) return 'The MSS of its peer was not captured. ';
  return `Its peer’s SYN allows segments of ${peer.mss} bytes (its own: ${flow.mss < 0 ? 'not captured' : flow.mss}). `;
}
