// hot: no allocation per packet
// Data of a task that moves by RDMA: RDMA Writes are its data in, RDMA Read Requests its transfer
// readies, their responses its data out (RFC 7145 7.3.5, 7.3.6). Neither has numbers to be checked.

import type { RdmaPiece } from '../../pdu/rdma/events.js';
import { learn } from '../../scsi/logical-unit.js';
import { type OpenTask, R2TS_REMEMBERED } from '../../scsi/open-task.js';
import {
  passed,
  phaseBeforeDataOut,
  phaseBeforeR2t,
  phaseBeforeStatus,
} from '../../scsi/phases.js';
import { PhaseCode } from '../../scsi/task.js';
import { waited } from '../../scsi/tcp-waits.js';
import type { ConnectionState, SessionState } from '../iscsi/state.js';
import { controlData } from '../iscsi/transfer/data-in.js';
import { dropR2ts, r2tOf } from '../iscsi/transfer/data-out.js';

/** How many bytes of the data are wanted at its end. */
export function dataPlaced(c: ConnectionState, open: OpenTask, piece: RdmaPiece): number {
  const t = open.task;
  if (piece.first || t.dataInPdus === 0) t.dataInPdus++;
  t.dataInBytes += piece.length;
  const began = t.firstDataInNs >= 0;
  // A command that also writes may have been sending until now.
  const phase =
    t.writes && !began && t.dataOutBytes > 0
      ? phaseBeforeStatus(open)
      : began
        ? PhaseCode.dataIn
        : PhaseCode.commandToData;
  passed(open, phase, piece.timeNs, piece, c.targetWaits, c.initiatorWaits);
  open.inStreamBegin = piece.streamOffset;
  open.inStreamEnd = piece.streamOffset + piece.length;
  if (!began) t.firstDataInNs = piece.timeNs;
  open.inLosses = c.targetLosses;
  const end = piece.bufferOffset + piece.length;
  if (end > open.inEnd) open.inEnd = end;
  return piece.bufferOffset === 0 && t.cdbLength > 0 ? controlData(t.opcode) : 0;
}

export function dataPlacedEnds(
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  piece: RdmaPiece,
): void {
  const t = open.task;
  t.lastDataInNs = piece.endNs;
  passed(open, PhaseCode.dataIn, piece.endNs, piece, c.targetWaits, c.initiatorWaits);
  waited(c.targetWaits, open, piece);
  t.dataMissing += piece.missing + piece.cut;
  if (piece.dataKept > 0) learn(s, t, piece.data, piece.dataKept, piece.frame);
}

export function readRequested(c: ConnectionState, open: OpenTask, piece: RdmaPiece): void {
  const t = open.task;
  t.writes = true;
  passed(open, phaseBeforeR2t(open), piece.endNs, piece, c.targetWaits, c.initiatorWaits);
  t.r2ts++;
  if (t.firstR2tNs < 0) t.firstR2tNs = piece.endNs;
  t.lastR2tNs = piece.endNs;
  waited(c.targetWaits, open, piece);
  open.inStreamBegin = piece.streamOffset;
  open.inStreamEnd = piece.streamOffset + piece.streamBytes;
  open.inLosses = c.targetLosses;
  t.r2tBytes += piece.length;
  if (open.r2tCount === R2TS_REMEMBERED) dropR2ts(open, 1);
  const i = open.r2tCount++;
  const { read, bufferOffset, length, endNs, frame } = piece;
  open.r2tTag[i] = read;
  open.r2tOffset[i] = bufferOffset;
  open.r2tDesired[i] = length;
  open.r2tGot[i] = 0;
  open.r2tNs[i] = endNs;
  open.r2tStarted[i] = 0;
  open.r2tRow[i] = t.bursts.add(read, t.r2ts - 1, bufferOffset, length, endNs, frame);
  if (open.r2tCount > t.r2tsOutstandingMax) t.r2tsOutstandingMax = open.r2tCount;
}

export function readAnswered(c: ConnectionState, open: OpenTask, piece: RdmaPiece): void {
  const t = open.task;
  if (piece.first || t.dataOutPdus === 0) t.dataOutPdus++;
  t.dataOutBytes += piece.length;
  if (t.firstDataOutNs < 0) t.firstDataOutNs = piece.timeNs;
  const i = r2tOf(open, piece.read);
  const phase = phaseBeforeDataOut(open, i);
  passed(open, phase, piece.timeNs, piece, c.initiatorWaits, c.targetWaits);
  open.outStreamBegin = piece.streamOffset;
  open.outStreamEnd = piece.streamOffset + piece.length;
  open.outLosses = c.initiatorLosses;
  if (t.dataOutBytes > open.outEnd) open.outEnd = t.dataOutBytes;
  if (i < 0) return;
  if (open.r2tStarted[i] === 0) {
    open.r2tStarted[i] = 1;
    const ns = piece.timeNs > open.r2tNs[i] ? piece.timeNs - open.r2tNs[i] : 0;
    t.r2tsAnswered++;
    t.hostNs += ns;
    if (ns > t.hostNsMax) t.hostNsMax = ns;
  }
  open.r2tGot[i] += piece.length;
  t.bursts.began(open.r2tRow[i], piece.length, piece.timeNs, piece.frame);
}

export function readAnsweredEnds(c: ConnectionState, open: OpenTask, piece: RdmaPiece): void {
  const t = open.task;
  t.lastDataOutNs = piece.endNs;
  waited(c.initiatorWaits, open, piece);
  t.dataMissing += piece.missing + piece.cut;
  passed(open, PhaseCode.dataOut, piece.endNs, piece, c.initiatorWaits, c.targetWaits);
  const i = r2tOf(open, piece.read);
  if (i < 0) return;
  t.bursts.ended(open.r2tRow[i], piece.endNs, piece.frameEnd);
  // Responses come in the order of their requests (RFC 5040 5.5): those before have had theirs too.
  if (piece.last || open.r2tGot[i] >= open.r2tDesired[i]) dropR2ts(open, i + 1);
}
