// The list of commands: which rows, in which order. Made anew when filter, order or cursor ask for
// it, and while loading when more has come.

import { type SortColumn, selectTasks, sortTasks } from '../../report/store/sort-keys.js';
import type { TaskStore } from '../../report/store/task-store.js';

export interface ListWish {
  readonly sort: SortColumn;
  readonly descending: boolean;
  /** True for rows that are wanted; undefined: all. `filter` is its text. */
  readonly wanted: ((row: number) => boolean) | undefined;
  readonly filter: string;
  /** Only commands that had begun; undefined: all. */
  readonly untilNs: number | undefined;
}

/** Not more often than that where all rows must be looked at. */
const RENEW_MS = 500;

/** Invariant: `#rows` answers the wish and count of `#key`; null stands for all rows as they came. */
export class CommandList {
  readonly #tasks: TaskStore;
  #rows: Uint32Array | null = null;
  #count = 0;
  #key = '';
  #seen = 0;
  #untilNs: number | undefined;
  #madeMs = Number.NEGATIVE_INFINITY;

  constructor(tasks: TaskStore) {
    this.#tasks = tasks;
  }

  get count(): number {
    return this.#count;
  }

  row(index: number): number {
    return this.#rows === null ? index : this.#rows[index];
  }

  /** Where a task stands in the list, -1 where it does not. */
  indexOf(task: number): number {
    if (this.#rows === null) return task < this.#count ? task : -1;
    return this.#rows.indexOf(task);
  }

  /** `nowMs` is any clock that goes on. */
  update(wish: ListWish, nowMs: number): void {
    const tasks = this.#tasks;
    const key = `${wish.sort} ${wish.descending} ${wish.filter}`;
    const natural = wish.sort === 'time' && !wish.descending && wish.wanted === undefined;
    if (natural) {
      this.#rows = null;
      this.#count = wish.untilNs === undefined ? tasks.count : begunBy(tasks, wish.untilNs);
      this.#key = key;
      return;
    }
    const changed = this.#seen !== tasks.count || this.#untilNs !== wish.untilNs;
    if (key === this.#key && !(changed && nowMs - this.#madeMs >= RENEW_MS)) return;
    this.#key = key;
    this.#seen = tasks.count;
    this.#untilNs = wish.untilNs;
    this.#madeMs = nowMs;
    this.#rows = sortTasks(
      tasks,
      selectTasks(tasks, wantedOf(tasks, wish)),
      wish.sort,
      wish.descending,
    );
    this.#count = this.#rows.length;
  }
}

function wantedOf(tasks: TaskStore, wish: ListWish): ((row: number) => boolean) | undefined {
  const { wanted, untilNs } = wish;
  if (untilNs === undefined) return wanted;
  return (row) => tasks.startNs(row) <= untilNs && (wanted === undefined || wanted(row));
}

/** Rows come in the order of their begin: how many had begun by a time. */
export function begunBy(tasks: TaskStore, ns: number): number {
  let low = 0;
  let high = tasks.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tasks.startNs(middle) <= ns) low = middle + 1;
    else high = middle;
  }
  return low;
}
