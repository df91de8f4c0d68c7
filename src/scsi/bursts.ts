// hot: no allocation per packet
// The R2Ts of one task, each with its data: what was asked, when, and when it came. The first few of
// a task are kept (limits.ts: BURSTS_PER_TASK); totals of all are in the task itself.

import { BURSTS_PER_TASK } from '../limits.js';

const FIRST = 4;
const COLUMNS = 11;
const NO_CELLS = new Float64Array(0);

/** Times are ns since the capture's first packet, -1 never seen; frames 0 none. */
export class Bursts {
  /** Bursts kept. */
  count = 0;
  /** Most commands have none. */
  #cells: Float64Array = NO_CELLS;

  /** Keeps an R2T; its row, or -1 where there is no room. */
  add(
    targetTransferTag: number,
    r2tSN: number,
    bufferOffset: number,
    desired: number,
    r2tNs: number,
    r2tFrame: number,
  ): number {
    if (this.count >= BURSTS_PER_TASK) return -1;
    const row = this.count++;
    const at = row * COLUMNS;
    if (at + COLUMNS > this.#cells.length) {
      const more = new Float64Array(Math.max(FIRST * COLUMNS, this.#cells.length * 2));
      more.set(this.#cells);
      this.#cells = more;
    }
    const c = this.#cells;
    c[at] = targetTransferTag;
    c[at + 1] = r2tSN;
    c[at + 2] = bufferOffset;
    c[at + 3] = desired;
    c[at + 4] = r2tNs;
    c[at + 5] = r2tFrame;
    c[at + 6] = 0;
    c[at + 7] = -1;
    c[at + 8] = -1;
    c[at + 9] = 0;
    c[at + 10] = 0;
    return row;
  }

  /** Data-Out of it begins. */
  began(row: number, bytes: number, timeNs: number, frame: number): void {
    if (row < 0) return;
    const at = row * COLUMNS;
    this.#cells[at + 6] += bytes;
    if (this.#cells[at + 7] >= 0) return;
    this.#cells[at + 7] = timeNs;
    this.#cells[at + 9] = frame;
  }

  ended(row: number, timeNs: number, frame: number): void {
    if (row < 0) return;
    this.#cells[row * COLUMNS + 8] = timeNs;
    this.#cells[row * COLUMNS + 10] = frame;
  }

  targetTransferTag(row: number): number {
    return this.#cells[row * COLUMNS];
  }

  r2tSN(row: number): number {
    return this.#cells[row * COLUMNS + 1];
  }

  bufferOffset(row: number): number {
    return this.#cells[row * COLUMNS + 2];
  }

  desired(row: number): number {
    return this.#cells[row * COLUMNS + 3];
  }

  r2tNs(row: number): number {
    return this.#cells[row * COLUMNS + 4];
  }

  r2tFrame(row: number): number {
    return this.#cells[row * COLUMNS + 5];
  }

  /** Bytes of data that came for it. */
  bytes(row: number): number {
    return this.#cells[row * COLUMNS + 6];
  }

  firstDataNs(row: number): number {
    return this.#cells[row * COLUMNS + 7];
  }

  lastDataNs(row: number): number {
    return this.#cells[row * COLUMNS + 8];
  }

  firstDataFrame(row: number): number {
    return this.#cells[row * COLUMNS + 9];
  }

  lastDataFrame(row: number): number {
    return this.#cells[row * COLUMNS + 10];
  }
}
