// Data that goes beyond what was agreed, in words. Not for the hot road: called when a limit is passed.

import type { Pdu } from '../../../pdu/pdu.js';
import type { OpenTask } from '../../../scsi/open-task.js';
import { pduOf } from '../../../wire/iscsi/pdus.js';
import { errorOf } from '../../new-story.js';
import { agreedOf } from '../login/operational-limits.js';
import type { ConnectionState, IscsiTables, SessionState } from '../state.js';
import { odd, tagText } from './violations.js';

/** Its beginning, or bytes of either side since then, are missing: a count may be wrong. */
export function unsure(c: ConnectionState, open: OpenTask): boolean {
  if (!open.task.commandSeen) return true;
  return open.lossesAtStart !== c.initiatorLosses + c.targetLosses;
}

export function segmentTooLong(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
  most: number,
): void {
  const who = pdu.fromInitiator ? 'target' : 'initiator';
  const text =
    `${pduOf(pdu.opcode).name} brings ${pdu.dataSegmentLength} bytes, and the ${who} takes ` +
    `${most} (MaxRecvDataSegmentLength, RFC 7143 13.12)`;
  const counter = errorOf(s.story, 'segmentTooLong');
  if (pdu.fromInitiator) counter.byInitiator = (counter.byInitiator ?? 0) + 1;
  odd(book, c, counter, pdu.frame, text);
}

export function immediateRefused(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): void {
  const text = `a command brings ${pdu.dataSegmentLength} bytes although ImmediateData is No (13.11)`;
  odd(book, c, errorOf(s.story, 'unsolicitedRefused'), pdu.frame, text);
}

export function unsolicitedRefused(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
): void {
  const of = `task ${tagText(open.task.tag)}`;
  const text = `Data-Out of ${of} came without an R2T although InitialR2T is Yes (13.10)`;
  odd(book, c, errorOf(s.story, 'unsolicitedRefused'), pdu.frame, text);
}

/** Immediate and unsolicited data together (13.14). */
export function firstBurstExceeded(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
): void {
  if (unsure(c, open)) return;
  const t = open.task;
  const bytes = t.immediateBytes + t.unsolicitedBytes;
  const most = agreedOf(c, s).firstBurst;
  const text = `${bytes} bytes came without an R2T in task ${tagText(t.tag)}, FirstBurstLength is ${most}`;
  odd(book, c, errorOf(s.story, 'firstBurstExceeded'), pdu.frame, text);
}

/** An R2T asks for more than MaxBurstLength, or for nothing (11.8.4). */
export function r2tLengthWrong(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
  desired: number,
): void {
  const most = agreedOf(c, s).maxBurst;
  const bound = desired === 0 ? 'it must not be 0' : `MaxBurstLength is ${most}`;
  const text = `an R2T of task ${tagText(open.task.tag)} asks for ${desired} bytes, and ${bound}`;
  odd(book, c, errorOf(s.story, 'maxBurstExceeded'), pdu.frame, text);
}

/**
 * A sequence of Data-In without F is longer than MaxBurstLength (13.13). Counted, not told: tgt
 * never sets F before the last Data-In, and no initiator is known to mind.
 */
export function inSequenceTooLong(
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
): void {
  if (unsure(c, open)) return;
  const counter = errorOf(s.story, 'dataInWithoutFinal');
  if (counter.count === 0) {
    counter.frame = pdu.frame;
    counter.timeNs = pdu.timeNs;
  }
  counter.count++;
}

export function tooManyR2ts(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
): void {
  if (unsure(c, open)) return;
  const most = agreedOf(c, s).outstandingR2ts;
  const of = `task ${tagText(open.task.tag)}`;
  const text = `${open.r2tCount} R2Ts of ${of} wait for data, MaxOutstandingR2T is ${most} (13.17)`;
  odd(book, c, errorOf(s.story, 'tooManyR2ts'), pdu.frame, text);
}

/** F came before all that the R2T asked for (11.8.4). */
export function r2tNotMet(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
  i: number,
): void {
  if (unsure(c, open)) return;
  const of = `task ${tagText(open.task.tag)}`;
  const text = `Data-Out of ${of} ends after ${open.r2tGot[i]} of the ${open.r2tDesired[i]} bytes that its R2T asked for`;
  odd(book, c, errorOf(s.story, 'r2tNotMet'), pdu.frame, text);
}
