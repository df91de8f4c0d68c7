// The list of commands: which rows, in which order. Made anew when filter, order or cursor ask for
// it, and while loading when more has come; in slices, so that keys are heard while it is made.

import { type SortColumn, sortTasks } from '../store/sort-keys.js';
import type { TaskStore } from '../store/task-store.js';

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
/** A slice of looking at rows: keys are looked at between two. */
const SLICE_MS = 20;
/** Rows between two looks at the clock. */
const AT_ONCE = 2048;

/** A list under way: rows of indices below `at` were looked at, the `count` that are wanted are in `found`. */
interface Work {
  readonly tasks: TaskStore;
  readonly key: string;
  readonly sort: SortColumn;
  readonly descending: boolean;
  readonly wanted: ((row: number) => boolean) | undefined;
  readonly found: Uint32Array;
  at: number;
  count: number;
}

/** A clock that goes on. */
export type Clock = () => number;

/**
 * Invariant: `#rows` answers the wish and count of `#shown`; null stands for all rows as they came.
 * While a new list is under way (`#work`) the old one is what is shown.
 */
export class CommandList {
  readonly #tasks: TaskStore;
  #rows: Uint32Array | null = null;
  #count = 0;
  #shown = '';
  /** What was asked for last. */
  #key = '';
  #seen = 0;
  /** As the store was when the list was made: rows may have been forgotten since. */
  #rounds = 0;
  #first = 0;
  #older: readonly number[] = [];
  #untilNs: number | undefined;
  #madeMs = Number.NEGATIVE_INFINITY;
  #work: Work | undefined;

  constructor(tasks: TaskStore) {
    this.#tasks = tasks;
  }

  get count(): number {
    return this.#count;
  }

  /** True while a list is under way: `work` goes on with it. */
  get working(): boolean {
    return this.#work !== undefined;
  }

  /** Rows looked at of all, where what is shown does not answer the wish yet. */
  get progress(): { readonly done: number; readonly total: number } | undefined {
    const work = this.#work;
    if (work === undefined || work.key === this.#shown) return undefined;
    return { done: work.at, total: work.found.length };
  }

  row(index: number): number {
    if (this.#rows !== null) return this.#rows[index];
    const older = this.#older;
    return index < older.length ? older[index] : index - older.length + this.#first;
  }

  /** Where a task stands in the list, -1 where it does not. */
  indexOf(task: number): number {
    if (this.#rows !== null) return this.#rows.indexOf(task);
    if (task < this.#first) return this.#older.indexOf(task);
    const index = task - this.#first + this.#older.length;
    return index < this.#count ? index : -1;
  }

  /** True where rows of the list were forgotten since: `update` makes it without them. */
  get outdated(): boolean {
    return this.#rounds !== this.#tasks.rounds;
  }

  /** Rows that were forgotten are not in the list any more, and what was under way begins anew. */
  #forget(): void {
    const tasks = this.#tasks;
    this.#rounds = tasks.rounds;
    this.#first = tasks.first;
    this.#older = tasks.older;
    this.#work = undefined;
    this.#key = '';
    if (this.#rows === null) return;
    this.#rows = this.#rows.filter((row) => tasks.holds(row));
    this.#count = this.#rows.length;
  }

  /** Another wish than before ends what is under way, and begins anew: with its first slice. */
  update(wish: ListWish, clock: Clock): void {
    const tasks = this.#tasks;
    if (this.outdated) this.#forget();
    const key = `${wish.sort} ${wish.descending} ${wish.filter}`;
    const natural = wish.sort === 'time' && !wish.descending && wish.wanted === undefined;
    if (natural) {
      this.#work = undefined;
      this.#rows = null;
      this.#count = wish.untilNs === undefined ? tasks.held : begunBy(tasks, wish.untilNs);
      this.#key = key;
      this.#shown = key;
      return;
    }
    if (key === this.#key && !this.#isOld(wish, clock())) return;
    this.#key = key;
    this.#seen = tasks.count;
    this.#untilNs = wish.untilNs;
    this.#madeMs = clock();
    const { sort, descending } = wish;
    const found = new Uint32Array(tasks.held);
    const wanted = wantedOf(tasks, wish);
    this.#work = { tasks, key, sort, descending, wanted, found, at: 0, count: 0 };
    this.work(clock);
  }

  /** One slice of what is under way. */
  work(clock: Clock): void {
    const work = this.#work;
    if (work === undefined) return;
    const end = clock() + SLICE_MS;
    while (work.at < work.found.length) {
      lookAt(work, Math.min(work.found.length, work.at + AT_ONCE));
      if (clock() >= end) break;
    }
    if (work.at < work.found.length) return;
    this.#work = undefined;
    const { found, count, sort, descending } = work;
    this.#rows = sortTasks(this.#tasks, found.slice(0, count), sort, descending);
    this.#count = count;
    this.#shown = work.key;
  }

  /** All that is under way, now. */
  finish(): void {
    while (this.working) this.work(() => 0);
  }

  #isOld(wish: ListWish, nowMs: number): boolean {
    if (this.working) return false;
    const changed = this.#seen !== this.#tasks.count || this.#untilNs !== wish.untilNs;
    return changed && nowMs - this.#madeMs >= RENEW_MS;
  }
}

function lookAt(work: Work, end: number): void {
  const { wanted, found } = work;
  for (; work.at < end; work.at++) {
    const row = work.tasks.rowAt(work.at);
    if (wanted === undefined || wanted(row)) found[work.count++] = row;
  }
}

function wantedOf(tasks: TaskStore, wish: ListWish): ((row: number) => boolean) | undefined {
  const { wanted, untilNs } = wish;
  if (untilNs === undefined) return wanted;
  return (row) => tasks.startNs(row) <= untilNs && (wanted === undefined || wanted(row));
}

/** Rows come in the order of their begin: how many of those held had begun by a time. */
export function begunBy(tasks: TaskStore, ns: number): number {
  let low = 0;
  let high = tasks.held;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tasks.startNs(tasks.rowAt(middle)) <= ns) low = middle + 1;
    else high = middle;
  }
  return low;
}
