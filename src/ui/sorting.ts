// What choosing a column to sort by means: of measures the largest first, once more turns it round.

import type { SortColumn } from '../store/sort-keys.js';
import type { Action } from './actions.js';
import type { State } from './state.js';

/** What people look for the largest of. */
const MEASURES: ReadonlySet<SortColumn> = new Set([
  'latency',
  'tcpWait',
  'bytes',
  'blocks',
  'expected',
  'r2ts',
  'status',
  'outcome',
]);

export function sortedBy(state: State, by: SortColumn): Action {
  const descending = by === state.sort ? !state.descending : MEASURES.has(by);
  return { kind: 'sort', by, descending };
}

const NAMES: Readonly<Partial<Record<SortColumn, string>>> = {
  frameEnd: 'last frame',
  tcpWait: 'TCP wait',
  lun: 'LUN',
  cmdSN: 'CmdSN',
  lba: 'LBA',
  expected: 'expected bytes',
  r2ts: 'R2Ts',
};

/** As it is shown. */
export function sortName(by: SortColumn): string {
  return NAMES[by] ?? by;
}
