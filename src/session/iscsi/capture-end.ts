// How it ends: a direction, a connection, the capture. And what the stage has to show.

import type { OpenTask } from '../../scsi/open-task.js';
import { Outcome } from '../../scsi/task.js';
import { Opcode } from '../../wire/iscsi/codes.js';
import type { IscsiConnection, Session } from '../model.js';
import { pingsUnanswered } from './control/nop.js';
import {
  inferredOfConnection,
  inferredOfSession,
  Observed,
  withInferred,
} from './login/inferred-parameters.js';
import { loginAbandoned } from './login/login.js';
import { nextLoginFailed } from './login/successive-logins.js';
import { windowOpened } from './numbering/command-window.js';
import { settleAtEnd } from './numbering/status-numbers.js';
import { connectionClosed, isOpen } from './session-end.js';
import type { ConnectionState, SessionTables } from './state.js';
import { endTask } from './tasks.js';

export function directionEnded(
  book: SessionTables,
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
  if (!isOpen(book, c)) closed(book, c);
}

function closed(book: SessionTables, c: ConnectionState): void {
  settleAtEnd(book, c);
  loginAbandoned(book, c, c.endedNs);
  if (c.session !== undefined) pingsUnanswered(c, c.session);
  c.requests.length = 0;
  nextLoginFailed(book, c, false, c.endedNs);
  connectionClosed(book, c, c.endedNs, c.endedFrame);
}

/** What is open stays open, and is told so, in the order of the commands. */
export function captureEnded(book: SessionTables, timeNs: number): void {
  book.nowNs = timeNs;
  for (const c of book.connections) {
    if (c === undefined) continue;
    // Ports that were used again: known only now that all facts are final.
    if (c.story.endedNs < 0 && !isOpen(book, c)) closed(book, c);
    settleAtEnd(book, c);
    loginAbandoned(book, c, timeNs);
    nextLoginFailed(book, c, false, timeNs);
    if (c.session !== undefined && c.story.ended === '') pingsUnanswered(c, c.session);
  }
  inferParameters(book);
  const left: OpenTask[] = [];
  for (const s of book.sessions) {
    windowOpened(s, timeNs);
    for (let open = s.tasks.first; open !== null; open = open.next) left.push(open);
  }
  left.sort((a, b) => a.order - b.order);
  for (const open of left) if (open.open) leaveOpen(book, open);
}

/** Where no login told them, what PDUs proved of parameters. */
function inferParameters(book: SessionTables): void {
  for (const c of connectionStories(book)) {
    const s = book.sessions[c.session]?.story;
    const unseen = c.login === undefined && s?.loginSeen === false;
    if (s === undefined || (c.observed === undefined && !unseen)) continue;
    const seen = c.observed ?? new Observed();
    const commands = unseen && c.pdusByOpcode[Opcode.scsiCommand] > 0;
    c.parameters = withInferred(c.parameters, inferredOfConnection(seen));
    s.parameters = withInferred(s.parameters, inferredOfSession(seen, commands));
  }
}

/** A task that waited for its lost connection to be replaced was lost with it. */
function leaveOpen(book: SessionTables, open: OpenTask): void {
  const c = book.connections[open.task.connection];
  if (c !== undefined && c.story.ended !== '') {
    endTask(book, open, Outcome.lost, c.story.endedNs, c.endedFrame);
  } else endTask(book, open, Outcome.open, -1, 0);
}

export function sessionStories(book: SessionTables): Session[] {
  return book.sessions.map((s) => s.story);
}

export function connectionStories(book: SessionTables): IscsiConnection[] {
  const stories: IscsiConnection[] = [];
  for (const list of book.stories) if (list !== undefined) stories.push(...list);
  return stories;
}

/** For tests and the fuzzer: '' or what is wrong. */
export function wrongIn(book: SessionTables): string {
  let total = 0;
  for (const s of book.sessions) {
    const wrong = s.tasks.invariants();
    if (wrong !== '') return wrong;
    total += s.tasks.size;
  }
  let byConnection = 0;
  for (const c of book.connections) byConnection += c?.openTasks ?? 0;
  if (total !== book.openTasks) return 'open tasks are miscounted';
  return byConnection === total ? '' : 'open tasks of connections are miscounted';
}
