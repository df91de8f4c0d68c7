// Sessions that are over, when there are very many: the oldest are no longer told one by one. Who they
// were, when and how they ended is kept (a login storm is told by that), and what they had is counted.

import { SESSIONS_IN_FULL } from '../../limits.js';
import { TaskTable } from '../../scsi/task-table.js';
import type { IscsiConnection } from '../model.js';
import { newSessionStory } from '../new-story.js';
import { isOpen } from './session-end.js';
import type { ConnectionState, IscsiTables, SessionState } from './state.js';

/** Sessions looked at for one that is to be forgotten: those before it may still have a connection. */
const TRIES = 4;

/** A new session has begun: an old one may have to be forgotten. */
export function makeRoomForSession(book: IscsiTables): void {
  if (book.sessions.length - book.forgotten.sessions <= SESSIONS_IN_FULL) return;
  for (let i = 0; i < TRIES && book.over.length > 0; i++) {
    const s = book.over.shift();
    if (s === undefined || !s.over || s.story.forgotten) continue;
    if (isForgettable(book, s)) {
      forget(book, s);
      return;
    }
    book.over.push(s);
  }
}

function isForgettable(book: IscsiTables, s: SessionState): boolean {
  return s.tasks.size === 0 && s.connections.every((c) => !isAtWork(book, c) && !isOpen(book, c));
}

/** Its login may be under way, or another one's on the same TCP connection. */
function isAtWork(book: IscsiTables, c: ConnectionState): boolean {
  const now = book.connections[c.number];
  return now !== undefined && now !== c;
}

function forget(book: IscsiTables, s: SessionState): void {
  const { forgotten } = book;
  if (forgotten.sessions++ === 0) {
    const text = `more than ${SESSIONS_IN_FULL} sessions: of the oldest that are over only who and when is told`;
    book.problems.add({ kind: 'limit-reached', text });
  }
  for (const c of s.connections) forgetConnection(book, c, s.story.id);
  s.connections.length = 0;
  s.tasks = NO_TASKS;
  book.tasks.sink.sessionForgotten?.(s.story.id);
  s.lunsWhole = undefined;
  s.lunTable = undefined;
  s.discovered = undefined;
  const { story } = s;
  const empty = NOTHING;
  Object.assign(story, {
    parameters: empty.parameters,
    connections: empty.connections,
    discovered: empty.discovered,
    luns: empty.luns,
    reportedLuns: empty.reportedLuns,
    reportedLunsChanges: empty.reportedLunsChanges,
    events: empty.events,
    nopOut: empty.nopOut,
    nopIn: empty.nopIn,
    window: empty.window,
    sequence: empty.sequence,
    forgotten: true,
  });
  const key = `${story.initiatorName}\n${story.isid}`;
  const rest = (book.byInitiator.get(key) ?? []).filter((other) => other !== s);
  if (rest.length === 0) book.byInitiator.delete(key);
  else book.byInitiator.set(key, rest);
}

/** All that are forgotten share what they have no more. Nothing is written to it: they are over. */
const NOTHING = newSessionStory(-1, 'iscsi', 0);
const NO_TASKS = new TaskTable();

function forgetConnection(book: IscsiTables, c: ConnectionState, session: number): void {
  const stories = book.stories[c.number] ?? [];
  const left: IscsiConnection[] = [];
  for (const story of stories) {
    if (story.session === session) count(book, story);
    else left.push(story);
  }
  if (left.length > 0) {
    book.stories[c.number] = left;
    return;
  }
  delete book.stories[c.number];
  book.connections[c.number] = undefined;
  delete book.shared.waits[c.number * 2];
  delete book.shared.waits[c.number * 2 + 1];
  book.onForgotten(c.number);
}

function count({ forgotten }: IscsiTables, { connection, replaced, pdus }: IscsiConnection): void {
  forgotten.pdus += pdus;
  if (replaced) return;
  forgotten.connections++;
  for (const { missingBytes, lostBytes, cutBytes } of [connection.a, connection.b]) {
    forgotten.bytesMissing += missingBytes - lostBytes;
    forgotten.bytesCut += cutBytes;
  }
}
