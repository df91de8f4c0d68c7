// Logins that took long, though they were accepted.

import { durationText } from '../../lib/units.js';
import type { ConnectionStory } from '../../session/model.js';
import type { Finding } from '../finding.js';
import type { Rule } from '../rule.js';

const SLOW_NS = 1e9;

export const loginSlow: Rule = {
  id: 'login-slow',
  about:
    'A login that was accepted took a second or longer from its first request to its last response. ' +
    'ESXi gives up after 5 s by default, open-iscsi after 15 s.',
  find(facts) {
    return facts.stories.flatMap(found);
  },
};

function found({ login, session, connection }: ConnectionStory): Finding[] {
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
  return [
    {
      id: loginSlow.id,
      severity: ns >= 5 * SLOW_NS ? 'warning' : 'note',
      title: `Login took ${durationText(ns)}`,
      text: `Most of it, ${durationText(slowest.ns)}, passed before the ${slowest.step.from} sent frame ${slowest.step.frame}.`,
      count: 1,
      frames: login.steps.map((step) => step.frame).slice(0, 20),
      session,
      connection: connection.id,
    },
  ];
}
