// hot: no allocation per packet
// SCSI Command: a task begins (RFC 7143 11.3).

import type { Pdu } from '../../../pdu/pdu.js';
import {
  dataOutKept,
  commandEnds as taskCommandEnds,
  wantedOfDataOut,
} from '../../../scsi/exchange.js';
import { countWrite, tell } from '../../../scsi/open-tasks.js';
import { FINAL, FLAGS, INITIATOR_TASK_TAG, TAG_END } from '../../../wire/iscsi/bhs-offsets.js';
import { agreedOf, observedOf } from '../login/operational-limits.js';
import type { ConnectionState, IscsiTables, SessionState } from '../state.js';
import { newTask } from '../tasks.js';
import { firstBurstExceeded, immediateRefused, segmentTooLong } from '../violations/limits.js';
import { commandFacts, extendedCdb } from './command-facts.js';
import { link } from './same-tag.js';
import { commandAgain } from './unmatched.js';

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
  // Where all was captured the elder of a tag lives on, and both exist.
  const elder = same === null ? null : s.tasks.byTag(tag);
  const open = newTask(book, c, s, tag);
  if (elder !== null) link(elder, open);
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
  t.moreUnsolicited = t.writes && !open.finalOut;
  if (pdu.dataSegmentLength > 0) {
    const agreed = agreedOf(c, s);
    if (pdu.dataSegmentLength > agreed.toTarget) segmentTooLong(book, c, s, pdu, agreed.toTarget);
    if (!agreed.known) immediateSeen(c, pdu);
    if (!agreed.immediate) immediateRefused(book, c, s, pdu);
    if (t.immediateBytes > agreed.firstBurst) firstBurstExceeded(book, c, s, open, pdu);
  }
  // With an AHS, the CDB or the read length is not whole yet.
  if (pdu.ahsLength === 0) tell(book.tasks, open);
  return pdu.dataSegmentLength > 0 ? wantedOfDataOut(open, pdu.dataSegmentLength) : 0;
}

function immediateSeen(c: ConnectionState, pdu: Pdu): void {
  const seen = observedOf(c);
  seen.immediate.see(1, pdu.frame);
  seen.firstBurst.see(pdu.dataSegmentLength, pdu.frame);
  seen.toTarget.see(pdu.dataSegmentLength, pdu.frame);
}

export function commandEnds(book: IscsiTables, c: ConnectionState, pdu: Pdu): void {
  const open = c.outTask;
  c.outTask = null;
  if (open === null || open.order !== c.outOrder || !open.open) return;
  taskCommandEnds(c, open, pdu, pdu.dataMissing + pdu.dataCut);
  if (pdu.dataKept > 0) dataOutKept(open, pdu.data, pdu.dataKept);
  if (pdu.ahsLength > 0) extendedCdb(book, open, pdu);
}
