// Pings that were not answered, and whether their receiver was dead or busy; answers to the target's
// pings that do not echo them (RFC 7143 11.18, 11.19).

import { bytesText, durationText, plural } from '../../lib/number-text.js';
import type { IscsiConnection, ServiceRequest } from '../../session/model.js';
import { flowOf } from '../../stream/connection.js';
import { connectionsOf, type Facts } from '../facts.js';
import type { Found } from '../finding.js';
import type { Occurrences } from '../groups.js';
import { inOrder, LOSES_CONNECTION, type Rule, when } from '../rule.js';
import { blackHoleNear } from '../support/black-hole.js';
import { IN_DOUBT } from '../support/doubt.js';
import { heardSince, missesPackets } from '../support/heard.js';
import { closerOf } from '../support/who.js';
import { cutPdus } from '../watch/cut-pdus.js';
import { ends } from '../watch/ends.js';
import { framing } from '../watch/framing.js';
import type { EchoFault, PingWatch } from '../watch/pings.js';
import { pingWatches } from '../watch/pings.js';
import { tcpWatches } from '../watch/tcp.js';

/** Initiators wait 5 to 15 s; a ping that had less time when all was over is not late. */
const WAITED_LEAST_NS = 2e9;
/** The shortest of these timers: younger pings may still be answered in time. */
const TIMER_NS = 5e9;
/** A round trip of a ping that comes near the timers. */
const SLOW_NS = 1e9;

export const pings: Rule = {
  id: 'pings',
  about:
    'NOP-Out without its NOP-In for two seconds and more (when the connection or the capture ended), ' +
    'with what the target sent meanwhile and how round trips grew before; NOP-In of the target that ' +
    'the initiator did not answer, or not with the same tag and LUN.',
  tells: {
    'ping-timeout': {
      question: 'Pings of the initiator: busy or dead?',
      owes: 'target',
      leadsTo: [...LOSES_CONNECTION, 'commands-open'],
      about: 'The target did not answer a ping (NOP-Out).',
      reference: 'RFC 7143 11.18.1; open-iscsi noop_out_timeout: conn error 1022',
      confidence: 'certain',
      proof: ['nop-out.initiatorTaskTag', 'nop-in.initiatorTaskTag'],
      disproof: 'Its NOP-In in bytes that the capture misses.',
      next: 'See the target, and the network between: nothing came back.',
    },
    'ping-slow': {
      question: 'Pings of the initiator: busy or dead?',
      owes: 'target',
      about: 'A ping took a second or longer to be answered.',
      reference: 'RFC 7143 11.18; open-iscsi noop_out_timeout 5 to 15 s',
      confidence: 'certain',
      proof: ['nop-out.initiatorTaskTag', 'nop-in.initiatorTaskTag'],
      disproof: 'TCP retransmissions in that time: then the network was slow.',
      next: 'Raise the initiator’s ping timer while the target is this slow, or the next one ends the session.',
    },
    'target-ping-unanswered': {
      question: 'Pings of the target',
      owes: 'initiator',
      leadsTo: [...LOSES_CONNECTION, 'commands-open'],
      about: 'The initiator did not answer a NOP-In that asks for an answer.',
      reference: 'RFC 7143 11.18 ("the initiator MUST respond with a NOP-Out")',
      confidence: 'certain',
      proof: ['nop-in.targetTransferTag', 'nop-out.targetTransferTag'],
      disproof: 'Its NOP-Out in bytes that the capture misses.',
      next: 'See whether the host is alive; targets drop a session whose pings are not answered.',
    },
    'ping-echo-wrong': {
      question: 'Pings of the target',
      owes: 'initiator',
      leadsTo: [...LOSES_CONNECTION, 'commands-open'],
      about: 'A NOP-Out answers a NOP-In with another tag or LUN, or has a tag of its own.',
      reference: 'RFC 7143 11.18.1, 11.18.2',
      confidence: 'certain',
      proof: ['nop-out.targetTransferTag', 'nop-out.lun', 'nop-out.initiatorTaskTag'],
      disproof: 'A NOP-In with these values, missed by the capture.',
      next: 'Look for a newer initiator; targets that check it drop the connection.',
    },
  },
  watches: [ends, framing, pingWatches, cutPdus, tcpWatches],
  find(facts) {
    return connectionsOf(facts).flatMap((story) => {
      const watch = facts.evidence.of(pingWatches).byConnection.get(story.connection.id);
      if (watch === undefined) return [];
      return [
        ...timedOut(watch, story, facts),
        ...slow(watch, story),
        ...unanswered(story, facts),
        ...echoes(watch, story, facts),
      ];
    });
  },
};

function place(story: IscsiConnection): { session: number; connection: number } {
  return { session: story.session, connection: story.connection.id };
}

/** When nothing more could come: its end, or that of the capture. */
function endOf({ connection, endedNs }: IscsiConnection, facts: Facts): number {
  if (connection.closedNs >= 0) return connection.closedNs;
  return endedNs >= 0 ? endedNs : facts.lastNs;
}

/** Those without an answer for long enough: after a logout nothing is owed. */
function late(
  waiting: readonly ServiceRequest[],
  story: IscsiConnection,
  facts: Facts,
): ServiceRequest[] {
  const endNs = endOf(story, facts);
  const closed = story.connection.closedHow === 'fin' || story.connection.closedHow === 'rst';
  return waiting.filter(({ timeNs }) => {
    if (story.logout !== undefined && story.logout.timeNs - timeNs < WAITED_LEAST_NS) return false;
    const least = closed && story.logout === undefined ? WAITED_LEAST_NS / 2 : WAITED_LEAST_NS;
    return endNs - timeNs >= least;
  });
}

function timedOut(watch: PingWatch, story: IscsiConnection, facts: Facts): Found[] {
  const own = (story.pings?.initiator ?? []).filter((ping) => ping.answersPing !== true);
  const waiting = late(own, story, facts);
  if (waiting.length === 0) return [];
  const [first] = waiting;
  if (!heardSince(story, 'target', first.timeNs, facts)) return [];
  // What came after the end came too late.
  const state = facts.evidence.of(ends).states.get(story.connection.id) ?? story;
  const sent = state.targetDataBytes - (first.peerBytes ?? 0);
  const busy = state.targetLastNs > first.timeNs;
  const waitedNs = endOf(story, facts) - first.timeNs;
  const closer = closerOf(story);
  const end =
    story.ended === 'connection lost'
      ? ` The ${closer} then ${story.connection.closedHow === 'rst' ? 'reset' : 'closed'} the connection.`
      : '';
  const hole = blackHoleNear(story, first.timeNs, endOf(story, facts), facts);
  const missed = hole === undefined && missesPackets(facts);
  return [
    {
      id: 'ping-timeout',
      severity: missed || (end === '' && waitedNs < TIMER_NS) ? 'warning' : 'critical',
      ...(hole === undefined
        ? {}
        : { owes: 'network' as const, because: { id: 'mtu-black-hole', session: hole.session } }),
      // One packet may be all that is missing.
      ...(missed ? IN_DOUBT : {}),
      title: missed
        ? `${plural(waiting.length, 'ping')} without an answer in the capture, which misses packets`
        : `${plural(waiting.length, 'ping')} never answered: the target was ${busy ? 'busy, not dead' : 'silent'}`,
      text:
        `The first waited ${durationText(waitedNs)}. ` +
        (busy
          ? `Meanwhile the target sent other PDUs, ${bytesText(sent)} of data, the last ` +
            `${durationText(Math.max(0, endOf(story, facts) - state.targetLastNs))} before the end: ` +
            'the answer waits behind them, or was forgotten.'
          : 'Not one PDU of the target came after it.') +
        growth(watch) +
        end,
      next: busy
        ? 'Raise noop_out_timeout, or send smaller requests: the ping waits in line behind data.'
        : undefined,
      count: waiting.length,
      frames: inOrder([...waiting.map((ping) => ping.frame), story.connection.closedFrame]),
      ...place(story),
      fromNs: first.timeNs,
      toNs: endOf(story, facts),
      values: { waitedNs, busy, targetDataBytes: sent, answeredBefore: watch.answered },
    },
  ];
}

/** Round trips before it: grown where the last is far above the least. */
function growth({ lastRttNs, rttNsMin, answered }: PingWatch): string {
  if (answered < 2) return '';
  const last = lastRttNs.slice(-3).map(durationText).join(', ');
  const grew = lastRttNs[lastRttNs.length - 1] > 4 * rttNsMin;
  const how = grew ? 'had grown' : 'had not grown';
  return ` Round trips of pings ${how} before: ${durationText(rttNsMin)} at best, at last ${last}.`;
}

function slow(watch: PingWatch, story: IscsiConnection): Found[] {
  if (watch.rttNsMax < SLOW_NS) return [];
  return [
    {
      id: 'ping-slow',
      severity: 'warning',
      title: `A ping took ${durationText(watch.rttNsMax)} to be answered`,
      text:
        `${plural(watch.answered, 'ping')} answered, ${durationText(watch.rttNsMin)} at best.` +
        growth(watch),
      count: 1,
      frames: [watch.rttMaxFrame],
      ...place(story),
      fromNs: watch.rttMaxNs,
      toNs: watch.rttMaxNs + watch.rttNsMax,
      values: { rttNsMax: watch.rttNsMax, rttNsMin: watch.rttNsMin },
    },
  ];
}

function unanswered(story: IscsiConnection, facts: Facts): Found[] {
  const waiting = late(story.pings?.target ?? [], story, facts);
  if (waiting.length === 0) return [];
  const [first] = waiting;
  if (!heardSince(story, 'initiator', first.timeNs, facts)) return [];
  const alive = story.initiatorLastNs > first.timeNs;
  const waitedNs = endOf(story, facts) - first.timeNs;
  return [
    {
      id: 'target-ping-unanswered',
      severity: 'warning',
      title: `${plural(waiting.length, 'ping')} of the target not answered by the initiator`,
      text:
        `The first waited ${durationText(waitedNs)}; meanwhile the initiator ` +
        `${alive ? 'sent other PDUs: it lives, and does not answer' : 'sent nothing'}.`,
      count: waiting.length,
      frames: inOrder(waiting.map((ping) => ping.frame)),
      ...place(story),
      fromNs: first.timeNs,
      toNs: endOf(story, facts),
      values: { waitedNs, initiatorAlive: alive },
    },
  ];
}

const FAULTS: Readonly<Record<EchoFault, string>> = {
  tag: 'Its Target Transfer Tag is of no NOP-In that waits for an answer: "MUST contain a copy".',
  lun: '"The LUN field MUST also be copied from the NOP-In."',
  initiatorTaskTag: 'It answers, and has an Initiator Task Tag: "MUST be set to 0xffffffff".',
};

function echoes(watch: PingWatch, story: IscsiConnection, facts: Facts): Found[] {
  if (!heardSince(story, 'target', Number.POSITIVE_INFINITY, facts)) return [];
  // Behind data in one segment, a ping may have been cut off whole: nobody knows its tag.
  const cut = flowOf(story.connection, story.initiatorDirection ^ 1).cutBytes > 0;
  const faults = [...watch.echoFaults].filter(([kind]) => kind !== 'tag' || !cut);
  return faults.map(([kind, sight]: [EchoFault, Occurrences]) => ({
    id: 'ping-echo-wrong',
    severity: 'warning' as const,
    title: `${plural(sight.count, 'answer')} to pings of the target with a wrong ${kind === 'lun' ? 'LUN' : 'tag'}`,
    text: FAULTS[kind],
    count: sight.count,
    frames: sight.frames,
    ...place(story),
    ...when(sight),
  }));
}
