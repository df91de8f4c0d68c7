// hot: no allocation per packet
// One SCSI task, from its command to its status: transport-neutral facts, times in ns since the
// capture's first packet, -1 for "never seen". Tasks are pooled: a sink that keeps one copies it.

import { Bursts } from './bursts.js';

const NONE = new Uint8Array(0);

/** The phases of a command's time (phases.ts): numbers, so that they index an array. */
export const PhaseCode = {
  /** Data that needs no R2T: from the command's first byte to the last immediate or unsolicited one. */
  unsolicited: 0,
  commandToR2t: 1,
  /** An R2T waits for its first data, and no other data of the command flows. */
  hostDelay: 2,
  dataOut: 3,
  /** All R2Ts so far have had their data, and the target asks for more. */
  betweenBursts: 4,
  commandToData: 5,
  dataIn: 6,
  dataToStatus: 7,
  commandToStatus: 8,
} as const;
export type PhaseCodes = (typeof PhaseCode)[keyof typeof PhaseCode];
export const PHASE_COUNT = 9;

/** Why TCP kept bytes back: lost and sent again, overtaken on their way, no room at the receiver. */
export const TcpCause = {
  retransmission: 0,
  reordering: 1,
  zeroWindow: 2,
  /** The receiver's window was full with what was on its way, though not told as zero. */
  windowFull: 3,
} as const;
export const TCP_CAUSES = 4;

/** What carries a task. */
export const Transport = { iscsi: 0, fcp: 1, iser: 2 } as const;
export type TransportCode = (typeof Transport)[keyof typeof Transport];

/**
 * Task attributes (SAM-5 8.9). SAM gives them no numbers; these are in the order of RFC 7143 11.3.1,
 * and outputs show them so. FCP has its own (FCP-4 9.1.2.3: 0 simple, 1 head of queue, 2 ordered).
 */
export const TaskAttribute = {
  untagged: 0,
  simple: 1,
  ordered: 2,
  headOfQueue: 3,
  aca: 4,
} as const;

/** How a task ended. Numbers, so that they fit a column; OUTCOME_NAMES has the words. */
export const Outcome = {
  /** No status yet: open at the end of the capture. */
  open: 0,
  good: 1,
  checkCondition: 2,
  conditionMet: 3,
  busy: 4,
  reservationConflict: 5,
  taskSetFull: 6,
  acaActive: 7,
  taskAborted: 8,
  /** Another SCSI status (its number is kept). */
  otherStatus: 9,
  /** The target says that it could not (iSCSI's response, RFC 7143 11.4.3; FCP_RSP_INFO): no status. */
  targetFailure: 10,
  /** Ended by task management. */
  aborted: 11,
  /** Its session or connection ended first. */
  lost: 12,
  /** Rejected (RFC 7143 11.17; LS_RJT, BA_RJT). */
  rejected: 13,
  /** The status was not captured; a later ExpStatSN or the tag's reuse proves it ended. */
  statusNotCaptured: 14,
} as const;
export type OutcomeCode = (typeof Outcome)[keyof typeof Outcome];

export const OUTCOME_NAMES: readonly string[] = [
  'open',
  'good',
  'check condition',
  'condition met',
  'busy',
  'reservation conflict',
  'task set full',
  'ACA active',
  'task aborted',
  'other status',
  'target failure',
  'aborted',
  'lost',
  'rejected',
  'status not captured',
];

/** The status says that the command did what it should. */
export function endedWell(outcome: number): boolean {
  return outcome === Outcome.good || outcome === Outcome.conditionMet;
}

/**
 * The command is known to have ended otherwise. One whose status was not captured is not: nobody
 * knows how it ended. So this is not the contrary of endedWell, and who counts failures asks this.
 */
export function failed(outcome: number): boolean {
  return !endedWell(outcome) && outcome !== Outcome.open && outcome !== Outcome.statusNotCaptured;
}

/** How we know that a task ended, where its status was not captured (statusNotCaptured). */
export const Evidence = {
  /** The status itself, or nothing: the task is open. */
  none: 0,
  /** Later StatSN or ExpStatSN: the status was sent, and no other open task can be its owner. */
  sequence: 1,
  /** The initiator used the task tag again. */
  tagReused: 2,
  /** All its data had moved, and just the bytes of one status are missing after it. */
  bytesMissing: 3,
  /** Its session was closed in order, after bytes of the target were missed while it was open. */
  closedInOrder: 4,
} as const;
export type EvidenceCode = (typeof Evidence)[keyof typeof Evidence];

export const EVIDENCE_NAMES: readonly string[] = [
  '',
  'later status sequence numbers',
  'task tag used again',
  'bytes missing after its data',
  'session closed in order after missing bytes',
];

/** Nobody writes to these. */
const TOOK_NOTHING = new Float64Array(PHASE_COUNT);
const NO_CAUSES = new Float64Array(PHASE_COUNT * TCP_CAUSES);

export class Task {
  /** From 0, in the order in which tasks are told as started: whoever keeps tasks, keeps them by it. */
  number = 0;
  /** Session number (from 0) and the connection (allegiance) of the command. */
  session = 0;
  connection = 0;
  /** LUN: two unsigned 32-bit words, the key as on the wire. */
  lunHigh = 0;
  lunLow = 0;
  /** What tells it from the nexus' other tasks: iSCSI's Initiator Task Tag, OX_ID of Fibre Channel. */
  tag = 0;
  /** What carries it. */
  transport: TransportCode = Transport.iscsi;
  /** iSCSI's number of the command, and whether it is for immediate delivery; 0 and false elsewhere. */
  cmdSN = 0;
  immediate = false;
  /** Its CmdSN lay beyond the last MaxCmdSN told, with nothing of the target missed. */
  outsideWindow = false;
  /** Tasks of its session that had ended when it began: how many ended meanwhile shows at its end. */
  endedBefore = 0;
  /** False where the command itself was not captured (found by its Data-In, R2T or response). */
  commandSeen = false;
  /** Read and write flags of the command. */
  reads = false;
  writes = false;
  /** TaskAttribute, as transports write it down: those unknown to SAM keep their number. */
  attribute: number = TaskAttribute.untagged;
  /** CDB: bytes and length (16, or more with an extended CDB). */
  cdb: Uint8Array = NONE;
  cdbLength = 0;
  /** SCSI operation code, service action (-1: none), device type of the LUN when the command came (-1 unknown). */
  opcode = 0;
  serviceAction = -1;
  deviceType = -1;
  /** Operation number (wire/scsi/operations.ts: operationOf), -1 where the command was not captured. */
  operation = -1;
  /** LBA as two unsigned words and blocks; lbaKnown false where the CDB has none. */
  lbaKnown = false;
  lbaHigh = 0;
  lbaLow = 0;
  blocks = 0;
  /** Expected Data Transfer Length; for bidirectional commands the read part beside it. */
  expectedLength = 0;
  bidiReadExpectedLength = 0;
  /** Payload bytes moved, as the PDUs' headers count them. */
  dataInBytes = 0;
  dataOutBytes = 0;
  /** Of dataOutBytes: with the command, and without an R2T. */
  immediateBytes = 0;
  unsolicitedBytes = 0;
  /** The initiator announced more data that no R2T asks for (F=0), and it has not come. Not kept in the store. */
  moreUnsolicited = false;
  /** UNMAP: blocks of all ranges of its list, -1 where that did not come as one piece. Not kept in the store. */
  unmapBlocks = -1;
  dataInPdus = 0;
  dataOutPdus = 0;
  r2ts = 0;
  r2tBytes = 0;
  /** Most R2Ts whose data had not all come, at one moment. */
  r2tsOutstandingMax = 0;
  /** Bytes of this task's payload that the capture does not hold. */
  dataMissing = 0;
  /** Bytes that hid PDUs of its connection were missed while it was open: some may have been its own. */
  pdusMissed = false;
  /** First and last byte of the command PDU. */
  commandFrame = 0;
  commandNs = -1;
  commandEndNs = -1;
  firstDataInNs = -1;
  lastDataInNs = -1;
  firstR2tNs = -1;
  lastR2tNs = -1;
  firstDataOutNs = -1;
  lastDataOutNs = -1;
  /** Last byte of the PDU that carried the status. */
  statusFrame = 0;
  statusNs = -1;
  /** True where statusNs is an upper bound: the status itself was not captured. */
  statusBound = false;
  /** By PhaseCode: ns of the command's time, and how much of it TCP took. They sum up to the latency. */
  phaseNs: Float64Array = new Float64Array(PHASE_COUNT);
  phaseTcpNs: Float64Array = TOOK_NOTHING;
  /**
   * phaseTcpNs by its cause: cell `phase * TCP_CAUSES + cause`; all 0 unless tcpTook. Both are written to
   * only behind tcpTakes: most tasks share one that is all 0.
   */
  tcpCauseNs: Float64Array = NO_CAUSES;
  tcpTook = false;
  /** R2T to the first byte of its data: R2Ts that had data, their sum and the longest. */
  r2tsAnswered = 0;
  hostNs = 0;
  hostNsMax = 0;
  /** The first few R2Ts with their data. */
  readonly bursts: Bursts = new Bursts();
  /** Of the task's time: the other side's receive window was zero. */
  zeroWindowNs = 0;
  /** Of the task's time: how long its PDUs waited for bytes that TCP had to send again. */
  tcpWaitNs = 0;
  /** The transport's response (0: completed at the target) and SCSI status; -1 where none was captured. */
  response = -1;
  status = -1;
  /** Sense key, ASC and ASCQ, -1 where no sense data was captured. */
  senseKey = -1;
  asc = -1;
  ascq = -1;
  /** Of its sense data: SenseFlag, and INFORMATION where it is valid. Not kept in the store. */
  senseFlags = 0;
  senseInformation = 0;
  /** Residual count; kind 0 none, 1 underflow, 2 overflow. */
  residualKind = 0;
  residualCount = 0;
  outcome: OutcomeCode = Outcome.open;
  evidence: EvidenceCode = Evidence.none;
  /** Packet and time that ended the task, in whatever way; 0 and -1 while it is open. */
  endFrame = 0;
  endNs = -1;
}

/** Takes tasks. Borrowed until the call returns. */
export interface TaskSink {
  /** The command was seen (or, with commandSeen false, its first trace). */
  taskStarted(task: Task): void;
  /** The task's outcome is known, or the capture is over (outcome open). */
  taskEnded(task: Task): void;
  /** It goes on on another connection of its session (`task.connection`) than `from`. */
  taskMoved?(task: Task, from: number): void;
  /** A session that is over will not be told of one by one (limits.ts: SESSIONS_IN_FULL). */
  sessionForgotten?(session: number): void;
}

/** What of a task says how long it took. */
type Timed = Pick<Task, 'commandSeen' | 'commandNs' | 'statusNs' | 'statusBound' | 'outcome'>;

/**
 * Latency in ns by the definition of ECT: first byte of the command to last byte of the status; -1
 * unknown. This one is counted, sorted, filtered and drawn, everywhere. A status that was not captured
 * at all ends at a bound that may be far off: it is left out. Where only the last bytes of the status'
 * PDU are missing, the bound is the next byte or ACK behind them: it counts, and `statusBound` says
 * that it is at most so.
 */
export function latencyNs(task: Timed): number {
  const unseen = task.outcome === Outcome.statusNotCaptured && task.statusBound;
  return unseen ? -1 : latencyNsAtMost(task);
}

/** The same, or where the status was not captured what it is at most: to be told, not counted. */
export function latencyNsAtMost(task: Timed): number {
  return task.commandSeen && task.statusNs >= 0 ? task.statusNs - task.commandNs : -1;
}

/** The logical block that a command begins at, where `lbaKnown`. */
export function firstBlock(t: Task): number {
  return (t.lbaHigh >>> 0) * 2 ** 32 + (t.lbaLow >>> 0);
}

/** Of nine numbers: fill() takes ten times as long. */
export function clearPhases(t: Task): void {
  const ns = t.phaseNs;
  for (let i = 0; i < PHASE_COUNT; i++) ns[i] = 0;
}

/** TCP took something of it: what and why has a place of its own. */
export function tcpTakes(t: Task): void {
  t.tcpTook = true;
  if (t.tcpCauseNs !== NO_CAUSES) return;
  t.phaseTcpNs = new Float64Array(PHASE_COUNT);
  t.tcpCauseNs = new Float64Array(PHASE_COUNT * TCP_CAUSES);
}

/** Forgets what TCP took: mostly nothing. */
export function clearTcp(t: Task): void {
  if (!t.tcpTook) return;
  t.phaseTcpNs.fill(0);
  t.tcpCauseNs.fill(0);
  t.tcpTook = false;
}
