// hot: no allocation per packet
// Where the logical units of a nexus are remembered: by the two words of a LUN, without making a text for each
// command, and by their text.

import type { LogicalUnit, LunsChange } from './logical-unit-facts.js';

/** LUNs remembered by their words; others are found by their text. */
export const SLOTS = 32;

export class LunTable {
  readonly high = new Float64Array(SLOTS).fill(-1);
  readonly low = new Float64Array(SLOTS);
  readonly luns: (LogicalUnit | undefined)[] = new Array(SLOTS).fill(undefined);
  /** True once there was no room for one (limits.ts: LUNS_PER_SESSION). */
  isFull = false;
}

/** Where the logical units of an I_T nexus are remembered. */
export interface LogicalUnitHolder {
  readonly story: {
    readonly luns: Map<string, LogicalUnit>;
    reportedLuns: string[];
    readonly reportedLunsChanges: LunsChange[];
  };
  /** The last whole answer of REPORT LUNS. */
  lunsWhole: readonly string[] | undefined;
  lunTable: LunTable | undefined;
}
