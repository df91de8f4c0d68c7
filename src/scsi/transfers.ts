// hot: no allocation per packet
// What the target asked of a task's data and has not all got: R2Ts of iSCSI, FCP_XFER_RDYs, RDMA Read
// Requests. Each has a tag of the target's and bytes of the task's buffer; data is answered in their order.

import { type OpenTask, R2TS_REMEMBERED } from './open-task.js';

/** Data that was not asked for: immediate, unsolicited. */
export const UNSOLICITED = -2;
/** Data whose transfer is not known: what asked for it was not captured. */
const UNKNOWN_TRANSFER = -1;

/** Which of the outstanding transfers has this tag; UNKNOWN_TRANSFER: none. */
export function transferOf(open: OpenTask, tag: number): number {
  for (let i = 0; i < open.r2tCount; i++) if (open.r2tTag[i] === tag) return i;
  return UNKNOWN_TRANSFER;
}

/** The same by what was asked: for transports whose data names no transfer (FCP: the relative offset). */
export function transferAt(open: OpenTask, offset: number): number {
  for (let i = 0; i < open.r2tCount; i++) {
    if (offset >= open.r2tOffset[i] && offset < open.r2tOffset[i] + open.r2tDesired[i]) return i;
  }
  return UNKNOWN_TRANSFER;
}

/** `desired` bytes from `offset` on are asked for; `serial` is the transport's number of it (R2TSN). */
export function addTransfer(
  open: OpenTask,
  tag: number,
  serial: number,
  offset: number,
  desired: number,
  timeNs: number,
  frame: number,
): void {
  const t = open.task;
  if (open.r2tTag.length === 0) open.roomForR2ts();
  if (open.r2tCount === R2TS_REMEMBERED) dropTransfers(open, 1);
  const i = open.r2tCount++;
  open.r2tTag[i] = tag;
  open.r2tOffset[i] = offset;
  open.r2tDesired[i] = desired;
  open.r2tGot[i] = 0;
  open.r2tNs[i] = timeNs;
  open.r2tStarted[i] = 0;
  open.r2tRow[i] = t.bursts.add(tag, serial, offset, desired, timeNs, frame);
}

/** The first `n` of the outstanding transfers have had their data. */
export function dropTransfers(open: OpenTask, n: number): void {
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
