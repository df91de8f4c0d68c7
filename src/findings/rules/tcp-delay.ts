// Commands that waited for TCP to send bytes again.

import { durationText, plural } from '../../lib/units.js';
import type { Rule } from '../rule.js';

export const tcpDelay: Rule = {
  id: 'tcp-delay',
  about:
    'PDUs of commands that could not be read when they arrived, because earlier bytes of the ' +
    'connection had been lost and came again later.',
  find(facts) {
    return [...facts.evidence.delays.values()].map((group) => ({
      id: tcpDelay.id,
      severity: 'warning' as const,
      title: `${plural(group.count, 'command')} waited for TCP retransmissions`,
      text:
        `${durationText(group.waitNs)} in all, ${durationText(group.waitNsMax)} at most (frame ` +
        `${group.worstFrame}). This time is the network's, not the target's.`,
      count: group.count,
      frames: [group.worstFrame, ...group.frames.filter((f) => f !== group.worstFrame)],
      session: group.session,
    }));
  },
};
