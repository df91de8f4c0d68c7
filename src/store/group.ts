// hot: no allocation per packet
// What the groups of columns of the task store have in common.

import type { ChunkSet } from '../lib/columns.js';

/** Whatever holds octets of rows. */
export interface Held {
  bytes(): number;
  /** Rows in chunks (lib/columns.ts) before `end` that are not in `keep`. */
  forget(end: number, keep: ChunkSet): void;
}

/** Forgets rows in all columns of a group. */
export function forgetIn(columns: readonly Held[], end: number, keep: ChunkSet): void {
  for (let i = 0; i < columns.length; i++) columns[i].forget(end, keep);
}

/** Octets of all columns of a group. */
export function bytesOf(columns: readonly Held[]): number {
  let sum = 0;
  for (let i = 0; i < columns.length; i++) sum += columns[i].bytes();
  return sum;
}

/** Rows that are held: from `first` on, and some that were open when those before it were forgotten. */
export interface HeldRows {
  readonly first: number;
  readonly count: number;
  /** In their order. */
  readonly older: readonly number[];
}
