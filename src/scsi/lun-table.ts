// hot: no allocation per packet
// From the two words of a LUN to its story, without making a text for each command.

import { lunOf } from './logical-unit.js';
import type { LogicalUnit, LogicalUnitHolder } from './logical-unit-facts.js';

/** LUNs remembered by their words; others are found by their text. */
const SLOTS = 32;

export class LunTable {
  readonly high = new Float64Array(SLOTS).fill(-1);
  readonly low = new Float64Array(SLOTS);
  readonly luns: (LogicalUnit | undefined)[] = new Array(SLOTS).fill(undefined);
}

export function lunOfTask(
  s: LogicalUnitHolder,
  high: number,
  low: number,
): LogicalUnit | undefined {
  if (s.lunTable === undefined) s.lunTable = new LunTable(); // most sessions of a login storm need none
  const table = s.lunTable;
  const slot = ((high >>> 16) ^ (high >>> 24) ^ high ^ low) & (SLOTS - 1);
  if (table.high[slot] === high && table.low[slot] === low) return table.luns[slot];
  const lun = lunOf(s, high, low);
  table.high[slot] = high;
  table.low[slot] = low;
  table.luns[slot] = lun;
  return lun;
}
