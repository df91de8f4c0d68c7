// 32-bit words as text: hexadecimal of fixed width, and two words as one 64-bit decimal.

/** Eight hex digits. */
export function hex32(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

/** Sixteen hex digits of two words, the high one first: a LUN as it is named in JSON. */
export function hex64(high: number, low: number): string {
  return hex32(high) + hex32(low);
}

/** The decimal text of high · 2^32 + low. */
export function decimal64(high: number, low: number): string {
  if (high >>> 0 === 0) return String(low >>> 0);
  return String((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0));
}
