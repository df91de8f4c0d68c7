// UNMAP and WRITE SAME of one LUN, and what reads and writes beside them took. Made where there is one.

import { Histogram } from '../../lib/histogram.js';
import { latencyNs, Outcome, type Task } from '../../scsi/task.js';
import { unmapRanges } from '../../wire/scsi/cdb-words.js';
import { ScsiOpcode } from '../../wire/scsi/opcodes.js';
import { Occurrences } from '../groups.js';

/** Values kept as they are; beyond, a histogram with 0.4 % error. */
const EXACT = 512;

/** UNMAP, WRITE SAME(10) and WRITE SAME(16). */
export function isDiscard(opcode: number): boolean {
  return (
    opcode === ScsiOpcode.unmap ||
    opcode === ScsiOpcode.writeSame10 ||
    opcode === ScsiOpcode.writeSame16
  );
}

export class DiscardWatch {
  /** Discards, when, and the first packets. */
  readonly seen: Occurrences = new Occurrences();
  readonly latency: Histogram = new Histogram(EXACT);
  /** Reads and writes that overlapped a discard in time, and those that did not. */
  readonly during: Histogram = new Histogram(EXACT);
  readonly beside: Histogram = new Histogram(EXACT);
  /** Ranges of UNMAPs, by the length of their lists. */
  ranges = 0;
  /** Most discards open at once, and now. */
  openMax = 0;
  #open: number;
  #lastEndNs: number;

  /** `before`: latencies of reads and writes before the first discard, `count` of them. */
  constructor(before: Float64Array, count: number) {
    this.#open = 0;
    this.#lastEndNs = -1;
    for (let i = 0; i < count; i++) this.beside.record(before[i]);
  }

  started(task: Task): void {
    this.seen.saw(task.commandFrame, task.commandNs);
    this.#open++;
    if (this.#open > this.openMax) this.openMax = this.#open;
    if (task.opcode === ScsiOpcode.unmap) this.ranges += unmapRanges(task.cdb, task.cdbLength);
  }

  ended(task: Task): void {
    const ns = task.statusBound ? -1 : latencyNs(task);
    if (isDiscard(task.opcode)) {
      if (!task.commandSeen) return;
      if (this.#open > 0) this.#open--;
      if (task.endNs > this.#lastEndNs) this.#lastEndNs = task.endNs;
      if (ns >= 0) this.latency.record(ns);
      return;
    }
    if (ns < 0 || task.outcome !== Outcome.good || !task.lbaKnown) return;
    const during = this.#open > 0 || this.#lastEndNs > task.commandNs;
    (during ? this.during : this.beside).record(ns);
  }
}
