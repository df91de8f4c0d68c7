// A new session of iSCSI.

import { SESSIONS_MAX } from '../../../limits.js';
import { addressText, endpointText } from '../../../stream/connection.js';
import { newSessionStory } from '../../new-story.js';
import { type ConnectionState, type IscsiTables, SessionState } from '../state.js';
import { problem } from '../violations/violations.js';
import type { Identity } from './identity.js';

export function newSession(
  book: IscsiTables,
  c: ConnectionState,
  who: Identity | undefined,
  startedNs: number,
  loginSeen: boolean,
): SessionState {
  const { shared } = book;
  if (book.sessions.size >= SESSIONS_MAX && book.lastSession !== undefined) {
    const text = 'too many sessions: what follows is counted with the last one';
    problem(book, 'limit-reached', c, 0, text);
    return book.lastSession;
  }
  const side = c.story.initiatorDirection === 1 ? 'b' : 'a';
  const connection = c.story.connection;
  const story = newSessionStory(shared.nextId, 'iscsi', startedNs);
  if (who !== undefined) {
    story.isid = who.isid;
    story.tsih = who.responseTsih || who.requestTsih;
    story.initiatorName = who.initiatorName;
    story.targetName = who.targetName;
    story.targetPortalGroupTag = who.targetPortalGroupTag;
    story.type = who.type;
  }
  story.initiatorAddress = addressText(connection, side);
  story.targetAddress = endpointText(connection, side === 'a' ? 'b' : 'a');
  story.loginSeen = loginSeen;
  const s = new SessionState(story, book.watch);
  shared.add(s);
  book.sessions.add(s);
  book.lastSession = s;
  return s;
}
