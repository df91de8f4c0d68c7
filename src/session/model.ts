// What is known of sessions and their connections: plain facts, filled by the session stage, read
// by all that follows. Times are ns since the capture's first packet, -1 for "never seen".

import type { LogicalUnit, LunsChange } from '../scsi/logical-unit-facts.js';
import type { Connection } from '../stream/connection.js';
import type { Observed } from './iscsi/login/observed.js';
import type { WindowSeries } from './iscsi/numbering/command-window-series.js';
import type { RdmaFacts } from './iser/facts.js';

/** One text key of a negotiation: who said what, and what came of it. */
export interface Parameter {
  readonly key: string;
  /** What each side sent last; undefined where that side said nothing. */
  initiator?: string;
  target?: string;
  /** Who spoke first, and in which packets they spoke (0: not). */
  offeredBy?: 'initiator' | 'target';
  initiatorFrame?: number;
  targetFrame?: number;
  /** The value in force, and where it comes from; undefined while an answer is outstanding. */
  result?: string;
  /** Declared keys that both sides may declare (MaxRecvDataSegmentLength): what holds for each. */
  initiatorInForce?: string;
  targetInForce?: string;
  /** True where the value was agreed again in the full feature phase. */
  renegotiated?: boolean;
  source: 'negotiated' | 'declared' | 'default' | 'inferred';
  /** The rule that made the result (`minimum`, `OR`, `list`, …). */
  rule?: string;
  /** Inferred: the value is a lower bound; what proves it, and in which packet first (absent: none). */
  bound?: 'at least';
  because?: string;
  inferredFrame?: number;
}

/** One login request or response, as a step of the ladder. */
export interface LoginStep {
  readonly frame: number;
  readonly timeNs: number;
  readonly from: 'initiator' | 'target';
  /** Current and next stage (RFC 7143 11.12.3), nsg -1 where T is 0. */
  readonly csg: number;
  readonly nsg: number;
  readonly transit: boolean;
  readonly continues: boolean;
  /** Status class and detail of a response, -1 in a request. */
  readonly statusClass: number;
  readonly statusDetail: number;
  /** Key and value pairs in the order sent; secrets are kept and hidden where they are shown. */
  readonly text: readonly (readonly [string, string])[];
}

export interface Login {
  /** The first and the latest (limits.ts: LOGIN_STEPS_MAX). */
  readonly steps: LoginStep[];
  /** Those of its middle that found no room; absent: none. */
  stepsLeftOut?: number;
  startedNs: number;
  /** Last byte of the last login PDU. */
  endedNs: number;
  /**
   * `accepted`, `rejected` (class 2, 3), `redirected` (class 1), `unanswered`; `not captured` where
   * the session began before the capture: then only what PDUs prove is known.
   */
  outcome: 'accepted' | 'rejected' | 'redirected' | 'unanswered' | 'not captured';
  statusClass: number;
  statusDetail: number;
  /** The authentication method that was agreed, as sent (CHAP, None, …). */
  authMethod?: string;
  /** What the initiator asked for: TSIH 0 is a new session. */
  tsih: number;
  /** Redirected: where to (TargetAddress as sent). */
  redirectedTo?: string;
  /** True where some of its PDUs or text were not captured: what was agreed may not be known. */
  incomplete: boolean;
  /** The first other PDU of the initiator while the target had not ended the login (6.3). */
  early?: { readonly frame: number; readonly timeNs: number; readonly opcode: number };
}

/** What an event of a session is: things that happen seldom enough to be listed. */
export type SessionEventKind =
  | 'login'
  | 'logout'
  | 'nop'
  | 'async message'
  | 'SNACK'
  | 'task management'
  | 'reject'
  | 'text negotiation'
  | 'command retry'
  | 'connection ended'
  | 'reinstatement';

export interface SessionEvent {
  readonly kind: SessionEventKind;
  readonly connection: number;
  readonly frame: number;
  readonly timeNs: number;
  /** When and where it was answered; -1 and 0 while it is not, or where no answer is due. */
  endNs: number;
  endFrame: number;
  /** Its facts by the RFC's field names, in the order they are shown. */
  readonly fields: Record<string, string | number | boolean>;
  /** Text: its last answer is not all of it, and the initiator did not ask for the rest yet (11.11.4). */
  rest?: { readonly frame: number; readonly timeNs: number; readonly continues: boolean };
}

/** A request other than a SCSI command: what asks for an answer of its own. */
export interface ServiceRequest {
  readonly kind: 'login' | 'nop' | 'management' | 'text' | 'logout';
  /** Initiator Task Tag; of the target's pings the Target Transfer Tag. */
  readonly tag: number;
  readonly timeNs: number;
  readonly endNs: number;
  readonly frame: number;
  readonly frameEnd: number;
  /** Task management: its function (11.5.1). */
  readonly function?: number;
  /** Pings: the LUN, which an answer copies, and what their receiver had sent by then, in bytes. */
  readonly lunHigh?: number;
  readonly lunLow?: number;
  readonly peerBytes?: number;
  /** A NOP-Out that answers a ping and has a task tag of its own, which it must not (11.18.1). */
  readonly answersPing?: boolean;
}

/** Pings of one kind: NOP-Out answered by NOP-In, or NOP-In answered by NOP-Out. */
export interface PingStats {
  sent: number;
  answered: number;
  /** Sent without asking for an answer. */
  oneWay: number;
  rttNsMin: number;
  rttNsMax: number;
  rttNsTotal: number;
  /** Those that waited when the connection or the capture ended, and since when the oldest did. */
  unanswered: number;
  unansweredSinceNs: number;
}

/** A rule of sequence numbers that was broken: how often, and where first. */
export interface OddCount {
  count: number;
  frame: number;
  timeNs: number;
  /** Frames of the next few. */
  more?: number[];
  /** Where either side may break it: how often the initiator did. */
  byInitiator?: number;
}

/** CmdSNs that were passed over and did not come yet: `from` up to, not including, `to`. */
export interface CmdSNHole {
  from: number;
  to: number;
  /** The first command behind it. */
  readonly frame: number;
  readonly timeNs: number;
}

/** CmdSN and its window, session wide (RFC 7143 4.2.2.1). */
export interface CommandWindow {
  /** Latest values; known false before the first. */
  known: boolean;
  expCmdSN: number;
  maxCmdSN: number;
  nextCmdSN: number;
  nextCmdSNKnown: boolean;
  /** What follows the last command beyond the window, whether the target took that or not. */
  beyondCmdSN: number;
  /** MaxCmdSN - ExpCmdSN + 1: smallest and largest seen. */
  widthMin: number;
  widthMax: number;
  /** Times the window was closed, for how long in all and at most, and since when it is (-1: open). */
  closed: number;
  closedNs: number;
  closedNsMax: number;
  closedSinceNs: number;
  /** The first closures (limits.ts: CLOSURES_MAX): since when, until when (-1: still), the packet. */
  closures: { fromNs: number; toNs: number; frame: number }[];
  /** Most commands sent that ExpCmdSN did not count yet. */
  usedMax: number;
  /** Times, and how long, all of the window had been used: the initiator may not send. */
  usedUp: number;
  usedUpNs: number;
  usedUpNsMax: number;
  usedUpSinceNs: number;
  /** The first command that used the last of it. */
  usedUpFrame: number;
  /** All of this over time; made with the first word of the target. */
  series: WindowSeries | undefined;
  /** Since when commands wait for ExpCmdSN to count them (-1: none does); PDUs that did not meanwhile. */
  owedSinceNs: number;
  owedSaid: number;
  /** The longest such time: since when, at which ExpCmdSN, PDUs that said it, commands sent by then. */
  stuckNs: number;
  stuckSinceNs: number;
  stuckAt: number;
  stuckSaid: number;
  stuckSent: number;
  /** CmdSNs passed over that did not come yet (limits.ts: CMD_SN_HOLES_MAX). */
  readonly holes: CmdSNHole[];
}

/** Sequence numbers that did not follow (4.2.2); after bytes that the capture misses they may. */
export interface SequenceErrors {
  cmdSNJumps: OddCount;
  cmdSNOutsideWindow: OddCount;
  statSNJumps: OddCount;
  statSNRepeats: OddCount;
  /** ExpStatSN that acknowledges a status never sent. */
  expStatSNAhead: OddCount;
  dataSNJumps: OddCount;
  r2tSNJumps: OddCount;
  bufferOffsetJumps: OddCount;
  /** Data-Out beyond what the R2T asked for, or R2T beyond the command's length. */
  beyondR2t: OddCount;
  beyondLength: OddCount;
  /** Beyond what was agreed: FirstBurstLength, MaxBurstLength, MaxOutstandingR2T, … */
  firstBurstExceeded: OddCount;
  unsolicitedRefused: OddCount;
  maxBurstExceeded: OddCount;
  /** Sequences of Data-In beyond MaxBurstLength for want of F. */
  dataInWithoutFinal: OddCount;
  tooManyR2ts: OddCount;
  r2tNotMet: OddCount;
  /** Data-Out within a burst, R2Ts, and the answers to R2Ts, that are not in their order. */
  dataOutOffsetJumps: OddCount;
  r2tOffsetBack: OddCount;
  r2tsOutOfTurn: OddCount;
  /** ExpDataSN of a response against the Data-In seen; 0 though there were some stands apart. */
  expDataSNWrong: OddCount;
  expDataSNUnset: OddCount;
  segmentTooLong: OddCount;
  /** Answers of the target, and Data-Out, of a task that is not known (or not any more). */
  unknownTask: OddCount;
  strayDataOut: OddCount;
  /** A task tag used while it was in use, by another command. */
  tagInUse: OddCount;
  /** MaxCmdSN below ExpCmdSN - 1: both are ignored. */
  maxCmdSNTooLow: OddCount;
}

/**
 * One iSCSI connection: a TCP connection that carries PDUs, or, where several logins follow each
 * other on one, the part of it that belongs to a login.
 */
export interface IscsiConnection {
  readonly connection: Connection;
  /** Another story goes on with the TCP connection: what TCP did is told once, there. */
  replaced: boolean;
  /** Where in the streams (direction 0, 1) it begins, and ends where another follows. */
  fromBytes: readonly [number, number];
  toBytes?: readonly [number, number];
  session: number;
  cid: number;
  /** Direction (0 or 1) of the initiator's bytes, -1 while unknown. */
  initiatorDirection: number;
  login?: Login;
  parameters: Parameter[];
  /** What its PDUs prove of parameters, where no login told them. */
  observed?: Observed;
  headerDigest: boolean;
  dataDigest: boolean;
  digestsInferred: boolean;
  /** Pings that await their answer, or never got it; absent before the first. */
  pings?: { readonly initiator: ServiceRequest[]; readonly target: ServiceRequest[] };
  logout?: {
    readonly frame: number;
    readonly timeNs: number;
    readonly reason: number;
    response: number;
  };
  pdus: number;
  /** PDUs by opcode (64 of them), and bytes of data segments by sender, as the headers count them. */
  readonly pdusByOpcode: Uint32Array;
  initiatorDataBytes: number;
  targetDataBytes: number;
  /** When its last PDU of each side passed; -1 none. */
  initiatorLastNs: number;
  targetLastNs: number;
  initiatorLastFrame: number;
  targetLastFrame: number;
  initiatorLastOpcode: number;
  targetLastOpcode: number;
  /** Most statuses sent that ExpStatSN did not acknowledge yet, and when. */
  statLagMax: number;
  statLagFrame: number;
  statLagNs: number;
  /** Its data moves by RDMA (iSER), or should have: what is known of that side. */
  rdma?: RdmaFacts;
  /** When the directions ended; -1 while they have not. `ended`: why (as in Session). */
  endedNs: number;
  ended: string;
}

/** What is no longer told one by one: sessions that were over, and their connections. */
export interface Forgotten {
  /** Sessions that are not told one by one though they go on. */
  brief: number;
  sessions: number;
  connections: number;
  pdus: number;
  bytesMissing: number;
  bytesCut: number;
}

export function noneForgotten(): Forgotten {
  return { brief: 0, sessions: 0, connections: 0, pdus: 0, bytesMissing: 0, bytesCut: 0 };
}

export interface Session {
  /** Only who it was, when it was and how it ended is known any more. */
  forgotten?: true;
  /** One of too many at once: how it was agreed is not kept, and it is not listed. */
  brief?: true;
  /** From 0, in the order of first sight, of all protocols. */
  readonly id: number;
  /** What its tasks are carried by; what only iSCSI has is empty elsewhere (newNexus). */
  protocol: 'iscsi' | 'fcp' | 'iser';
  /** 12 hex digits, '' where the login was not captured. */
  isid: string;
  tsih: number;
  initiatorName: string;
  targetName: string;
  targetPortalGroupTag: number;
  type: 'Normal' | 'Discovery' | 'unknown';
  initiatorAlias?: string;
  targetAlias?: string;
  initiatorAddress: string;
  targetAddress: string;
  /** False where the session began before the capture. */
  loginSeen: boolean;
  /** Session-wide parameters in force (of the leading connection's login, or inferred). */
  parameters: Parameter[];
  connections: number[];
  startedNs: number;
  endedNs: number;
  /**
   * Why it ended: `logout`, `connection lost`, `reinstated`, `login rejected`, `login redirected`,
   * `login unanswered`; `` while it has not.
   */
  ended: string;
  /** Targets named by SendTargets answers: name and addresses. */
  discovered: { name: string; addresses: string[] }[];
  tasks: number;
  tasksEnded: number;
  /** The session that took this one's place, and the one whose place this one took; -1 none. */
  reinstatedBy: number;
  reinstates: number;
  readonly luns: Map<string, LogicalUnit>;
  /** LUNs that REPORT LUNS named, 16 hex digits each. */
  reportedLuns: string[];
  /** Times that a whole answer of REPORT LUNS differed from the one before (limits.ts: LUN_CHANGES_MAX). */
  reportedLunsChanges: LunsChange[];
  /** Bounded (limits.ts: SESSION_EVENTS_MAX); eventsDropped did not fit. */
  events: SessionEvent[];
  eventsDropped: number;
  readonly nopOut: PingStats;
  readonly nopIn: PingStats;
  readonly window: CommandWindow;
  /** Written to by errorsOf (new-story.ts) alone. */
  sequence: SequenceErrors;
}
