// How it ends: a direction, a connection, the capture. And what the stage has to show.

import { Opcode } from '../wire/iscsi/codes.js';
import { connectionClosed, isOpen } from './ending.js';
import { loginAbandoned } from './login.js';
import { nextLoginFailed } from './login-again.js';
import type { ConnectionStory, Session } from './model.js';
import { inferredOfConnection, inferredOfSession, Observed, withInferred } from './observed.js';
import type { OpenTask } from './open-task.js';
import { pingsUnanswered } from './ping.js';
import type { Book, ConnectionState } from './state.js';
import { settleAtEnd } from './status.js';
import { Outcome } from './task.js';
import { endTask } from './tasks.js';
import { windowOpened } from './window.js';

export function directionEnded(
  book: Book,
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

function closed(book: Book, c: ConnectionState): void {
  settleAtEnd(book, c);
  loginAbandoned(book, c, c.endedNs);
  if (c.session !== undefined) pingsUnanswered(c, c.session);
  c.requests.length = 0;
  nextLoginFailed(book, c, false, c.endedNs);
  connectionClosed(book, c, c.endedNs, c.endedFrame);
}

/** What is open stays open, and is told so, in the order of the commands. */
export function captureEnded(book: Book, timeNs: number): void {
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
function inferParameters(book: Book): void {
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
function leaveOpen(book: Book, open: OpenTask): void {
  const c = book.connections[open.task.connection];
  if (c !== undefined && c.story.ended !== '') {
    endTask(book, open, Outcome.lost, c.story.endedNs, c.endedFrame);
  } else endTask(book, open, Outcome.open, -1, 0);
}

export function sessionStories(book: Book): Session[] {
  return book.sessions.map((s) => s.story);
}

export function connectionStories(book: Book): ConnectionStory[] {
  const stories: ConnectionStory[] = [];
  for (const list of book.stories) if (list !== undefined) stories.push(...list);
  return stories;
}

/** For tests and the fuzzer: '' or what is wrong. */
export function wrongIn(book: Book): string {
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
