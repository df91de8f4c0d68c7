// The target took long over reads and writes for a while, or over one of them, though others of the LUN
// were quick; or over all of them (the phases of a command know whose move it was).

import { hex64 } from '../../lib/hex.js';
import { durationText, plural } from '../../lib/number-text.js';
import { flowOf } from '../../stream/connection.js';
import { lunTextOf } from '../../wire/scsi/lun.js';
import { type Facts, storiesOf } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule } from '../rule.js';
import { doubtOf } from '../support/doubt.js';
import { ackedAfterNs, slowWayAt, wayLengthAt } from '../support/slow-way.js';
import type { LunWatch } from '../watch/lun-watch.js';
import { luns } from '../watch/luns.js';
import { pingWatches } from '../watch/pings.js';
import type { SlowStretch } from '../watch/slow-commands.js';
import { ways } from '../watch/slow-way.js';

/** A stretch of so many; fewer only where one of them took this long. */
const STRETCH_LEAST = 3;
const ALONE_NS = 1e9;
/** Or that are far apart, where one took this long. */
const SPARSE_NS = 500e6;
/** No answer that was missed takes so long to come. */
const HELD_NS = 5e9;
/** From here on applications wait; below it is good to know. */
const FELT_NS = 200e6;
/** Of what is laid to the target so much may go by before TCP has its commands. */
const ACKED_SHARE = 0.3;
/** A long way is all of the reason where its round trips make up so much. */
const LENGTH_SHARE = 0.6;
/**
 * A delayed ACK takes 40 ms (Linux) to 200 ms (Windows), and comes with the answer where that is sooner: such a one
 * says something of the way only where much was on it.
 */
const ACKED_LATE_NS = 60e6;
const ACKED_NEVER_NS = 300e6;
const FLIGHT_LEAST = 16_384;
/** Slower than the quick ones by so many times. */
const TIMES_LEAST = 4;
/** A ping that waited with the commands, for a good part of the longest wait. */
const PING_LEAST_NS = 1e9;
const PING_SHARE = 0.3;
const STOOD_STILL =
  'See the target itself at that time: its program, processor and memory, its hypervisor; its disks only after that.';

export const slowCommands: Rule = {
  id: 'slow-commands',
  about:
    'Reads and writes for which the target alone owed an answer for 100 ms and longer, in stretches of ' +
    'time, beside what it took over the others of the same LUN. What TCP and the host took is not counted.',
  tells: {
    'slow-commands': {
      question: 'A disk that is slow for a while, or one command that is held up',
      owes: 'target',
      leadsTo: [
        'commands-aborted',
        'task-management',
        'command-window-used-up',
        'ping-slow',
        'r2t-starved',
      ],
      about: 'The target took long over reads and writes.',
      reference:
        'RFC 7143 11.4 (the target owes the status); SAN practice: above some 100 ms people notice',
      confidence: 'certain',
      proof: ['scsi-response.status', 'data-in.status'],
      disproof: 'A capture near the host: the round trip is then part of each wait.',
      next:
        'Look behind the target’s front end at that time: the disk or pool of this LUN, a rebuild, a snapshot, ' +
        'its cache. Its own latency figures tell the same, or the wait lies in its network stack.',
    },
  },
  watches: [luns, pingWatches, ways],
  find(facts) {
    const { all } = facts.evidence.of(luns);
    return all.flatMap((lun) => found(lun, all, facts));
  },
};

function found(lun: LunWatch, all: readonly LunWatch[], facts: Facts): Found[] {
  const { slow, session } = lun;
  const { worst, quick } = slow;
  if (worst === undefined) return [];
  const doubt = doubtOf(session, facts);
  if (doubt === 'clocks' || doubt === 'one side') return [];
  const sparse = slow.slow >= STRETCH_LEAST && worst.nsMax >= SPARSE_NS;
  if (worst.count < STRETCH_LEAST && worst.nsMax < ALONE_NS && !sparse) return [];
  const meanNs = worst.sumNs / worst.count;
  const usualNs = slow.usualNs();
  if (usualNs >= 0 && meanNs < usualNs * TIMES_LEAST) return [];
  const name = lunTextOf(hex64(lun.lunHigh, lun.lunLow));
  const spanNs = worst.toNs - worst.fromNs;
  const one = worst.count === 1;
  const pingNs = slowPing(session, worst, facts);
  const way = onTheWay(session, worst, meanNs, pingNs, facts);
  const who = way === undefined ? 'The target' : 'The way or the target';
  const more =
    slow.stretches > 1 ? ` ${plural(slow.stretches, 'stretch', 'stretches')} in all.` : '';
  return [
    {
      id: 'slow-commands',
      severity: meanNs >= FELT_NS || worst.nsMax >= ALONE_NS ? 'warning' : 'note',
      title:
        pingNs > 0 && way === undefined
          ? `The target stood still for ${durationText(worst.nsMax)}: commands and a ping waited`
          : one
            ? `${who} held up a command of LUN ${name} for ${durationText(worst.nsMax)}`
            : `${who} was slow on LUN ${name} for ${durationText(spanNs)}: ${durationText(meanNs)} a command`,
      text:
        `${plural(worst.count, 'read or write', 'reads and writes')} waited ${durationText(meanNs)} for the ` +
        `target${way === undefined ? ' alone' : ', or for the way to it'}${one ? '' : ` in the mean, ${durationText(worst.nsMax)} at most`}. ` +
        (usualNs < 0
          ? 'None of this LUN was quicker than 100 ms.'
          : `${plural(quick, 'other')} of the LUN took ${durationText(usualNs)} in the middle.`) +
        `${elsewhere(lun, all, worst.fromNs, worst.toNs)}${more}` +
        (way !== undefined
          ? way.said
          : pingNs > 0
            ? ` A ping waited ${durationText(pingNs)} meanwhile: pings need no disk, so its program or machine stood still, or waits for its disk with all it does.`
            : ''),
      next: pingNs > 0 && way === undefined ? STOOD_STILL : undefined,
      // A few, in a capture that misses packets: other answers may have come, or an R2T that the host answered late.
      ...(doubt !== undefined &&
      worst.count < STRETCH_LEAST &&
      (worst.asked > 0 || worst.nsMax < HELD_NS)
        ? { owes: 'unknown' as const, confidence: 'possible' as const }
        : {}),
      ...(way === undefined ? {} : way.found),
      count: worst.count,
      frames: inOrder(worst.frames),
      session,
      lun: hex64(lun.lunHigh, lun.lunLow),
      fromNs: worst.fromNs,
      toNs: worst.toNs,
      values: { owedNsMean: meanNs, owedNsMax: worst.nsMax, usualNs, stretches: slow.stretches },
    },
  ];
}

/** How long a ping of the session waited while these commands did and none was quick; 0 where none did. */
function slowPing(
  session: number,
  { fromNs, toNs, nsMax, quick }: SlowStretch,
  facts: Facts,
): number {
  if (quick > 0) return 0;
  for (const { connection } of storiesOf(facts, session)) {
    const ping = facts.evidence.of(pingWatches).byConnection.get(connection.id);
    if (ping === undefined || ping.rttMaxNs < fromNs || ping.rttMaxNs > toNs) continue;
    if (ping.rttNsMax >= Math.max(PING_LEAST_NS, nsMax * PING_SHARE)) return ping.rttNsMax;
  }
  return 0;
}

/** The time may have gone by on the way: TCP's own ACKs of the commands took as long, and no disk holds these up. */
function onTheWay(
  session: number,
  { fromNs, toNs, trips, count }: SlowStretch,
  meanNs: number,
  pingNs: number,
  facts: Facts,
): { readonly found: Partial<Found>; readonly said: string } | undefined {
  const lengthNs = wayLengthAt(session, toNs, facts);
  if (lengthNs > 0 && (lengthNs * trips) / count >= meanNs * LENGTH_SHARE) {
    return {
      found: {
        owes: 'none',
        severity: 'note',
        confidence: 'likely',
        because: { id: 'way-long', session },
      },
      said: ` The way is ${durationText(lengthNs)} long (way-long), and they took ${plural(trips, 'round trip')} over it: that is where the time went.`,
    };
  }
  const narrow = slowWayAt(session, fromNs, toNs, facts);
  const ackedNs = ackedAfterNs(session, fromNs, toNs, facts);
  const leastNs = flightOf(session, facts) >= FLIGHT_LEAST ? ACKED_LATE_NS : ACKED_NEVER_NS;
  const late = pingNs === 0 && ackedNs >= leastNs && ackedNs >= meanNs * ACKED_SHARE;
  if (!narrow && !late) return undefined;
  const said = late
    ? ` What the initiator sent then was acknowledged by TCP after ${durationText(ackedNs)} in the mean: no disk holds up ` +
      'an ACK, so that the way, or the target’s network stack, took most of it.'
    : ' The way passed little at that time (slow-way).';
  const found: Partial<Found> = {
    owes: narrow ? 'network' : 'unknown',
    confidence: 'possible',
    ...(narrow ? { because: { id: 'slow-way', session } } : {}),
  };
  return { found, said };
}

/** The most that the initiator had on its way at once. */
function flightOf(session: number, facts: Facts): number {
  const all = storiesOf(facts, session).map(({ connection, initiatorDirection }) =>
    initiatorDirection < 0 ? 0 : flowOf(connection, initiatorDirection).flightMax,
  );
  return Math.max(0, ...all);
}

/** Whether other LUNs of the session were slow at that time: then it is not this LUN's disk. */
function elsewhere(lun: LunWatch, all: readonly LunWatch[], fromNs: number, toNs: number): string {
  const others = all.filter((one) => one !== lun && one.session === lun.session && one.good > 0);
  if (others.length === 0) return '';
  const slow = others.filter(({ slow: { worst } }) => {
    return worst !== undefined && worst.fromNs < toNs && worst.toNs > fromNs;
  });
  return slow.length === 0
    ? ' No other LUN of the session was slow then.'
    : ` ${plural(slow.length, 'other LUN')} of the session ${slow.length === 1 ? 'was' : 'were'} slow then, too.`;
}
