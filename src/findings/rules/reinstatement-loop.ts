// The same initiator and target, one session after another: a host that loses its session again
// and again, or two hosts of one name that throw each other out.

import { durationText, plural } from '../../lib/number-text.js';
import type { Session } from '../../session/model.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule } from '../rule.js';

const LEAST = 2;

export const reinstatementLoop: Rule = {
  id: 'reinstatement-loop',
  about:
    'Sessions of one initiator name and ISID took each other’s place twice or more often. From two ' +
    'addresses: two hosts use the same initiator name (RFC 7143 6.3.5).',
  tells: {
    'reinstatement-loop': {
      question: 'Sessions that throw each other out',
      about: 'One host, and its sessions throw each other out.',
      reference: 'RFC 7143 6.3.5',
      confidence: 'certain',
      proof: ['login-request.isid', 'login-request.tsih'],
      disproof: 'Logouts in between that the capture misses.',
      next: 'See how each of these sessions ended: pings without an answer, resets, target restarts.',
    },
    'initiator-name-twice': {
      question: 'Sessions that throw each other out',
      owes: 'initiator',
      leadsTo: ['reinstatement', 'connection-lost', 'commands-lost', 'unit-attention'],
      about: 'Two addresses log in under one initiator name and ISID.',
      reference: 'RFC 7143 6.3.5, 4.2.7 (names are unique)',
      confidence: 'likely',
      proof: ['login-request.isid'],
      disproof: 'One host with two addresses that came back on the other one.',
      next: 'Give each host its own name (a cloned machine keeps /etc/iscsi/initiatorname.iscsi).',
    },
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

function found(sessions: readonly Session[]): Found[] {
  const times = sessions.filter((session) => session.reinstates >= 0).length;
  const addresses = [...new Set(sessions.map((session) => session.initiatorAddress))];
  if (times < LEAST && addresses.length < 2) return [];
  const last = sessions[sessions.length - 1];
  const two = addresses.length > 1;
  const name = last.initiatorName || 'an initiator';
  const events = sessions.flatMap((s) => s.events.filter((e) => e.kind === 'reinstatement'));
  const timesNs = events.map((event) => event.timeNs).sort((a, b) => a - b);
  const [fromNs, toNs] = [timesNs[0] ?? -1, timesNs[timesNs.length - 1] ?? -1];
  const period = timesNs.length > 1 ? (toNs - fromNs) / (timesNs.length - 1) : -1;
  const every = period > 0 ? ` ${plural(times, 'time')}, every ${durationText(period)}.` : '';
  return [
    {
      id: two ? 'initiator-name-twice' : reinstatementLoop.id,
      severity: 'critical',
      title: two
        ? `${addresses.length} addresses log in as ${name} and throw each other out`
        : `${name} took the place of its own session ${plural(times, 'time')}`,
      text: two
        ? `${addresses.join(', ')} use the same name and ISID.${every}`
        : `A session of the same name and ISID was there each time.${every}`,
      count: times,
      frames: inOrder(events.map((event) => event.frame)),
      session: last.id,
      fromNs,
      toNs,
      values: { times, addresses: addresses.length, periodNs: period },
    },
  ];
}
