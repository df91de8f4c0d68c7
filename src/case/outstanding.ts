// What was outstanding at a time, commands begun and not ended, and what had passed by then. Kept as a
// set and sums that follow the time cursor, so that a step of the replay looks at what changed only.

import { failed } from '../scsi/task.js';
import { type SortKey, sortRows } from '../store/sort.js';
import { selectTasks } from '../store/sort-keys.js';
import type { TaskStore } from '../store/task-store.js';
import { begunBy } from './command-list.js';

/** Commands up to a time; bytes are those of commands that had ended. */
export interface Passed {
  begun: number;
  ended: number;
  /** Ended in another way than with a good status; one that was not captured may have been good. */
  failed: number;
  readBytes: number;
  writtenBytes: number;
}

/**
 * Invariant: of the first #begun rows that are held `open` has those that are not among the first
 * #ended by their end; #all and #bySession are sums over them and those first #ended.
 */
export class Outstanding {
  readonly open: Set<number> = new Set();
  /** The time it stands at. */
  ns = 0;
  readonly #tasks: TaskStore;
  #byEnd: Uint32Array = new Uint32Array(0);
  #seen = -1;
  #seenOpen = -1;
  #rounds = 0;
  #begun = 0;
  #ended = 0;
  #all: Passed = nothing();
  #bySession: (Passed | undefined)[] = [];

  constructor(tasks: TaskStore) {
    this.#tasks = tasks;
  }

  /** What had passed, in a session or in all of them. */
  passed(session?: number): Readonly<Passed> {
    return session === undefined ? this.#all : (this.#bySession[session] ?? nothing());
  }

  moveTo(ns: number): void {
    this.ns = ns;
    const { count, openRows, rounds } = this.#tasks;
    const same = this.#seen === count && this.#seenOpen === openRows && this.#rounds === rounds;
    if (!same) this.#renew();
    const begun = begunBy(this.#tasks, ns);
    const ended = this.#endedBy(ns);
    while (this.#begun < begun) this.#begins(this.#tasks.rowAt(this.#begun++), 1);
    while (this.#ended < ended) this.#ends(this.#byEnd[this.#ended++], 1);
    while (this.#ended > ended) this.#ends(this.#byEnd[--this.#ended], -1);
    while (this.#begun > begun) this.#begins(this.#tasks.rowAt(--this.#begun), -1);
  }

  #begins(row: number, by: 1 | -1): void {
    this.#all.begun += by;
    this.#of(row).begun += by;
    this.#change(row);
  }

  #ends(row: number, by: 1 | -1): void {
    const tasks = this.#tasks;
    const badly = failed(tasks.outcome(row));
    for (const sum of [this.#all, this.#of(row)]) {
      sum.ended += by;
      if (badly) sum.failed += by;
      sum.readBytes += by * tasks.dataInBytes(row);
      sum.writtenBytes += by * tasks.dataOutBytes(row);
    }
    this.#change(row);
  }

  #of(row: number): Passed {
    const session = this.#tasks.session(row);
    let sum = this.#bySession[session];
    if (sum === undefined) {
      sum = nothing();
      this.#bySession[session] = sum;
    }
    return sum;
  }

  #change(row: number): void {
    const end = this.#tasks.endNs(row);
    if (this.#tasks.startNs(row) <= this.ns && (end < 0 || end > this.ns)) this.open.add(row);
    else this.open.delete(row);
  }

  #endedBy(ns: number): number {
    let low = 0;
    let high = this.#byEnd.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const end = this.#tasks.endNs(this.#byEnd[middle]);
      if (end >= 0 && end <= ns) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #renew(): void {
    const tasks = this.#tasks;
    const key: SortKey = (row) => (tasks.endNs(row) < 0 ? Number.NaN : tasks.endNs(row));
    this.#byEnd = sortRows(selectTasks(tasks), key, false);
    this.#seen = tasks.count;
    this.#seenOpen = tasks.openRows;
    this.#rounds = tasks.rounds;
    this.open.clear();
    this.#begun = 0;
    this.#ended = 0;
    this.#all = nothing();
    this.#bySession = [];
  }
}

function nothing(): Passed {
  return { begun: 0, ended: 0, failed: 0, readBytes: 0, writtenBytes: 0 };
}
