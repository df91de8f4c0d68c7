// One side was silent, down to TCP, while the other sent again and again; or what it had sent was held
// on its way and came all at once. Whose fault that is depends on where the capture was taken.

import { hostOfEnd } from '../../lib/address.js';
import { bytesText, durationText, plural } from '../../lib/number-text.js';
import type { Unreachable } from '../../packet/unreachable.js';
import type { IscsiConnection } from '../../session/model.js';
import { captureSide } from '../../stream/capture-point.js';
import { addressText, endpointText, flowOf } from '../../stream/connection.js';
import { connectionsOf, type Facts, storyOf } from '../facts.js';
import type { Found, Owes } from '../finding.js';
import { inOrder, LOSES_CONNECTION, type Rule } from '../rule.js';
import { blackHoleNear } from '../support/black-hole.js';
import { doubtOf } from '../support/doubt.js';
import { saidOf, saidText } from '../support/portals.js';
import { type End, endOf, otherEnd } from '../support/who.js';
import { cutPdus } from '../watch/cut-pdus.js';
import { framing } from '../watch/framing.js';
import { type Held, type OneWay, type Silence, silences } from '../watch/silence.js';
import { tcpWatches } from '../watch/tcp.js';

/** Shorter silences are a lost packet and its timer. */
const LONG_NS = 2e9;
/** So often another connection of the silent side was heard meanwhile. */
const ALIVE_TIMES = 2;
/** One segment sent again may have met one lost acknowledgement. */
const TIMES_LEAST = 3;
/** A guess of where the capture was taken that may be built on. */
const SIDE_LEAST = 0.5;

/** A router gives up asking for a neighbour's address after three seconds (RFC 4861 10; Linux alike for ARP). */
const ICMP_LATE_NS = 5e9;

const AFTER = [
  ...LOSES_CONNECTION,
  'portals-unreachable',
  'ping-timeout',
  'target-ping-unanswered',
  'r2t-unanswered',
  'r2t-answered-late',
  'r2t-never-came',
  'r2t-starved',
  'command-stuck',
  'commands-open',
  'text-unanswered',
  'logout-unanswered',
  'tcp-delay',
  'sent-again-in-vain',
  'task-management',
  'task-management-unanswered',
  'slow-commands',
  'command-ignored',
];

export const silence: Rule = {
  id: 'silence',
  about:
    'For two seconds and longer one side sent nothing, not even TCP’s acknowledgements, while the other ' +
    'sent its data three times and more; or the copies of a segment, which a timer sends 200 ms apart ' +
    'and more, came together after a pause. With the side of the capture that tells who stood still.',
  tells: {
    'side-silent': {
      question: 'Did a machine stand still, or was the way cut?',
      leadsTo: AFTER,
      about: 'A side was silent down to TCP while its peer sent again and again.',
      reference:
        'RFC 6298 5.5 (timers double); open-iscsi: ping timeout, conn error 1022, though the NOP-Out ' +
        'itself waits behind unacknowledged data',
      confidence: 'certain',
      disproof: 'Its packets, missed by the capture.',
      next:
        'Capture at the silent side: what arrives there tells whether the machine stood still or the way ' +
        'was cut. See its log, its hypervisor, and the switch ports between.',
    },
    'way-cut-one-way': {
      question: 'Did a machine stand still, or was the way cut?',
      owes: 'network',
      leadsTo: [...AFTER, 'tcp-delay', 'lost-on-path', 'side-silent'],
      about: 'What one side sent did not get to the other for seconds, while the other was heard.',
      reference:
        'RFC 6298 5.5; RFC 9293 3.10.7.4 (what has been acknowledged is sent again where that was not heard)',
      confidence: 'likely',
      disproof:
        'A capture at the receiver in which these packets arrive: then its network card or kernel drops them.',
      next:
        'Look at the way in that direction only: a one-sided fibre, a filter or route that differs by direction, a ' +
        'receiver that drops; the counters of both ends of each link on it.',
    },
    'packets-held': {
      question: 'Did a machine stand still, or was the way cut?',
      leadsTo: AFTER,
      about: 'What was sent during a pause came all at once after it.',
      reference: 'RFC 6298 2.4 (a timer of 1 s; Linux takes 200 ms)',
      confidence: 'likely',
      disproof: 'A capturing machine that merely wrote late time stamps.',
      next:
        'See the machine where the capture was taken: stopped, migrated (vMotion), or starved by its ' +
        'hypervisor; else the last queue before it (pause frames).',
    },
  },
  watches: [silences, tcpWatches, cutPdus, framing],
  find(facts) {
    return connectionsOf(facts).flatMap((story) => {
      if (story.initiatorDirection < 0) return [];
      return [story.initiatorDirection, story.initiatorDirection ^ 1].flatMap((side) => {
        const direction = story.connection.id * 2 + side;
        const watch = facts.evidence.of(silences).byDirection.get(direction);
        const sender = endOf(story, side);
        if (watch?.oneWay !== undefined && isLong(watch.oneWay)) {
          return oneWay(watch.oneWay, sender, story, facts);
        }
        if (watch?.held !== undefined) return held(watch.held, sender, story);
        return watch?.longest === undefined ? [] : silent(watch.longest, sender, story, facts);
      });
    });
  },
};

const HOLE =
  ' Between the same two ends large segments did not get through at that time, and jumbo frames were agreed here ' +
  'too: what was to answer was large.';

/** At which end it was captured, where that is likely enough. */
function placeOf(story: IscsiConnection): End | undefined {
  const { side, confidence } = captureSide(story.connection);
  if (confidence < SIDE_LEAST || (side !== 'opener' && side !== 'acceptor')) return undefined;
  return (side === 'opener') === (story.initiatorDirection === 0) ? 'initiator' : 'target';
}

function silent(one: Silence, sender: End, story: IscsiConnection, facts: Facts): Found[] {
  const { connection } = story;
  const quiet = otherEnd(sender);
  const direction = story.initiatorDirection ^ (sender === 'initiator' ? 0 : 1);
  const peer = flowOf(connection, direction ^ 1);
  // Nothing came after it, and nobody closed: it lasts to the end of the capture.
  const lasts = !one.closed && peer.packets === one.packets && connection.closedNs < 0;
  const untilNs = lasts ? facts.lastNs : one.untilNs;
  const ns = untilNs - one.sinceNs;
  if (one.times < TIMES_LEAST || ns < LONG_NS || peer.packets === 0) return [];
  const back = peer.lastNs > untilNs ? peer.lastNs : -1;
  const sent = flowOf(connection, direction);
  // More than was sent again was acknowledged in the end: what was sent once had arrived.
  // Nobody knows what was sent once where the capture misses some of it.
  const whole = doubtOf(story.session, facts) === undefined;
  const arrived = whole && back >= 0 && sent.ackedAfterClose > one.bytesAgain;
  const said = saidMeanwhile(story, direction, one.sinceNs, untilNs, facts);
  const hole = said.length > 0 ? undefined : blackHoleNear(story, one.sinceNs, untilNs, facts);
  const alive = one.aliveTimes >= ALIVE_TIMES ? storyOf(facts, one.alive) : undefined;
  const { owes: judged, why } =
    said.length > 0
      ? cut(said, quiet)
      : alive === undefined
        ? judge(quiet, story, back, arrived)
        : lived(quiet, story, alive);
  const owes = hole === undefined ? judged : 'network';
  return [
    {
      id: 'side-silent',
      severity: 'critical',
      title:
        said.length > 0
          ? saidTitle(said, quiet, ns)
          : alive !== undefined
            ? `One connection of the ${quiet} was silent for ${durationText(ns)}, another went on: ${endpointsOf(story)}`
            : owes === quiet
              ? `The ${quiet} stood still for ${durationText(ns)}: not even TCP’s acknowledgements came`
              : `The ${quiet}, or the way to it, was silent for ${durationText(ns)}: not even TCP’s acknowledgements came`,
      text:
        `The ${sender} sent ${plural(one.times, 'segment')} again meanwhile ` +
        `(${bytesText(one.bytesAgain)}). ${why}${hole === undefined ? '' : HOLE}` +
        (one.closed ? ` The connection was given up while it lasted.` : ''),
      owes,
      ...(said.length > 0 ? { next: routerNext(said) } : {}),
      ...(hole === undefined ? {} : { because: { id: 'mtu-black-hole', session: hole.session } }),
      confidence: owes === 'unknown' ? 'certain' : 'likely',
      count: one.times,
      frames: inOrder([...one.frames, ...said.flatMap(({ frames }) => frames)]),
      session: story.session,
      connection: connection.id,
      fromNs: one.sinceNs,
      toNs: untilNs,
      values: { silentNs: ns, sentAgain: one.times, ...(back < 0 ? {} : { backNs: back }) },
    },
  ];
}

/** What routers said meanwhile of what this direction of the connection sent. */
function saidMeanwhile(
  { connection }: IscsiConnection,
  direction: number,
  sinceNs: number,
  untilNs: number,
  facts: Facts,
): readonly Unreachable[] {
  const [from, to] = direction === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const);
  return saidOf(addressText(connection, from), endpointText(connection, to), facts).filter(
    (icmp) => icmp.lastNs >= sinceNs && icmp.firstNs <= untilNs + ICMP_LATE_NS,
  );
}

/** For a title: who says what. */
function spoken({ by, reason }: Unreachable): string {
  return `${by} says ${reason}`;
}

function routerNext(said: readonly Unreachable[]): string {
  const speakers = [...new Set(said.map(({ by }) => by))].join(', ');
  return (
    `Look at ${speakers}: its filter (access list, firewall) and its routes to where this was sent, and what ` +
    'changed there at that time.'
  );
}

function saidTitle(said: readonly Unreachable[], quiet: End, ns: number): string {
  const router = said.find((one) => !saidItself(one));
  return router === undefined
    ? `The ${quiet} itself refused what was sent to it for ${durationText(ns)}: ${spoken(said[0])}`
    : `The way to the ${quiet} was cut for ${durationText(ns)}: ${spoken(router)}`;
}

/** It was the addressed machine itself that said so: no way was cut, its own filter speaks. */
function saidItself({ by, to }: Unreachable): boolean {
  const host = hostOfEnd(to);
  return host === by || host === `[${by}]`;
}

/** A router on the way said that nothing gets there; or the machine itself did. */
function cut(said: readonly Unreachable[], quiet: End): { owes: Owes; why: string } {
  const all = said.map(saidText).join('; ');
  if (said.every(saidItself)) return { owes: quiet, why: `${all}: the ${quiet} itself refused.` };
  return { owes: 'network', why: `${all}: the way was cut there.` };
}

function endpointsOf({ connection, initiatorDirection }: IscsiConnection): string {
  const [from, to] = initiatorDirection === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const);
  return `${addressText(connection, from)} → ${endpointText(connection, to)}`;
}

/** Its machine lived: it is this address, or this path. */
function lived(
  quiet: End,
  story: IscsiConnection,
  alive: IscsiConnection,
): { owes: Owes; why: string } {
  const at = placeOf(story) === quiet;
  const arrived = at
    ? ` The capture was taken at the ${quiet} (inferred): what the other side sent arrived there, and this address did not answer.`
    : ' Its address there was gone, or this path was cut: this end of the capture cannot tell which.';
  return {
    owes: at ? quiet : 'unknown',
    why: `Meanwhile the ${quiet} went on on ${endpointsOf(alive)}: its machine lived.${arrived}`,
  };
}

/** Whose fault a silence is, as far as the place of the capture shows it. */
function judge(
  quiet: End,
  story: IscsiConnection,
  backNs: number,
  arrived: boolean,
): { owes: Owes; why: string } {
  if (placeOf(story) === quiet) {
    const why = `The capture was taken at the ${quiet} (inferred): what the other side sent arrived there, and nothing left it.`;
    return { owes: quiet, why };
  }
  const late = backNs >= 0 ? ` Packets of the ${quiet} came again later.` : '';
  if (arrived) {
    const why =
      `After it the ${quiet} acknowledged what had been sent to it meanwhile: that was not lost but ` +
      `waited. The ${quiet} stood still, or a queue right before it did.`;
    return { owes: quiet, why };
  }
  const why = `Whether the ${quiet} stood still or the way was cut, this end of the capture cannot tell.${late}`;
  return { owes: 'unknown', why };
}

function isLong({ sinceNs, untilNs }: OneWay): boolean {
  return untilNs - sinceNs >= LONG_NS;
}

function oneWay(one: OneWay, sender: End, story: IscsiConnection, facts: Facts): Found[] {
  const receiver = otherEnd(sender);
  const direction = story.initiatorDirection ^ (sender === 'initiator' ? 0 : 1);
  const said = saidMeanwhile(story, direction, one.sinceNs, one.untilNs, facts).filter(
    (icmp) => !saidItself(icmp),
  );
  const ns = one.untilNs - one.sinceNs;
  return [
    {
      id: 'way-cut-one-way',
      severity: 'critical',
      title:
        said.length > 0
          ? `The way to the ${receiver} was cut for ${durationText(ns)}, the way back was not: ${spoken(said[0])}`
          : `What the ${sender} sent did not get to the ${receiver} for ${durationText(ns)}, though the ${receiver} was heard`,
      text:
        `The ${sender} sent one segment ${plural(one.times, 'time')} again, and no acknowledgement moved; meanwhile the ` +
        `${receiver} sent a segment ${plural(one.unheard, 'time')} again that had been acknowledged to it: it did not hear that ` +
        `either. The way to the ${receiver} was cut, the way back was not.` +
        (said.length > 0 ? ` ${said.map(saidText).join('; ')}: it was cut there.` : ''),
      ...(said.length > 0 ? { next: routerNext(said), confidence: 'certain' as const } : {}),
      count: one.times,
      frames: inOrder([...one.frames, ...said.flatMap(({ frames }) => frames)]),
      session: story.session,
      connection: story.connection.id,
      fromNs: one.sinceNs,
      toNs: one.untilNs,
      values: { cutNs: ns, sentAgain: one.times, unheard: one.unheard },
    },
  ];
}

function held(one: Held, sender: End, story: IscsiConnection): Found[] {
  const at = placeOf(story);
  const ns = one.cameNs - one.pausedNs;
  const receiver = otherEnd(sender);
  const here = at === receiver;
  return [
    {
      id: 'packets-held',
      severity: 'critical',
      title: here
        ? `The ${receiver} stood still for ${durationText(ns)}: what had been sent to it meanwhile came at once`
        : `What the ${sender} sent was held for up to ${durationText(ns)}, and came at once`,
      text:
        `${plural(one.copies, 'copy', 'copies')} of one segment came within ${durationText(one.lastNs - one.cameNs)}; ` +
        `the ${sender}’s timer sends them 200 ms and more apart. Before, no PDU passed for ${durationText(ns)}. ` +
        (here
          ? `The capture was taken at the ${receiver} (inferred): that machine stood still.`
          : 'A machine, or a queue on the way before the capture, stood still.'),
      owes: here ? receiver : 'unknown',
      count: one.copies,
      frames: inOrder(one.frames),
      session: story.session,
      connection: story.connection.id,
      fromNs: one.pausedNs,
      toNs: one.cameNs,
      values: { pausedNs: ns, copies: one.copies },
    },
  ];
}
