// hot: no allocation per packet
// What the groups of columns of the task store have in common.

/** Whatever holds octets. */
export interface Held {
  bytes(): number;
}

/** Octets of all columns of a group. */
export function bytesOf(columns: readonly Held[]): number {
  let sum = 0;
  for (let i = 0; i < columns.length; i++) sum += columns[i].bytes();
  return sum;
}
