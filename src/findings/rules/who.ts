// Which side did something to a connection, in a word.

import type { ConnectionStory } from '../../session/model.js';

export function closerOf(story: ConnectionStory): 'initiator' | 'target' | 'unknown side' {
  const { closedBy } = story.connection;
  if (closedBy === '' || story.initiatorDirection < 0) return 'unknown side';
  return (closedBy === 'a') === (story.initiatorDirection === 0) ? 'initiator' : 'target';
}
