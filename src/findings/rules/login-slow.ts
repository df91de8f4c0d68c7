// Logins that took long, though they were accepted: by stage, who was waited for, and what came before
// and after.

import { durationText, plural } from '../../lib/number-text.js';
import type { IscsiConnection, Login } from '../../session/model.js';
import { synRttNs } from '../../stream/connection.js';
import { STAGE_NAMES } from '../../wire/iscsi/codes.js';
import { type Facts, groupedBy } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule } from '../rule.js';
import { targetOf } from '../support/who.js';

/** A login is some round trips and a hash or two: a second is long for a person who waits. */
const SLOW_NS = 1e9;
/** ESXi's software iSCSI gives up after 5 s. */
const DANGER_NS = 5e9;
/** Logins that differ less than by this factor take the same time. */
const ALIKE = 1.1;

export const loginSlow: Rule = {
  id: 'login-slow',
  about:
    'A login that was accepted took a second or longer from its first request to its last response. ' +
    'ESXi gives up after 5 s by default, open-iscsi after 15 s. Below 5 s they are told once a target.',
  tells: {
    'login-slow': {
      question: 'Slow logins',
      about: 'A login took long.',
      reference: 'RFC 7143 6.3; open-iscsi login_timeout 15 s, ESXi 5 s',
      confidence: 'certain',
      proof: ['login-request.csg', 'login-response.csg'],
      disproof: 'TCP retransmissions in that time: then the network was slow, not the login.',
      next:
        'See what the slow side asks in that step: a name look-up, a RADIUS server, a device that spins ' +
        'up; or a program that waits for more than the 48 bytes of a header (SO_RCVLOWAT).',
    },
  },
  find(facts) {
    const slow = facts.stories.flatMap((story) => slowOf(story));
    const long = slow.filter(({ ns }) => ns >= DANGER_NS);
    const rest = slow.filter(({ ns }) => ns < DANGER_NS);
    const byTarget = groupedBy(rest, ({ story }) => targetOf(facts.sessions[story.session]));
    return [
      ...long.map((one) => ofOne(one, facts)),
      ...[...byTarget].map(([target, all]) =>
        all.length === 1 ? ofOne(all[0], facts) : ofTarget(target, all, facts),
      ),
    ];
  },
};

/** An accepted login that took long. */
interface Slow {
  readonly story: IscsiConnection;
  readonly login: Login;
  readonly ns: number;
}

function slowOf(story: IscsiConnection): Slow[] {
  const { login } = story;
  if (login?.outcome !== 'accepted' || login.incomplete) return [];
  const ns = login.endedNs - login.startedNs;
  return ns < SLOW_NS ? [] : [{ story, login, ns }];
}

function ofOne({ story, login, ns }: Slow, facts: Facts): Found {
  const { session, connection } = story;
  const wait = longestWait(login);
  const connectNs = synRttNs(connection);
  return {
    id: loginSlow.id,
    severity: ns >= DANGER_NS ? 'warning' : 'note',
    title: `Login took ${durationText(ns)}`,
    text: whereOf(login, wait, connectNs) + firstCommand(login, session, facts),
    count: 1,
    frames: login.steps.map((step) => step.frame).slice(0, 20),
    session,
    connection: connection.id,
    fromNs: login.startedNs,
    toNs: login.endedNs,
    values: { loginNs: ns, slowestStepNs: wait.ns, connectNs },
  };
}

/** Several of one target, as one: how long it takes is mostly a habit of its software. */
function ofTarget(target: string, all: readonly Slow[], facts: Facts): Found {
  const worst = all.reduce((most, one) => (one.ns > most.ns ? one : most));
  const least = all.reduce((low, { ns }) => Math.min(low, ns), worst.ns);
  const accepted = facts.stories.filter(
    ({ login, session }) =>
      login?.outcome === 'accepted' && targetOf(facts.sessions[session]) === target,
  ).length;
  const wait = longestWait(worst.login);
  const connectNs = synRttNs(worst.story.connection);
  const alike = accepted === all.length && worst.ns <= least * ALIKE;
  return {
    id: loginSlow.id,
    severity: 'note',
    title: `${all.length} of ${plural(accepted, 'login')} at ${target} took up to ${durationText(worst.ns)}`,
    text:
      `The longest is that of S${worst.story.session}. ${whereOf(worst.login, wait, connectNs)}` +
      (alike ? ' All take as long, as if the side waited for a timer of its own.' : ''),
    count: all.length,
    frames: inOrder(
      all.flatMap(({ login }) => [login.steps[0].frame, login.steps.at(-1)?.frame ?? 0]),
    ),
    fromNs: Math.min(...all.map(({ login }) => login.startedNs)),
    toNs: Math.max(...all.map(({ login }) => login.endedNs)),
    values: {
      target,
      logins: accepted,
      loginNsMin: least,
      loginNsMax: worst.ns,
      slowestStepNs: wait.ns,
      connectNs,
    },
  };
}

interface Wait {
  readonly ns: number;
  readonly step: Login['steps'][number];
}

function longestWait({ steps }: Login): Wait {
  let worst: Wait = { ns: -1, step: steps[0] };
  for (let i = 0; i < steps.length; i++) {
    const ns = i === 0 ? 0 : steps[i].timeNs - steps[i - 1].timeNs;
    if (ns > worst.ns) worst = { ns, step: steps[i] };
  }
  return worst;
}

function whereOf(login: Login, { ns, step }: Wait, connectNs: number): string {
  return (
    `Most of it, ${durationText(ns)}, passed before the ${step.from} sent frame ` +
    `${step.frame}. By stage: ${stages(login)}.` +
    (connectNs >= 0 ? ` TCP's handshake took ${durationText(connectNs)}.` : '')
  );
}

/** What the host did with the session once it had it. */
function firstCommand(login: Login, session: number, facts: Facts): string {
  const depth = facts.metrics.sessions[session]?.depth;
  if (depth === undefined || depth.fromNs < login.endedNs) return '';
  return ` The first command came ${durationText(depth.fromNs - login.endedNs)} after it.`;
}

/** "SecurityNegotiation 1.2 s in 4 PDUs, …": the time from a stage's first PDU to the next stage's. */
function stages(login: Login): string {
  const all = new Map<number, { ns: number; pdus: number }>();
  login.steps.forEach((step, i) => {
    const next = login.steps[i + 1]?.timeNs ?? login.endedNs;
    const stage = all.get(step.csg) ?? { ns: 0, pdus: 0 };
    stage.ns += Math.max(0, next - step.timeNs);
    stage.pdus++;
    all.set(step.csg, stage);
  });
  const name = (csg: number) => STAGE_NAMES[csg] ?? `stage ${csg}`;
  return [...all]
    .map(([csg, { ns, pdus }]) => `${name(csg)} ${durationText(ns)} in ${pdus} PDUs`)
    .join(', ');
}
