// The same initiator and target, one session after another: a host that loses its session again
// and again, or two hosts of one name that throw each other out.

import { plural } from '../../lib/units.js';
import type { Session } from '../../session/model.js';
import type { Finding } from '../finding.js';
import type { Rule } from '../rule.js';

const LEAST = 2;

export const reinstatementLoop: Rule = {
  id: 'reinstatement-loop',
  about:
    'Sessions of one initiator name and ISID took each other’s place twice or more often. From two ' +
    'addresses: two hosts use the same initiator name (RFC 7143 6.3.5).',
  tells: {
    'reinstatement-loop': 'One host, and its sessions throw each other out.',
    'initiator-name-twice': 'Two addresses log in under one initiator name and ISID.',
  },
  find(facts) {
    const groups = new Map<string, Session[]>();
    for (const session of facts.sessions) {
      if (session.reinstates < 0 && session.reinstatedBy < 0) continue;
      const key = `${session.initiatorName} ${session.isid} ${session.targetName}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [session]);
      else group.push(session);
    }
    return [...groups.values()].flatMap(found);
  },
};

function found(sessions: readonly Session[]): Finding[] {
  const times = sessions.filter((session) => session.reinstates >= 0).length;
  const addresses = [...new Set(sessions.map((session) => session.initiatorAddress))];
  if (times < LEAST && addresses.length < 2) return [];
  const last = sessions[sessions.length - 1];
  const two = addresses.length > 1;
  const name = last.initiatorName || 'an initiator';
  return [
    {
      id: two ? 'initiator-name-twice' : reinstatementLoop.id,
      severity: 'critical',
      title: two
        ? `${addresses.length} addresses log in as ${name} and throw each other out`
        : `${name} took the place of its own session ${plural(times, 'time')}`,
      text: two
        ? `${addresses.join(', ')} use the same name and ISID: give each host its own name.`
        : 'See how each of these sessions ended: pings without an answer, resets, target restarts.',
      count: times,
      frames: sessions
        .flatMap((s) => s.events.filter((e) => e.kind === 'reinstatement').map((e) => e.frame))
        .slice(0, 20),
      session: last.id,
    },
  ];
}
