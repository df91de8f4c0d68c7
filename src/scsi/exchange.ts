// hot: no allocation per packet
// A task's exchange, step by step, of whatever transport: command, data in and out, transfer ready,
// status. The transport reads its headers, finds or begins the task (open-tasks.ts), fills in what a
// header says, and calls the step; times, phases, bursts, TCP waits and counts are kept here. Each step
// that has bytes has two calls: one when its PDU begins, one when its last byte has come (a transport
// that sees only whole units calls both at once). A step's `pdu` is borrowed.
//
//   command     beginTask, set `open.task`'s lunHigh and lunLow, commandBegins; reads, writes, attribute,
//               expectedLength …, takeCdb, tell; commandEnds
//   data in     dataInBegins(bytes), dataInEnds; learn (logical-unit.ts) where control data was kept
//   ready       transferReady; transferAsks(tag, serial, offset, length), countOutstanding
//   data out    dataOutCounts(bytes), dataOutBegins(bytes, which); dataOutCame, dataOutEnds, transferEnds
//   status      statusCame (a PDU of its own); response, status, residual, sense (learnSense);
//               statusStands, endTask(outcomeOfStatus)
//   otherwise   endTask(aborted, lost, …)

import { UNMAP_LIST_MAX } from '../limits.js';
import { unmapBlocks } from '../wire/scsi/cdb-words.js';
import { ScsiOpcode } from '../wire/scsi/opcodes.js';
import { cdbFacts, operationOf } from '../wire/scsi/operations.js';
import { ScsiStatus } from '../wire/scsi/status.js';
import { lunOfTask } from './logical-unit.js';
import type { Nexus } from './nexus.js';
import type { OpenTask } from './open-task.js';
import type { OpenTasks } from './open-tasks.js';
import type { Path } from './path.js';
import {
  passed,
  phaseBeforeDataOut,
  phaseBeforeR2t,
  phaseBeforeStatus,
  settlePhases,
} from './phases.js';
import { clearPhases, clearTcp, Outcome, type OutcomeCode, PhaseCode } from './task.js';
import type { TaskPdu } from './task-pdu.js';
import { waited } from './tcp-waits.js';
import { addTransfer, dropTransfers, UNSOLICITED } from './transfers.js';

/** Longest CDB (SPC: 7Fh, ADDITIONAL CDB LENGTH). */
const CDB_MAX = 260;
const CDB_BYTES = 16;
/** Data read of control commands' answers. */
const CONTROL_DATA = 1024;

/** The command's PDU begins; its logical unit is filled in, then come its CDB and `tell`. */
export function commandBegins(nexus: Nexus, open: OpenTask, pdu: TaskPdu): void {
  const t = open.task;
  t.commandSeen = true;
  t.commandFrame = pdu.frame;
  t.commandNs = pdu.timeNs;
  clearPhases(t);
  clearTcp(t);
  open.outStreamBegin = pdu.streamOffset;
  open.outStreamEnd = pdu.streamEnd;
  open.markNs = pdu.timeNs;
  const lun = lunOfTask(nexus, t.lunHigh, t.lunLow);
  if (lun === undefined) return;
  lun.commands++;
  t.deviceType = lun.deviceType;
}

/** The CDB at `at`, of which `length` bytes are there: after commandBegins, which knows the device. */
export function takeCdb(
  all: OpenTasks,
  open: OpenTask,
  bytes: Uint8Array,
  view: DataView,
  at: number,
  length: number,
): void {
  const { cdb, task: t } = open;
  if (length > CDB_BYTES) t.cdb = bytes.slice(at, at + Math.min(length, CDB_MAX));
  else {
    for (let i = 0; i < CDB_BYTES; i++) cdb[i] = i < length ? bytes[at + i] : 0;
    t.cdb = cdb;
  }
  t.cdbLength = length;
  if (length === 0) return;
  t.opcode = bytes[at];
  operationFacts(all, open, view, at);
}

/** The rest of a CDB of which the first 16 bytes are taken. */
export function takeLongCdb(
  all: OpenTasks,
  open: OpenTask,
  bytes: Uint8Array,
  at: number,
  length: number,
): void {
  const rest = Math.min(length, CDB_MAX - CDB_BYTES);
  const cdb = new Uint8Array(CDB_BYTES + rest);
  cdb.set(open.cdb);
  for (let i = 0; i < rest; i++) cdb[CDB_BYTES + i] = bytes[at + i];
  open.task.cdb = cdb;
  open.task.cdbLength = cdb.length;
  operationFacts(all, open, new DataView(cdb.buffer), 0);
}

/** Its last byte has come. `open.finalOut`: no data follows unasked. */
export function commandEnds(path: Path, open: OpenTask, pdu: TaskPdu, missing: number): void {
  const t = open.task;
  t.commandEndNs = pdu.endNs;
  waited(path.initiatorWaits, open, pdu);
  if (t.immediateBytes > 0) {
    passed(open, PhaseCode.unsolicited, pdu.endNs, pdu, path.initiatorWaits, path.targetWaits);
  }
  if (open.finalOut) open.sendsUnsolicited = false;
  t.dataMissing += missing;
}

/** `bytes` of data begin on their way to the initiator; `pdus` is 0 where they go on a message. */
export function dataInBegins(
  path: Path,
  open: OpenTask,
  pdu: TaskPdu,
  bytes: number,
  pdus = 1,
): void {
  const t = open.task;
  t.dataInPdus += pdus;
  t.dataInBytes += bytes;
  const phase = t.firstDataInNs < 0 ? PhaseCode.commandToData : PhaseCode.dataIn;
  // A command that also writes may have been sending until now.
  if (t.writes && t.firstDataInNs < 0 && t.dataOutBytes > 0) {
    passed(open, phaseBeforeStatus(open), pdu.timeNs, pdu, path.targetWaits, path.initiatorWaits);
  } else passed(open, phase, pdu.timeNs, pdu, path.targetWaits, path.initiatorWaits);
  targetSpoke(open, pdu);
  if (t.firstDataInNs < 0) t.firstDataInNs = pdu.timeNs;
}

export function dataInEnds(path: Path, open: OpenTask, pdu: TaskPdu, missing: number): void {
  const t = open.task;
  t.lastDataInNs = pdu.endNs;
  passed(open, PhaseCode.dataIn, pdu.endNs, pdu, path.targetWaits, path.initiatorWaits);
  waited(path.targetWaits, open, pdu);
  t.dataMissing += missing;
}

/** The list of an UNMAP is asked for where `bytes` are all of it; of other data out nothing is. */
export function wantedOfDataOut({ task: t }: OpenTask, bytes: number): number {
  if (t.opcode !== ScsiOpcode.unmap || t.cdbLength === 0 || bytes !== t.expectedLength) return 0;
  return Math.min(bytes, UNMAP_LIST_MAX);
}

/** What was asked for by wantedOfDataOut. */
export function dataOutKept({ task: t }: OpenTask, data: Uint8Array, kept: number): void {
  if (t.opcode === ScsiOpcode.unmap && kept === t.expectedLength) {
    t.unmapBlocks = unmapBlocks(data, kept);
  }
}

/** How many bytes at the beginning of the task's data in say what a logical unit is (learnData); mostly 0. */
export function wantedOfDataIn(open: OpenTask): number {
  if (open.task.cdbLength === 0) return 0;
  switch (open.task.opcode) {
    case ScsiOpcode.inquiry:
    case ScsiOpcode.modeSense6:
    case ScsiOpcode.readCapacity10:
    case ScsiOpcode.modeSense10:
    case ScsiOpcode.serviceActionIn16:
    case ScsiOpcode.reportLuns:
    case ScsiOpcode.maintenanceIn:
      return CONTROL_DATA;
    default:
      return 0;
  }
}

/** The target is ready for data: its PDU is whole. */
export function transferReady(path: Path, open: OpenTask, pdu: TaskPdu): void {
  const t = open.task;
  t.writes = true;
  const phase = phaseBeforeR2t(open);
  passed(open, phase, pdu.endNs, pdu, path.targetWaits, path.initiatorWaits);
  t.r2ts++;
  if (t.firstR2tNs < 0) t.firstR2tNs = pdu.endNs;
  t.lastR2tNs = pdu.endNs;
  waited(path.targetWaits, open, pdu);
  targetSpoke(open, pdu);
}

/** What it asks for: data names it by `tag`, or is found by offset (transfers.ts). */
export function transferAsks(
  open: OpenTask,
  pdu: TaskPdu,
  tag: number,
  serial: number,
  offset: number,
  desired: number,
): void {
  addTransfer(open, tag, serial, offset, desired, pdu.endNs, pdu.frame);
}

/** Most that waited for data at one moment: after transferAsks. */
export function countOutstanding(open: OpenTask): void {
  const t = open.task;
  if (open.r2tCount > t.r2tsOutstandingMax) t.r2tsOutstandingMax = open.r2tCount;
}

/** A PDU of data to the target, of which at least the beginning of its header is there. */
export function dataOutCounts(open: OpenTask, pdu: TaskPdu, bytes: number, pdus = 1): void {
  const t = open.task;
  t.dataOutPdus += pdus;
  t.dataOutBytes += bytes;
  if (t.firstDataOutNs < 0) t.firstDataOutNs = pdu.timeNs;
}

/** It begins, after dataOutCounts. `which`: transferOf, transferAt, or UNSOLICITED. */
export function dataOutBegins(
  path: Path,
  open: OpenTask,
  pdu: TaskPdu,
  bytes: number,
  which: number,
): void {
  const t = open.task;
  const phase = which === UNSOLICITED ? PhaseCode.unsolicited : phaseBeforeDataOut(open, which);
  passed(open, phase, pdu.timeNs, pdu, path.initiatorWaits, path.targetWaits);
  if (which >= 0) {
    if (open.r2tStarted[which] === 0) {
      open.r2tStarted[which] = 1;
      const ns = pdu.timeNs > open.r2tNs[which] ? pdu.timeNs - open.r2tNs[which] : 0;
      t.r2tsAnswered++;
      t.hostNs += ns;
      if (ns > t.hostNsMax) t.hostNsMax = ns;
    }
    t.bursts.began(open.r2tRow[which], bytes, pdu.timeNs, pdu.frame);
  }
  open.outStreamBegin = pdu.streamOffset;
  open.outStreamEnd = pdu.streamEnd;
}

/** Its last byte has come. */
export function dataOutCame(path: Path, open: OpenTask, pdu: TaskPdu, missing: number): void {
  const t = open.task;
  t.lastDataOutNs = pdu.endNs;
  waited(path.initiatorWaits, open, pdu);
  t.dataMissing += missing;
}

/** After dataOutCame: what flowed until now; `final`: the last of its sequence. */
export function dataOutEnds(
  path: Path,
  open: OpenTask,
  pdu: TaskPdu,
  which: number,
  final: boolean,
): void {
  if (which === UNSOLICITED) {
    passed(open, PhaseCode.unsolicited, pdu.endNs, pdu, path.initiatorWaits, path.targetWaits);
    open.finalOut = final;
    open.sendsUnsolicited = !final;
    open.task.moreUnsolicited = !final;
    return;
  }
  passed(open, PhaseCode.dataOut, pdu.endNs, pdu, path.initiatorWaits, path.targetWaits);
  if (which >= 0) open.task.bursts.ended(open.r2tRow[which], pdu.endNs, pdu.frameEnd);
}

/** Where all that a transfer asked for has come, or no more will, it and those before are answered. */
export function transferEnds(open: OpenTask, which: number, final: boolean): void {
  if (final || open.r2tGot[which] >= open.r2tDesired[which]) dropTransfers(open, which + 1);
}

/** The status has come in a PDU of its own. */
export function statusCame(path: Path, open: OpenTask, pdu: TaskPdu): void {
  waited(path.targetWaits, open, pdu);
  const phase = phaseBeforeStatus(open);
  passed(open, phase, pdu.endNs, pdu, path.targetWaits, path.initiatorWaits);
}

/** It is the task's: its moment stands. The outcome follows with endTask. */
export function statusStands(open: OpenTask, pdu: TaskPdu): void {
  const t = open.task;
  t.statusFrame = pdu.frameEnd;
  t.statusNs = pdu.endNs;
  t.statusBound = pdu.endBound;
  settlePhases(open);
}

function targetSpoke(open: OpenTask, pdu: TaskPdu): void {
  open.inStreamBegin = pdu.streamOffset;
  open.inStreamEnd = pdu.streamEnd;
}

/** The operation, and address and length, from the CDB at `at`. */
function operationFacts(all: OpenTasks, open: OpenTask, view: DataView, at: number): void {
  const t = open.task;
  const { facts } = all;
  t.operation = operationOf(view, at, t.cdbLength, t.deviceType);
  t.serviceAction = all.serviceActions[t.operation];
  cdbFacts(view, at, t.cdbLength, t.deviceType, facts);
  t.lbaKnown = facts.lbaKnown;
  t.lbaHigh = facts.lbaHigh;
  t.lbaLow = facts.lbaLow;
  t.blocks = facts.blocks;
}

/** SCSI status (SAM-5 5.3.1) of a command that completed at its target. */
export function outcomeOfStatus(status: number): OutcomeCode {
  switch (status) {
    case ScsiStatus.good:
      return Outcome.good;
    case ScsiStatus.checkCondition:
      return Outcome.checkCondition;
    case ScsiStatus.conditionMet:
      return Outcome.conditionMet;
    case ScsiStatus.busy:
      return Outcome.busy;
    case ScsiStatus.reservationConflict:
      return Outcome.reservationConflict;
    case ScsiStatus.taskSetFull:
      return Outcome.taskSetFull;
    case ScsiStatus.acaActive:
      return Outcome.acaActive;
    case ScsiStatus.taskAborted:
      return Outcome.taskAborted;
    default:
      return Outcome.otherStatus;
  }
}
