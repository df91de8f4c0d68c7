// How it ends: a direction, a connection, the capture. And what the stage has to show.

import { Opcode } from '../../wire/iscsi/codes.js';
import type { IscsiConnection } from '../model.js';
import { pingsUnanswered } from './control/nop.js';
import {
  inferredOfConnection,
  inferredOfSession,
  withInferred,
} from './login/inferred-parameters.js';
import { loginAbandoned } from './login/login.js';
import { Observed } from './login/observed.js';
import { nextLoginFailed } from './login/successive-logins.js';
import { windowOpened } from './numbering/command-window.js';
import { settleAtEnd } from './numbering/status-numbers.js';
import { bothEnded, connectionClosed, isOpen } from './session-end.js';
import type { ConnectionState, IscsiTables, SessionState } from './state.js';

export function directionEnded(
  book: IscsiTables,
  c: ConnectionState,
  direction: number,
  timeNs: number,
  frame: number,
): void {
  if ((direction & 1) === c.story.initiatorDirection) c.initiatorEnded = true;
  else c.targetEnded = true;
  if (!c.initiatorEnded || !c.targetEnded) return;
  c.endedNs = timeNs;
  c.endedFrame = frame;
  // At the end of the capture directions end too: then nothing has ended but the capture.
  if (!isOpen(c)) closed(book, c);
  else notFollowed(book, c);
}

/** It was idle for long, among too many: nobody will see how its login ends. */
function notFollowed(book: IscsiTables, c: ConnectionState): void {
  const evicted = c.story.connection.closedHow === 'evicted';
  if (evicted && c.session === undefined) loginAbandoned(book, c, c.endedNs);
  if (c.session !== undefined) givenUp(book, c.session);
}

/** Its connections are not followed any more: one that is heard of again is another to us. */
function givenUp(book: IscsiTables, s: SessionState): void {
  if (s.over || s.gone || !s.connections.every(bothEnded)) return;
  s.gone = true;
  book.over.push(s);
}

function closed(book: IscsiTables, c: ConnectionState): void {
  settleAtEnd(book, c);
  loginAbandoned(book, c, c.endedNs);
  if (c.session !== undefined) pingsUnanswered(c, c.session);
  c.requests.own.length = 0;
  nextLoginFailed(book, c, false, c.endedNs);
  connectionClosed(book, c, c.endedNs, c.endedFrame);
  // No more text comes: what was said is in the stories.
  c.login = undefined;
  c.negotiation = undefined;
  c.text = undefined;
}

/** The capture is over. Tasks that are open are told after this (taskLeftOpen). */
export function captureEnded(book: IscsiTables, timeNs: number): void {
  book.shared.nowNs = timeNs;
  for (const c of book.connections) {
    if (c === undefined) continue;
    // Ports that were used again: known only now that all facts are final.
    if (c.story.endedNs < 0 && !isOpen(c)) closed(book, c);
    settleAtEnd(book, c);
    loginAbandoned(book, c, timeNs);
    nextLoginFailed(book, c, false, timeNs);
    if (c.session !== undefined && c.story.ended === '') pingsUnanswered(c, c.session);
  }
  inferParameters(book);
  for (const s of book.sessions) windowOpened(s, timeNs);
}

/** Where no login told them, what PDUs proved of parameters. */
function inferParameters(book: IscsiTables): void {
  for (const c of connectionStories(book)) {
    const s = book.shared.sessions[c.session];
    const unseen = c.login === undefined && s?.loginSeen === false;
    if (s === undefined || (c.observed === undefined && !unseen)) continue;
    const seen = c.observed ?? new Observed();
    const commands = unseen && c.pdusByOpcode[Opcode.scsiCommand] > 0;
    c.parameters = withInferred(c.parameters, inferredOfConnection(seen));
    s.parameters = withInferred(s.parameters, inferredOfSession(seen, commands));
  }
}

export function connectionStories(book: IscsiTables): IscsiConnection[] {
  const stories: IscsiConnection[] = [];
  for (const list of book.stories) if (list !== undefined) stories.push(...list);
  return stories;
}

/** For tests and the fuzzer: '' or what is wrong. */
export function wrongIn(book: IscsiTables): string {
  let total = 0;
  for (const s of book.sessions) {
    const wrong = s.tasks.invariants();
    if (wrong !== '') return wrong;
    total += s.tasks.size;
  }
  let byConnection = 0;
  for (const c of book.connections) byConnection += c?.openTasks ?? 0;
  return byConnection === total ? '' : 'open tasks of connections are miscounted';
}
