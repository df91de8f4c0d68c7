// hot: no allocation per packet
// SCSI Command: a task begins (RFC 7143 11.3).

import type { Pdu } from '../../../pdu/pdu.js';
import { lunOfTask } from '../../../scsi/lun-table.js';
import type { OpenTask } from '../../../scsi/open-task.js';
import { passed } from '../../../scsi/phases.js';
import { clearPhases, clearTcp, PhaseCode } from '../../../scsi/task.js';
import { streamEndOf, waited } from '../../../scsi/tcp-waits.js';
import {
  ATTRIBUTE,
  BHS_LENGTH,
  CDB,
  CMD_SN,
  EXPECTED_LENGTH,
  FINAL,
  FLAGS,
  IMMEDIATE,
  INITIATOR_TASK_TAG,
  LUN,
  READ,
  TAG_END,
  WRITE,
} from '../../../wire/iscsi/bhs-offsets.js';
import { cdbFacts, operationOf } from '../../../wire/scsi/operations.js';
import { agreedOf, observedOf } from '../login/operational-limits.js';
import type { ConnectionState, SessionState, SessionTables } from '../state.js';
import { beginTask, countWrite, tell } from '../tasks.js';
import { firstBurstExceeded, immediateRefused, segmentTooLong } from '../violations/limits.js';
import { commandAgain, extendedCdb } from './unmatched.js';

export function commandBegins(
  book: SessionTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): number {
  c.outTask = null;
  if (pdu.headerCaptured < TAG_END) return 0;
  const view = pdu.view;
  const at = pdu.at;
  const tag = view.getUint32(at + INITIATOR_TASK_TAG);
  const same = s.tasks.byTag(tag);
  if (same !== null && commandAgain(book, c, s, same, pdu)) return 0;
  const open = beginTask(book, c, s, tag);
  c.outTask = open;
  c.outOrder = open.order;
  commandFacts(book, s, open, pdu);
  const t = open.task;
  if (t.writes) countWrite(c, open);
  t.dataOutBytes = pdu.dataSegmentLength;
  t.immediateBytes = pdu.dataSegmentLength;
  open.outEnd = pdu.dataSegmentLength;
  open.finalOut = (view.getUint8(at + FLAGS) & FINAL) !== 0;
  // F is 0 where unsolicited Data-Out follows (11.3.1).
  open.sendsUnsolicited = t.writes && (t.immediateBytes > 0 || !open.finalOut);
  if (pdu.dataSegmentLength > 0) {
    const agreed = agreedOf(c, s);
    if (pdu.dataSegmentLength > agreed.toTarget) segmentTooLong(book, c, s, pdu, agreed.toTarget);
    if (!agreed.known) immediateSeen(c, pdu);
    if (!agreed.immediate) immediateRefused(book, c, s, pdu);
    if (t.immediateBytes > agreed.firstBurst) firstBurstExceeded(book, c, s, open, pdu);
  }
  // With an AHS, the CDB or the read length is not whole yet.
  if (pdu.ahsLength === 0) tell(book, open);
  return 0;
}

function immediateSeen(c: ConnectionState, pdu: Pdu): void {
  const seen = observedOf(c);
  seen.immediate.see(1, pdu.frame);
  seen.firstBurst.see(pdu.dataSegmentLength, pdu.frame);
  seen.toTarget.see(pdu.dataSegmentLength, pdu.frame);
}

/** Fills in what the header says. Fields that were cut off by snaplen read as 0 and count as such. */
export function commandFacts(book: SessionTables, s: SessionState, open: OpenTask, pdu: Pdu): void {
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
  clearPhases(t);
  clearTcp(t);
  open.outStreamBegin = pdu.streamOffset;
  open.outStreamEnd = streamEndOf(pdu);
  open.markNs = pdu.timeNs;
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
export function operationFacts(
  book: SessionTables,
  open: OpenTask,
  view: DataView,
  at: number,
): void {
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

export function commandEnds(book: SessionTables, c: ConnectionState, pdu: Pdu): void {
  const open = c.outTask;
  c.outTask = null;
  if (open === null || open.order !== c.outOrder || !open.open) return;
  const t = open.task;
  t.commandEndNs = pdu.endNs;
  waited(c.initiatorWaits, open, pdu);
  if (t.immediateBytes > 0) {
    passed(open, PhaseCode.unsolicited, pdu.endNs, pdu, c.initiatorWaits, c.targetWaits);
  }
  if (open.finalOut) open.sendsUnsolicited = false;
  t.dataMissing += pdu.dataMissing + pdu.dataCut;
  if (pdu.ahsLength > 0) extendedCdb(book, open, pdu);
}
