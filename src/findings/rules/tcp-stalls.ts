// TCP made a side wait without losing anything: a receive window of zero, an ACK that was delayed.

import { durationText, plural } from '../../lib/units.js';
import type { ConnectionStory } from '../../session/model.js';
import { type Flow, flowOf } from '../../stream/connection.js';
import type { Finding } from '../finding.js';
import type { Rule } from '../rule.js';

/** Together; a window that closes for a moment is how a busy receiver slows its sender. */
const ZERO_LEAST_NS = 10e6;
/** One late ACK is no pattern. */
const DELAYED_LEAST = 3;

export const tcpStalls: Rule = {
  id: 'tcp-stalls',
  about:
    'A receive window that stayed at zero for 10 ms in all or longer, or three and more ACKs of a ' +
    'lone segment that came 40 ms or more after it (delayed ACK) while the sender waited.',
  tells: {
    'zero-window': 'A side took no data: its receive window was zero.',
    'delayed-ack': 'A side acknowledged lone segments late, while its peer waited.',
  },
  find(facts) {
    const stories = facts.stories.filter((story) => !story.replaced);
    return stories.flatMap((story) =>
      (['initiator', 'target'] as const).flatMap((who) => {
        const direction = Math.max(0, story.initiatorDirection) ^ (who === 'initiator' ? 0 : 1);
        const flow = flowOf(story.connection, direction);
        return [...zeroWindow(story, who, flow), ...delayedAcks(story, who, flow)];
      }),
    );
  },
};

function zeroWindow(story: ConnectionStory, who: string, flow: Flow): Finding[] {
  if (flow.zeroWindowNs < ZERO_LEAST_NS) return [];
  return [
    {
      id: 'zero-window',
      severity: 'warning',
      title: `The ${who} took no data for ${durationText(flow.zeroWindowNs)} (TCP window zero)`,
      text:
        `${plural(flow.zeroWindows, 'time')}, ${durationText(flow.zeroWindowNsMax)} at most. Its ` +
        'program did not read what had come: the other side could not send, whatever it owed.',
      count: flow.zeroWindows,
      frames: [],
      session: story.session,
      connection: story.connection.id,
    },
  ];
}

function delayedAcks(story: ConnectionStory, who: string, flow: Flow): Finding[] {
  if (flow.delayedAcks < DELAYED_LEAST) return [];
  return [
    {
      id: 'delayed-ack',
      severity: 'warning',
      title: `The ${who} delayed ACKs that its peer waited for`,
      text:
        `${plural(flow.delayedAcks, 'ACK')} of one segment came 40 ms or more after it, ` +
        `${durationText(flow.delayedAckNsMax)} at most. Turn delayed ACK off for iSCSI there, or ` +
        'see that the sender uses TCP_NODELAY.',
      count: flow.delayedAcks,
      frames: [],
      session: story.session,
      connection: story.connection.id,
    },
  ];
}
