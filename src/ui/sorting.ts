// What choosing a column to sort by means: of measures the largest first, once more turns it round.

import { titleOf } from '../scsi/fact-kinds.js';
import { type SortColumn, sortFact } from '../store/sort-keys.js';
import type { Action } from './actions.js';
import type { State } from './state.js';

export function sortedBy(state: State, by: SortColumn): Action {
  const largest = sortFact(by).sort === 'largest';
  return { kind: 'sort', by, descending: by === state.sort ? !state.descending : largest };
}

/** As it is shown. */
export function sortName(by: SortColumn): string {
  return titleOf(sortFact(by));
}
