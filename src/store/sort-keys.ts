// By what tasks can be sorted: a number a row, NaN where it is not known. Which columns there are, and what
// their keys are, the table of facts says.

import {
  isNumber,
  isText,
  isWide,
  nameOf,
  type TaskFact,
  type TaskFields,
} from '../scsi/fact-kinds.js';
import { TASK_FACTS } from '../scsi/task-facts.js';
import { sortRows } from './sort.js';
import { storedTask } from './stored-task.js';
import type { TaskStore } from './task-store.js';

/** The word of a fact that has a `sort` (--sort, the screens). */
export type SortColumn = string;

/** What is sorted by most stands first where columns are chosen from; then the order of the table. */
const FIRST: readonly SortColumn[] = ['time', 'frame', 'frameEnd', 'latency', 'tcpWait'];

function rank(fact: TaskFact): number {
  const at = FIRST.indexOf(nameOf(fact));
  return at < 0 ? FIRST.length : at;
}

const BY_NAME: ReadonlyMap<SortColumn, TaskFact> = new Map(
  TASK_FACTS.filter((fact) => fact.sort !== undefined)
    .sort((a, b) => rank(a) - rank(b))
    .map((fact) => [nameOf(fact), fact]),
);

export const SORT_COLUMNS: readonly SortColumn[] = [...BY_NAME.keys()];

export function sortFact(column: SortColumn): TaskFact {
  const fact = BY_NAME.get(column);
  if (fact === undefined) throw new RangeError(`no column ${column} to sort by`);
  return fact;
}

/** Of a task; NaN where it is not known. */
export type TaskKey = (task: TaskFields) => number;

/** Keys of a column, the most significant last: rows are sorted by each in turn. */
export function taskKeys(column: SortColumn): TaskKey[] {
  const fact = sortFact(column);
  if (isWide(fact)) {
    const word =
      (of: (typeof fact)['low']): TaskKey =>
      (task) =>
        fact.known(task) ? of(task) : Number.NaN;
    return [word(fact.low), word(fact.high)];
  }
  const order = isNumber(fact)
    ? (fact.order ?? fact.number)
    : isText(fact)
      ? fact.order
      : undefined;
  return order === undefined ? [] : [order];
}

/** The rows in the order of a column; of equal ones the first of `rows` comes first. */
export function sortTasks(
  store: TaskStore,
  rows: Uint32Array,
  column: SortColumn,
  descending: boolean,
): Uint32Array {
  const stored = storedTask(store);
  return taskKeys(column).reduce(
    (sorted, key) => sortRows(sorted, (row) => key(stored.at(row)), descending),
    rows,
  );
}

/** Rows in their own order, those that `wanted` takes (all where it is absent). */
export function selectTasks(store: TaskStore, wanted?: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(store.held);
  let count = 0;
  for (let index = 0; index < rows.length; index++) {
    const row = store.rowAt(index);
    if (wanted === undefined || wanted(row)) rows[count++] = row;
  }
  return count === rows.length ? rows : rows.slice(0, count);
}
