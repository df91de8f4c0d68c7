// hot: no allocation per packet
// Data of a task that moves by RDMA: RDMA Writes are its data in, RDMA Read Requests its transfer
// readies, their responses its data out (RFC 7145 7.3.5, 7.3.6). Neither has numbers to be checked.

import type { RdmaPiece } from '../../pdu/rdma/events.js';
import {
  countOutstanding,
  dataInBegins,
  dataInEnds,
  dataOutBegins,
  dataOutCame,
  dataOutCounts,
  dataOutEnds,
  transferAsks,
  transferEnds,
  transferReady,
  wantedOfDataIn,
} from '../../scsi/exchange.js';
import { learn } from '../../scsi/logical-unit.js';
import type { OpenTask } from '../../scsi/open-task.js';
import { transferOf } from '../../scsi/transfers.js';
import type { ConnectionState, SessionState } from '../iscsi/state.js';

/** How many bytes of the data are wanted at its end. */
export function dataPlaced(c: ConnectionState, open: OpenTask, piece: RdmaPiece): number {
  const message = piece.first || open.task.dataInPdus === 0;
  dataInBegins(c, open, piece, piece.length, message ? 1 : 0);
  open.inLosses = c.targetLosses;
  const end = piece.bufferOffset + piece.length;
  if (end > open.inEnd) open.inEnd = end;
  return piece.bufferOffset === 0 ? wantedOfDataIn(open) : 0;
}

export function dataPlacedEnds(
  c: ConnectionState,
  s: SessionState,
  open: OpenTask,
  piece: RdmaPiece,
): void {
  dataInEnds(c, open, piece, piece.missing + piece.cut);
  if (piece.dataKept > 0) learn(s, open.task, piece.data, piece.dataKept, piece.frame);
}

export function readRequested(c: ConnectionState, open: OpenTask, piece: RdmaPiece): void {
  const t = open.task;
  const { read, bufferOffset, length } = piece;
  transferReady(c, open, piece);
  open.inLosses = c.targetLosses;
  t.r2tBytes += length;
  transferAsks(open, piece, read, t.r2ts - 1, bufferOffset, length);
  countOutstanding(open);
}

export function readAnswered(c: ConnectionState, open: OpenTask, piece: RdmaPiece): void {
  const t = open.task;
  const message = piece.first || t.dataOutPdus === 0;
  dataOutCounts(open, piece, piece.length, message ? 1 : 0);
  const i = transferOf(open, piece.read);
  dataOutBegins(c, open, piece, piece.length, i);
  open.outLosses = c.initiatorLosses;
  if (t.dataOutBytes > open.outEnd) open.outEnd = t.dataOutBytes;
  if (i >= 0) open.r2tGot[i] += piece.length;
}

export function readAnsweredEnds(c: ConnectionState, open: OpenTask, piece: RdmaPiece): void {
  dataOutCame(c, open, piece, piece.missing + piece.cut);
  const i = transferOf(open, piece.read);
  dataOutEnds(c, open, piece, i, false);
  // Responses come in the order of their requests (RFC 5040 5.5): those before have had theirs too.
  if (i >= 0) transferEnds(open, i, piece.last);
}
