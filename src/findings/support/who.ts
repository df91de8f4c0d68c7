// Who is meant, in a word: which side did something to a connection, which target a session has.

import type { IscsiConnection, Session } from '../../session/model.js';

/** One of the two that speak with each other, by its part. */
export type End = 'initiator' | 'target';

/** Who sends in a direction of a connection whose initiator is known. */
export function endOf(story: IscsiConnection, direction: number): End {
  return direction === story.initiatorDirection ? 'initiator' : 'target';
}

export function otherEnd(end: End): End {
  return end === 'initiator' ? 'target' : 'initiator';
}

/** One of the two ended it, by FIN or RST: it did not just go on, or out of sight. */
export function wasClosed({ connection: { closedHow } }: IscsiConnection): boolean {
  return closedHow === 'fin' || closedHow === 'rst';
}

export function closerOf(story: IscsiConnection): 'initiator' | 'target' | 'unknown side' {
  const { closedBy } = story.connection;
  if (closedBy === '' || story.initiatorDirection < 0) return 'unknown side';
  return (closedBy === 'a') === (story.initiatorDirection === 0) ? 'initiator' : 'target';
}

/** Its name, or where it was not told its address. */
export function targetOf(session: Session | undefined): string {
  return session?.targetName || session?.targetAddress || 'an unknown target';
}
