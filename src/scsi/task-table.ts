// hot: no allocation per packet
// The open tasks of one I_T nexus: found by their tag, listed in the order of their commands.

import type { OpenTask } from './open-task.js';

const FIRST_BUCKETS = 4;

/**
 * Open tasks of one I_T nexus. Invariant: every task in a chain is in the list and the other way
 * round; `size` counts them; the list is in the order in which they were added.
 */
export class TaskTable {
  size = 0;
  first: OpenTask | null = null;
  last: OpenTask | null = null;
  #buckets: (OpenTask | null)[] = new Array(FIRST_BUCKETS).fill(null);
  #mask = FIRST_BUCKETS - 1;

  /** The oldest of the tag: a chain is in the order of the list. */
  byTag(tag: number): OpenTask | null {
    let at = this.#buckets[spread(tag) & this.#mask];
    while (at !== null && at.task.tag !== tag) at = at.chained;
    return at;
  }

  add(task: OpenTask): void {
    if (this.size > this.#mask) this.#grow();
    const bucket = spread(task.task.tag) & this.#mask;
    task.chained = null;
    let end = this.#buckets[bucket];
    if (end === null) this.#buckets[bucket] = task;
    else {
      while (end.chained !== null) end = end.chained;
      end.chained = task;
    }
    task.previous = this.last;
    task.next = null;
    if (this.last === null) this.first = task;
    else this.last.next = task;
    this.last = task;
    task.open = true;
    this.size++;
  }

  remove(task: OpenTask): void {
    const bucket = spread(task.task.tag) & this.#mask;
    let at = this.#buckets[bucket];
    if (at === task) {
      this.#buckets[bucket] = task.chained;
    } else {
      while (at !== null && at.chained !== task) at = at.chained;
      if (at !== null) at.chained = task.chained;
    }
    if (task.previous === null) this.first = task.next;
    else task.previous.next = task.next;
    if (task.next === null) this.last = task.previous;
    else task.next.previous = task.previous;
    task.chained = null;
    task.previous = null;
    task.next = null;
    task.open = false;
    this.size--;
  }

  /** For tests and the fuzzer: '' or what is wrong. */
  invariants(): string {
    let n = 0;
    let before: OpenTask | null = null;
    for (let at = this.first; at !== null; at = at.next) {
      if (at.previous !== before) return 'the list is torn';
      if (before !== null && before.order >= at.order) return 'the list is out of order';
      if (!at.open) return 'a closed task is listed';
      const found = this.byTag(at.task.tag);
      if (found === null || found.order > at.order) return 'a listed task is not found by its tag';
      before = at;
      n++;
    }
    if (before !== this.last) return 'the last is not the last';
    let chained = 0;
    for (const head of this.#buckets) for (let at = head; at !== null; at = at.chained) chained++;
    return n === this.size && chained === n ? '' : 'sizes differ';
  }

  #grow(): void {
    const size = (this.#mask + 1) * 4;
    this.#buckets = new Array(size).fill(null);
    this.#mask = size - 1;
    for (let at = this.last; at !== null; at = at.previous) {
      const bucket = spread(at.task.tag) & this.#mask;
      at.chained = this.#buckets[bucket];
      this.#buckets[bucket] = at;
    }
  }
}

/** Tags are counters, slots with an age in the high bits, or pointers: all bits must count. */
function spread(tag: number): number {
  const mixed = Math.imul(tag ^ (tag >>> 16), 0x45d9f3b);
  return mixed ^ (mixed >>> 15);
}
