// hot: no allocation per packet
// What a picture of a whole capture needs beside the sums: how many commands of which latency ended when,
// and how many were open. A bounded number of columns of time, which double their width; one pass, and
// memory that does not grow.

import { HEAT_COLUMN_NS, HEAT_COLUMNS_MAX } from '../limits.js';
import { latencyNs, type Task, type TaskSink } from '../scsi/task.js';
import { openUntil } from './metrics.js';

/** Rows of latency: two an octave, from below 1 µs to some 70 s and more. */
export const HEAT_ROWS = 54;
const FIRST_ROW_NS = 1000;
const ROWS_PER_OCTAVE = 2;

/** Invariant: counts and openNs are of columns 0 … used-1 of `widthNs` each, from the first packet on. */
export class OverTime implements TaskSink {
  widthNs = HEAT_COLUMN_NS;
  /** Columns from the capture's first packet to the last one that holds something. */
  used = 0;
  /** By column, then row. */
  readonly counts: Float64Array = new Float64Array(HEAT_COLUMNS_MAX * HEAT_ROWS);
  /** By column: commands that were open, each as long as it was: over widthNs their mean. */
  readonly openNs: Float64Array = new Float64Array(HEAT_COLUMNS_MAX);
  readonly #wanted: ((task: Task) => boolean) | undefined;
  /** When those began that are open at the end. */
  readonly #begun: number[] = [];

  /** `wanted`: whose latencies are counted; those that are open are all. */
  constructor(wanted?: (task: Task) => boolean) {
    this.#wanted = wanted;
  }

  taskStarted(): void {}

  taskEnded(task: Task): void {
    if (!task.commandSeen) return;
    const until = openUntil(task);
    if (until < 0) {
      this.#begun.push(task.commandNs);
      return;
    }
    this.#open(task.commandNs, until);
    if (this.#wanted !== undefined && !this.#wanted(task)) return;
    const latency = latencyNs(task);
    if (latency >= 0) this.counts[this.#column(until) * HEAT_ROWS + rowOf(latency)]++;
  }

  /** The capture is over: what is open was open until then. */
  finish(lastNs: number): void {
    for (const beginNs of this.#begun) this.#open(beginNs, lastNs);
    this.#begun.length = 0;
  }

  #open(fromNs: number, toNs: number): void {
    if (toNs <= fromNs) return;
    const last = this.#column(toNs);
    const first = this.#column(fromNs);
    for (let column = first; column <= last; column++) {
      const from = Math.max(fromNs, column * this.widthNs);
      const to = Math.min(toNs, (column + 1) * this.widthNs);
      if (to > from) this.openNs[column] += to - from;
    }
  }

  #column(timeNs: number): number {
    const time = timeNs > 0 ? timeNs : 0;
    while (time >= this.widthNs * HEAT_COLUMNS_MAX) this.#fold();
    const column = Math.floor(time / this.widthNs);
    if (column >= this.used) this.used = column + 1;
    return column;
  }

  #fold(): void {
    const { counts, openNs } = this;
    for (let column = 0; column < HEAT_COLUMNS_MAX; column++) {
      const to = column >> 1;
      for (let row = 0; row < HEAT_ROWS; row++) {
        const count = counts[column * HEAT_ROWS + row];
        counts[column * HEAT_ROWS + row] = 0;
        counts[to * HEAT_ROWS + row] += count;
      }
      const open = openNs[column];
      openNs[column] = 0;
      openNs[to] += open;
    }
    this.widthNs *= 2;
    this.used = (this.used + 1) >> 1;
  }
}

function rowOf(ns: number): number {
  if (ns < FIRST_ROW_NS) return 0;
  const row = 1 + Math.floor(Math.log2(ns / FIRST_ROW_NS) * ROWS_PER_OCTAVE);
  return row < HEAT_ROWS ? row : HEAT_ROWS - 1;
}

/** Where a row begins; row 0 is all below the first. */
export function heatRowFromNs(row: number): number {
  return row === 0 ? 0 : FIRST_ROW_NS * 2 ** ((row - 1) / ROWS_PER_OCTAVE);
}
