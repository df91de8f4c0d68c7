// hot: no allocation per packet
// Where the logical units of a nexus are remembered: by the two words of a LUN, without making a text for each
// command, and by their text.

import type { LogicalUnit, LunsChange } from './logical-unit-facts.js';

/** LUNs remembered by their words; others are found by their text. */
const SLOTS = 32;

/** Invariant: while `#slots` is undefined one LUN at most is remembered, in `#one`. */
export class LunTable {
  /** Most sessions have one LUN: room for more is made with the second. */
  #one: LogicalUnit | undefined;
  #oneHigh: number;
  #oneLow: number;
  #slots: Slots | undefined;
  /** True once there was no room for one (limits.ts: LUNS_PER_SESSION). */
  isFull = false;

  constructor() {
    this.#one = undefined;
    this.#oneHigh = -1;
    this.#oneLow = 0;
    this.#slots = undefined;
  }

  /** Null where it is not remembered; undefined: remembered as one of which no facts are kept. */
  get(high: number, low: number): LogicalUnit | undefined | null {
    const slots = this.#slots;
    if (slots === undefined) {
      return this.#oneHigh === high && this.#oneLow === low ? this.#one : null;
    }
    const slot = slotOf(high, low);
    return slots.high[slot] === high && slots.low[slot] === low ? slots.luns[slot] : null;
  }

  set(high: number, low: number, lun: LogicalUnit | undefined): void {
    if (this.#slots === undefined && this.#oneHigh < 0) {
      this.#oneHigh = high;
      this.#oneLow = low;
      this.#one = lun;
      return;
    }
    if (this.#slots === undefined) {
      this.#slots = new Slots();
      this.#slots.put(this.#oneHigh, this.#oneLow, this.#one);
    }
    this.#slots.put(high, low, lun);
  }
}

class Slots {
  readonly high = new Float64Array(SLOTS).fill(-1);
  readonly low = new Float64Array(SLOTS);
  readonly luns: (LogicalUnit | undefined)[] = new Array(SLOTS).fill(undefined);

  put(high: number, low: number, lun: LogicalUnit | undefined): void {
    const slot = slotOf(high, low);
    this.high[slot] = high;
    this.low[slot] = low;
    this.luns[slot] = lun;
  }
}

function slotOf(high: number, low: number): number {
  return ((high >>> 16) ^ (high >>> 24) ^ high ^ low) & (SLOTS - 1);
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
