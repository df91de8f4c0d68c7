// Which session a connection belongs to: (InitiatorName, ISID, TargetName, TargetPortalGroupTag) and
// TSIH (RFC 7143 4.4.3, 6.3.1); sessions begin, are joined, take another's place, and end.

import { appended } from '../../../lib/appended.js';
import { addEvent } from '../events.js';
import { briefly, makeRoomForSession } from '../forget.js';
import { endSession, endStory, isOpen, loseTasks } from '../session-end.js';
import type { ConnectionState, IscsiTables, SessionState } from '../state.js';
import type { Identity } from './identity.js';
import { newSession } from './new-session.js';

const begun: typeof newSession = (book, ...rest) => {
  const room = makeRoomForSession(book);
  const s = newSession(book, ...rest);
  if (!room && s.story.brief === undefined) briefly(book, s);
  return s;
};

/** The session of a connection whose login was not captured: one of its own. */
export function sessionUnseen(book: IscsiTables, c: ConnectionState, timeNs: number): SessionState {
  const s = begun(book, c, undefined, timeNs, false);
  join(s, c, -1);
  return s;
}

/** The session of a login that failed, or never ended. */
export function sessionRefused(
  book: IscsiTables,
  c: ConnectionState,
  who: Identity,
  startedNs: number,
  endedNs: number,
  why: string,
): SessionState {
  const s = begun(book, c, who, startedNs, true);
  s.over = true;
  book.over.push(s);
  s.story.ended = why;
  s.story.endedNs = endedNs;
  join(s, c, who.cid);
  return s;
}

/** The session of a login that was accepted: new, joined, or in the place of an old one. */
export function sessionAccepted(
  book: IscsiTables,
  c: ConnectionState,
  who: Identity,
  startedNs: number,
  nowNs: number,
  frame: number,
): SessionState {
  const key = `${who.initiatorName}\n${who.isid}`;
  const known = book.byInitiator.get(key) ?? [];
  const joined = known.find((s) => joins(s, who, startedNs));
  if (joined !== undefined) {
    joined.over = false;
    joined.gone = false;
    if (joined.story.tsih === 0) joined.story.tsih = who.requestTsih;
    reinstateConnection(book, joined, who, nowNs, frame);
    join(joined, c, who.cid);
    return joined;
  }
  const s = begun(book, c, who, startedNs, who.requestTsih === 0);
  join(s, c, who.cid);
  const old = known.filter((other) => takesPlaceOf(who, other));
  for (const other of old) reinstate(book, s, other, c, nowNs, frame);
  const rest = known.filter((other) => !other.over);
  rest.push(s);
  book.byInitiator.set(key, rest);
  return s;
}

function joins(s: SessionState, who: Identity, startedNs: number): boolean {
  const story = s.story;
  if (!lived(s, startedNs) || story.targetName !== who.targetName) return false;
  // 0: the response was not captured. An ISID has one session at a time with a target (4.4.3).
  if (who.requestTsih !== 0) return story.tsih === who.requestTsih || story.tsih === 0;
  // TSIH 0 asks for a new session; but the same TSIH for a session that lives, with nothing to
  // clear away, is the same SSID: one more connection of it.
  if (story.tsih !== who.responseTsih || story.tsih === 0 || s.tasks.size > 0) return false;
  if (who.type !== 'Normal') return false;
  if (s.over) return who.cid < 0; // of a request that was captured its 0 is believed
  return s.connections.some((c) => c.story.ended === '' && isOpen(c));
}

/**
 * The session was there when the login began. Where one side is not captured its bytes are waited
 * for, so that all of one connection, its end too, may be told before the next one's login.
 */
function lived(s: SessionState, startedNs: number): boolean {
  return !s.over || (s.story.ended !== 'reinstated' && s.story.endedNs > startedNs);
}

function takesPlaceOf(who: Identity, other: SessionState): boolean {
  const story = other.story;
  if (who.requestTsih !== 0 || story.reinstatedBy >= 0) return false;
  // Discovery sessions without a target do not exclude each other (7.4.2).
  if (who.targetName === '' || story.targetName !== who.targetName) return false;
  if (story.ended === 'logout' || story.type !== who.type) return false;
  const tag = story.targetPortalGroupTag;
  return tag < 0 || who.targetPortalGroupTag < 0 || tag === who.targetPortalGroupTag;
}

/** "implicitly logging out the session that corresponds to the ISID" (6.3.5). */
function reinstate(
  book: IscsiTables,
  s: SessionState,
  old: SessionState,
  c: ConnectionState,
  nowNs: number,
  frame: number,
): void {
  old.story.reinstatedBy = s.story.id;
  s.story.reinstates = old.story.id;
  const fields = { session: old.story.id, by: s.story.id, tasksLost: old.tasks.size };
  addEvent(old, 'reinstatement', c, frame, nowNs, fields);
  for (const one of old.connections) if (one.story.ended === '') endStory(one, 'reinstated', nowNs);
  endSession(book, old, 'reinstated', nowNs, frame);
}

/** The same CID again is an implicit logout of the old connection (6.3.4). */
function reinstateConnection(
  book: IscsiTables,
  s: SessionState,
  who: Identity,
  nowNs: number,
  frame: number,
): void {
  if (s.story.ended !== 'logout') {
    s.story.ended = '';
    s.story.endedNs = -1;
  }
  if (who.requestTsih === 0) return;
  for (const old of s.connections) {
    if (old.story.cid !== who.cid || old.story.ended === 'logout') continue;
    addEvent(s, 'reinstatement', old, frame, nowNs, { cid: who.cid, tasksOpen: old.openTasks });
    if (old.story.ended === '') endStory(old, 'reinstated', nowNs);
    if (s.errorRecoveryLevel < 2) loseTasks(book, s, old, 'reinstated', nowNs, frame);
  }
}

function join(s: SessionState, c: ConnectionState, cid: number): void {
  c.session = s;
  c.story.session = s.story.id;
  c.story.cid = cid;
  if (s.connections.includes(c)) return;
  s.connections = appended(s.connections, c);
  const { story } = s;
  if (!story.connections.includes(c.number))
    story.connections = appended(story.connections, c.number);
}
