// hot: no allocation per packet
// Columns of a task's times, counted from its start: 32 bits hold 4.2 s of ns, later ones stand
// aside. Frames beside them.

import {
  type ChunkSet,
  NearColumn,
  SparseColumn,
  Uint32Column,
  WideColumn,
} from '../lib/columns.js';
import type { Task } from '../scsi/task.js';
import { bytesOf, forgetIn, type Held } from './group.js';

/** endNs where it is the status' own. */
const AT_STATUS = Number.POSITIVE_INFINITY;
const AT_END = -1;
/** The command's first packet may have come again after the end. */
const REORDERED = 1 << 10;

export class TimeColumns {
  readonly start = new NearColumn();
  readonly commandFrame = new Uint32Column();
  /** Packets from the command to the end; -1 where there is none. */
  readonly #endFrames = new WideColumn(16);
  readonly #status = new WideColumn(32);
  readonly #endApart = new SparseColumn(AT_STATUS);
  readonly #statusFrameApart = new SparseColumn(AT_END);
  readonly #commandEnd = new WideColumn(32);
  readonly #firstDataIn = new WideColumn(32);
  readonly #lastDataIn = new WideColumn(32);
  readonly #firstR2t = new WideColumn(32);
  readonly #lastR2t = new WideColumn(32);
  readonly #firstDataOut = new WideColumn(32);
  readonly #lastDataOut = new WideColumn(32);

  write(row: number, t: Task): void {
    const start = t.commandSeen ? t.commandNs : firstKnown(t);
    this.start.set(row, start);
    this.commandFrame.set(row, t.commandFrame);
    this.#endFrames.set(row, t.endFrame === 0 ? -1 : t.endFrame - t.commandFrame + REORDERED);
    this.#status.set(row, since(t.statusNs, start));
    this.#endApart.set(row, t.endNs === t.statusNs ? AT_STATUS : t.endNs);
    this.#statusFrameApart.set(row, t.statusFrame === t.endFrame ? AT_END : t.statusFrame);
    this.#commandEnd.set(row, since(t.commandEndNs, start));
    this.#firstDataIn.set(row, since(t.firstDataInNs, start));
    this.#lastDataIn.set(row, since(t.lastDataInNs, start));
    this.#firstR2t.set(row, since(t.firstR2tNs, start));
    this.#lastR2t.set(row, since(t.lastR2tNs, start));
    this.#firstDataOut.set(row, since(t.firstDataOutNs, start));
    this.#lastDataOut.set(row, since(t.lastDataOutNs, start));
  }

  read(row: number, out: Task): void {
    const start = this.start.get(row);
    out.commandNs = out.commandSeen ? start : -1;
    out.commandFrame = this.commandFrame.get(row);
    out.endFrame = this.endFrame(row);
    out.statusFrame = this.statusFrame(row);
    out.statusNs = mark(this.#status.get(row), start);
    out.endNs = this.endNs(row);
    out.commandEndNs = mark(this.#commandEnd.get(row), start);
    out.firstDataInNs = mark(this.#firstDataIn.get(row), start);
    out.lastDataInNs = mark(this.#lastDataIn.get(row), start);
    out.firstR2tNs = mark(this.#firstR2t.get(row), start);
    out.lastR2tNs = mark(this.#lastR2t.get(row), start);
    out.firstDataOutNs = mark(this.#firstDataOut.get(row), start);
    out.lastDataOutNs = mark(this.#lastDataOut.get(row), start);
  }

  endFrame(row: number): number {
    const frames = this.#endFrames.get(row);
    return frames === -1 ? 0 : this.commandFrame.get(row) + frames - REORDERED;
  }

  statusFrame(row: number): number {
    const apart = this.#statusFrameApart.get(row);
    return apart === AT_END ? this.endFrame(row) : apart;
  }

  statusNs(row: number): number {
    return mark(this.#status.get(row), this.start.get(row));
  }

  endNs(row: number): number {
    const apart = this.#endApart.get(row);
    return apart === AT_STATUS ? this.statusNs(row) : apart;
  }

  bytes(): number {
    return bytesOf(this.#all());
  }

  forget(end: number, keep: ChunkSet): void {
    forgetIn(this.#all(), end, keep);
  }

  #all(): Held[] {
    return [
      this.start,
      this.commandFrame,
      this.#endFrames,
      this.#status,
      this.#endApart,
      this.#statusFrameApart,
      this.#commandEnd,
      this.#firstDataIn,
      this.#lastDataIn,
      this.#firstR2t,
      this.#lastR2t,
      this.#firstDataOut,
      this.#lastDataOut,
    ];
  }
}

/** The earliest time that is known of a task whose command was not captured; its end, or 0. */
function firstKnown(t: Task): number {
  let first = earlier(t.firstDataInNs, t.firstR2tNs);
  first = earlier(first, t.firstDataOutNs);
  first = earlier(first, t.statusNs);
  first = earlier(first, t.endNs);
  return Math.max(0, first);
}

/** The smaller of two times, one of which may be -1: never. */
function earlier(a: number, b: number): number {
  if (a < 0) return b;
  return b < 0 || a < b ? a : b;
}

/** -1 for a time that was never seen; what lies before the start (a clock stepped back) below that. */
function since(timeNs: number, start: number): number {
  if (timeNs < 0) return -1;
  const ns = timeNs - start;
  return ns >= 0 ? ns : ns - 1;
}

function mark(ns: number, start: number): number {
  if (ns >= 0) return start + ns;
  return ns === -1 ? -1 : start + ns + 1;
}
