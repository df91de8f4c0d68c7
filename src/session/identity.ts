// Which session a connection belongs to: (InitiatorName, ISID, TargetName, TargetPortalGroupTag) and
// TSIH (RFC 7143 4.4.3, 6.3.1); sessions begin, are joined, take another's place, and end.

import { asDoubles } from '../lib/doubles.js';
import { SESSIONS_MAX } from '../limits.js';
import { addressText, endpointText } from '../stream/connection.js';
import { addEvent } from './events.js';
import { endUnseen } from './holes.js';
import type { PingStory, Session } from './model.js';
import { problem } from './odd.js';
import type { OpenTask } from './open-task.js';
import { type Book, type ConnectionState, SessionState } from './state.js';
import { Evidence, Outcome } from './task.js';
import { endTask } from './tasks.js';
import { windowOpened } from './window.js';

/** What a login says of who it is. */
export interface Identity {
  readonly isid: string;
  /** What the initiator asked for; 0 is a new session. */
  readonly requestTsih: number;
  readonly responseTsih: number;
  readonly cid: number;
  readonly initiatorName: string;
  readonly targetName: string;
  readonly targetPortalGroupTag: number;
  readonly type: Session['type'];
}

/** The session of a connection whose login was not captured: one of its own. */
export function sessionUnseen(book: Book, c: ConnectionState, timeNs: number): SessionState {
  const s = newSession(book, c, undefined, timeNs, false);
  join(s, c, -1);
  return s;
}

/** The session of a login that failed, or never ended. */
export function sessionRefused(
  book: Book,
  c: ConnectionState,
  who: Identity,
  startedNs: number,
  endedNs: number,
  why: string,
): SessionState {
  const s = newSession(book, c, who, startedNs, true);
  s.over = true;
  s.story.ended = why;
  s.story.endedNs = endedNs;
  join(s, c, who.cid);
  return s;
}

/** The session of a login that was accepted: new, joined, or in the place of an old one. */
export function sessionAccepted(
  book: Book,
  c: ConnectionState,
  who: Identity,
  startedNs: number,
  nowNs: number,
  frame: number,
): SessionState {
  const key = `${who.initiatorName}\n${who.isid}`;
  const known = book.byInitiator.get(key) ?? [];
  const joined = known.find((s) => joins(book, s, who));
  if (joined !== undefined) {
    reinstateConnection(book, joined, who, nowNs, frame);
    join(joined, c, who.cid);
    return joined;
  }
  const s = newSession(book, c, who, startedNs, who.requestTsih === 0);
  join(s, c, who.cid);
  const old = known.filter((other) => takesPlaceOf(who, other));
  for (const other of old) reinstate(book, s, other, c, nowNs, frame);
  const rest = known.filter((other) => !other.over);
  rest.push(s);
  book.byInitiator.set(key, rest);
  return s;
}

function joins(book: Book, s: SessionState, who: Identity): boolean {
  const story = s.story;
  if (s.over || story.targetName !== who.targetName) return false;
  if (who.requestTsih !== 0) return story.tsih === who.requestTsih;
  // TSIH 0 asks for a new session; but the same TSIH for a session that lives, with nothing to
  // clear away, is the same SSID: one more connection of it.
  if (story.tsih !== who.responseTsih || story.tsih === 0 || s.tasks.size > 0) return false;
  if (who.type !== 'Normal') return false;
  return s.connections.some((c) => c.story.ended === '' && isOpen(book, c));
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
  book: Book,
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
  book: Book,
  s: SessionState,
  who: Identity,
  nowNs: number,
  frame: number,
): void {
  s.story.ended = '';
  s.story.endedNs = -1;
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
  s.connections.push(c);
  s.story.connections.push(c.number);
}

function newSession(
  book: Book,
  c: ConnectionState,
  who: Identity | undefined,
  startedNs: number,
  loginSeen: boolean,
): SessionState {
  if (book.sessions.length >= SESSIONS_MAX) {
    const text = 'too many sessions: what follows is counted with the last one';
    problem(book, 'limit-reached', c, 0, text);
    const last = book.sessions[book.sessions.length - 1];
    return last;
  }
  const side = c.story.initiatorDirection === 1 ? 'b' : 'a';
  const connection = c.story.connection;
  const story: Session = {
    id: book.sessions.length,
    isid: who?.isid ?? '',
    tsih: who === undefined ? 0 : who.responseTsih || who.requestTsih,
    initiatorName: who?.initiatorName ?? '',
    targetName: who?.targetName ?? '',
    targetPortalGroupTag: who?.targetPortalGroupTag ?? -1,
    type: who?.type ?? 'unknown',
    initiatorAddress: addressText(connection, side),
    targetAddress: endpointText(connection, side === 'a' ? 'b' : 'a'),
    loginSeen,
    parameters: [],
    connections: [],
    startedNs,
    endedNs: -1,
    ended: '',
    discovered: [],
    tasks: 0,
    tasksEnded: 0,
    reinstatedBy: -1,
    reinstates: -1,
    luns: new Map(),
    reportedLuns: [],
    events: [],
    eventsDropped: 0,
    nopOut: pings(),
    nopIn: pings(),
    window: {
      known: false,
      expCmdSN: 0,
      maxCmdSN: 0,
      nextCmdSN: 0,
      nextCmdSNKnown: false,
      widthMin: 0,
      widthMax: 0,
      closed: 0,
      closedNs: 0,
      closedNsMax: 0,
      closedSinceNs: -1,
    },
    sequence: {
      cmdSNJumps: none(),
      cmdSNOutsideWindow: none(),
      statSNJumps: none(),
      statSNRepeats: none(),
      expStatSNAhead: none(),
      dataSNJumps: none(),
      r2tSNJumps: none(),
      bufferOffsetJumps: none(),
      beyondR2t: none(),
      beyondLength: none(),
      unknownTask: none(),
    },
  };
  asDoubles(story.window, ['expCmdSN', 'maxCmdSN', 'nextCmdSN', 'closedNs', 'closedSinceNs']);
  const s = new SessionState(story);
  book.sessions.push(s);
  return s;
}

function none(): { count: number; frame: number } {
  return { count: 0, frame: 0 };
}

function pings(): PingStory {
  return {
    sent: 0,
    answered: 0,
    oneWay: 0,
    rttNsMin: -1,
    rttNsMax: -1,
    rttNsTotal: 0,
    unanswered: 0,
    unansweredSinceNs: -1,
  };
}

/** A direction of its TCP connection is open, or was when the capture ended. */
export function isOpen(book: Book, c: ConnectionState): boolean {
  if (!c.initiatorEnded || !c.targetEnded) return true;
  const how = book.connectionOf(c.number).closedHow;
  return how === 'open' || how === 'evicted';
}

/** The session is over: what is open is lost, or its status was missed before. */
export function endSession(
  book: Book,
  s: SessionState,
  why: string,
  timeNs: number,
  frame: number,
): void {
  for (let open = s.tasks.first; open !== null; open = s.tasks.first) {
    endWith(book, open, why, timeNs, frame);
  }
  windowOpened(s, timeNs);
  s.over = true;
  if (s.story.ended !== '') return;
  s.story.ended = why;
  s.story.endedNs = timeNs;
}

/** Tasks of one connection end with it. */
export function loseTasks(
  book: Book,
  s: SessionState,
  c: ConnectionState,
  why: string,
  timeNs: number,
  frame: number,
): void {
  if (c.openTasks === 0) return;
  let next = s.tasks.first;
  while (next !== null) {
    const open = next;
    next = open.next;
    if (open.task.connection === c.number) endWith(book, open, why, timeNs, frame);
    // Ending one may have ended others (holes.ts): go on from a task that is still open.
    if (next !== null && !next.open) next = s.tasks.first;
  }
}

/**
 * A task is open when its connection ends. An initiator logs out when nothing is outstanding: where
 * bytes of the target were missed since the command, the status was among them.
 */
function endWith(book: Book, open: OpenTask, why: string, timeNs: number, frame: number): void {
  const c = book.connections[open.task.connection];
  const missed = c !== undefined && open.lossesAtStart !== c.initiatorLosses + c.targetLosses;
  if (why === 'logout' && missed) {
    endUnseen(book, open, Evidence.closedInOrder, timeNs, frame);
  } else endTask(book, open, Outcome.lost, timeNs, frame);
}

export function endStory(c: ConnectionState, why: string, timeNs: number): void {
  c.story.ended = why;
  c.story.endedNs = timeNs;
}

/**
 * Both directions have ended, and not because the capture has. Without a logout the connection is
 * lost, and its tasks with it, unless another connection may take them over (ErrorRecoveryLevel 2).
 */
export function connectionClosed(
  book: Book,
  c: ConnectionState,
  timeNs: number,
  frame: number,
): void {
  const s = c.session;
  if (s === undefined) return;
  const loggedOut = c.story.logout !== undefined;
  const why = c.story.ended !== '' ? c.story.ended : loggedOut ? 'logout' : 'connection lost';
  if (c.story.ended === '') endStory(c, why, timeNs);
  addEvent(s, 'connection ended', c, frame, timeNs, { why, tasksOpen: c.openTasks });
  if (s.over) return;
  const others = s.connections.some((one) => one.story.ended === '');
  if (s.errorRecoveryLevel < 2 || loggedOut) loseTasks(book, s, c, why, timeNs, frame);
  if (others) return;
  if (s.errorRecoveryLevel >= 2 && !loggedOut) {
    s.story.ended = why;
    s.story.endedNs = timeNs;
    windowOpened(s, timeNs);
  } else endSession(book, s, why, timeNs, frame);
}
