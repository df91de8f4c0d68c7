// A new session, with all its facts empty.

import { asDoubles } from '../../../lib/double-fields.js';
import { SESSIONS_MAX } from '../../../limits.js';
import { addressText, endpointText } from '../../../stream/connection.js';
import type { OddCount, PingStats, Session } from '../../model.js';
import { type ConnectionState, SessionState, type SessionTables } from '../state.js';
import { problem } from '../violations/violations.js';
import type { Identity } from './session-identity.js';

export function newSession(
  book: SessionTables,
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
  const story = emptySession(book.sessions.length, startedNs);
  story.isid = who?.isid ?? '';
  story.tsih = who === undefined ? 0 : who.responseTsih || who.requestTsih;
  story.initiatorName = who?.initiatorName ?? '';
  story.targetName = who?.targetName ?? '';
  story.targetPortalGroupTag = who?.targetPortalGroupTag ?? -1;
  story.type = who?.type ?? 'unknown';
  story.initiatorAddress = addressText(connection, side);
  story.targetAddress = endpointText(connection, side === 'a' ? 'b' : 'a');
  story.loginSeen = loginSeen;
  const s = new SessionState(story);
  book.sessions.push(s);
  return s;
}

/** Nothing is known of it but when it began: of any protocol. */
export function emptySession(id: number, startedNs: number): Session {
  const story: Session = {
    id,
    isid: '',
    tsih: 0,
    initiatorName: '',
    targetName: '',
    targetPortalGroupTag: -1,
    type: 'unknown',
    initiatorAddress: '',
    targetAddress: '',
    loginSeen: false,
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
    reportedLunsChanges: [],
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
      beyondCmdSN: 0,
      widthMin: 0,
      widthMax: 0,
      closed: 0,
      closedNs: 0,
      closedNsMax: 0,
      closedSinceNs: -1,
      closures: [],
      usedMax: 0,
      usedUp: 0,
      usedUpNs: 0,
      usedUpNsMax: 0,
      usedUpSinceNs: -1,
      usedUpFrame: 0,
      series: undefined,
      owedSinceNs: -1,
      owedSaid: 0,
      stuckNs: 0,
      stuckSinceNs: -1,
      stuckAt: 0,
      stuckSaid: 0,
      stuckSent: 0,
      holes: [],
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
      firstBurstExceeded: none(),
      unsolicitedRefused: none(),
      maxBurstExceeded: none(),
      dataInWithoutFinal: none(),
      tooManyR2ts: none(),
      r2tNotMet: none(),
      dataOutOffsetJumps: none(),
      r2tOffsetBack: none(),
      r2tsOutOfTurn: none(),
      expDataSNWrong: none(),
      expDataSNUnset: none(),
      segmentTooLong: none(),
      unknownTask: none(),
      strayDataOut: none(),
      tagInUse: none(),
      maxCmdSNTooLow: none(),
    },
  };
  asDoubles(story.window, [
    'expCmdSN',
    'maxCmdSN',
    'nextCmdSN',
    'closedNs',
    'closedSinceNs',
    'usedUpNs',
    'usedUpSinceNs',
    'owedSinceNs',
    'stuckNs',
    'stuckSinceNs',
    'stuckAt',
  ]);
  return story;
}

function none(): OddCount {
  return { count: 0, frame: 0, timeNs: -1 };
}

function pings(): PingStats {
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
