// By what tasks can be sorted: a number a row, NaN where it is not known. One row of the table a
// column of the lists and screens.

import { OPERATION_COUNT, operationName } from '../wire/scsi/operations.js';
import { type SortKey, sortRows } from './sort.js';
import type { TaskStore } from './task-store.js';

const TWO_32 = 4294967296;

/** Keys of a column, the most significant last: rows are sorted by each in turn. */
export type SortKeys = (store: TaskStore) => readonly SortKey[];

const SORT_KEYS = {
  time: (s) => [(row) => s.startNs(row)],
  frame: (s) => [(row) => s.commandFrame(row) || Number.NaN],
  frameEnd: (s) => [(row) => s.endFrame(row) || Number.NaN],
  latency: (s) => [(row) => known(s.latencyNs(row))],
  tcpWait: (s) => [(row) => s.tcpWaitNs(row)],
  session: (s) => [(row) => s.session(row)],
  connection: (s) => [(row) => s.connection(row)],
  lun: (s) => [(row) => s.lunHigh(row) * TWO_32 + s.lunLow(row)],
  tag: (s) => [(row) => s.tag(row)],
  cmdSN: (s) => [(row) => (s.commandSeen(row) ? s.cmdSN(row) : Number.NaN)],
  operation: (s) => [byName(s)],
  lba: (s) => [
    (row) => (s.lbaKnown(row) ? s.lbaLow(row) : Number.NaN),
    (row) => (s.lbaKnown(row) ? s.lbaHigh(row) : Number.NaN),
  ],
  blocks: (s) => [(row) => (s.lbaKnown(row) ? s.blocks(row) : Number.NaN)],
  expected: (s) => [(row) => (s.commandSeen(row) ? s.expectedLength(row) : Number.NaN)],
  bytes: (s) => [(row) => s.dataInBytes(row) + s.dataOutBytes(row)],
  r2ts: (s) => [(row) => s.r2ts(row)],
  status: (s) => [(row) => known(s.status(row))],
  outcome: (s) => [(row) => s.outcome(row)],
} as const satisfies Record<string, SortKeys>;

export type SortColumn = keyof typeof SORT_KEYS;

export const SORT_COLUMNS = Object.keys(SORT_KEYS) as readonly SortColumn[];

/** The rows in the order of a column; of equal ones the first of `rows` comes first. */
export function sortTasks(
  store: TaskStore,
  rows: Uint32Array,
  column: SortColumn,
  descending: boolean,
): Uint32Array {
  return SORT_KEYS[column](store).reduce((sorted, key) => sortRows(sorted, key, descending), rows);
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

function known(value: number): number {
  return value < 0 ? Number.NaN : value;
}

/** Operations by the letters of their names. */
function byName(store: TaskStore): SortKey {
  const numbers = Array.from({ length: OPERATION_COUNT }, (_, operation) => operation);
  const names = numbers.map(operationName);
  const ranks = new Float64Array(OPERATION_COUNT);
  numbers
    .sort((a, b) => (names[a] < names[b] ? -1 : names[a] > names[b] ? 1 : 0))
    .forEach((operation, rank) => {
      ranks[operation] = rank;
    });
  return (row) => {
    const operation = store.operation(row);
    return operation < 0 ? Number.NaN : ranks[operation];
  };
}
