// Sessions that are over, when there are very many: the oldest are no longer told one by one. Who they
// were, when and how they ended is kept (a login storm is told by that), and what they had is counted.

import { SESSIONS_IN_FULL, SESSIONS_MAX } from '../../limits.js';
import type { Nexus } from '../../scsi/nexus.js';
import { TaskTable } from '../../scsi/task-table.js';
import type { IscsiConnection, Session } from '../model.js';
import { newSessionStory } from '../new-story.js';
import { GONE, Remnant } from '../remnant.js';
import { agreedOf } from './login/operational-limits.js';
import { bothEnded } from './session-end.js';
import type { ConnectionState, IscsiTables, SessionState } from './state.js';

/** Sessions looked at for one that is to be forgotten: those before it may still have a connection. */
const TRIES = 4;

/**
 * A new session has begun: an old one may have to be forgotten. False where there are still too many
 * that are told in full.
 */
export function makeRoomForSession(book: IscsiTables): boolean {
  if (book.sessions.size > SESSIONS_IN_FULL) forgetOne(book);
  return book.sessions.size - book.forgotten.brief <= SESSIONS_IN_FULL;
}

function forgetOne(book: IscsiTables): void {
  for (let i = 0; i < TRIES && book.over.length > 0; i++) {
    const s = book.over.shift();
    if (s === undefined || !(s.over || s.gone) || !book.sessions.has(s)) continue;
    if (isForgettable(book, s)) {
      forget(book, s);
      return;
    }
    book.over.push(s);
  }
}

/**
 * None could be forgotten, for they all go on: of the new one what its PDUs need is kept, and not how
 * it was agreed; it is not listed.
 */
export function briefly(book: IscsiTables, s: SessionState): void {
  if (book.forgotten.brief++ === 0) {
    const text = `more than ${SESSIONS_IN_FULL} sessions at once: later ones are counted, and not told one by one`;
    book.problems.add({ kind: 'limit-reached', text });
  }
  s.story.brief = true;
}

/** Its login is over, and what was agreed is in force. */
export function forgetLogin(c: ConnectionState, s: SessionState): void {
  if (s.story.brief === undefined) return;
  const agreed = agreedOf(c, s);
  c.login = undefined;
  c.negotiation = undefined;
  c.story.login?.steps.splice(0);
  c.story.parameters = [];
  s.story.parameters = [];
  agreed.own = c.story.parameters;
  agreed.shared = s.story.parameters;
}

function isForgettable(book: IscsiTables, s: SessionState): boolean {
  // Where no more are listed, what follows is counted with the last one.
  if (s === book.lastSession) return false;
  return s.tasks.size === 0 && s.connections.every((c) => !isAtWork(book, c) && bothEnded(c));
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
  if (s.story.brief) forgotten.brief--;
  for (const c of s.connections) forgetConnection(book, c, s.story.id);
  const { story } = s;
  book.tasks.sink.sessionForgotten?.(story.id);
  book.sessions.delete(s);
  book.tasks.nexuses[story.id] = NOBODY;
  remember(book, story);
  const key = `${story.initiatorName}\n${story.isid}`;
  const rest = (book.byInitiator.get(key) ?? []).filter((other) => other !== s);
  if (rest.length === 0) book.byInitiator.delete(key);
  else book.byInitiator.set(key, rest);
}

/** Who and when, of the last ones that were forgotten. */
function remember(
  { shared, remnants, forgotten, names, problems }: IscsiTables,
  story: Session,
): void {
  shared.sessions[story.id] = new Remnant(story, names);
  const place = (forgotten.sessions - 1) % SESSIONS_MAX;
  const oldest = remnants[place];
  remnants[place] = story.id;
  if (oldest === undefined) return;
  shared.sessions[oldest] = GONE;
  if (forgotten.sessions === SESSIONS_MAX + 1) {
    const text = `more than ${SESSIONS_MAX} sessions are over: the oldest are only counted`;
    problems.add({ kind: 'limit-reached', text });
  }
}

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

/** In the place of nexuses that have no tasks any more: nothing begins there. */
const NOBODY: Nexus = {
  story: newSessionStory(-1, 'iscsi', 0),
  tasks: new TaskTable(),
  watch: { taskEnds() {}, taskEnded() {}, captureEnds() {} },
  lunTable: undefined,
  lunsWhole: undefined,
};
