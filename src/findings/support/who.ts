// Who is meant, in a word: which side did something to a connection, which target a session has.

import type { IscsiConnection, Session } from '../../session/model.js';

export function closerOf(story: IscsiConnection): 'initiator' | 'target' | 'unknown side' {
  const { closedBy } = story.connection;
  if (closedBy === '' || story.initiatorDirection < 0) return 'unknown side';
  return (closedBy === 'a') === (story.initiatorDirection === 0) ? 'initiator' : 'target';
}

/** Its name, or where it was not told its address. */
export function targetOf(session: Session | undefined): string {
  return session?.targetName || session?.targetAddress || 'an unknown target';
}
