// What the transfer of data meets seldom: tags used again, tasks whose command was not captured,
// numbers and offsets out of step, extended CDBs. Not for the hot road.

import { distance } from '../../../lib/serial.js';
import { REQUESTS_PENDING_MAX } from '../../../limits.js';
import type { Pdu } from '../../../pdu/pdu.js';
import type { OpenTask } from '../../../scsi/open-task.js';
import { tell } from '../../../scsi/open-tasks.js';
import { Evidence } from '../../../scsi/task.js';
import { flowOf } from '../../../stream/connection.js';
import {
  BHS_LENGTH,
  BUFFER_OFFSET,
  CDB,
  CDB_LENGTH,
  CMD_SN,
  DATA_SN,
  FLAGS,
  IMMEDIATE,
  INITIATOR_TASK_TAG,
  NO_TAG,
  STAT_SN,
  STAT_SN_END,
  STATUS_PRESENT,
  TARGET_TRANSFER_TAG,
} from '../../../wire/iscsi/bhs-offsets.js';
import { codeName, OPCODE_NAMES, Opcode } from '../../../wire/iscsi/codes.js';
import { errorOf } from '../../new-story.js';
import { addEvent } from '../events.js';
import { endUnseen, unseenShown } from '../numbering/unseen-statuses.js';
import type { ConnectionState, IscsiTables, SessionState } from '../state.js';
import { newTask } from '../tasks.js';
import { unsure } from '../violations/limits.js';
import { odd, tagText } from '../violations/violations.js';
import { commandFacts } from './command-facts.js';
import { twinOf } from './same-tag.js';

/**
 * A command whose tag is in use. True where it is no new task: a retry (7.2.1), or the command of a
 * task whose data was seen first. Else, where bytes may be missing, the older task has ended unseen:
 * tags are used again only after the status (11.2.1.8). Where all is there, both are open (same-tag.ts).
 */
export function commandAgain(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
): boolean {
  const t = open.task;
  if (!t.commandSeen) {
    const traceNs = Math.max(t.firstDataInNs, t.firstR2tNs, t.firstDataOutNs);
    if (pdu.timeNs <= traceNs && t.connection === c.number) {
      // Its answer was captured before it: that one has its command.
      const { unknownTask } = s.story.sequence;
      if (unknownTask.count > 0) {
        unknownTask.count--;
        unknownTask.more?.pop();
      }
      commandFacts(book, s, open, pdu);
      t.dataOutBytes += pdu.dataSegmentLength;
      t.immediateBytes = pdu.dataSegmentLength;
      c.outTask = open;
      c.outOrder = open.order;
      return true;
    }
  } else if (isRetry(open, pdu) || isRetryOf(twinOf(open), pdu)) {
    addEvent(s, 'command retry', c, pdu.frame, pdu.timeNs, {
      initiatorTaskTag: t.tag,
      cmdSN: t.cmdSN,
    });
    return true;
  }
  if (initiatorWhole(c) && targetWhole(c)) {
    const text = `task tag ${tagText(t.tag)} used again while its command is open`;
    odd(book, c, errorOf(s.story, 'tagInUse'), pdu.frame, text);
    // Nothing is missing: the elder is still owed its answer. Of three, the oldest gives way.
    if (t.commandSeen && twinOf(open) === null) return false;
  }
  endUnseen(book, open, Evidence.tagReused, pdu.timeNs, pdu.frame);
  return false;
}

function isRetryOf(twin: OpenTask | null, pdu: Pdu): boolean {
  return twin !== null && isRetry(twin, pdu);
}

/** "the command PDU MUST carry the original Initiator Task Tag … as well as the original CmdSN". */
function isRetry(open: OpenTask, pdu: Pdu): boolean {
  const t = open.task;
  if (pdu.headerCaptured < BHS_LENGTH || (pdu.view.getUint8(pdu.at) & IMMEDIATE) !== 0)
    return false;
  if (pdu.view.getUint32(pdu.at + CMD_SN) !== t.cmdSN) return false;
  for (let i = 0; i < CDB_LENGTH; i++)
    if (open.cdb[i] !== pdu.bytes[pdu.at + CDB + i]) return false;
  return true;
}

/**
 * A PDU of the target for a task that is not open: its command was not captured, and the task
 * begins with this. Null where the task has been here and ended early (aborted, rejected, …), or
 * where the status is one sent again.
 */
export function trace(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
  initiatorTaskTag: number,
): OpenTask | null {
  const again = pdu.opcode === Opcode.scsiResponse && isRepeated(c, pdu);
  if (again || s.endedEarly.has(initiatorTaskTag)) return null;
  if (s.story.loginSeen && c.initiatorSeen && initiatorWhole(c)) {
    const text = `${nameOf(pdu)} for task ${tagText(initiatorTaskTag)}, which is not open`;
    odd(book, c, errorOf(s.story, 'unknownTask'), pdu.frame, text);
  }
  unseenShows(c, s);
  const open = newTask(book, c, s, initiatorTaskTag);
  if (pdu.opcode !== Opcode.scsiResponse && pdu.headerCaptured >= BUFFER_OFFSET + 4) {
    open.nextDataSN = pdu.view.getUint32(pdu.at + DATA_SN);
    if (pdu.opcode === Opcode.dataIn) open.inEnd = pdu.view.getUint32(pdu.at + BUFFER_OFFSET);
  }
  open.task.reads = pdu.opcode === Opcode.dataIn;
  tell(book.tasks, open);
  return open;
}

/** A request that is no command, with the tag of a command that is open. */
export function requestTagged(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): void {
  const tag = pdu.view.getUint32(pdu.at + INITIATOR_TASK_TAG);
  const open = tag === NO_TAG ? null : s.tasks.byTag(tag);
  if (open === null || !open.task.commandSeen || open.task.connection !== c.number) return;
  if (!initiatorWhole(c) || !targetWhole(c)) return;
  const text = `task tag ${tagText(tag)} used by a ${codeName(OPCODE_NAMES, pdu.opcode)} while its command is open`;
  odd(book, c, errorOf(s.story, 'tagInUse'), pdu.frame, text);
}

/** An answer that is no command's (a ping's, of task management, text, logout), and no such request waits. */
export function strayAnswer(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
  tag: number,
): void {
  const mayBeForgotten = c.requests.own.length >= REQUESTS_PENDING_MAX;
  if (!s.story.loginSeen || !c.initiatorSeen || !initiatorWhole(c) || mayBeForgotten) return;
  const name = codeName(OPCODE_NAMES, pdu.opcode);
  const text = `${name} for task ${tagText(tag)}, and no such request waits`;
  odd(book, c, errorOf(s.story, 'unknownTask'), pdu.frame, text);
}

/** Nothing of the initiator is missing, nor cut: what was cut last may still turn out to be data. */
export function initiatorWhole(c: ConnectionState): boolean {
  const flow = flowOf(c.story.connection, c.story.initiatorDirection);
  return c.initiatorLosses === 0 && flow.cutBytes === 0 && flow.missingBytes === 0;
}

/** The same of the target: a status that was missed frees its tag. */
function targetWhole(c: ConnectionState): boolean {
  const flow = flowOf(c.story.connection, c.story.initiatorDirection ^ 1);
  const seen = c.targetSeen && flow.packets > 0;
  return seen && c.targetLosses === 0 && flow.cutBytes === 0 && flow.missingBytes === 0;
}

/** A command that was not captured shows, before or after CmdSN tells that one is missing. */
function unseenShows(c: ConnectionState, s: SessionState): void {
  if (s.commands.unseen <= 0 && c.numberedLosses === c.initiatorLosses) return;
  s.commands.unseen--;
  unseenShown(c, s);
}

/** A status that has passed before, sent again for a SNACK (11.16). */
function isRepeated(c: ConnectionState, pdu: Pdu): boolean {
  if (c.numbers.statSNKnown !== 2 || pdu.headerCaptured < STAT_SN_END) return false;
  const behind = distance(pdu.view.getUint32(pdu.at + STAT_SN), c.numbers.nextStatSN);
  return behind < 0 && behind > -4096;
}

/**
 * Data-Out of a task that is not open: a trace where commands may have been missed. Where all was
 * captured, it is data that was on its way when its task was aborted or ended early.
 */
export function strayInitiatorPdu(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
  initiatorTaskTag: number,
): OpenTask | null {
  if (s.endedEarly.has(initiatorTaskTag)) return null;
  if (s.story.loginSeen && initiatorWhole(c)) {
    const text = `Data-Out for task ${tagText(initiatorTaskTag)}, which is not open`;
    odd(book, c, errorOf(s.story, 'strayDataOut'), pdu.frame, text);
    return null;
  }
  unseenShows(c, s);
  const open = newTask(book, c, s, initiatorTaskTag);
  open.task.writes = true;
  if (pdu.headerCaptured >= BUFFER_OFFSET + 4) {
    open.outDataSN = pdu.view.getUint32(pdu.at + DATA_SN);
    open.outTag = pdu.view.getUint32(pdu.at + TARGET_TRANSFER_TAG);
  }
  tell(book.tasks, open);
  return open;
}

/** Data-In does not continue where the last ended. */
export function inOffsetJumped(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
  offset: number,
): void {
  const t = open.task;
  if (c.targetLosses !== open.inLosses) {
    // Whole Data-Ins are missing: so many bytes of the payload were not captured.
    if (offset > open.inEnd) t.dataMissing += offset - open.inEnd;
    return;
  }
  if (!s.pduInOrder || !s.sequenceInOrder || open.again) return;
  const of = `task ${tagText(t.tag)}`;
  const text = `Data-In at offset ${offset} where ${open.inEnd} was next, in ${of}, and no bytes are missing`;
  odd(book, c, errorOf(s.story, 'bufferOffsetJumps'), pdu.frame, text);
}

export function beyondLength(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
  end: number,
): void {
  // After a loss the tag may be that of a later command, which was not captured.
  if (unsure(c, open)) return;
  const t = open.task;
  const of = `task ${tagText(t.tag)}`;
  const text = `${nameOf(pdu)} reaches to byte ${end} of ${of}, which expects ${t.expectedLength}`;
  odd(book, c, errorOf(s.story, 'beyondLength'), pdu.frame, text);
}

export function beyondR2t(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  pdu: Pdu,
  i: number,
): void {
  // After a loss the R2T it answers may be one that was not captured.
  if (open.lossesAtStart !== c.initiatorLosses + c.targetLosses) return;
  const end = open.r2tOffset[i] + open.r2tDesired[i];
  const asked = `bytes ${open.r2tOffset[i]} to ${end}`;
  const of = `task ${tagText(open.task.tag)}`;
  const text = `Data-Out lies outside of what its R2T asked for (${asked}), in ${of}`;
  odd(book, c, errorOf(s.story, 'beyondR2t'), pdu.frame, text);
}

function nameOf(pdu: Pdu): string {
  switch (pdu.opcode) {
    case Opcode.dataIn:
      return (pdu.view.getUint8(pdu.at + FLAGS) & STATUS_PRESENT) !== 0
        ? 'Data-In with status'
        : 'Data-In';
    case Opcode.r2t:
      return 'R2T';
    case Opcode.dataOut:
      return 'Data-Out';
    default:
      return 'SCSI Response';
  }
}
