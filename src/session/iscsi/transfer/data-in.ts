// hot: no allocation per packet
// Data of reads and the status: Data-In and SCSI Response (RFC 7143 11.4, 11.7). Bytes are counted
// from the headers; payload may be missing.

import { advance } from '../../../lib/serial.js';
import type { Pdu } from '../../../pdu/pdu.js';
import { learn, learnSense } from '../../../scsi/logical-unit.js';
import type { OpenTask } from '../../../scsi/open-task.js';
import { passed, phaseBeforeStatus, settlePhases } from '../../../scsi/phases.js';
import { Outcome, type OutcomeCode, PhaseCode } from '../../../scsi/task.js';
import { streamEndOf, waited } from '../../../scsi/tcp-waits.js';
import {
  BHS_LENGTH,
  BUFFER_OFFSET,
  DATA_SN,
  EXP_DATA_SN,
  FINAL,
  FLAGS,
  INITIATOR_TASK_TAG,
  RESIDUAL,
  RESIDUAL_OVERFLOW,
  RESIDUAL_UNDERFLOW,
  RESPONSE,
  STATUS,
  STATUS_PRESENT,
  TAG_END,
} from '../../../wire/iscsi/bhs-offsets.js';
import { agreedOf, observedOf } from '../login/operational-limits.js';
import { allMoved } from '../numbering/status-owners.js';
import { clearOfHoles } from '../numbering/unseen-statuses.js';
import type { ConnectionState, SessionState, SessionTables } from '../state.js';
import { endTask } from '../tasks.js';
import { expDataSNOff, inDataSNJumped } from '../violations/data-order.js';
import { inSequenceTooLong, segmentTooLong } from '../violations/limits.js';
import { beyondLength, inOffsetJumped, trace } from './unmatched.js';

/** Data read of control commands' Data-In, and of a SCSI Response's sense. */
const CONTROL_DATA = 1024;
const SENSE_DATA = 260;

export function dataInBegins(
  book: SessionTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): number {
  c.inTask = null;
  if (pdu.headerCaptured < TAG_END) return 0;
  const view = pdu.view;
  const at = pdu.at;
  const tag = view.getUint32(at + INITIATOR_TASK_TAG);
  const open = s.tasks.byTag(tag) ?? trace(book, c, s, pdu, tag);
  if (open === null) return 0;
  const t = open.task;
  c.inTask = open;
  c.inOrder = open.order;
  if (c.holes.length > 0) clearOfHoles(book, c, open);
  t.dataInPdus++;
  t.dataInBytes += pdu.dataSegmentLength;
  const phase = t.firstDataInNs < 0 ? PhaseCode.commandToData : PhaseCode.dataIn;
  // A command that also writes may have been sending until now.
  if (t.writes && t.firstDataInNs < 0 && t.dataOutBytes > 0) {
    passed(open, phaseBeforeStatus(open), pdu.timeNs, pdu, c.targetWaits, c.initiatorWaits);
  } else passed(open, phase, pdu.timeNs, pdu, c.targetWaits, c.initiatorWaits);
  open.inStreamBegin = pdu.streamOffset;
  open.inStreamEnd = streamEndOf(pdu);
  if (t.firstDataInNs < 0) t.firstDataInNs = pdu.timeNs;
  const agreed = agreedOf(c, s);
  if (!agreed.known) observedOf(c).toInitiator.see(pdu.dataSegmentLength, pdu.frame);
  else if (pdu.dataSegmentLength > agreed.toInitiator) {
    segmentTooLong(book, c, s, pdu, agreed.toInitiator);
  }
  open.inSequence += pdu.dataSegmentLength;
  if (open.inSequence > agreed.maxBurst) {
    inSequenceTooLong(c, s, open, pdu);
    open.inSequence = 0;
  }
  if ((view.getUint8(at + FLAGS) & FINAL) !== 0) {
    open.finalIn = true;
    open.inSequence = 0;
  }
  if (pdu.headerCaptured < BUFFER_OFFSET + 4) return 0;
  const dataSN = view.getUint32(at + DATA_SN);
  const offset = view.getUint32(at + BUFFER_OFFSET);
  if (dataSN === open.nextDataSN) open.nextDataSN = advance(dataSN, 1);
  else inDataSNJumped(book, c, s, open, pdu, dataSN);
  if (dataSN >= open.dataSNEnd) open.dataSNEnd = dataSN + 1;
  if (offset !== open.inEnd) inOffsetJumped(book, c, s, open, pdu, offset);
  open.inLosses = c.targetLosses;
  const end = offset + pdu.dataSegmentLength;
  if (end > open.inEnd) open.inEnd = end;
  const expected = t.writes ? t.bidiReadExpectedLength : t.expectedLength;
  if (t.commandSeen && end > expected) beyondLength(book, c, s, open, pdu, end);
  return offset === 0 && t.cdbLength > 0 ? controlData(t.opcode) : 0;
}

/** Bytes wanted of a control command's data: INQUIRY, MODE SENSE, READ CAPACITY, REPORT LUNS and
 * TARGET PORT GROUPS. */
export function controlData(opcode: number): number {
  switch (opcode) {
    case 0x12:
    case 0x1a:
    case 0x25:
    case 0x5a:
    case 0x9e:
    case 0xa0:
    case 0xa3:
      return CONTROL_DATA;
    default:
      return 0;
  }
}

/** True where the PDU brought the status. */
export function dataInEnds(
  book: SessionTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): boolean {
  const withStatus = (pdu.view.getUint8(pdu.at + FLAGS) & STATUS_PRESENT) !== 0;
  const open = c.inTask;
  c.inTask = null;
  if (open === null || open.order !== c.inOrder || !open.open) return withStatus;
  const t = open.task;
  t.lastDataInNs = pdu.endNs;
  passed(open, PhaseCode.dataIn, pdu.endNs, pdu, c.targetWaits, c.initiatorWaits);
  waited(c.targetWaits, open, pdu);
  t.dataMissing += pdu.dataMissing + pdu.dataCut;
  if (pdu.dataKept > 0) learn(s, t, pdu.data, pdu.dataKept, pdu.frame);
  if (withStatus) {
    // The capture, or the connection, ended inside it: the initiator does not have it either.
    if (!pdu.complete) return true;
    t.response = 0;
    t.status = pdu.view.getUint8(pdu.at + STATUS);
    finishTask(book, open, pdu);
  } else if ((pdu.view.getUint8(pdu.at + FLAGS) & FINAL) !== 0 && allMoved(open)) {
    c.readDone = open;
    c.readDoneOrder = open.order;
  }
  return withStatus;
}

export function responseWants(pdu: Pdu): number {
  return pdu.dataSegmentLength > 0 ? SENSE_DATA : 0;
}

export function responseEnds(
  book: SessionTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): void {
  if (pdu.headerCaptured < TAG_END) return;
  const view = pdu.view;
  const at = pdu.at;
  const tag = view.getUint32(at + INITIATOR_TASK_TAG);
  const open = s.tasks.byTag(tag) ?? trace(book, c, s, pdu, tag);
  if (open === null) return;
  const t = open.task;
  waited(c.targetWaits, open, pdu);
  passed(open, phaseBeforeStatus(open), pdu.endNs, pdu, c.targetWaits, c.initiatorWaits);
  t.response = view.getUint8(at + RESPONSE);
  // "only valid if the response code is Command Completed at Target" (11.4.2).
  t.status = t.response === 0 ? view.getUint8(at + STATUS) : -1;
  if (pdu.dataKept > 0) learnSense(t, pdu.data, pdu.dataKept);
  // Data moved by RDMA has no numbers (RFC 7145 7.3.5).
  if (pdu.headerCaptured >= EXP_DATA_SN + 4 && pdu.iser === undefined) {
    const expDataSN = view.getUint32(at + EXP_DATA_SN);
    // Data-In were numbered up to it (11.4.8); of a write both are 0.
    if (expDataSN !== open.dataSNEnd || t.response > 0)
      expDataSNOff(book, c, s, open, pdu, expDataSN);
  }
  finishTask(book, open, pdu);
}

function finishTask(book: SessionTables, open: OpenTask, pdu: Pdu): void {
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
  t.statusBound = pdu.endBound;
  settlePhases(open);
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
