// Commands that waited for earlier bytes of their connection: sent again, or out of order; and how much
// of their time that was.

import { durationText, percentText, plural } from '../../lib/number-text.js';
import type { AgainKind } from '../../stream/events.js';
import { type Facts, storiesOf } from '../facts.js';
import type { Found } from '../finding.js';
import { LOSES_CONNECTION, type Rule, when } from '../rule.js';
import { latencyOfSession } from '../support/luns.js';
import { tcpWatches } from '../watch/tcp.js';
import { type DelayGroup, tcpWaits } from '../watch/tcp-waits.js';

/** One such wait is felt; or all of them, at this share of the session's latency. */
const LONG_NS = 10e6;
const SHARE_LEAST = 0.05;
/** Disorder shows as so many late segments for each that was sent again. */
const OVERTAKEN_TIMES = 5;

export const tcpDelay: Rule = {
  id: 'tcp-delay',
  about:
    'PDUs of commands that could not be read when they arrived, because earlier bytes of the ' +
    'connection came later: lost and sent again, or out of order. What share of the latency that was.',
  tells: {
    'packets-overtaken': {
      question: 'What retransmissions cost',
      owes: 'network',
      about: 'Packets overtook each other on their way, and commands waited for the slower ones.',
      reference: 'RFC 5681 3.2 (three duplicate ACKs are taken for loss), RFC 4737 (reordering)',
      confidence: 'likely',
      disproof: 'Segments that never came and were sent again: see the capture at the other end.',
      next:
        'Find where the path splits or delays unevenly: link aggregation that spreads single packets, two ' +
        'ways of different length, a queue with jitter. Nothing shows that packets are lost.',
    },
    'tcp-delay': {
      question: 'What retransmissions cost',
      owes: 'network',
      leadsTo: [...LOSES_CONNECTION],
      about: 'Commands waited for TCP to send lost bytes again.',
      reference: 'RFC 6298 (timer), RFC 5681 3.2 (fast retransmit)',
      confidence: 'certain',
      disproof:
        'The same bytes, captured earlier at the receiver: then the capture point lost them.',
      next:
        'Find where packets are lost: switch counters, pause frames, a duplex or cable fault. A timer ' +
        'of 200 ms and more hurts most: short bursts without enough behind them to ask again quickly.',
    },
  },
  watches: [tcpWaits, tcpWatches],
  find(facts) {
    return [...facts.evidence.of(tcpWaits).delays.values()].map((group) => {
      const again = kinds(facts, group.session);
      const all = latencyOfSession(facts, group.session);
      if (group.waitNsMax < LONG_NS && ofTheCapture(facts, group.session, again))
        return inTheCapture(group, all, again);
      const overtaken = isDisorder(again);
      return {
        id: overtaken ? 'packets-overtaken' : tcpDelay.id,
        severity: costs(group, all, again) ? ('warning' as const) : ('note' as const),
        title: `${plural(group.count, 'command')} waited for ${overtaken ? 'packets that were overtaken on their way' : lateBytes(again)}`,
        text:
          `${durationText(group.waitNs)} in all, ${durationText(group.waitNsMax)} at most (frame ` +
          `${group.worstFrame}): ${percentText(group.waitNs, group.latencyNs)} of what these ` +
          `commands took, ${percentText(group.waitNs, all)} of what all of the session took. ` +
          `${why(again)}${overtaken ? 'Most came again needlessly or late, none by the timer: no loss is shown. ' : ''}This time is the network's, not the target's.`,
        count: group.count,
        frames: [group.worstFrame, ...group.frames.filter((f) => f !== group.worstFrame)],
        session: group.session,
        ...when(group),
        values: valuesOf(group, all, again),
      };
    });
  },
};

/** A receiver that lacks bytes says so for each segment behind them; some of it may have been held or merged. */
const ASKED_SHARE = 0.25;
/** That nobody asked proves something of more than one or two. */
const NOT_ASKED_LEAST = 3;

/**
 * The capture changed the order (several queues, several taps), not the way: most of what came late had been
 * acknowledged before, or its receiver never asked for it, as it has to do at once where a segment comes before
 * its turn (RFC 5681 4.2). Where something was truly sent again, or waits are long, it is not only that.
 */
function ofTheCapture(
  facts: Facts,
  session: number,
  again: ReadonlyMap<AgainKind, number>,
): boolean {
  if ((again.get('timeout') ?? 0) + (again.get('fast') ?? 0) > 0) return false;
  let late = 0;
  let proven = 0;
  let asked = 0;
  for (const { connection } of storiesOf(facts, session)) {
    for (const [flow, other] of [
      [connection.a, connection.b],
      [connection.b, connection.a],
    ]) {
      const ofFlow = flow.outOfOrderSegments + flow.retransmittedProbe + flow.retransmittedUnknown;
      if (ofFlow > 0 && other.packets === 0) return false;
      late += ofFlow;
      proven += flow.captureReordered;
      if (ofFlow > 0) asked += other.duplicateAcks + other.sackAcks;
    }
  }
  return (
    late > 0 && (proven * 2 >= late || (late >= NOT_ASKED_LEAST && asked < late * ASKED_SHARE))
  );
}

/** Nobody waited but who reads the capture. */
function inTheCapture(
  group: DelayGroup,
  all: number,
  again: ReadonlyMap<AgainKind, number>,
): Found {
  return {
    id: 'packets-overtaken',
    severity: 'note',
    owes: 'capture',
    confidence: 'likely',
    title: `${plural(group.count, 'command')} seem to have waited: the capture changed the order of packets`,
    text:
      `${durationText(group.waitNs)} in all, ${durationText(group.waitNsMax)} at most (frame ` +
      `${group.worstFrame}). ${why(again)}Most of what came late had been acknowledged before, or its receiver ` +
      'did not ask for it by duplicate ACKs: it had it in time.',
    next: 'Capture by one queue, or sort by the time at which the card saw the packets: by so much latencies are wrong.',
    count: group.count,
    frames: [group.worstFrame, ...group.frames.filter((f) => f !== group.worstFrame)],
    session: group.session,
    ...when(group),
    values: valuesOf(group, all, again),
  };
}

/**
 * Packets that overtake each other by some µs cost nothing: all captures have some, or make some themselves. Nor
 * does what a timer or a tail loss probe sent again explain waits so short: it fell on others (RFC 8985 7.2, RFC
 * 6298 2.4). Of one or two waits no share says anything.
 */
function costs(group: DelayGroup, all: number, again: ReadonlyMap<AgainKind, number>): boolean {
  if (group.waitNsMax >= LONG_NS) return true;
  if ((again.get('fast') ?? 0) + (again.get('unknown') ?? 0) > 0) return true;
  return group.count >= NOT_ASKED_LEAST && group.waitNs >= all * SHARE_LEAST;
}

function valuesOf(group: DelayGroup, all: number, again: ReadonlyMap<AgainKind, number>) {
  return {
    waitNsTotal: group.waitNs,
    waitNsMax: group.waitNsMax,
    latencyNsTotal: group.latencyNs,
    sessionLatencyNsTotal: all,
    retransmittedTimeout: again.get('timeout') ?? 0,
    retransmittedFast: again.get('fast') ?? 0,
  };
}

/** Segments that came again on the connections of a session, by why. */
function kinds(facts: Facts, session: number): Map<AgainKind, number> {
  const all = new Map<AgainKind, number>();
  for (const story of facts.stories) {
    if (story.session !== session) continue;
    for (const side of [0, 1]) {
      const watch = facts.evidence.of(tcpWatches).byDirection.get(story.connection.id * 2 + side);
      for (const [kind, n] of watch?.again ?? []) all.set(kind, (all.get(kind) ?? 0) + n);
    }
  }
  return all;
}

function wasSentAgain(again: ReadonlyMap<AgainKind, number>): boolean {
  return [...again].some(([kind]) => kind !== 'outOfOrder' && kind !== 'spurious');
}

/**
 * Far more segments came late than were sent again for a reason, and no timer had to help: senders took
 * for loss what was disorder.
 */
function isDisorder(again: ReadonlyMap<AgainKind, number>): boolean {
  const of = (kind: AgainKind) => again.get(kind) ?? 0;
  const reasons = of('fast') + of('unknown') + of('probe');
  return of('timeout') === 0 && of('outOfOrder') >= OVERTAKEN_TIMES * Math.max(1, reasons);
}

/** Without a retransmission it was the order of the packets, in the network or in the capture. */
function lateBytes(again: ReadonlyMap<AgainKind, number>): string {
  return wasSentAgain(again) ? 'TCP retransmissions' : 'segments that came out of order';
}

const WORDS: Readonly<Record<AgainKind, string>> = {
  timeout: 'by the timer (200 ms and more)',
  fast: 'after duplicate ACKs',
  probe: 'by a tail loss probe',
  unknown: 'for a reason not seen',
  spurious: 'though acknowledged',
  outOfOrder: 'out of order',
};

function why(again: ReadonlyMap<AgainKind, number>): string {
  const parts = (Object.keys(WORDS) as AgainKind[])
    .filter((kind) => again.has(kind))
    .map((kind) => `${again.get(kind)} ${WORDS[kind]}`);
  return parts.length > 0 ? `Segments: ${parts.join(', ')}. ` : '';
}
