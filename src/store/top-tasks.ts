// The first N tasks in the order of a column, and no others: what a sorted list with a length keeps.
// The same tasks in the same order as sort-keys.ts makes of a whole store.

import { Top } from '../lib/top.js';
import { copyTask, makeKeptCommand } from '../metrics/kept-command.js';
import type { Task, TaskSink } from '../scsi/task.js';
import { type SortColumn, type TaskKey, taskKeys } from './sort-keys.js';

export interface TopTasksOptions {
  readonly limit: number;
  readonly column: SortColumn;
  readonly descending: boolean;
  /** Absent: all tasks. */
  readonly wanted?: (task: Task) => boolean;
}

export class TopTasks implements TaskSink {
  readonly #top: Top<Task, Task>;
  readonly #high: TaskKey;
  readonly #low: TaskKey;
  readonly #sign: 1 | -1;
  readonly #wanted: ((task: Task) => boolean) | undefined;

  constructor({ limit, column, descending, wanted }: TopTasksOptions) {
    const keys = taskKeys(column);
    this.#top = new Top(limit, makeKeptCommand, copyTask);
    this.#high = keys.at(-1) ?? noKey;
    this.#low = keys.length > 1 ? keys[0] : noKey;
    this.#sign = descending ? 1 : -1;
    this.#wanted = wanted;
  }

  taskStarted(): void {}

  taskEnded(task: Task): void {
    if (this.#wanted !== undefined && !this.#wanted(task)) return;
    const high = this.#rank(this.#high(task));
    this.#top.offerAs(high, this.#rank(this.#low(task)), task.number, task);
  }

  sorted(): Task[] {
    return this.#top.sorted();
  }

  /** What is not known comes last, in both directions. */
  #rank(key: number): number {
    return Number.isNaN(key) ? Number.NEGATIVE_INFINITY : key * this.#sign;
  }
}

function noKey(): number {
  return 0;
}
