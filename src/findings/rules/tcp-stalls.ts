// TCP made a side wait without losing anything: a receive window of zero or full, an ACK that was
// delayed, also while lost segments were sent again one by one.

import { durationText, percentText, plural } from '../../lib/number-text.js';
import type { IscsiConnection } from '../../session/model.js';
import { type Flow, flowOf } from '../../stream/connection.js';
import { connectionsOf, type Facts } from '../facts.js';
import type { Found } from '../finding.js';
import { LOSES_CONNECTION, type Rule, when } from '../rule.js';
import { latencyOfSession } from '../support/luns.js';
import type { TcpWatch } from '../watch/tcp.js';
import { tcpWatches } from '../watch/tcp.js';
import { tcpWaits } from '../watch/tcp-waits.js';

/** Together; a window that closes for a moment is how a busy receiver slows its sender. */
const ZERO_LEAST_NS = 10e6;
/** Once so long, or a tenth of the connection's time: then it costs, else it is good to know. */
const ZERO_LONG_NS = 50e6;
const ZERO_SHARE = 0.1;
/** A window is full for a round trip in every bulk transfer: the longest must exceed that by far. */
const FULL_LEAST_NS = 50e6;
const FULL_ROUND_TRIPS = 4;
/** One late ACK is no pattern. */
const DELAYED_LEAST = 3;
/** Of what all commands of the session took: below, it is good to know. */
const DELAYED_SHARE = 0.05;
/** Two segments a delayed ACK apart may be two losses; three show that each waits for an ACK. */
const CREEPING_LEAST = 3;

export const tcpStalls: Rule = {
  id: 'tcp-stalls',
  about:
    'A receive window that stayed at zero for 10 ms in all or longer, or full for 50 ms and four round ' +
    'trips; three and more ACKs of a lone segment that came 40 ms or more after it (delayed ACK), upon ' +
    'which the sender went on at once; lost segments sent again one by one, each a delayed ACK after the other.',
  tells: {
    'zero-window': {
      question: 'Receive windows',
      leadsTo: [...LOSES_CONNECTION, 'commands-open'],
      about: 'A side took no data: its receive window was zero.',
      reference: 'RFC 9293 3.8.6.1',
      confidence: 'certain',
      disproof: 'A window update that the capture misses.',
      next: 'Look at the program of that side, which does not read: processor, memory, its own disks.',
    },
    'full-window': {
      question: 'Receive windows',
      about:
        'A sender had filled the receive window of its peer and waited for far more than a round trip.',
      reference: 'RFC 9293 3.8.6',
      confidence: 'likely',
      disproof: 'ACKs that the capture misses; a path whose round trip is that long at times.',
      next: 'Raise the receive buffer to bandwidth × round trip; or see why that side reads late.',
    },
    'delayed-ack': {
      question: 'Delayed ACK',
      about: 'A side acknowledged lone segments late, while its peer waited.',
      reference: 'RFC 1122 4.2.3.2, RFC 896 (Nagle)',
      confidence: 'likely',
      disproof: 'A sender that had nothing more to send: then nobody waited for the ACK.',
      next:
        'Turn delayed ACK off for iSCSI there, or see that the sender uses TCP_NODELAY (Broadcom KB ' +
        '313543).',
    },
    'delayed-ack-recovery': {
      question: 'Delayed ACK',
      about:
        'Lost segments were sent again one at a time, each after a delayed ACK of the one before.',
      reference:
        'RFC 5681 4.2 (an out-of-order segment is acknowledged at once); Broadcom KB 313543',
      confidence: 'likely',
      disproof:
        'A new loss each time, by chance at the same pace; see the ACK before each of them.',
      next:
        'Turn delayed ACK off at the receiver (VMware: of the iSCSI adapter), let both sides use SACK, ' +
        'and find the loss that begins it.',
    },
  },
  watches: [tcpWaits, tcpWatches],
  find(facts) {
    return connectionsOf(facts).flatMap((story) =>
      (['initiator', 'target'] as const).flatMap((who) => ofSide(story, who, facts)),
    );
  },
};

/** What one side did to the other: `flow` is its own, `peer` that of who waited for it. */
interface Side {
  readonly story: IscsiConnection;
  readonly who: 'initiator' | 'target';
  readonly other: 'initiator' | 'target';
  readonly flow: Flow;
  readonly peer: Flow;
  /** What happened to the peer's bytes. */
  readonly watch: TcpWatch | undefined;
}

function ofSide(story: IscsiConnection, who: 'initiator' | 'target', facts: Facts): Found[] {
  const direction = Math.max(0, story.initiatorDirection) ^ (who === 'initiator' ? 0 : 1);
  const { connection } = story;
  const side: Side = {
    story,
    who,
    other: who === 'initiator' ? 'target' : 'initiator',
    flow: flowOf(connection, direction),
    peer: flowOf(connection, direction ^ 1),
    watch: facts.evidence.of(tcpWatches).byDirection.get(connection.id * 2 + (direction ^ 1)),
  };
  return [
    ...zeroWindow(side, facts),
    ...fullWindow(side),
    ...delayedAcks(side, facts),
    ...creeping(side),
  ];
}

function placeOf({ story }: Side): { session: number; connection: number } {
  return { session: story.session, connection: story.connection.id };
}

/** Commands that waited for a window of zero, in whatever direction. */
function waiters(side: Side, facts: Facts): string {
  const group = facts.evidence.of(tcpWaits).zeroWindows.get(side.story.session);
  if (group === undefined) return 'No command had data under way at that time.';
  return (
    `${plural(group.count, 'command')} had data under way and waited ${durationText(group.waitNs)} ` +
    `in all, the longest ${durationText(group.waitNsMax)} (frame ${group.worstFrame}).`
  );
}

function zeroWindow(side: Side, facts: Facts): Found[] {
  const { flow, who, watch } = side;
  if (flow.zeroWindowNs < ZERO_LEAST_NS) return [];
  const { openedNs, lastNs } = side.story.connection;
  const spanNs = Math.max(1, lastNs - openedNs);
  const costs = flow.zeroWindowNsMax >= ZERO_LONG_NS || flow.zeroWindowNs >= spanNs * ZERO_SHARE;
  return [
    {
      id: 'zero-window',
      severity: costs ? 'warning' : 'note',
      title: `The ${who} took no data for ${durationText(flow.zeroWindowNs)} (TCP window zero)`,
      text:
        `${plural(flow.zeroWindows, 'time')}, ${durationText(flow.zeroWindowNsMax)} at most, ` +
        `${percentText(flow.zeroWindowNs, spanNs)} of the connection’s time. Its ` +
        'program did not read what had come: the other side could not send, whatever it owed. ' +
        waiters(side, facts),
      owes: who,
      count: flow.zeroWindows,
      frames: watch?.zeroWindows.frames ?? [],
      ...placeOf(side),
      ...(watch === undefined ? {} : when(watch.zeroWindows)),
      values: { zeroWindowNsTotal: flow.zeroWindowNs, zeroWindowNsMax: flow.zeroWindowNsMax },
    },
  ];
}

function fullWindow(side: Side): Found[] {
  const { who, other, peer, watch } = side;
  if (watch === undefined || watch.fullNsMax < FULL_LEAST_NS) return [];
  const rttNs = peer.rtt.count > 0 ? peer.rtt.minNs : 0;
  if (watch.fullNsMax < rttNs * FULL_ROUND_TRIPS) return [];
  return [
    {
      id: 'full-window',
      severity: 'note',
      title: `The ${other} waited with the ${who}’s receive window full`,
      text:
        `${plural(watch.fullWindows.count, 'time')}, ${durationText(watch.fullNs)} in all, ` +
        `${durationText(watch.fullNsMax)} at most; a round trip takes ${durationText(rttNs)} at best.`,
      count: watch.fullWindows.count,
      frames: watch.fullWindows.frames,
      ...placeOf(side),
      ...when(watch.fullWindows),
      values: {
        fullWindowNsTotal: watch.fullNs,
        fullWindowNsMax: watch.fullNsMax,
        rttNsMin: rttNs,
      },
    },
  ];
}

function delayedAcks(side: Side, facts: Facts): Found[] {
  const { flow, who, other, watch, story } = side;
  if (watch === undefined || watch.delayedAcks.count < DELAYED_LEAST) return [];
  const all = latencyOfSession(facts, story.session);
  const costs = watch.delayedNs >= all * DELAYED_SHARE;
  return [
    {
      id: 'delayed-ack',
      severity: costs ? 'warning' : 'note',
      title: `The ${who} delayed ACKs that its peer waited for`,
      text:
        `${plural(watch.delayedAcks.count, 'ACK')} of a lone segment came 40 ms or more after it, ` +
        `${durationText(flow.delayedAckNsMax)} at most, and the ${other} sent more at once when it ` +
        `came: it had held it back, for ${durationText(watch.delayedNs)} in all, ` +
        `${percentText(watch.delayedNs, all)} of what all commands of the session took.`,
      count: watch.delayedAcks.count,
      frames: watch.delayedAcks.frames,
      ...placeOf(side),
      ...when(watch.delayedAcks),
      values: {
        delayedAckNsMax: flow.delayedAckNsMax,
        delayedAcks: flow.delayedAcks,
        heldNsTotal: watch.delayedNs,
      },
    },
  ];
}

function creeping(side: Side): Found[] {
  const { who, other, watch } = side;
  if (watch === undefined || watch.creepingSegments < CREEPING_LEAST) return [];
  const segments = watch.creepingSegments + 1;
  return [
    {
      id: 'delayed-ack-recovery',
      severity: 'warning',
      title: `Recovery crept: ${plural(segments, 'lost segment')} in ${durationText(watch.creepingNs)}`,
      text:
        `The ${other} sent them again one by one, ` +
        `${durationText(watch.creepingNs / watch.creepingSegments)} apart: it waits for the ACK of ` +
        `each, and the ${who} delays its ACKs. All behind them waited as long.`,
      count: segments,
      frames: watch.creeping.frames,
      ...placeOf(side),
      ...when(watch.creeping),
      values: { segments, recoveryNs: watch.creepingNs },
    },
  ];
}
