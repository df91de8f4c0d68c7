// hot: no allocation per packet
// How a LUN is used: reads and writes, block sizes, where they go (one after the other, in several
// streams that interleave, at odd boundaries), and the time between them.

import { type ExactRoom, Histogram } from '../lib/histogram.js';
import { BLOCK_SIZES_MAX, EXACT_VALUES_PER_CELL, SEQUENTIAL_STARTS } from '../limits.js';
import type { Task } from '../scsi/task.js';

const TWO_32 = 4294967296;
/** What file systems and hypervisors align to. */
const ALIGNMENT = 4096;
const BLOCK_LEAST = 512;
const BLOCK_MOST = 65_536;

/** Commands of one direction by their size in bytes. */
export class Sizes {
  commands = 0;
  bytes = 0;
  /** Bytes asked for → commands; `others` found no place of their own. */
  readonly bySize: Map<number, number> = new Map();
  others = 0;

  add(bytes: number): void {
    this.commands++;
    this.bytes += bytes;
    const before = this.bySize.get(bytes);
    if (before !== undefined) this.bySize.set(bytes, before + 1);
    else if (this.bySize.size < BLOCK_SIZES_MAX) this.bySize.set(bytes, 1);
    else this.others++;
  }
}

/** Invariant: `sequential` ≤ `nearStart` ≤ `addressed`; gaps of both kinds are never negative. */
export class Access {
  readonly reads: Sizes = new Sizes();
  readonly writes: Sizes = new Sizes();
  /** Reads and writes whose address and length are known. */
  addressed = 0;
  /** Of these: begin where the one before ended; where one of the last few (k) ended. */
  sequential = 0;
  nearStart = 0;
  /** Of those whose block length could be told: begin or end off a 4 KiB boundary. */
  alignable = 0;
  misaligned = 0;
  misalignedFrame = 0;
  /** Between the starts of two commands; and from the last end to a start, with nothing open. */
  readonly gap: Histogram;
  readonly idle: Histogram;
  /** Ends (the block after the last) of the last starts, newest at `#at` - 1; -1 none. */
  readonly #ends: Float64Array;
  #at: number;
  #lastStartNs: number;
  #lastEndNs: number;

  constructor(room: ExactRoom) {
    this.gap = new Histogram(EXACT_VALUES_PER_CELL, room);
    this.idle = new Histogram(EXACT_VALUES_PER_CELL, room);
    this.#ends = new Float64Array(SEQUENTIAL_STARTS).fill(-1);
    this.#at = 0;
    // Doubles from the start (lib/double-fields.ts).
    this.#lastStartNs = -0.5;
    this.#lastEndNs = -0.5;
    this.#lastStartNs = -1;
    this.#lastEndNs = -1;
  }

  /** It is given up. */
  release(): void {
    this.gap.release();
    this.idle.release();
  }

  /** A command began; `open`: how many of this LUN were open before it. */
  started(task: Task, open: number): void {
    if (this.#lastStartNs >= 0) this.gap.record(task.commandNs - this.#lastStartNs);
    if (open === 0 && this.#lastEndNs >= 0) this.idle.record(task.commandNs - this.#lastEndNs);
    this.#lastStartNs = task.commandNs;
    if (!task.lbaKnown || task.blocks === 0 || task.reads === task.writes) return;
    if (task.expectedLength === 0) return;
    const sizes = task.reads ? this.reads : this.writes;
    sizes.add(task.expectedLength);
    this.#place(task);
  }

  ended(timeNs: number): void {
    if (timeNs > this.#lastEndNs) this.#lastEndNs = timeNs;
  }

  #place(task: Task): void {
    const lba = task.lbaHigh * TWO_32 + task.lbaLow;
    const ends = this.#ends;
    this.addressed++;
    const newest = (this.#at + SEQUENTIAL_STARTS - 1) % SEQUENTIAL_STARTS;
    if (ends[newest] === lba) {
      this.sequential++;
      this.nearStart++;
    } else {
      for (let i = 0; i < SEQUENTIAL_STARTS; i++) {
        if (ends[i] !== lba) continue;
        this.nearStart++;
        break;
      }
    }
    ends[this.#at] = lba + task.blocks;
    this.#at = (this.#at + 1) % SEQUENTIAL_STARTS;
    const block = task.expectedLength / task.blocks;
    // A power of two: 520 and 528 byte blocks align to nothing.
    if (block < BLOCK_LEAST || block > BLOCK_MOST || (block & (block - 1)) !== 0) return;
    if (block !== Math.floor(block)) return;
    this.alignable++;
    const perUnit = ALIGNMENT / block;
    if (perUnit <= 1 || (lba % perUnit === 0 && task.blocks % perUnit === 0)) return;
    if (this.misaligned++ === 0) this.misalignedFrame = task.commandFrame;
  }
}
