// What was outstanding at a time: commands begun and not ended. Kept as a set that follows the time
// cursor, so that a step of the replay looks at what changed only.

import { type SortKey, sortRows } from '../../report/store/sort.js';
import { selectTasks } from '../../report/store/sort-keys.js';
import type { TaskStore } from '../../report/store/task-store.js';
import { begunBy } from './list.js';

/** Invariant: `open` holds the rows of [0, #begun) that are not among the first #ended by their end. */
export class Outstanding {
  readonly open: Set<number> = new Set();
  /** The time it stands at. */
  ns = 0;
  readonly #tasks: TaskStore;
  #byEnd: Uint32Array = new Uint32Array(0);
  #seen = -1;
  #begun = 0;
  #ended = 0;

  constructor(tasks: TaskStore) {
    this.#tasks = tasks;
  }

  moveTo(ns: number): void {
    this.ns = ns;
    if (this.#seen !== this.#tasks.count) this.#renew();
    const begun = begunBy(this.#tasks, ns);
    const ended = this.#endedBy(ns);
    while (this.#begun < begun) this.#change(this.#begun++, ns);
    while (this.#ended < ended) this.#change(this.#byEnd[this.#ended++], ns);
    while (this.#ended > ended) this.#change(this.#byEnd[--this.#ended], ns);
    while (this.#begun > begun) this.#change(--this.#begun, ns);
  }

  #change(row: number, ns: number): void {
    const end = this.#tasks.endNs(row);
    if (this.#tasks.startNs(row) <= ns && (end < 0 || end > ns)) this.open.add(row);
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
    this.open.clear();
    this.#begun = 0;
    this.#ended = 0;
  }
}
