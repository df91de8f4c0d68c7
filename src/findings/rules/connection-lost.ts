// Connections that ended without a logout.

import type { ConnectionStory } from '../../session/model.js';
import type { Finding } from '../finding.js';
import type { Rule } from '../rule.js';

export const connectionLost: Rule = {
  id: 'connection-lost',
  about:
    'An iSCSI connection was reset or closed although nobody had logged out; connections whose login ' +
    'failed are told by login-failed.',
  find(facts) {
    return facts.stories.filter(isLost).map((story) => toFinding(story));
  },
};

function isLost(story: ConnectionStory): boolean {
  const { closedHow } = story.connection;
  if (story.login !== undefined && story.login.outcome !== 'accepted') return false;
  return (closedHow === 'fin' || closedHow === 'rst') && story.ended === 'connection lost';
}

function toFinding(story: ConnectionStory): Finding {
  const { connection } = story;
  const who = closerOf(story);
  const reset = connection.closedHow === 'rst';
  return {
    id: connectionLost.id,
    severity: reset ? 'critical' : who === 'initiator' ? 'note' : 'warning',
    title: `Connection ${reset ? 'reset' : 'closed'} by the ${who} without a logout`,
    text:
      `TCP ${reset ? 'RST' : 'FIN'} in frame ${connection.closedFrame}. Before it, see the last PDUs ` +
      'of each side, open commands and unanswered pings. Some tools never log out.',
    count: 1,
    frames: connection.closedFrame > 0 ? [connection.closedFrame] : [],
    session: story.session,
    connection: connection.id,
  };
}

function closerOf(story: ConnectionStory): string {
  const { closedBy } = story.connection;
  if (closedBy === '' || story.initiatorDirection < 0) return 'unknown side';
  return (closedBy === 'a') === (story.initiatorDirection === 0) ? 'initiator' : 'target';
}
