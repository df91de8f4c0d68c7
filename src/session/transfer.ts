// hot: no allocation per packet
// SCSI tasks from their PDUs: SCSI Command, Data-In, Data-Out, R2T, SCSI Response (RFC 7143 11.3,
// 11.4, 11.7, 11.8). Bytes are counted from the headers; payload may be missing.

import type { Pdu } from '../pdu/pdu.js';
import { cdbFacts, operationOf } from '../wire/scsi/operations.js';
import {
  ATTRIBUTE,
  BHS_LENGTH,
  BUFFER_OFFSET,
  CDB,
  CMD_SN,
  DATA_SN,
  DESIRED_LENGTH,
  EXPECTED_LENGTH,
  FINAL,
  FLAGS,
  IMMEDIATE,
  INITIATOR_TASK_TAG,
  LUN,
  NO_TAG,
  READ,
  RESIDUAL,
  RESIDUAL_OVERFLOW,
  RESIDUAL_UNDERFLOW,
  RESPONSE,
  STATUS,
  STATUS_PRESENT,
  TAG_END,
  TARGET_TRANSFER_TAG,
  WRITE,
} from './bhs.js';
import { clearOfHoles } from './holes.js';
import { learn, learnSense } from './lun.js';
import { lunOfTask } from './lun-table.js';
import { type OpenTask, R2TS_REMEMBERED } from './open-task.js';
import type { Book, ConnectionState, SessionState } from './state.js';
import { Outcome, type OutcomeCode } from './task.js';
import { beginTask, endTask, tell } from './tasks.js';
import { waited } from './tcp-wait.js';
import {
  beyondLength,
  beyondR2t,
  commandAgain,
  dataSNJumped,
  extendedCdb,
  inOffsetJumped,
  strayInitiatorPdu,
  trace,
} from './trouble.js';

/** Data read of control commands' Data-In, and of a SCSI Response's sense. */
const CONTROL_DATA = 1024;
const SENSE_DATA = 260;

export function commandBegins(book: Book, c: ConnectionState, s: SessionState, pdu: Pdu): number {
  c.outTask = null;
  if (pdu.headerCaptured < TAG_END) return 0;
  const view = pdu.view;
  const at = pdu.at;
  const tag = view.getUint32(at + INITIATOR_TASK_TAG);
  const same = s.tasks.find(tag);
  if (same !== null && commandAgain(book, c, s, same, pdu)) return 0;
  const open = beginTask(book, c, s, tag);
  c.outTask = open;
  c.outOrder = open.order;
  commandFacts(book, s, open, pdu);
  const t = open.task;
  t.dataOutBytes = pdu.dataSegmentLength;
  t.immediateBytes = pdu.dataSegmentLength;
  open.outEnd = pdu.dataSegmentLength;
  open.finalOut = (view.getUint8(at + FLAGS) & FINAL) !== 0;
  // With an AHS, the CDB or the read length is not whole yet.
  if (pdu.ahsLength === 0) tell(book, open);
  return 0;
}

/** Fills in what the header says. Fields that were cut off by snaplen read as 0 and count as such. */
export function commandFacts(book: Book, s: SessionState, open: OpenTask, pdu: Pdu): void {
  const view = pdu.view;
  const at = pdu.at;
  const t = open.task;
  const flags = view.getUint8(at + FLAGS);
  t.lunHigh = view.getUint32(at + LUN);
  t.lunLow = view.getUint32(at + LUN + 4);
  t.cmdSN = view.getUint32(at + CMD_SN);
  t.immediate = (view.getUint8(at) & IMMEDIATE) !== 0;
  t.commandSeen = true;
  t.reads = (flags & READ) !== 0;
  t.writes = (flags & WRITE) !== 0;
  t.attribute = flags & ATTRIBUTE;
  t.expectedLength = view.getUint32(at + EXPECTED_LENGTH);
  t.commandFrame = pdu.frame;
  t.commandNs = pdu.timeNs;
  t.cdbLength = pdu.headerCaptured >= BHS_LENGTH ? 16 : Math.max(0, pdu.headerCaptured - CDB);
  const cdb = open.cdb;
  const bytes = pdu.bytes;
  for (let i = 0; i < 16; i++) cdb[i] = bytes[at + CDB + i];
  const lun = lunOfTask(s, t.lunHigh, t.lunLow);
  if (lun !== undefined) {
    lun.commands++;
    t.deviceType = lun.deviceType;
  }
  if (t.cdbLength === 0) return;
  t.opcode = cdb[0];
  operationFacts(book, open, view, at + CDB);
}

/** The operation, and address and length, from the CDB at `at`. */
export function operationFacts(book: Book, open: OpenTask, view: DataView, at: number): void {
  const t = open.task;
  const facts = book.facts;
  t.operation = operationOf(view, at, t.cdbLength, t.deviceType);
  t.serviceAction = book.serviceActions[t.operation];
  cdbFacts(view, at, t.cdbLength, t.deviceType, facts);
  t.lbaKnown = facts.lbaKnown;
  t.lbaHigh = facts.lbaHigh;
  t.lbaLow = facts.lbaLow;
  t.blocks = facts.blocks;
}

export function commandEnds(book: Book, c: ConnectionState, pdu: Pdu): void {
  const open = c.outTask;
  c.outTask = null;
  if (open === null || open.order !== c.outOrder || !open.open) return;
  const t = open.task;
  t.commandEndNs = pdu.endNs;
  waited(c.initiatorHole, open, pdu);
  t.dataMissing += pdu.dataMissing + pdu.dataCut;
  if (pdu.ahsLength > 0) extendedCdb(book, open, pdu);
}

export function dataOutBegins(book: Book, c: ConnectionState, s: SessionState, pdu: Pdu): number {
  c.outTask = null;
  if (pdu.headerCaptured < TAG_END) return 0;
  const tag = pdu.view.getUint32(pdu.at + INITIATOR_TASK_TAG);
  const open = s.tasks.find(tag) ?? strayInitiatorPdu(book, c, s, pdu, tag);
  if (open === null) return 0;
  const t = open.task;
  c.outTask = open;
  c.outOrder = open.order;
  t.dataOutPdus++;
  t.dataOutBytes += pdu.dataSegmentLength;
  if (t.firstDataOutNs < 0) t.firstDataOutNs = pdu.timeNs;
  if (pdu.headerCaptured < BHS_LENGTH) return 0;
  dataOutNumbers(book, c, s, open, pdu);
  return 0;
}

function dataOutNumbers(
  book: Book,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
): void {
  const view = pdu.view;
  const at = pdu.at;
  const t = open.task;
  const targetTag = view.getUint32(at + TARGET_TRANSFER_TAG);
  const dataSN = view.getUint32(at + DATA_SN);
  const offset = view.getUint32(at + BUFFER_OFFSET);
  const end = offset + pdu.dataSegmentLength;
  if (targetTag === NO_TAG) t.unsolicitedBytes += pdu.dataSegmentLength;
  // DataSN counts within a sequence: one an R2T, and one for unsolicited data (11.7.5).
  if (targetTag !== open.outTag) {
    open.outTag = targetTag;
    open.outDataSN = 0;
  }
  if (dataSN !== open.outDataSN) dataSNJumped(book, c, s, open, pdu, dataSN, true);
  open.outDataSN = (dataSN + 1) >>> 0;
  if (end > open.outEnd) open.outEnd = end;
  if (t.commandSeen && end > t.expectedLength) beyondLength(book, c, s, open, pdu, end);
  if (targetTag === NO_TAG) return;
  const i = r2tOf(open, targetTag);
  if (i < 0) return;
  open.r2tGot[i] += pdu.dataSegmentLength;
  if (offset < open.r2tOffset[i] || end > open.r2tOffset[i] + open.r2tDesired[i]) {
    beyondR2t(book, c, s, open, pdu, i);
  }
}

export function dataOutEnds(c: ConnectionState, pdu: Pdu): void {
  const open = c.outTask;
  c.outTask = null;
  if (open === null || open.order !== c.outOrder || !open.open) return;
  const t = open.task;
  t.lastDataOutNs = pdu.endNs;
  waited(c.initiatorHole, open, pdu);
  t.dataMissing += pdu.dataMissing + pdu.dataCut;
  if (pdu.headerCaptured < BHS_LENGTH) return;
  const final = (pdu.view.getUint8(pdu.at + FLAGS) & FINAL) !== 0;
  const targetTag = pdu.view.getUint32(pdu.at + TARGET_TRANSFER_TAG);
  if (targetTag === NO_TAG) {
    open.finalOut = final;
    return;
  }
  const i = r2tOf(open, targetTag);
  if (i < 0) return;
  if (final) open.outTag = NO_TAG - 1; // a target may use the same tag for its next R2T
  // R2Ts are answered in their order (11.8): those before have had their data too.
  if (final || open.r2tGot[i] >= open.r2tDesired[i]) dropR2ts(open, i + 1);
}

export function r2tEnds(book: Book, c: ConnectionState, s: SessionState, pdu: Pdu): void {
  if (pdu.headerCaptured < TAG_END) return;
  const view = pdu.view;
  const at = pdu.at;
  const tag = view.getUint32(at + INITIATOR_TASK_TAG);
  const open = s.tasks.find(tag) ?? trace(book, c, s, pdu, tag);
  if (open === null) return;
  const t = open.task;
  if (c.holes.length > 0) clearOfHoles(book, c, open);
  t.writes = true;
  t.r2ts++;
  if (t.firstR2tNs < 0) t.firstR2tNs = pdu.endNs;
  t.lastR2tNs = pdu.endNs;
  waited(c.targetHole, open, pdu);
  if (pdu.headerCaptured < BHS_LENGTH) return;
  const offset = view.getUint32(at + BUFFER_OFFSET);
  const desired = view.getUint32(at + DESIRED_LENGTH);
  const r2tSN = view.getUint32(at + DATA_SN);
  t.r2tBytes += desired;
  if (r2tSN !== open.nextDataSN) dataSNJumped(book, c, s, open, pdu, r2tSN, false);
  open.nextDataSN = (r2tSN + 1) >>> 0;
  open.inLosses = c.targetLosses;
  if (t.commandSeen && offset + desired > t.expectedLength) {
    beyondLength(book, c, s, open, pdu, offset + desired);
  }
  if (open.r2tCount === R2TS_REMEMBERED) dropR2ts(open, 1);
  const i = open.r2tCount++;
  open.r2tTag[i] = view.getUint32(at + TARGET_TRANSFER_TAG);
  open.r2tOffset[i] = offset;
  open.r2tDesired[i] = desired;
  open.r2tGot[i] = 0;
  if (open.r2tCount > t.r2tsOutstandingMax) t.r2tsOutstandingMax = open.r2tCount;
}

function r2tOf(open: OpenTask, targetTag: number): number {
  for (let i = 0; i < open.r2tCount; i++) if (open.r2tTag[i] === targetTag) return i;
  return -1;
}

function dropR2ts(open: OpenTask, n: number): void {
  for (let i = n; i < open.r2tCount; i++) {
    open.r2tTag[i - n] = open.r2tTag[i];
    open.r2tOffset[i - n] = open.r2tOffset[i];
    open.r2tDesired[i - n] = open.r2tDesired[i];
    open.r2tGot[i - n] = open.r2tGot[i];
  }
  open.r2tCount -= n;
}

export function dataInBegins(book: Book, c: ConnectionState, s: SessionState, pdu: Pdu): number {
  c.inTask = null;
  if (pdu.headerCaptured < TAG_END) return 0;
  const view = pdu.view;
  const at = pdu.at;
  const tag = view.getUint32(at + INITIATOR_TASK_TAG);
  const open = s.tasks.find(tag) ?? trace(book, c, s, pdu, tag);
  if (open === null) return 0;
  const t = open.task;
  c.inTask = open;
  c.inOrder = open.order;
  if (c.holes.length > 0) clearOfHoles(book, c, open);
  t.dataInPdus++;
  t.dataInBytes += pdu.dataSegmentLength;
  if (t.firstDataInNs < 0) t.firstDataInNs = pdu.timeNs;
  if ((view.getUint8(at + FLAGS) & FINAL) !== 0) open.finalIn = true;
  if (pdu.headerCaptured < BUFFER_OFFSET + 4) return 0;
  const dataSN = view.getUint32(at + DATA_SN);
  const offset = view.getUint32(at + BUFFER_OFFSET);
  if (dataSN !== open.nextDataSN) dataSNJumped(book, c, s, open, pdu, dataSN, false);
  open.nextDataSN = (dataSN + 1) >>> 0;
  if (offset !== open.inEnd) inOffsetJumped(book, c, s, open, pdu, offset);
  open.inLosses = c.targetLosses;
  const end = offset + pdu.dataSegmentLength;
  if (end > open.inEnd) open.inEnd = end;
  const expected = t.writes ? t.bidiReadExpectedLength : t.expectedLength;
  if (t.commandSeen && end > expected) beyondLength(book, c, s, open, pdu, end);
  return offset === 0 && t.cdbLength > 0 ? controlData(t.opcode) : 0;
}

/** Bytes wanted of a control command's data: INQUIRY, MODE SENSE, READ CAPACITY, REPORT LUNS. */
function controlData(opcode: number): number {
  switch (opcode) {
    case 0x12:
    case 0x1a:
    case 0x25:
    case 0x5a:
    case 0x9e:
    case 0xa0:
      return CONTROL_DATA;
    default:
      return 0;
  }
}

/** True where the PDU brought the status. */
export function dataInEnds(book: Book, c: ConnectionState, s: SessionState, pdu: Pdu): boolean {
  const withStatus = (pdu.view.getUint8(pdu.at + FLAGS) & STATUS_PRESENT) !== 0;
  const open = c.inTask;
  c.inTask = null;
  if (open === null || open.order !== c.inOrder || !open.open) return withStatus;
  const t = open.task;
  t.lastDataInNs = pdu.endNs;
  waited(c.targetHole, open, pdu);
  t.dataMissing += pdu.dataMissing + pdu.dataCut;
  if (pdu.dataKept > 0) learn(s, t, pdu.data, pdu.dataKept, pdu.frame);
  if (withStatus) {
    t.response = 0;
    t.status = pdu.view.getUint8(pdu.at + STATUS);
    finishTask(book, open, pdu);
  }
  return withStatus;
}

export function responseWants(pdu: Pdu): number {
  return pdu.dataSegmentLength > 0 ? SENSE_DATA : 0;
}

export function responseEnds(book: Book, c: ConnectionState, s: SessionState, pdu: Pdu): void {
  if (pdu.headerCaptured < TAG_END) return;
  const view = pdu.view;
  const at = pdu.at;
  const tag = view.getUint32(at + INITIATOR_TASK_TAG);
  const open = s.tasks.find(tag) ?? trace(book, c, s, pdu, tag);
  if (open === null) return;
  const t = open.task;
  waited(c.targetHole, open, pdu);
  t.response = view.getUint8(at + RESPONSE);
  // "only valid if the response code is Command Completed at Target" (11.4.2).
  t.status = t.response === 0 ? view.getUint8(at + STATUS) : -1;
  if (pdu.dataKept > 0) learnSense(t, pdu.data, pdu.dataKept);
  finishTask(book, open, pdu);
}

function finishTask(book: Book, open: OpenTask, pdu: Pdu): void {
  const view = pdu.view;
  const t = open.task;
  const flags = view.getUint8(pdu.at + FLAGS);
  if ((flags & RESIDUAL_UNDERFLOW) !== 0) t.residualKind = 1;
  else if ((flags & RESIDUAL_OVERFLOW) !== 0) t.residualKind = 2;
  if (t.residualKind !== 0 && pdu.headerCaptured >= BHS_LENGTH) {
    t.residualCount = view.getUint32(pdu.at + RESIDUAL);
  }
  t.statusFrame = pdu.frameEnd;
  t.statusNs = pdu.endNs;
  endTask(book, open, outcomeOf(t.response, t.status), pdu.endNs, pdu.frameEnd);
}

/** SCSI status (SAM): status-and-sense. */
function outcomeOf(response: number, status: number): OutcomeCode {
  if (response !== 0) return Outcome.targetFailure;
  switch (status) {
    case 0x00:
      return Outcome.good;
    case 0x02:
      return Outcome.checkCondition;
    case 0x04:
      return Outcome.conditionMet;
    case 0x08:
      return Outcome.busy;
    case 0x18:
      return Outcome.reservationConflict;
    case 0x28:
      return Outcome.taskSetFull;
    case 0x30:
      return Outcome.acaActive;
    case 0x40:
      return Outcome.taskAborted;
    default:
      return Outcome.otherStatus;
  }
}
