// hot: no allocation per packet
// Ranges of blocks that reads and writes of one LUN have open: which of them overlap while both are
// outstanding. A target may execute SIMPLE tasks in any order (SAM), so such a pair has no one result.

import type { Task } from '../../scsi/task.js';

const TWO_32 = 4294967296;
const FIRST_OPEN = 8;
/** Open ranges looked at, a LUN: queues are 32 to 256 deep. */
const OPEN_MAX = 256;

/** Invariant: the first `#count` places of the columns are the open ranges, each task at most once. */
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
  #from: Float64Array;
  #to: Float64Array;
  #number: Float64Array;
  #frame: Float64Array;
  #write: Uint8Array;

  constructor() {
    this.#count = 0;
    this.#writers = 0;
    this.#from = new Float64Array(FIRST_OPEN);
    this.#to = new Float64Array(FIRST_OPEN);
    this.#number = new Float64Array(FIRST_OPEN);
    this.#frame = new Float64Array(FIRST_OPEN);
    this.#write = new Uint8Array(FIRST_OPEN);
  }

  started(task: Task): void {
    if (!task.lbaKnown || task.blocks === 0 || task.reads === task.writes) return;
    const from = task.lbaHigh * TWO_32 + task.lbaLow;
    const to = from + task.blocks;
    // Two reads disturb nobody: without a write there is nothing to compare.
    if (task.writes || this.#writers > 0) this.#compare(task, from, to);
    const at = this.#count;
    if (at >= OPEN_MAX) return;
    if (at === this.#from.length) this.#grow();
    this.#from[at] = from;
    this.#to[at] = to;
    this.#number[at] = task.number;
    this.#frame[at] = task.commandFrame;
    this.#write[at] = task.writes ? 1 : 0;
    if (task.writes) this.#writers++;
    this.#count++;
  }

  ended(task: Task): void {
    const numbers = this.#number;
    for (let i = 0; i < this.#count; i++) {
      if (numbers[i] !== task.number) continue;
      if (this.#write[i] === 1) this.#writers--;
      const last = --this.#count;
      this.#from[i] = this.#from[last];
      this.#to[i] = this.#to[last];
      numbers[i] = numbers[last];
      this.#frame[i] = this.#frame[last];
      this.#write[i] = this.#write[last];
      return;
    }
  }

  #compare(task: Task, from: number, to: number): void {
    for (let i = 0; i < this.#count; i++) {
      if (this.#from[i] >= to || this.#to[i] <= from) continue;
      if (this.#write[i] === 1 && task.writes) {
        if (this.writes++ > 0) continue;
        this.writeFrame = this.#frame[i];
        this.writeFrame2 = task.commandFrame;
        this.writeNs = task.commandNs;
      } else if (this.#write[i] === 1 || task.writes) {
        if (this.mixed++ > 0) continue;
        this.mixedFrame = this.#frame[i];
        this.mixedFrame2 = task.commandFrame;
        this.mixedNs = task.commandNs;
      }
    }
  }

  #grow(): void {
    const size = this.#from.length * 2;
    this.#from = longer(this.#from, size);
    this.#to = longer(this.#to, size);
    this.#number = longer(this.#number, size);
    this.#frame = longer(this.#frame, size);
    const write = new Uint8Array(size);
    write.set(this.#write);
    this.#write = write;
  }
}

function longer(old: Float64Array, size: number): Float64Array {
  const made = new Float64Array(size);
  made.set(old);
  return made;
}
