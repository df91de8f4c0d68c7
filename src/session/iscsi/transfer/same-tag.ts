// Two open commands of one tag. The initiator may not do that (RFC 7143 11.2.1.8), and where all was
// captured both exist: an answer is of the elder, unless it fits only the younger.

import type { Pdu } from '../../../pdu/pdu.js';
import type { OpenTask } from '../../../scsi/open-task.js';
import { transferOf } from '../../../scsi/transfers.js';
import {
  BHS_LENGTH,
  BUFFER_OFFSET,
  DESIRED_LENGTH,
  FINAL,
  FLAGS,
  NO_TAG,
  RESIDUAL_UNDERFLOW,
  STATUS,
  STATUS_PRESENT,
  TARGET_TRANSFER_TAG,
} from '../../../wire/iscsi/bhs-offsets.js';
import { allMoved } from '../numbering/status-owners.js';
import type { ConnectionState } from '../state.js';

/** The younger command has begun; both are in the table, where the elder is found first. */
export function link(elder: OpenTask, younger: OpenTask): void {
  if (elder === younger || !elder.open) return;
  elder.twin = younger;
  elder.twinOrder = younger.order;
}

/** The younger one while it is open: the pool uses objects again. */
export function twinOf(open: OpenTask): OpenTask | null {
  const { twin } = open;
  return twin?.open && twin.order === open.twinOrder ? twin : null;
}

type Fits = (c: ConnectionState, open: OpenTask, pdu: Pdu) => boolean;

function owner(fits: Fits, c: ConnectionState, open: OpenTask, pdu: Pdu): OpenTask {
  const twin = twinOf(open);
  if (twin === null || pdu.headerCaptured < BHS_LENGTH || fits(c, open, pdu)) return open;
  return fits(c, twin, pdu) ? twin : open;
}

export function ownerOfDataIn(c: ConnectionState, open: OpenTask, pdu: Pdu): OpenTask {
  return owner(dataInFits, c, open, pdu);
}

export function ownerOfResponse(c: ConnectionState, open: OpenTask, pdu: Pdu): OpenTask {
  return owner(responseFits, c, open, pdu);
}

export function ownerOfR2t(c: ConnectionState, open: OpenTask, pdu: Pdu): OpenTask {
  return owner(r2tFits, c, open, pdu);
}

export function ownerOfDataOut(c: ConnectionState, open: OpenTask, pdu: Pdu): OpenTask {
  return owner(dataOutFits, c, open, pdu);
}

/** It goes on where the last one ended, and does not end before or beyond what was asked for. */
function dataInFits(c: ConnectionState, open: OpenTask, pdu: Pdu): boolean {
  const { task } = open;
  const offset = pdu.view.getUint32(pdu.at + BUFFER_OFFSET);
  if (task.connection !== c.number || !task.reads || offset !== open.inEnd) return false;
  const expected = task.writes ? task.bidiReadExpectedLength : task.expectedLength;
  const end = offset + pdu.dataSegmentLength;
  const flags = pdu.view.getUint8(pdu.at + FLAGS);
  if (end === expected) return (flags & FINAL) !== 0;
  return end < expected && ((flags & STATUS_PRESENT) === 0 || (flags & RESIDUAL_UNDERFLOW) !== 0);
}

function responseFits(c: ConnectionState, open: OpenTask, pdu: Pdu): boolean {
  if (open.task.connection !== c.number) return false;
  const short = (pdu.view.getUint8(pdu.at + FLAGS) & RESIDUAL_UNDERFLOW) !== 0;
  return short || pdu.view.getUint8(pdu.at + STATUS) !== 0 || allMoved(open);
}

function r2tFits(c: ConnectionState, open: OpenTask, pdu: Pdu): boolean {
  const { task } = open;
  const offset = pdu.view.getUint32(pdu.at + BUFFER_OFFSET);
  const end = offset + pdu.view.getUint32(pdu.at + DESIRED_LENGTH);
  const mine = task.connection === c.number && task.writes;
  return mine && offset >= open.r2tEnd && end <= task.expectedLength;
}

function dataOutFits(c: ConnectionState, open: OpenTask, pdu: Pdu): boolean {
  if (open.task.connection !== c.number) return false;
  const tag = pdu.view.getUint32(pdu.at + TARGET_TRANSFER_TAG);
  if (tag === NO_TAG) return open.sendsUnsolicited && !open.finalOut;
  return transferOf(open, tag) >= 0;
}
