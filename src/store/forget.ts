// Room for new rows: the oldest quarter of commands and PDUs is forgotten at once, by time. Commands
// that are open stay, with all of their PDUs: what hangs is what is looked for.

import { CHUNK_BITS } from '../lib/columns.js';
import { PINNED_CHUNKS_MAX } from '../limits.js';
import type { PduIndex } from './pdu-index.js';
import type { TaskStore } from './task-store.js';

/** One in so many rows goes. */
const PARTS = 4;
/** A command whose PDUs lie in more chunks is none that waits: it is forgotten as others are. */
const OWN_CHUNKS_MAX = 16;

export function forgetOldest(tasks: TaskStore, pdus: PduIndex): void {
  const ns = Math.max(
    timeAt(tasks.first, tasks.count, (row) => tasks.startNs(row)),
    timeAt(pdus.first, pdus.count, (row) => pdus.timeNs(row)),
  );
  const first = firstFrom(tasks.first, tasks.count, (row) => tasks.startNs(row) >= ns);
  let firstPdu = firstFrom(pdus.first, pdus.count, (row) => pdus.timeNs(row) >= ns);
  for (let row = first; row < tasks.count; row++) {
    const own = pdus.firstOf(row);
    if (own >= 0 && own < firstPdu) firstPdu = own;
  }
  const pins = new Pins(pdus);
  for (let index = 0; index < tasks.held; index++) {
    const row = tasks.rowAt(index);
    if (row >= first) break;
    if (!tasks.ended(row)) pins.add(row);
  }
  const older = new Set(pins.rows);
  tasks.forget(first, pins.rows, pins.tasks);
  pdus.forget(bounded(pdus, firstPdu), pins.pdus, first, older, pins.tasks);
}

/** The newest PDU stays: it tells how far the capture is. */
function bounded(pdus: PduIndex, first: number): number {
  return Math.max(pdus.first, Math.min(first, pdus.count - 1));
}

/** When the rows begin that shall stay. */
function timeAt(first: number, count: number, timeNs: (row: number) => number): number {
  const rows = count - first;
  return rows < PARTS ? Number.NEGATIVE_INFINITY : timeNs(first + Math.floor(rows / PARTS));
}

/** Rows are in the order of time. */
function firstFrom(first: number, count: number, is: (row: number) => boolean): number {
  let low = first;
  let high = count;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (is(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Open commands that stay, and the chunks that hold them. Bounded: the oldest come first. */
class Pins {
  readonly rows: number[] = [];
  readonly tasks: Set<number> = new Set();
  readonly pdus: Set<number> = new Set();
  readonly #index: PduIndex;

  constructor(index: PduIndex) {
    this.#index = index;
  }

  add(row: number): void {
    if (this.tasks.size + this.pdus.size >= PINNED_CHUNKS_MAX) return;
    const index = this.#index;
    const own = new Set<number>();
    for (let pdu = index.firstOf(row); pdu >= 0; pdu = index.next(pdu)) {
      own.add(pdu >>> CHUNK_BITS);
      if (own.size > OWN_CHUNKS_MAX) return;
    }
    this.rows.push(row);
    this.tasks.add(row >>> CHUNK_BITS);
    for (const at of own) this.pdus.add(at);
  }
}
