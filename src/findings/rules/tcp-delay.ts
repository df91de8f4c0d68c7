// Commands that waited for earlier bytes of their connection: sent again, or out of order; and how much
// of their time that was.

import { durationText, percentText, plural } from '../../lib/number-text.js';
import type { AgainKind } from '../../stream/events.js';
import { type Facts, storiesOf } from '../facts.js';
import type { Found } from '../finding.js';
import { LOSES_CONNECTION, type Rule, when } from '../rule.js';
import { latencyOfSession } from '../support/luns.js';
import {
  allInVain,
  allMaybeLost,
  isDisorder,
  isInVain,
  maybeLost,
  type SentAgain,
  sentAgainOf,
} from '../support/sent-again.js';
import { tcpWatches } from '../watch/tcp.js';
import { type DelayGroup, tcpWaits } from '../watch/tcp-waits.js';

/** One such wait is felt; or all of them, at this share of the session's latency. */
const LONG_NS = 10e6;
const SHARE_LEAST = 0.05;

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
    'sent-again-in-vain': {
      question: 'What retransmissions cost',
      owes: 'unknown',
      leadsTo: [...LOSES_CONNECTION],
      about: 'Commands waited while segments were sent again whose first copies arrived.',
      reference:
        'RFC 2883 4 (D-SACK: the receiver tells what came twice), RFC 3708 (sent again in vain), RFC 6298 (timer)',
      confidence: 'likely',
      disproof:
        'A capture at the receiver in which only one copy arrives: then the other was lost, and the way doubles packets.',
      next:
        'Find what held them: capture at both ends. A receiver that stood still (its hypervisor, its processor) takes ' +
        'all at once when it goes on; a queue on the way, or acknowledgements that were lost, look alike from here.',
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
      const again = sentAgainOf(facts, group.session);
      const all = latencyOfSession(facts, group.session);
      if (group.waitNsMax < LONG_NS && ofTheCapture(facts, group.session, again))
        return inTheCapture(group, all, again);
      const overtaken = isDisorder(again);
      if (!overtaken && isInVain(again)) return inVain(group, all, again);
      return {
        id: overtaken ? 'packets-overtaken' : tcpDelay.id,
        severity: costs(group, all, again) ? ('warning' as const) : ('note' as const),
        title: `${plural(group.count, 'command')} waited for ${overtaken ? 'packets that were overtaken on their way' : lateBytes(again)}`,
        text:
          `${durationText(group.waitNs)} in all, ${durationText(group.waitNsMax)} at most (frame ` +
          `${group.worstFrame}): ${percentText(group.waitNs, group.latencyNs)} of what these ` +
          `commands took, ${percentText(group.waitNs, all)} of what all of the session took. ` +
          `${why(again)}${overtaken ? mostLate(again) : ''}This time is the network's, not the target's.`,
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
function ofTheCapture(facts: Facts, session: number, again: SentAgain): boolean {
  if ((again.kinds.get('timeout') ?? 0) + (again.kinds.get('fast') ?? 0) > 0) return false;
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
function inTheCapture(group: DelayGroup, all: number, again: SentAgain): Found {
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

function mostLate(again: SentAgain): string {
  const timer = again.kinds.has('timeout') ? 'those by the timer in vain' : 'none by the timer';
  return `Most came again needlessly or late, ${timer}: no loss is shown. `;
}

/** Both copies arrived: what was sent had waited, or its acknowledgement had. */
function inVain(group: DelayGroup, all: number, again: SentAgain): Found {
  return {
    id: 'sent-again-in-vain',
    severity: costs(group, all, again) ? 'warning' : 'note',
    title: `${plural(group.count, 'command')} waited for what was held on its way or acknowledged late: it was sent again in vain`,
    text:
      `${durationText(group.waitNs)} in all, ${durationText(group.waitNsMax)} at most (frame ` +
      `${group.worstFrame}): ${percentText(group.waitNs, group.latencyNs)} of what these ` +
      `commands took, ${percentText(group.waitNs, all)} of what all of the session took. ` +
      `${why(again)}No loss is shown: the first copy had waited, at the receiver or before it, or its ` +
      'acknowledgement came late or not at all. Which of these, this end of the capture cannot tell.',
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
function costs(group: DelayGroup, all: number, again: SentAgain): boolean {
  if (group.waitNsMax >= LONG_NS) return true;
  if (maybeLost(again, 'fast') + maybeLost(again, 'unknown') > 0) return true;
  return group.count >= NOT_ASKED_LEAST && group.waitNs >= all * SHARE_LEAST;
}

function valuesOf(group: DelayGroup, all: number, again: SentAgain) {
  return {
    waitNsTotal: group.waitNs,
    waitNsMax: group.waitNsMax,
    latencyNsTotal: group.latencyNs,
    sessionLatencyNsTotal: all,
    retransmittedTimeout: again.kinds.get('timeout') ?? 0,
    retransmittedFast: again.kinds.get('fast') ?? 0,
    inVain: allInVain(again),
  };
}

/** Without a retransmission it was the order of the packets, in the network or in the capture. */
function lateBytes(again: SentAgain): string {
  return allMaybeLost(again) > 0 ? 'TCP retransmissions' : 'segments that came out of order';
}

const WORDS: Readonly<Record<AgainKind, string>> = {
  timeout: 'by the timer (200 ms and more)',
  fast: 'after duplicate ACKs',
  probe: 'by a tail loss probe',
  unknown: 'for a reason not seen',
  spurious: 'though it had come',
  outOfOrder: 'out of order',
};

function why(again: SentAgain): string {
  const parts = (Object.keys(WORDS) as AgainKind[])
    .filter((kind) => again.kinds.has(kind))
    .map((kind) => `${again.kinds.get(kind)} ${WORDS[kind]}`);
  const vain = allInVain(again);
  const twice = vain > 0 ? `${vain} of these in vain: both copies arrived. ` : '';
  return parts.length > 0 ? `Segments: ${parts.join(', ')}. ${twice}` : '';
}
