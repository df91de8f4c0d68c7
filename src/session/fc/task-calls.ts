// hot: no allocation per packet
// From FCP's exchanges to the task (scsi/exchange.ts): the one place of this room where tasks begin, get
// their data, and end. Knows no header.

import type { FcFrame } from '../../pdu/fc/frame.js';
import {
  commandBegins,
  commandEnds,
  countOutstanding,
  dataOutCame,
  dataOutCounts,
  statusStands,
  takeCdb,
  dataInBegins as taskDataIn,
  dataInEnds as taskDataInEnds,
  dataOutBegins as taskDataOut,
  dataOutEnds as taskDataOutEnds,
  statusCame as taskStatusCame,
  transferReady as taskTransferReady,
  transferAsks,
  transferEnds,
} from '../../scsi/exchange.js';
import type { OpenTask } from '../../scsi/open-task.js';
import { beginTask, endTask, tell } from '../../scsi/open-tasks.js';
import type { Path } from '../../scsi/path.js';
import { settlePhases } from '../../scsi/phases.js';
import { type EvidenceCode, Outcome, type OutcomeCode, Transport } from '../../scsi/task.js';
import { UNSOLICITED } from '../../scsi/transfers.js';
import type { Exchange } from './exchange.js';
import type { FcConnectionState, FcTables, NexusState } from './state.js';

/** The path of the frame's connection; `fromInitiator` says whose frame it is. */
function pathOf(
  c: FcConnectionState,
  nexus: NexusState,
  frame: FcFrame,
  fromInitiator: boolean,
): Path {
  const side = frame.direction & 1;
  frame.fromInitiator = fromInitiator;
  return nexus.pathOf(c, fromInitiator ? side : 1 - side);
}

/** A task begins; the facts of its command follow, then `told`. */
export function taskBegins(
  tables: FcTables,
  c: FcConnectionState,
  nexus: NexusState,
  exchange: Exchange,
  frame: FcFrame,
  fromInitiator: boolean,
): OpenTask {
  const path = pathOf(c, nexus, frame, fromInitiator);
  const { tasks } = tables.book;
  const open = beginTask(tasks, nexus.session, path, exchange.oxId, Transport.fcp);
  exchange.open = open;
  exchange.order = open.order;
  exchange.lossesAtStart = nexus.link.losses;
  return open;
}

/** The command has come: first and last byte, logical unit. */
export function command(
  c: FcConnectionState,
  nexus: NexusState,
  open: OpenTask,
  frame: FcFrame,
  lunHigh: number,
  lunLow: number,
): void {
  const t = open.task;
  const path = pathOf(c, nexus, frame, true);
  t.lunHigh = lunHigh;
  t.lunLow = lunLow;
  commandBegins(nexus.session, open, frame);
  commandEnds(path, open, frame, 0);
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
  takeCdb(tables.book.tasks, open, bytes, view, at, length);
}

export function told(tables: FcTables, open: OpenTask): void {
  tell(tables.book.tasks, open);
}

export function dataInBegins(
  c: FcConnectionState,
  nexus: NexusState,
  open: OpenTask,
  frame: FcFrame,
  bytes: number,
): void {
  taskDataIn(pathOf(c, nexus, frame, false), open, frame, bytes);
}

export function dataInEnds(
  c: FcConnectionState,
  nexus: NexusState,
  open: OpenTask,
  frame: FcFrame,
): void {
  const t = open.task;
  const before = t.lastDataInNs;
  const missing = frame.dataMissing + frame.dataCut;
  taskDataInEnds(pathOf(c, nexus, frame, false), open, frame, missing);
  // Frames of two connections overtake each other.
  if (before > t.lastDataInNs) t.lastDataInNs = before;
}

/** The target asks for data: FCP_XFER_RDY. `length` -1: what it asks for was not captured. */
export function transferReady(
  c: FcConnectionState,
  nexus: NexusState,
  open: OpenTask,
  frame: FcFrame,
  tag: number,
  offset: number,
  length: number,
): void {
  const t = open.task;
  taskTransferReady(pathOf(c, nexus, frame, false), open, frame);
  if (length < 0) return;
  t.r2tBytes += length;
  transferAsks(open, frame, tag, t.r2ts - 1, offset, length);
  countOutstanding(open);
}

/** Data of a write begins; `burst`: transferAt, below 0 where nobody asked for it. */
export function dataOutBegins(
  c: FcConnectionState,
  nexus: NexusState,
  open: OpenTask,
  frame: FcFrame,
  bytes: number,
  burst: number,
): void {
  const t = open.task;
  const path = pathOf(c, nexus, frame, true);
  const which = asked(open, burst);
  dataOutCounts(open, frame, bytes);
  if (which === UNSOLICITED) {
    t.unsolicitedBytes += bytes;
    open.sendsUnsolicited = true;
  }
  taskDataOut(path, open, frame, bytes, which);
  if (which >= 0) open.r2tGot[which] += bytes;
}

export function dataOutEnds(
  c: FcConnectionState,
  nexus: NexusState,
  open: OpenTask,
  frame: FcFrame,
  burst: number,
): void {
  const t = open.task;
  const path = pathOf(c, nexus, frame, true);
  const before = t.lastDataOutNs;
  dataOutCame(path, open, frame, frame.dataMissing + frame.dataCut);
  if (before > t.lastDataOutNs) t.lastDataOutNs = before;
  taskDataOutEnds(path, open, frame, asked(open, burst), false);
  if (burst >= 0) transferEnds(open, burst, false);
}

/** Before any FCP_XFER_RDY nobody asked for data. */
function asked(open: OpenTask, burst: number): number {
  return burst < 0 && open.task.r2ts === 0 ? UNSOLICITED : burst;
}

/** The response has come whole: its moment. The outcome follows with `taskEnds`. */
export function statusCame(
  c: FcConnectionState,
  nexus: NexusState,
  open: OpenTask,
  frame: FcFrame,
): void {
  taskStatusCame(pathOf(c, nexus, frame, false), open, frame);
  statusStands(open, frame);
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

/** The task is over: the sink is told. */
export function taskEnds(
  tables: FcTables,
  _nexus: NexusState,
  exchange: Exchange,
  outcome: OutcomeCode,
  timeNs: number,
  frame: number,
): void {
  const open = exchange.open;
  exchange.open = null;
  if (open === null || open.order !== exchange.order || !open.open) return;
  endTask(tables.book.tasks, open, outcome, timeNs, frame);
}
