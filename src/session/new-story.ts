// A new session of any protocol, with all its facts empty: the machine fills in who it is.

import { asDoubles } from '../lib/double-fields.js';
import type { OddCount, PingStats, SequenceErrors, Session } from './model.js';

/** What never was: nobody writes to it. */
const NEVER: OddCount = Object.freeze(none());
const NO_ERRORS: Readonly<SequenceErrors> = Object.freeze(noErrors());

/** `id`: SessionTables.nextId. What only iSCSI has stays as it is here in other protocols. */
export function newSessionStory(
  id: number,
  protocol: Session['protocol'],
  startedNs: number,
): Session {
  const story: Session = {
    id,
    protocol,
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
    sequence: NO_ERRORS,
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

/** Where one of a session's is counted: most have none, and share what nobody writes to. */
export function errorOf(story: Session, kind: keyof SequenceErrors): OddCount {
  if (story.sequence === NO_ERRORS) story.sequence = noErrors();
  if (story.sequence[kind] === NEVER) story.sequence[kind] = none();
  return story.sequence[kind];
}

function noErrors(): SequenceErrors {
  return {
    cmdSNJumps: NEVER,
    cmdSNOutsideWindow: NEVER,
    statSNJumps: NEVER,
    statSNRepeats: NEVER,
    expStatSNAhead: NEVER,
    dataSNJumps: NEVER,
    r2tSNJumps: NEVER,
    bufferOffsetJumps: NEVER,
    beyondR2t: NEVER,
    beyondLength: NEVER,
    firstBurstExceeded: NEVER,
    unsolicitedRefused: NEVER,
    maxBurstExceeded: NEVER,
    dataInWithoutFinal: NEVER,
    tooManyR2ts: NEVER,
    r2tNotMet: NEVER,
    dataOutOffsetJumps: NEVER,
    r2tOffsetBack: NEVER,
    r2tsOutOfTurn: NEVER,
    expDataSNWrong: NEVER,
    expDataSNUnset: NEVER,
    segmentTooLong: NEVER,
    unknownTask: NEVER,
    strayDataOut: NEVER,
    tagInUse: NEVER,
    maxCmdSNTooLow: NEVER,
  };
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
