// A login on a TCP connection that has had one: after a logout, after a refusal (a retry, another
// target), or in the middle of a session whose place it takes. To all that follows each login is a
// connection of its own; their stories stand in the order in which they began.

import { SESSIONS_MAX } from '../../../limits.js';
import type { Pdu } from '../../../pdu/pdu.js';
import { flowOf } from '../../../stream/connection.js';
import { Opcode } from '../../../wire/iscsi/codes.js';
import type { IscsiConnection } from '../../model.js';
import { pingsUnanswered } from '../control/nop.js';
import { addEvent } from '../events.js';
import { settleAtEnd } from '../numbering/status-numbers.js';
import { endSession, endStory, loseTasks } from '../session-end.js';
import { ConnectionState, type IscsiTables, Phase } from '../state.js';
import { loginAbandoned } from './login.js';
import type { LoginState } from './login-state.js';
import { newStory } from './new-connection.js';

/**
 * The connection that a login PDU belongs to: a new one where the last login is over. In a session
 * that goes on, a request waits for its answer, since the target may as well reject it (11.17).
 */
export function loginOn(book: IscsiTables, c: ConnectionState, pdu: Pdu): ConnectionState {
  if (c.phase <= Phase.login) return c;
  const request = pdu.opcode === Opcode.loginRequest;
  if (request && c.phase === Phase.fullFeature && c.story.ended === '') return c;
  const next = successor(book, c, c.nextLogin);
  c.nextLogin = undefined;
  move(c.story, next.story, pdu.opcode, 1);
  divide(c.story, next.story, pdu);
  c.story.replaced = true;
  giveWay(book, c, pdu.timeNs, pdu.frame);
  keepStory(book, next.story);
  book.connections[c.number] = next;
  return next;
}

/** The target rejected the login request, or the connection ended before it answered. */
export function nextLoginFailed(
  book: IscsiTables,
  c: ConnectionState,
  rejected: boolean,
  timeNs: number,
): void {
  const login = c.nextLogin;
  if (login === undefined) return;
  c.nextLogin = undefined;
  const attempt = successor(book, c, login);
  attempt.story.replaced = true; // the connection goes on with the session that it has
  loginAbandoned(book, attempt, timeNs);
  if (rejected) login.story.outcome = 'rejected';
  keepStory(book, attempt.story);
}

/** Lists a story, after those of the same connection; bounded as sessions are. */
export function keepStory(book: IscsiTables, story: IscsiConnection): void {
  const number = story.connection.id;
  const list = book.stories[number];
  if (list === undefined) book.stories[number] = [story];
  else if (list.length < SESSIONS_MAX) list.push(story);
  else list[list.length - 1] = story;
}

function successor(
  book: IscsiTables,
  c: ConnectionState,
  login: LoginState | undefined,
): ConnectionState {
  const story = newStory(c.story.connection, c.story.initiatorDirection);
  const next = new ConnectionState(book.shared, c.number, story);
  next.initiatorEnded = c.initiatorEnded;
  next.targetEnded = c.targetEnded;
  if (login === undefined) return next;
  next.login = login;
  next.negotiation = login.negotiation;
  next.phase = Phase.login;
  story.login = login.story;
  move(c.story, story, Opcode.loginRequest, login.requests);
  return next;
}

/** PDUs that were counted with the connection before they were known to be another's. */
function move(from: IscsiConnection, to: IscsiConnection, opcode: number, pdus: number): void {
  if (from.pdusByOpcode[opcode] < pdus) return;
  from.pdus -= pdus;
  from.pdusByOpcode[opcode] -= pdus;
  to.pdus += pdus;
  to.pdusByOpcode[opcode] += pdus;
}

/** Where in the streams one ends and the other begins. */
function divide(before: IscsiConnection, next: IscsiConnection, pdu: Pdu): void {
  const own = pdu.direction & 1;
  const other = flowOf(before.connection, 1 - own).streamBytes;
  next.fromBytes = own === 0 ? [pdu.streamOffset, other] : [other, pdu.streamOffset];
  before.toBytes = next.fromBytes;
}

/** What was open on it ends: nothing more of it will come. */
function giveWay(book: IscsiTables, c: ConnectionState, timeNs: number, frame: number): void {
  settleAtEnd(book, c);
  const s = c.session;
  if (s === undefined) return;
  pingsUnanswered(c, s);
  c.requests.own.length = 0;
  if (c.story.ended === '') {
    const why = 'replaced by another login';
    endStory(c, why, timeNs);
    addEvent(s, 'connection ended', c, frame, timeNs, { why, tasksOpen: c.openTasks });
  }
  loseTasks(book, s, c, c.story.ended, timeNs, frame);
  if (s.over || s.connections.some((one) => one.story.ended === '')) return;
  endSession(book, s, c.story.ended, timeNs, frame);
}
