// hot: no allocation per packet
// FCP's information units (FCP-4) → tasks: FCP_CMND begins one, FCP_DATA and FCP_XFER_RDY move its
// data, FCP_RSP ends it. Bytes are counted by header and relative offset; payload may be missing.

import type { FcFrame } from '../../pdu/fc/frame.js';
import { outcomeOfStatus, wantedOfDataIn } from '../../scsi/exchange.js';
import { learn, learnSense } from '../../scsi/logical-unit.js';
import type { OpenTask } from '../../scsi/open-task.js';
import { Outcome, type OutcomeCode, TaskAttribute } from '../../scsi/task.js';
import { transferAt } from '../../scsi/transfers.js';
import { FcpRspCode } from '../../wire/fc/codes.js';
import { FCP_CDB_BYTES } from '../../wire/fc/fcp-cmnd.js';
import { FCP_XFER_RDY_BYTES } from '../../wire/fc/fcp-xfer-rdy.js';
import { FC_HEADER_BYTES } from '../../wire/fc/frame-header.js';
import {
  CMND_ADDITIONAL,
  CMND_ATTRIBUTE,
  CMND_CDB,
  CMND_LUN,
  CMND_TMF,
  EXCHANGE_RESPONDER,
  F_CTL_WORD,
  FILL_BYTES,
  OX_ID,
  PARAMETER,
  READ_DATA,
  RELATIVE_OFFSET,
  RSP_FLAGS,
  RSP_INFO,
  RSP_LENGTH,
  RSP_LENGTH_VALID,
  RSP_OVERFLOW,
  RSP_RESIDUAL,
  RSP_SENSE_LENGTH,
  RSP_SENSE_VALID,
  RSP_STATUS,
  RSP_UNDERFLOW,
  RX_ID,
  WRITE_DATA,
  XFER_LENGTH,
  XFER_OFFSET,
} from '../../wire/fc/header-offsets.js';
import { FcpIu } from '../../wire/fc/kinds.js';
import { taskManagementOperation } from '../../wire/scsi/operations.js';
import { isRepeat } from './aborts.js';
import type { Exchange } from './exchange.js';
import { begunAnew, endsAsDue, exchangeOver, exchangeTraced, usedAgain } from './exchanges.js';
import { see } from './model.js';
import { settleData } from './settle.js';
import type { FcConnectionState, FcTables, NexusState } from './state.js';
import {
  command,
  commandCdb,
  dataInBegins,
  dataInEnds,
  dataOutBegins,
  dataOutEnds,
  statusCame,
  taskBegins,
  told,
  transferReady,
} from './task-calls.js';
import { managementAnswered, managementAsked } from './task-management.js';

/** Payload wanted of FCP_CMND and FCP_RSP: the longest CDB, the longest sense data. */
const IU_BYTES = 320;
/** FCP's task attributes (FCP-4 9.1.2.3); 5 is untagged, others are reserved and keep a number. */
const ATTRIBUTES: readonly number[] = [
  TaskAttribute.simple,
  TaskAttribute.headOfQueue,
  TaskAttribute.ordered,
  6,
  TaskAttribute.aca,
  TaskAttribute.untagged,
  6,
  7,
];

/** The header is known: data is counted at once. How many bytes of the payload are wanted. */
export function fcpBegins(
  tables: FcTables,
  c: FcConnectionState,
  nexus: NexusState | undefined,
  frame: FcFrame,
  optional: number,
): number {
  if (frame.kind !== FcpIu.data || nexus === undefined) return IU_BYTES;
  return dataBegins(tables, c, nexus, frame, optional);
}

export function fcpEnds(
  tables: FcTables,
  c: FcConnectionState,
  nexus: NexusState,
  frame: FcFrame,
  optional: number,
): void {
  switch (frame.kind) {
    case FcpIu.data:
      dataEnds(tables, c, nexus, frame);
      break;
    case FcpIu.cmnd:
      commandEnds(tables, c, nexus, frame, optional);
      break;
    case FcpIu.xferRdy:
      xferRdyEnds(tables, c, nexus, frame, optional);
      break;
    case FcpIu.rsp:
      responseEnds(tables, c, nexus, frame, optional);
      break;
  }
}

function commandEnds(
  tables: FcTables,
  c: FcConnectionState,
  nexus: NexusState,
  frame: FcFrame,
  optional: number,
): void {
  const oxId = frame.view.getUint16(frame.at + OX_ID);
  const before = nexus.exchanges.get(oxId);
  if (before !== undefined) {
    const { open } = before;
    const overtaken = open !== null && !open.task.commandSeen && before.lastNs >= frame.timeNs;
    if (overtaken) {
      // Its data was seen first: frames of two connections overtake each other.
      commandFacts(tables, c, nexus, before, open, frame, optional);
      return;
    }
    // A frame of class 2 that met a busy is sent again (FC-FS).
    if (before.busy && open !== null && open.task.dataInPdus + open.task.r2ts === 0) {
      before.busy = false;
      return;
    }
    usedAgain(tables, nexus, before, frame.timeNs, frame.frame);
  }
  begunAnew(nexus, oxId);
  const exchange = tables.pool.take(oxId);
  nexus.exchanges.set(oxId, exchange);
  const open = taskBegins(tables, c, nexus, exchange, frame, true);
  commandFacts(tables, c, nexus, exchange, open, frame, optional);
  told(tables, open);
}

function commandFacts(
  tables: FcTables,
  c: FcConnectionState,
  nexus: NexusState,
  exchange: Exchange,
  open: OpenTask,
  frame: FcFrame,
  optional: number,
): void {
  const t = open.task;
  const { data, dataView: view } = frame;
  const kept = frame.dataKept - optional;
  const at = optional;
  const lun = kept >= CMND_LUN + 8;
  command(
    c,
    nexus,
    open,
    frame,
    lun ? view.getUint32(at + CMND_LUN) : 0,
    lun ? view.getUint32(at + CMND_LUN + 4) : 0,
  );
  exchange.rxId = frame.view.getUint16(frame.at + RX_ID);
  if (kept > CMND_ATTRIBUTE) t.attribute = ATTRIBUTES[data[at + CMND_ATTRIBUTE] & 7];
  if (kept <= CMND_ADDITIONAL) return;
  const lengths = data[at + CMND_ADDITIONAL];
  t.reads = (lengths & READ_DATA) !== 0;
  t.writes = (lengths & WRITE_DATA) !== 0;
  const cdbLength = FCP_CDB_BYTES + (lengths >> 2) * 4;
  const there = Math.min(cdbLength, kept - CMND_CDB);
  commandCdb(tables, open, data, view, at + CMND_CDB, there);
  const flags = data[at + CMND_TMF];
  if (flags !== 0) {
    t.operation = taskManagementOperation(flags);
    managementAsked(c, nexus, exchange, t, flags);
  }
  const end = CMND_CDB + cdbLength;
  if (kept >= end + 4) t.expectedLength = view.getUint32(at + end);
  if (t.reads && t.writes && kept >= end + 8) {
    t.bidiReadExpectedLength = view.getUint32(at + end + 4);
  }
  if (t.writes) nexus.facts.violations.writes++;
  if (nexus.aborted.length > 0) {
    isRepeat(nexus, t.lunHigh, t.lunLow, t.cdb, t.cdbLength, frame.frame);
  }
}

/** FCP_DATA, of either side. */
function dataBegins(
  tables: FcTables,
  c: FcConnectionState,
  nexus: NexusState,
  frame: FcFrame,
  optional: number,
): number {
  const side = frame.direction & 1;
  c.under[side] = null;
  if (frame.headerCaptured < OX_ID + 2) return 0;
  const { view, at } = frame;
  const fCtl = view.getUint32(at + F_CTL_WORD);
  const fromTarget = (fCtl & EXCHANGE_RESPONDER) !== 0;
  const oxId = view.getUint16(at + OX_ID);
  const exchange =
    nexus.exchanges.get(oxId) ?? exchangeTraced(tables, c, nexus, oxId, frame, fromTarget);
  const open = exchange?.open ?? null;
  if (exchange === null || exchange === undefined || open === null || !open.open) return 0;
  c.under[side] = exchange;
  c.underOrder[side] = exchange.order;
  c.underNexus[side] = nexus;
  const t = open.task;
  const bytes = Math.max(0, frame.payloadLength - (fCtl & FILL_BYTES) - optional);
  const ranges = fromTarget ? exchange.inRanges : exchange.outRanges;
  const offset =
    (fCtl & RELATIVE_OFFSET) !== 0 && frame.headerCaptured === FC_HEADER_BYTES
      ? view.getUint32(at + PARAMETER)
      : ranges.end();
  const fresh = ranges.add(offset, offset + bytes);
  if (fromTarget) {
    t.reads = true;
    dataInBegins(c, nexus, open, frame, fresh);
    if (exchange.rxId === 0xffff) exchange.rxId = view.getUint16(at + RX_ID);
    return offset === 0 ? wantedOfDataIn(open) : 0;
  }
  t.writes = true;
  const burst = transferAt(open, offset);
  if (burst < 0 && t.r2ts === 0 && !exchange.early && t.commandSeen) {
    exchange.early = true;
    see(nexus.facts.violations.dataBeforeXferRdy, frame.frame, frame.timeNs);
  }
  dataOutBegins(c, nexus, open, frame, fresh, burst);
  exchange.burst = burst;
  return 0;
}

function dataEnds(tables: FcTables, c: FcConnectionState, nexus: NexusState, frame: FcFrame): void {
  const side = frame.direction & 1;
  const exchange = c.under[side];
  c.under[side] = null;
  if (exchange === null || exchange.order !== c.underOrder[side]) return;
  const open = exchange.open;
  if (open === null || !open.open || open.order !== exchange.order) return;
  const fCtl = frame.view.getUint32(frame.at + F_CTL_WORD);
  if ((fCtl & EXCHANGE_RESPONDER) === 0) {
    dataOutEnds(c, nexus, open, frame, exchange.burst);
    return;
  }
  dataInEnds(c, nexus, open, frame);
  if (exchange.due >= 0 && !dataIsDue(nexus, open)) {
    dueEnds(tables, nexus, exchange);
    return;
  }
  if (frame.dataKept > 0 && open.task.dataInPdus === 1) {
    learn(nexus.session, open.task, frame.data, frame.dataKept, frame.frame);
  }
}

function xferRdyEnds(
  tables: FcTables,
  c: FcConnectionState,
  nexus: NexusState,
  frame: FcFrame,
  optional: number,
): void {
  const { view, at, dataView } = frame;
  const oxId = view.getUint16(at + OX_ID);
  const exchange = nexus.exchanges.get(oxId) ?? exchangeTraced(tables, c, nexus, oxId, frame, true);
  const open = exchange?.open;
  if (exchange === null || exchange === undefined || open === null || open === undefined) return;
  const rxId = view.getUint16(at + RX_ID);
  exchange.rxId = rxId;
  const whole = frame.dataKept - optional >= FCP_XFER_RDY_BYTES - 4;
  const offset = whole ? dataView.getUint32(optional + XFER_OFFSET) : 0;
  const length = whole ? dataView.getUint32(optional + XFER_LENGTH) : -1;
  transferReady(c, nexus, open, frame, rxId, offset, length);
}

function responseEnds(
  tables: FcTables,
  c: FcConnectionState,
  nexus: NexusState,
  frame: FcFrame,
  optional: number,
): void {
  const oxId = frame.view.getUint16(frame.at + OX_ID);
  const exchange = nexus.exchanges.get(oxId) ?? exchangeTraced(tables, c, nexus, oxId, frame, true);
  const open = exchange?.open;
  if (exchange === null || exchange === undefined || open === null || open === undefined) return;
  // The stream, or the capture, ended inside it: the initiator does not have it either.
  if (!frame.complete) return;
  if (exchange.abort >= 0) see(nexus.facts.violations.lateResponses, frame.frame, frame.timeNs);
  if (exchange.early && open.task.r2ts === 0) nexus.facts.violations.writesWithoutXferRdy++;
  statusCame(c, nexus, open, frame);
  const outcome = responseFacts(open, frame, optional);
  exchange.due = outcome;
  exchange.dueNs = frame.endNs;
  exchange.dueFrame = frame.frameEnd;
  if (exchange.management !== null) {
    managementAnswered(tables, nexus, exchange, responseCode(frame, optional), frame);
  }
  if (outcome === Outcome.good && dataIsDue(nexus, open)) return;
  dueEnds(tables, nexus, exchange);
}

/** Frames of two connections overtake each other: the last data may still be on its way. */
function dataIsDue(nexus: NexusState, open: OpenTask): boolean {
  const t = open.task;
  if (nexus.link.facts.connections.length < 2 || !t.reads || !t.commandSeen) return false;
  const expected = t.writes ? t.bidiReadExpectedLength : t.expectedLength;
  return t.dataInBytes < expected - (t.residualKind === 1 ? t.residualCount : 0);
}

/** The response has come, and all that was due before it, or what still was never will. */
function dueEnds(tables: FcTables, nexus: NexusState, exchange: Exchange): void {
  if (exchange.open !== null) settleData(nexus, exchange, exchange.open);
  endsAsDue(tables, nexus, exchange);
  exchangeOver(tables, nexus, exchange);
}

/** RSP_CODE of task management (FCP-4: FCP_RSP_INFO); -1 where it is not there. */
function responseCode({ data, dataView: view, dataKept }: FcFrame, optional: number): number {
  if (dataKept - optional < RSP_INFO + 4) return -1;
  if ((data[optional + RSP_FLAGS] & RSP_LENGTH_VALID) === 0) return -1;
  return view.getUint32(optional + RSP_LENGTH) >= 4 ? data[optional + RSP_INFO + 3] : -1;
}

/** Status, residual, response code and sense data. */
function responseFacts(open: OpenTask, frame: FcFrame, optional: number): OutcomeCode {
  const t = open.task;
  const { data, dataView: view } = frame;
  const kept = frame.dataKept - optional;
  if (kept <= RSP_STATUS) return Outcome.statusNotCaptured;
  const flags = data[optional + RSP_FLAGS];
  t.response = 0;
  t.status = data[optional + RSP_STATUS];
  if ((flags & RSP_UNDERFLOW) !== 0) t.residualKind = 1;
  else if ((flags & RSP_OVERFLOW) !== 0) t.residualKind = 2;
  if (kept >= RSP_RESIDUAL + 4 && t.residualKind !== 0) {
    t.residualCount = view.getUint32(optional + RSP_RESIDUAL);
  }
  if (kept < RSP_INFO) return outcomeOfStatus(t.status);
  const infoLength = (flags & RSP_LENGTH_VALID) !== 0 ? view.getUint32(optional + RSP_LENGTH) : 0;
  if (infoLength >= 4 && kept >= RSP_INFO + 4) t.response = data[optional + RSP_INFO + 3];
  if ((flags & RSP_SENSE_VALID) !== 0) {
    const at = optional + RSP_INFO + infoLength;
    const length = Math.min(view.getUint32(optional + RSP_SENSE_LENGTH), 256);
    const there = Math.min(length, frame.dataKept - at);
    if (there > 0) learnSense(t, data, at, there);
  }
  if (t.response === FcpRspCode.tmfComplete || t.response === FcpRspCode.tmfSucceeded) {
    t.response = 0;
    return outcomeOfStatus(t.status);
  }
  return Outcome.targetFailure;
}
