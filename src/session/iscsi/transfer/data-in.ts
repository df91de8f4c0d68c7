// hot: no allocation per packet
// Data of reads and the status: Data-In and SCSI Response (RFC 7143 11.4, 11.7). Bytes are counted
// from the headers; payload may be missing.

import { advance } from '../../../lib/serial.js';
import type { Pdu } from '../../../pdu/pdu.js';
import {
  outcomeOfStatus,
  statusCame,
  statusStands,
  dataInBegins as taskDataIn,
  dataInEnds as taskDataInEnds,
  wantedOfDataIn,
} from '../../../scsi/exchange.js';
import { learn, learnSense } from '../../../scsi/logical-unit.js';
import type { OpenTask } from '../../../scsi/open-task.js';
import { endTask } from '../../../scsi/open-tasks.js';
import { Outcome } from '../../../scsi/task.js';
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
  SENSE_LENGTH_BYTES,
  STATUS,
  STATUS_PRESENT,
  senseLength,
  TAG_END,
} from '../../../wire/iscsi/bhs-offsets.js';
import { agreedOf, observedOf } from '../login/operational-limits.js';
import { allMoved } from '../numbering/status-owners.js';
import { clearOfHoles } from '../numbering/unseen-statuses.js';
import type { ConnectionState, IscsiTables, SessionState } from '../state.js';
import { expDataSNOff, inDataSNJumped } from '../violations/data-order.js';
import { inSequenceTooLong, segmentTooLong } from '../violations/limits.js';
import { ownerOfDataIn, ownerOfResponse } from './same-tag.js';
import { beyondLength, inOffsetJumped, trace } from './unmatched.js';

/** Data read of a SCSI Response: SenseLength and the sense data behind it (RFC 7143 11.4.7). */
const SENSE_DATA = 260;

export function dataInBegins(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): number {
  c.inTask = null;
  if (pdu.headerCaptured < TAG_END) return 0;
  const view = pdu.view;
  const at = pdu.at;
  const tag = view.getUint32(at + INITIATOR_TASK_TAG);
  let open = s.tasks.byTag(tag) ?? trace(book, c, s, pdu, tag);
  if (open === null) return 0;
  if (open.twin !== null) open = ownerOfDataIn(c, open, pdu);
  const t = open.task;
  c.inTask = open;
  c.inOrder = open.order;
  if (c.numbers.holes.length > 0) clearOfHoles(book, c, open);
  taskDataIn(c, open, pdu, pdu.dataSegmentLength);
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
  return offset === 0 ? wantedOfDataIn(open) : 0;
}

/** True where the PDU brought the status. */
export function dataInEnds(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): boolean {
  const withStatus = (pdu.view.getUint8(pdu.at + FLAGS) & STATUS_PRESENT) !== 0;
  const open = c.inTask;
  c.inTask = null;
  if (open === null || open.order !== c.inOrder || !open.open) return withStatus;
  const t = open.task;
  taskDataInEnds(c, open, pdu, pdu.dataMissing + pdu.dataCut);
  if (pdu.dataKept > 0) learn(s, t, pdu.data, pdu.dataKept, pdu.frame);
  if (withStatus) {
    // The capture, or the connection, ended inside it: the initiator does not have it either.
    if (!pdu.complete) return true;
    t.response = 0;
    t.status = pdu.view.getUint8(pdu.at + STATUS);
    finishTask(book, open, pdu);
  } else if ((pdu.view.getUint8(pdu.at + FLAGS) & FINAL) !== 0 && allMoved(open)) {
    c.numbers.readDone = open;
    c.numbers.readDoneOrder = open.order;
  }
  return withStatus;
}

export function responseWants(pdu: Pdu): number {
  return pdu.dataSegmentLength > 0 ? SENSE_DATA : 0;
}

export function responseEnds(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): void {
  if (pdu.headerCaptured < TAG_END) return;
  const view = pdu.view;
  const at = pdu.at;
  const tag = view.getUint32(at + INITIATOR_TASK_TAG);
  let open = s.tasks.byTag(tag) ?? trace(book, c, s, pdu, tag);
  if (open === null) return;
  if (open.twin !== null) open = ownerOfResponse(c, open, pdu);
  const t = open.task;
  statusCame(c, open, pdu);
  t.response = view.getUint8(at + RESPONSE);
  // "only valid if the response code is Command Completed at Target" (11.4.2).
  t.status = t.response === 0 ? view.getUint8(at + STATUS) : -1;
  if (pdu.dataKept > SENSE_LENGTH_BYTES) {
    const there = Math.min(pdu.dataKept - SENSE_LENGTH_BYTES, senseLength(pdu.data));
    learnSense(t, pdu.data, SENSE_LENGTH_BYTES, there);
  }
  // Data moved by RDMA has no numbers (RFC 7145 7.3.5).
  if (pdu.headerCaptured >= EXP_DATA_SN + 4 && pdu.iser === undefined) {
    const expDataSN = view.getUint32(at + EXP_DATA_SN);
    // Data-In were numbered up to it (11.4.8); of a write both are 0.
    if (expDataSN !== open.dataSNEnd || t.response > 0)
      expDataSNOff(book, c, s, open, pdu, expDataSN);
  }
  finishTask(book, open, pdu);
}

function finishTask(book: IscsiTables, open: OpenTask, pdu: Pdu): void {
  const view = pdu.view;
  const t = open.task;
  const flags = view.getUint8(pdu.at + FLAGS);
  if ((flags & RESIDUAL_UNDERFLOW) !== 0) t.residualKind = 1;
  else if ((flags & RESIDUAL_OVERFLOW) !== 0) t.residualKind = 2;
  if (t.residualKind !== 0 && pdu.headerCaptured >= BHS_LENGTH) {
    t.residualCount = view.getUint32(pdu.at + RESIDUAL);
  }
  statusStands(open, pdu);
  const outcome = t.response === 0 ? outcomeOfStatus(t.status) : Outcome.targetFailure;
  endTask(book.tasks, open, outcome, pdu.endNs, pdu.frameEnd);
}
