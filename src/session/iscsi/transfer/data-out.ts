// hot: no allocation per packet
// Data of writes: R2T and Data-Out (RFC 7143 11.7, 11.8). Bytes are counted from the headers;
// payload may be missing.

import { advance } from '../../../lib/serial.js';
import type { Pdu } from '../../../pdu/pdu.js';
import {
  countOutstanding,
  dataOutCame,
  dataOutCounts,
  dataOutKept,
  dataOutBegins as taskDataOut,
  dataOutEnds as taskDataOutEnds,
  transferAsks,
  transferEnds,
  transferReady,
  wantedOfDataOut,
} from '../../../scsi/exchange.js';
import type { OpenTask } from '../../../scsi/open-task.js';
import { countWrite } from '../../../scsi/open-tasks.js';
import { transferOf, UNSOLICITED } from '../../../scsi/transfers.js';
import {
  BHS_LENGTH,
  BUFFER_OFFSET,
  DATA_SN,
  DESIRED_LENGTH,
  FINAL,
  FLAGS,
  INITIATOR_TASK_TAG,
  NO_TAG,
  TAG_END,
  TARGET_TRANSFER_TAG,
} from '../../../wire/iscsi/bhs-offsets.js';
import { agreedOf, observedOf } from '../login/operational-limits.js';
import { clearOfHoles } from '../numbering/unseen-statuses.js';
import type { ConnectionState, IscsiTables, SessionState } from '../state.js';
import {
  inDataSNJumped,
  outDataSNJumped,
  outOffsetJumped,
  r2tOffsetBack,
  r2tOutOfTurn,
} from '../violations/data-order.js';
import {
  firstBurstExceeded,
  r2tLengthWrong,
  r2tNotMet,
  segmentTooLong,
  tooManyR2ts,
  unsolicitedRefused,
  unsure,
} from '../violations/limits.js';
import { ownerOfDataOut, ownerOfR2t } from './same-tag.js';
import { beyondLength, beyondR2t, strayInitiatorPdu, trace } from './unmatched.js';

export function dataOutBegins(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): number {
  c.outTask = null;
  if (pdu.headerCaptured < TAG_END) return 0;
  const tag = pdu.view.getUint32(pdu.at + INITIATOR_TASK_TAG);
  let open = s.tasks.byTag(tag) ?? strayInitiatorPdu(book, c, s, pdu, tag);
  if (open === null) return 0;
  if (open.twin !== null) open = ownerOfDataOut(c, open, pdu);
  const t = open.task;
  if (!open.countedWrite && t.connection === c.number) countWrite(open);
  if (!c.targetSeen && c.numbers.holes.length > 0) clearOfHoles(book, c, open);
  c.outTask = open;
  c.outOrder = open.order;
  dataOutCounts(open, pdu, pdu.dataSegmentLength);
  if (pdu.headerCaptured < BHS_LENGTH) return 0;
  taskDataOut(c, open, pdu, pdu.dataSegmentLength, transferAsked(open, pdu));
  dataOutNumbers(book, c, s, open, pdu);
  return wantedOfDataOut(open, pdu.dataSegmentLength);
}

/** Which R2T a Data-Out answers: none has the tag ffffffffh (11.7.4). */
function transferAsked(open: OpenTask, pdu: Pdu): number {
  const targetTag = pdu.view.getUint32(pdu.at + TARGET_TRANSFER_TAG);
  return targetTag === NO_TAG ? UNSOLICITED : transferOf(open, targetTag);
}

function dataOutNumbers(
  book: IscsiTables,
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
  const agreed = agreedOf(c, s);
  if (pdu.dataSegmentLength > agreed.toTarget) segmentTooLong(book, c, s, pdu, agreed.toTarget);
  if (!agreed.known) dataOutSeen(c, open, pdu, targetTag === NO_TAG);
  const unsolicitedBefore = t.immediateBytes + t.unsolicitedBytes;
  if (targetTag === NO_TAG) {
    const before = unsolicitedBefore;
    t.unsolicitedBytes += pdu.dataSegmentLength;
    if (!agreed.unsolicited) unsolicitedRefused(book, c, s, open, pdu);
    else if (before <= agreed.firstBurst && before + pdu.dataSegmentLength > agreed.firstBurst) {
      firstBurstExceeded(book, c, s, open, pdu);
    }
  }
  // DataSN counts within a sequence: one an R2T, and one for unsolicited data (11.7.5).
  if (targetTag !== open.outTag) {
    open.outTag = targetTag;
    // Of a command from before the capture, the sequence may have begun before it too.
    open.outDataSN = !t.commandSeen && t.dataOutPdus === 1 ? dataSN : 0;
    open.outDisordered = false;
  }
  if (dataSN !== open.outDataSN) outDataSNJumped(book, c, s, open, pdu, dataSN);
  open.outDataSN = advance(dataSN, 1);
  if (end > open.outEnd) open.outEnd = end;
  if (t.commandSeen && end > t.expectedLength) beyondLength(book, c, s, open, pdu, end);
  if (targetTag === NO_TAG) {
    if (offset !== unsolicitedBefore) outOffsetJumped(book, c, s, open, pdu, unsolicitedBefore);
    return;
  }
  const i = transferOf(open, targetTag);
  if (i < 0) return;
  const next = open.r2tOffset[i] + open.r2tGot[i];
  if (offset !== next) outOffsetJumped(book, c, s, open, pdu, next);
  if (i > 0 && open.r2tGot[i] === 0) r2tOutOfTurn(book, c, s, open, pdu, i);
  open.r2tGot[i] += pdu.dataSegmentLength;
  if (offset < open.r2tOffset[i] || end > open.r2tOffset[i] + open.r2tDesired[i]) {
    beyondR2t(book, c, s, open, pdu, i);
  }
}

/** What a Data-Out proves of parameters that nobody told. Before it is counted. */
function dataOutSeen(c: ConnectionState, open: OpenTask, pdu: Pdu, unsolicited: boolean): void {
  const seen = observedOf(c);
  seen.toTarget.see(pdu.dataSegmentLength, pdu.frame);
  if (!unsolicited) return;
  const { immediateBytes, unsolicitedBytes } = open.task;
  seen.unsolicited.see(1, pdu.frame);
  seen.firstBurst.see(immediateBytes + unsolicitedBytes + pdu.dataSegmentLength, pdu.frame);
}

export function dataOutEnds(book: IscsiTables, c: ConnectionState, pdu: Pdu): void {
  const open = c.outTask;
  c.outTask = null;
  if (open === null || open.order !== c.outOrder || !open.open) return;
  dataOutCame(c, open, pdu, pdu.dataMissing + pdu.dataCut);
  if (pdu.dataKept > 0) dataOutKept(open, pdu.data, pdu.dataKept);
  if (pdu.headerCaptured < BHS_LENGTH) return;
  const final = (pdu.view.getUint8(pdu.at + FLAGS) & FINAL) !== 0;
  const i = transferAsked(open, pdu);
  taskDataOutEnds(c, open, pdu, i, final);
  if (i === UNSOLICITED) return;
  if (final) open.outTag = NO_TAG - 1; // a target may use the same tag for its next R2T
  if (i < 0) return;
  if (final && open.r2tGot[i] < open.r2tDesired[i] && c.session !== undefined) {
    r2tNotMet(book, c, c.session, open, pdu, i);
  }
  // R2Ts are answered in their order (11.8): those before have had their data too.
  transferEnds(open, i, final);
}

export function r2tEnds(book: IscsiTables, c: ConnectionState, s: SessionState, pdu: Pdu): void {
  if (pdu.headerCaptured < TAG_END) return;
  const view = pdu.view;
  const at = pdu.at;
  const tag = view.getUint32(at + INITIATOR_TASK_TAG);
  let open = s.tasks.byTag(tag) ?? trace(book, c, s, pdu, tag);
  if (open === null) return;
  if (open.twin !== null) open = ownerOfR2t(c, open, pdu);
  const t = open.task;
  if (c.numbers.holes.length > 0) clearOfHoles(book, c, open);
  transferReady(c, open, pdu);
  if (pdu.headerCaptured < BHS_LENGTH) return;
  const offset = view.getUint32(at + BUFFER_OFFSET);
  const desired = view.getUint32(at + DESIRED_LENGTH);
  const r2tSN = view.getUint32(at + DATA_SN);
  t.r2tBytes += desired;
  if (r2tSN === open.nextDataSN) open.nextDataSN = advance(r2tSN, 1);
  else inDataSNJumped(book, c, s, open, pdu, r2tSN);
  open.inLosses = c.targetLosses;
  if (offset < open.r2tEnd) r2tOffsetBack(book, c, s, open, pdu, offset);
  open.r2tEnd = offset + desired;
  if (t.commandSeen && offset + desired > t.expectedLength) {
    beyondLength(book, c, s, open, pdu, offset + desired);
  }
  const targetTag = view.getUint32(at + TARGET_TRANSFER_TAG);
  const before = transferOf(open, targetTag);
  // Sent again for a SNACK while it waits: it asks for nothing more.
  if (before >= 0 && open.again && open.r2tOffset[before] === offset) return;
  transferAsks(open, pdu, targetTag, r2tSN, offset, desired);
  const agreed = agreedOf(c, s);
  if (!agreed.known) {
    const seen = observedOf(c);
    seen.burst.see(desired, pdu.frame);
    // Where data was missed, an R2T may have been answered.
    if (!unsure(c, open)) seen.outstandingR2ts.see(open.r2tCount, pdu.frame);
  }
  if (desired > agreed.maxBurst || desired === 0) r2tLengthWrong(book, c, s, open, pdu, desired);
  if (open.r2tCount > agreed.outstandingR2ts) tooManyR2ts(book, c, s, open, pdu);
  countOutstanding(open);
}
