// hot: no allocation per packet
// Ranges of blocks that reads and writes of one LUN have open: which of them overlap while both are
// outstanding. A target may execute SIMPLE tasks in any order (SAM), so such a pair has no one result.

import type { Task } from '../../scsi/task.js';

const TWO_32 = 4294967296;
/** Columns of an open range: its first block, the one behind its last, task, packet, 1 where it is written. */
const TO = 1;
const NUMBER = 2;
const FRAME = 3;
const WRITE = 4;
const COLUMNS = 5;
const NOTHING = new Float64Array(0);
/** Open ranges looked at, a LUN: queues are 32 to 256 deep. */
const OPEN_MAX = 256;

/** Invariant: the first `#count` rows are the open ranges, each task at most once. */
export class Overlaps {
  /** Pairs of two writes, and of a read and a write; the packets of the first of each. */
  writes = 0;
  mixed = 0;
  writeFrame = 0;
  writeFrame2 = 0;
  writeNs = -1;
  mixedFrame = 0;
  mixedFrame2 = 0;
  mixedNs = -1;
  #count: number;
  #writers: number;
  /** Room is made as it is needed: most LUNs of a login storm have one command at a time. */
  #rows: Float64Array;

  constructor() {
    this.#count = 0;
    this.#writers = 0;
    this.#rows = NOTHING;
  }

  started(task: Task): void {
    if (!task.lbaKnown || task.blocks === 0 || task.reads === task.writes) return;
    const from = task.lbaHigh * TWO_32 + task.lbaLow;
    const to = from + task.blocks;
    // Two reads disturb nobody: without a write there is nothing to compare.
    if (task.writes || this.#writers > 0) this.#compare(task, from, to);
    if (this.#count >= OPEN_MAX) return;
    const at = this.#count * COLUMNS;
    if (at >= this.#rows.length) this.#grow();
    const rows = this.#rows;
    rows[at] = from;
    rows[at + TO] = to;
    rows[at + NUMBER] = task.number;
    rows[at + FRAME] = task.commandFrame;
    rows[at + WRITE] = task.writes ? 1 : 0;
    if (task.writes) this.#writers++;
    this.#count++;
  }

  ended(task: Task): void {
    const rows = this.#rows;
    const end = this.#count * COLUMNS;
    for (let i = 0; i < end; i += COLUMNS) {
      if (rows[i + NUMBER] !== task.number) continue;
      if (rows[i + WRITE] === 1) this.#writers--;
      this.#count--;
      const last = end - COLUMNS;
      for (let k = 0; k < COLUMNS; k++) rows[i + k] = rows[last + k];
      return;
    }
  }

  #compare(task: Task, from: number, to: number): void {
    const rows = this.#rows;
    const end = this.#count * COLUMNS;
    for (let i = 0; i < end; i += COLUMNS) {
      if (rows[i] >= to || rows[i + TO] <= from) continue;
      const writes = rows[i + WRITE] === 1;
      if (writes && task.writes) {
        if (this.writes++ > 0) continue;
        this.writeFrame = rows[i + FRAME];
        this.writeFrame2 = task.commandFrame;
        this.writeNs = task.commandNs;
      } else if (writes || task.writes) {
        if (this.mixed++ > 0) continue;
        this.mixedFrame = rows[i + FRAME];
        this.mixedFrame2 = task.commandFrame;
        this.mixedNs = task.commandNs;
      }
    }
  }

  #grow(): void {
    const made = new Float64Array(Math.max(COLUMNS, this.#rows.length * 2));
    made.set(this.#rows);
    this.#rows = made;
  }
}
