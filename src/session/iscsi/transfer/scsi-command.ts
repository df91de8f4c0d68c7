// hot: no allocation per packet
// SCSI Command: a task begins (RFC 7143 11.3).

import type { Pdu } from '../../../pdu/pdu.js';
import {
  takeCdb,
  commandBegins as taskBegins,
  commandEnds as taskCommandEnds,
} from '../../../scsi/exchange.js';
import type { OpenTask } from '../../../scsi/open-task.js';
import { countWrite, tell } from '../../../scsi/open-tasks.js';
import { Transport } from '../../../scsi/task.js';
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
import { agreedOf, observedOf } from '../login/operational-limits.js';
import type { ConnectionState, IscsiTables, SessionState } from '../state.js';
import { newTask } from '../tasks.js';
import { firstBurstExceeded, immediateRefused, segmentTooLong } from '../violations/limits.js';
import { commandAgain, extendedCdb } from './unmatched.js';

export function commandBegins(
  book: IscsiTables,
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
  const open = newTask(book, c, s, tag);
  c.outTask = open;
  c.outOrder = open.order;
  commandFacts(book, s, open, pdu);
  const t = open.task;
  if (t.writes) countWrite(open);
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
  if (pdu.ahsLength === 0) tell(book.tasks, open);
  return 0;
}

function immediateSeen(c: ConnectionState, pdu: Pdu): void {
  const seen = observedOf(c);
  seen.immediate.see(1, pdu.frame);
  seen.firstBurst.see(pdu.dataSegmentLength, pdu.frame);
  seen.toTarget.see(pdu.dataSegmentLength, pdu.frame);
}

/** Fills in what the header says. Fields that were cut off by snaplen read as 0 and count as such. */
export function commandFacts(book: IscsiTables, s: SessionState, open: OpenTask, pdu: Pdu): void {
  const view = pdu.view;
  const at = pdu.at;
  const t = open.task;
  const flags = view.getUint8(at + FLAGS);
  t.lunHigh = view.getUint32(at + LUN);
  t.lunLow = view.getUint32(at + LUN + 4);
  t.cmdSN = view.getUint32(at + CMD_SN);
  t.immediate = (view.getUint8(at) & IMMEDIATE) !== 0;
  t.reads = (flags & READ) !== 0;
  t.writes = (flags & WRITE) !== 0;
  t.attribute = flags & ATTRIBUTE;
  t.expectedLength = view.getUint32(at + EXPECTED_LENGTH);
  if (pdu.iser !== undefined) t.transport = Transport.iser;
  taskBegins(s, open, pdu);
  const captured = pdu.headerCaptured;
  const there = captured >= BHS_LENGTH ? 16 : Math.max(0, captured - CDB);
  takeCdb(book.tasks, open, pdu.bytes, view, at + CDB, there);
}

export function commandEnds(book: IscsiTables, c: ConnectionState, pdu: Pdu): void {
  const open = c.outTask;
  c.outTask = null;
  if (open === null || open.order !== c.outOrder || !open.open) return;
  taskCommandEnds(c, open, pdu, pdu.dataMissing + pdu.dataCut);
  if (pdu.ahsLength > 0) extendedCdb(book, open, pdu);
}
