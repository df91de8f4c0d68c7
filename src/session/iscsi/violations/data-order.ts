// Numbers and offsets of data that do not follow (RFC 7143 11.4.8, 11.7.5, 11.8, 13.18, 13.19), in
// words. Not for the hot road: called when something is out of step. What comes again because it
// was asked for (SNACK, recovery R2Ts, reassignment) is no mistake, nor is what follows a loss.

import { advance, distance } from '../../../lib/serial.js';
import type { Pdu } from '../../../pdu/pdu.js';
import type { OpenTask } from '../../../scsi/open-task.js';
import {
  BUFFER_OFFSET,
  DESIRED_LENGTH,
  TARGET_TRANSFER_TAG,
} from '../../../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../../../wire/iscsi/codes.js';
import { errorOf } from '../../new-story.js';
import type { ConnectionState, IscsiTables, SessionState } from '../state.js';
import { unsure } from './limits.js';
import { odd, tagText } from './violations.js';

/** True where data and R2Ts may come twice by right. */
function mayComeAgain(s: SessionState, open: OpenTask): boolean {
  if (open.again || !s.story.loginSeen || s.errorRecoveryLevel > 0) return true;
  return s.snacked.has(open.task.tag);
}

/** DataSN of Data-In, or R2TSN (they share one count), is not the next. */
export function inDataSNJumped(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
  dataSN: number,
): void {
  const t = open.task;
  // Of a command that was not captured, the first of its PDUs says where the count stands.
  if (!t.commandSeen && t.r2ts + t.dataInPdus <= 1) {
    open.nextDataSN = advance(dataSN, 1);
    return;
  }
  const expected = open.nextDataSN;
  const known = c.targetLosses === open.inLosses;
  const behind = distance(dataSN, expected) < 0;
  if (behind && known && mayComeAgain(s, open)) {
    open.again = true;
    return; // what follows may go on from where the first sending had come
  }
  open.nextDataSN = advance(dataSN, 1);
  if (!known) return;
  const r2t = pdu.opcode === Opcode.r2t;
  const text = jumpText(r2t ? 'R2TSN' : 'DataSN', dataSN, expected, open);
  odd(book, c, errorOf(s.story, r2t ? 'r2tSNJumps' : 'dataSNJumps'), pdu.frame, text);
}

/** DataSN of Data-Out is not the next of its sequence. */
export function outDataSNJumped(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
  dataSN: number,
): void {
  const known = c.initiatorLosses === open.outLosses;
  open.outLosses = c.initiatorLosses;
  if (!known) return;
  const text = jumpText('DataSN', dataSN, open.outDataSN, open);
  odd(book, c, errorOf(s.story, 'dataSNJumps'), pdu.frame, text);
}

function jumpText(word: string, is: number, expected: number, open: OpenTask): string {
  const of = `task ${tagText(open.task.tag)}`;
  return `${word} is ${is} where ${expected} was next, in ${of}, and no bytes are missing`;
}

/** Data-Out of a sequence does not begin where the one before ended. Said once a sequence. */
export function outOffsetJumped(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
  expected: number,
): void {
  if (!s.pduInOrder || open.outDisordered || open.again || unsure(c, open)) return;
  open.outDisordered = true;
  const offset = pdu.view.getUint32(pdu.at + BUFFER_OFFSET);
  const of = `task ${tagText(open.task.tag)}`;
  const text =
    `Data-Out at offset ${offset} where ${expected} was next, in ${of}, although DataPDUInOrder ` +
    'is Yes (13.18)';
  odd(book, c, errorOf(s.story, 'dataOutOffsetJumps'), pdu.frame, text);
}

/** An R2T asks for bytes before the end of the one before it. */
export function r2tOffsetBack(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
  offset: number,
): void {
  if (!s.sequenceInOrder || mayComeAgain(s, open) || unsure(c, open)) return;
  const of = `task ${tagText(open.task.tag)}`;
  const desired = pdu.view.getUint32(pdu.at + DESIRED_LENGTH);
  const text =
    `an R2T of ${of} asks for ${desired} bytes at offset ${offset}, the one before reached to ` +
    `${open.r2tEnd}, although DataSequenceInOrder is Yes (13.19)`;
  odd(book, c, errorOf(s.story, 'r2tOffsetBack'), pdu.frame, text);
}

/** Data of a later R2T begins while an earlier one still waits: "fulfilled … in the order" (11.8). */
export function r2tOutOfTurn(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
  i: number,
): void {
  if (mayComeAgain(s, open) || unsure(c, open)) return;
  const of = `task ${tagText(open.task.tag)}`;
  const tag = tagText(pdu.view.getUint32(pdu.at + TARGET_TRANSFER_TAG));
  const text =
    `Data-Out for R2T ${tag} of ${of} begins while ${i} R2T${i === 1 ? '' : 's'} before it still ` +
    'wait for data (11.8)';
  odd(book, c, errorOf(s.story, 'r2tsOutOfTurn'), pdu.frame, text);
}

/**
 * ExpDataSN is "the number of Data-In (read) PDUs the target has sent for the command" (11.4.8), 0
 * where the response code is not 0. Of a bidirectional command R2Ts share the count (11.7.5).
 */
export function expDataSNOff(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
  expDataSN: number,
): void {
  const t = open.task;
  const failed = t.response > 0;
  if (failed ? expDataSN === 0 : expDataSN === t.dataInPdus) return;
  if (!failed && t.dataInPdus > 0 && expDataSN === t.dataInPdus + t.r2ts) return;
  if (open.again || unsure(c, open)) return;
  const unset = !failed && expDataSN === 0;
  // Some targets never fill it in: the sentence is written for the few that are kept.
  odd(book, c, errorOf(s.story, unset ? 'expDataSNUnset' : 'expDataSNWrong'), pdu.frame, () => {
    const of = `task ${tagText(t.tag)}`;
    const but = failed
      ? 'which did not complete: it must be 0'
      : `of which ${t.dataInPdus} Data-In passed`;
    return `ExpDataSN is ${expDataSN} in the response of ${of}, ${but} (11.4.8)`;
  });
}
