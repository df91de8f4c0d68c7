// Commands that waited for earlier bytes of their connection: sent again, or out of order.

import { durationText, plural } from '../../lib/units.js';
import type { Facts } from '../facts.js';
import type { Rule } from '../rule.js';

export const tcpDelay: Rule = {
  id: 'tcp-delay',
  about:
    'PDUs of commands that could not be read when they arrived, because earlier bytes of the ' +
    'connection came later: lost and sent again, or out of order.',
  find(facts) {
    return [...facts.evidence.delays.values()].map((group) => ({
      id: tcpDelay.id,
      severity: 'warning' as const,
      title: `${plural(group.count, 'command')} waited for ${lateBytes(facts, group.session)}`,
      text:
        `${durationText(group.waitNs)} in all, ${durationText(group.waitNsMax)} at most (frame ` +
        `${group.worstFrame}). This time is the network's, not the target's.`,
      count: group.count,
      frames: [group.worstFrame, ...group.frames.filter((f) => f !== group.worstFrame)],
      session: group.session,
    }));
  },
};

/** Without a retransmission it was the order of the packets, in the network or in the capture. */
function lateBytes(facts: Facts, session: number): string {
  for (const { session: id, connection } of facts.stories) {
    const { a, b } = connection;
    if (id === session && a.retransmittedSegments + b.retransmittedSegments > 0) {
      return 'TCP retransmissions';
    }
  }
  return 'segments that came out of order';
}
