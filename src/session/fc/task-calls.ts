// hot: no allocation per packet
// From FCP's exchanges to the neutral task: the one place of this room where tasks begin, get their
// data and their phases, and end. Knows no header.

import { OPEN_TASKS_MAX, OPEN_TASKS_PER_SESSION } from '../../limits.js';
import type { FcFrame } from '../../pdu/fc/frame.js';
import { Pdu } from '../../pdu/pdu.js';
import { lunOfTask } from '../../scsi/lun-table.js';
import { type OpenTask, R2TS_REMEMBERED } from '../../scsi/open-task.js';
import {
  passed,
  phaseBeforeDataOut,
  phaseBeforeR2t,
  phaseBeforeStatus,
  settlePhases,
} from '../../scsi/phases.js';
import {
  clearPhases,
  clearTcp,
  type EvidenceCode,
  Outcome,
  type OutcomeCode,
  PhaseCode,
} from '../../scsi/task.js';
import { streamEndOf, waited } from '../../scsi/tcp-waits.js';
import { cdbFacts, operationOf } from '../../wire/scsi/operations.js';
import { tell } from '../iscsi/tasks.js';
import { makeRoom } from '../room.js';
import type { Exchange } from './exchange.js';
import type { FcConnectionState, FcTables, NexusState } from './state.js';

/** What the neutral code asks of a PDU: where it lies, when it came, who sent it. */
const moment = new Pdu();
const FROM_INITIATOR = 0x01;
const FROM_TARGET = 0x21;
/** Neutral code takes a PDU to have 48 bytes of header. */
const HEADER = 48;

function momentOf(frame: FcFrame, fromInitiator: boolean): Pdu {
  moment.connection = frame.connection;
  moment.direction = frame.direction;
  moment.opcode = fromInitiator ? FROM_INITIATOR : FROM_TARGET;
  moment.streamOffset = frame.streamOffset;
  moment.ahsLength = 0;
  moment.dataSegmentLength = frame.wireLength - HEADER;
  moment.frame = frame.frame;
  moment.timeNs = frame.timeNs;
  moment.frameEnd = frame.frameEnd;
  moment.endNs = frame.endNs;
  return moment;
}

/** A task begins; the facts of its command follow, then `told`. */
export function taskBegins(
  tables: FcTables,
  c: FcConnectionState,
  nexus: NexusState,
  exchange: Exchange,
): OpenTask {
  const { book } = tables;
  const { session, link } = nexus;
  if (session.tasks.size >= OPEN_TASKS_PER_SESSION || book.openTasks >= OPEN_TASKS_MAX) {
    makeRoom(book, session);
  }
  const open = book.pool.take();
  open.order = ++book.orders;
  const t = open.task;
  t.session = session.story.id;
  t.connection = c.facts.id;
  t.initiatorTaskTag = exchange.oxId;
  t.endedBefore = session.story.tasksEnded;
  session.tasks.add(open);
  book.openTasks++;
  session.story.tasks++;
  exchange.open = open;
  exchange.order = open.order;
  exchange.lossesAtStart = link.losses;
  return open;
}

/** The command has come: first and last byte, logical unit, direction and length. */
export function command(
  c: FcConnectionState,
  nexus: NexusState,
  open: OpenTask,
  frame: FcFrame,
  lunHigh: number,
  lunLow: number,
): void {
  const t = open.task;
  t.commandSeen = true;
  t.commandFrame = frame.frame;
  t.commandNs = frame.timeNs;
  t.commandEndNs = frame.endNs;
  t.lunHigh = lunHigh;
  t.lunLow = lunLow;
  clearPhases(t);
  clearTcp(t);
  const pdu = momentOf(frame, true);
  open.outStreamBegin = pdu.streamOffset;
  open.outStreamEnd = streamEndOf(pdu);
  open.markNs = frame.timeNs;
  waited(c.waits[frame.direction & 1], open, pdu);
  const lun = lunOfTask(nexus.session, lunHigh, lunLow);
  if (lun === undefined) return;
  lun.commands++;
  t.deviceType = lun.deviceType;
}

/** The CDB at `at` of `view`, `length` bytes of which are there. */
export function commandCdb(
  tables: FcTables,
  open: OpenTask,
  bytes: Uint8Array,
  view: DataView,
  at: number,
  length: number,
): void {
  const t = open.task;
  const { facts, serviceActions } = tables.book;
  if (length > open.cdb.length) {
    t.cdb = bytes.slice(at, at + length);
  } else {
    for (let i = 0; i < open.cdb.length; i++) open.cdb[i] = i < length ? bytes[at + i] : 0;
    t.cdb = open.cdb;
  }
  t.cdbLength = length;
  if (length === 0) return;
  t.opcode = view.getUint8(at);
  t.operation = operationOf(view, at, length, t.deviceType);
  t.serviceAction = serviceActions[t.operation];
  cdbFacts(view, at, length, t.deviceType, facts);
  t.lbaKnown = facts.lbaKnown;
  t.lbaHigh = facts.lbaHigh;
  t.lbaLow = facts.lbaLow;
  t.blocks = facts.blocks;
}

export function told(tables: FcTables, open: OpenTask): void {
  tell(tables.book, open);
}

export function dataInBegins(
  c: FcConnectionState,
  open: OpenTask,
  frame: FcFrame,
  bytes: number,
): void {
  const t = open.task;
  const side = frame.direction & 1;
  t.dataInPdus++;
  t.dataInBytes += bytes;
  const pdu = momentOf(frame, false);
  const first = t.firstDataInNs < 0;
  // A command that also writes may have been sending until now.
  const phase = !first
    ? PhaseCode.dataIn
    : t.writes && t.dataOutBytes > 0
      ? phaseBeforeStatus(open)
      : PhaseCode.commandToData;
  passed(open, phase, frame.timeNs, pdu, c.waits[side], c.waits[1 - side]);
  open.inStreamBegin = pdu.streamOffset;
  open.inStreamEnd = streamEndOf(pdu);
  if (first) t.firstDataInNs = frame.timeNs;
}

export function dataInEnds(c: FcConnectionState, open: OpenTask, frame: FcFrame): void {
  const t = open.task;
  const side = frame.direction & 1;
  const pdu = momentOf(frame, false);
  if (frame.endNs > t.lastDataInNs) t.lastDataInNs = frame.endNs;
  passed(open, PhaseCode.dataIn, frame.endNs, pdu, c.waits[side], c.waits[1 - side]);
  waited(c.waits[side], open, pdu);
  t.dataMissing += frame.dataMissing + frame.dataCut;
}

/** The target asks for data: FCP_XFER_RDY. */
export function transferReady(
  c: FcConnectionState,
  open: OpenTask,
  frame: FcFrame,
  tag: number,
  offset: number,
  length: number,
): void {
  const t = open.task;
  const side = frame.direction & 1;
  const pdu = momentOf(frame, false);
  t.writes = true;
  passed(open, phaseBeforeR2t(open), frame.endNs, pdu, c.waits[side], c.waits[1 - side]);
  t.r2ts++;
  if (t.firstR2tNs < 0) t.firstR2tNs = frame.endNs;
  t.lastR2tNs = frame.endNs;
  waited(c.waits[side], open, pdu);
  open.inStreamBegin = pdu.streamOffset;
  open.inStreamEnd = streamEndOf(pdu);
  if (length < 0) return;
  t.r2tBytes += length;
  if (open.r2tCount === R2TS_REMEMBERED) dropBursts(open, 1);
  const i = open.r2tCount++;
  open.r2tTag[i] = tag;
  open.r2tOffset[i] = offset;
  open.r2tDesired[i] = length;
  open.r2tGot[i] = 0;
  open.r2tNs[i] = frame.endNs;
  open.r2tStarted[i] = 0;
  open.r2tRow[i] = t.bursts.add(tag, t.r2ts - 1, offset, length, frame.endNs, frame.frame);
  if (open.r2tCount > t.r2tsOutstandingMax) t.r2tsOutstandingMax = open.r2tCount;
}

/** Which of the bursts asked for holds the offset; -1 none. */
export function burstAt(open: OpenTask, offset: number): number {
  for (let i = 0; i < open.r2tCount; i++) {
    const from = open.r2tOffset[i];
    if (offset >= from && offset < from + open.r2tDesired[i]) return i;
  }
  return -1;
}

/** Data of a write begins; `burst`: burstAt, -1 where nobody asked for it. */
export function dataOutBegins(
  c: FcConnectionState,
  open: OpenTask,
  frame: FcFrame,
  bytes: number,
  burst: number,
): void {
  const t = open.task;
  const side = frame.direction & 1;
  const pdu = momentOf(frame, true);
  t.dataOutPdus++;
  t.dataOutBytes += bytes;
  if (t.firstDataOutNs < 0) t.firstDataOutNs = frame.timeNs;
  const unasked = burst < 0 && t.r2ts === 0;
  if (unasked) {
    t.unsolicitedBytes += bytes;
    open.sendsUnsolicited = true;
  }
  const phase = unasked ? PhaseCode.unsolicited : phaseBeforeDataOut(open, burst);
  passed(open, phase, frame.timeNs, pdu, c.waits[side], c.waits[1 - side]);
  open.outStreamBegin = pdu.streamOffset;
  open.outStreamEnd = streamEndOf(pdu);
  if (burst < 0) return;
  if (open.r2tStarted[burst] === 0) {
    open.r2tStarted[burst] = 1;
    const ns = frame.timeNs > open.r2tNs[burst] ? frame.timeNs - open.r2tNs[burst] : 0;
    t.r2tsAnswered++;
    t.hostNs += ns;
    if (ns > t.hostNsMax) t.hostNsMax = ns;
  }
  open.r2tGot[burst] += bytes;
  t.bursts.began(open.r2tRow[burst], bytes, frame.timeNs, frame.frame);
}

export function dataOutEnds(
  c: FcConnectionState,
  open: OpenTask,
  frame: FcFrame,
  burst: number,
): void {
  const t = open.task;
  const side = frame.direction & 1;
  const pdu = momentOf(frame, true);
  if (frame.endNs > t.lastDataOutNs) t.lastDataOutNs = frame.endNs;
  waited(c.waits[side], open, pdu);
  t.dataMissing += frame.dataMissing + frame.dataCut;
  const unasked = burst < 0 && t.r2ts === 0;
  const phase = unasked ? PhaseCode.unsolicited : PhaseCode.dataOut;
  passed(open, phase, frame.endNs, pdu, c.waits[side], c.waits[1 - side]);
  if (burst < 0) return;
  t.bursts.ended(open.r2tRow[burst], frame.endNs, frame.frameEnd);
  if (open.r2tGot[burst] >= open.r2tDesired[burst]) dropBursts(open, burst + 1);
}

function dropBursts(open: OpenTask, n: number): void {
  for (let i = n; i < open.r2tCount; i++) {
    open.r2tTag[i - n] = open.r2tTag[i];
    open.r2tOffset[i - n] = open.r2tOffset[i];
    open.r2tDesired[i - n] = open.r2tDesired[i];
    open.r2tGot[i - n] = open.r2tGot[i];
    open.r2tNs[i - n] = open.r2tNs[i];
    open.r2tStarted[i - n] = open.r2tStarted[i];
    open.r2tRow[i - n] = open.r2tRow[i];
  }
  open.r2tCount -= n;
}

/** The response has come whole: its moment. The outcome follows with `taskEnds`. */
export function statusCame(c: FcConnectionState, open: OpenTask, frame: FcFrame): void {
  const t = open.task;
  const side = frame.direction & 1;
  const pdu = momentOf(frame, false);
  waited(c.waits[side], open, pdu);
  passed(open, phaseBeforeStatus(open), frame.endNs, pdu, c.waits[side], c.waits[1 - side]);
  t.statusFrame = frame.frameEnd;
  t.statusNs = frame.endNs;
  t.statusBound = frame.endBound;
  settlePhases(open);
}

/** SCSI status (SAM). */
export function outcomeOfStatus(status: number): OutcomeCode {
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

/** The status was not captured, but the command ended, before `timeNs`. */
export function taskEndsUnseen(
  tables: FcTables,
  nexus: NexusState,
  exchange: Exchange,
  evidence: EvidenceCode,
  timeNs: number,
  frame: number,
): void {
  const open = exchange.open;
  if (open === null) return;
  const t = open.task;
  t.statusNs = timeNs;
  t.statusBound = true;
  t.evidence = evidence;
  settlePhases(open);
  taskEnds(tables, nexus, exchange, Outcome.statusNotCaptured, timeNs, frame);
}

/** The task is over: the sink is told, the objects go back to their pools. */
export function taskEnds(
  tables: FcTables,
  nexus: NexusState,
  exchange: Exchange,
  outcome: OutcomeCode,
  timeNs: number,
  frame: number,
): void {
  const { book } = tables;
  const open = exchange.open;
  exchange.open = null;
  if (open === null || open.order !== exchange.order || !open.open) return;
  const t = open.task;
  const { session, link } = nexus;
  t.outcome = outcome;
  t.endNs = timeNs;
  t.endFrame = frame;
  t.pdusMissed = exchange.lossesAtStart !== link.losses;
  session.tasks.remove(open);
  book.openTasks--;
  if (!open.told) tell(book, open);
  if (outcome !== Outcome.open) session.story.tasksEnded++;
  book.sink.taskEnded(t);
  book.pool.give(open);
}
