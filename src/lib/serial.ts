// hot: no allocation per packet
// Serial number arithmetic on 32 bits (RFC 1982), as TCP and iSCSI count. Numbers are unsigned.

/** a - b as a signed distance, -2^31 … 2^31-1. */
export function distance(a: number, b: number): number {
  return (a - b) | 0;
}

/** a + n, modulo 2^32, unsigned. */
export function advance(a: number, n: number): number {
  return (a + n) >>> 0;
}

/** True where a comes before b. */
export function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

/** The later of the two. */
export function later(a: number, b: number): number {
  return ((a - b) | 0) >= 0 ? a : b;
}
