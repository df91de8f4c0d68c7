// Logins that took long, though they were accepted: by stage, who was waited for, and what came before
// and after.

import { durationText } from '../../lib/units.js';
import type { ConnectionStory, Login } from '../../session/model.js';
import { synRttNs } from '../../stream/connection.js';
import { STAGE_NAMES } from '../../wire/iscsi/codes.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';
import type { Rule } from '../rule.js';

/** A login is some round trips and a hash or two: a second is long for a person who waits. */
const SLOW_NS = 1e9;
/** ESXi's software iSCSI gives up after 5 s. */
const DANGER_NS = 5e9;

export const loginSlow: Rule = {
  id: 'login-slow',
  about:
    'A login that was accepted took a second or longer from its first request to its last response. ' +
    'ESXi gives up after 5 s by default, open-iscsi after 15 s.',
  tells: {
    'login-slow': {
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
    return facts.stories.flatMap((story) => found(story, facts));
  },
};

function found({ login, session, connection }: ConnectionStory, facts: Facts): Found[] {
  if (login?.outcome !== 'accepted' || login.incomplete) return [];
  const ns = login.endedNs - login.startedNs;
  if (ns < SLOW_NS) return [];
  const slowest = login.steps.reduce(
    (worst, step, i) => {
      const wait = i === 0 ? 0 : step.timeNs - login.steps[i - 1].timeNs;
      return wait > worst.ns ? { ns: wait, step } : worst;
    },
    { ns: -1, step: login.steps[0] },
  );
  const connectNs = synRttNs(connection);
  return [
    {
      id: loginSlow.id,
      severity: ns >= DANGER_NS ? 'warning' : 'note',
      title: `Login took ${durationText(ns)}`,
      text:
        `Most of it, ${durationText(slowest.ns)}, passed before the ${slowest.step.from} sent frame ` +
        `${slowest.step.frame}. By stage: ${stages(login)}.` +
        (connectNs >= 0 ? ` TCP's handshake took ${durationText(connectNs)}.` : '') +
        firstCommand(login, session, facts),
      count: 1,
      frames: login.steps.map((step) => step.frame).slice(0, 20),
      session,
      connection: connection.id,
      fromNs: login.startedNs,
      toNs: login.endedNs,
      values: { loginNs: ns, slowestStepNs: slowest.ns, connectNs },
    },
  ];
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
