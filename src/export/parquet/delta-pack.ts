// Whole numbers as their differences: Parquet's DELTA_BINARY_PACKED (Encodings.md, "Delta Encoding"), from doubles and
// without BigInt, which takes a tenth of the time.

const BLOCK = 128;
const MINIBLOCKS = 4;
const MINIBLOCK = BLOCK / MINIBLOCKS;
/** Twice a difference of two of these is exact in a double. */
export const EXACT_MAX = 2 ** 50;
/** Bits that a pending byte and 24 more take fit into 32. */
const STEP_BITS = 24;
const STEP = 2 ** STEP_BITS;

/**
 * The first `count` (one at least) of `values`, all within EXACT_MAX of 0. `first` stands for the first value where
 * what is meant is farther from 0 than that. `wrap`: of 32 bits, in which differences wrap around.
 */
export function packDeltas(
  values: Float64Array,
  count: number,
  first: bigint,
  wrap: boolean,
): Uint8Array {
  // Differences have 51 bits at most, a block a varint of 8 bytes and a width a miniblock.
  const blocks = Math.ceil(count / BLOCK);
  const out = new Uint8Array(32 + blocks * (16 + BLOCK * 7));
  let at = 0;
  at = putVarint(out, at, BLOCK);
  at = putVarint(out, at, MINIBLOCKS);
  at = putVarint(out, at, count);
  at = putBigZigZag(out, at, first);
  const deltas = new Float64Array(BLOCK);
  for (let from = 1; from < count; from += BLOCK) {
    const size = Math.min(BLOCK, count - from);
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < size; i++) {
      const difference = values[from + i] - values[from + i - 1];
      const delta = wrap ? difference | 0 : difference;
      deltas[i] = delta;
      if (delta < least) least = delta;
    }
    at = putVarint(out, at, least < 0 ? -least * 2 - 1 : least * 2);
    const widths = at;
    at += MINIBLOCKS;
    for (let m = 0; m < MINIBLOCKS; m++) {
      const begin = m * MINIBLOCK;
      const end = Math.min(begin + MINIBLOCK, size);
      let most = 0;
      for (let i = begin; i < end; i++) most = Math.max(most, deltas[i] - least);
      const width = bitsOf(most);
      out[widths + m] = width;
      if (width > 0) at = pack(out, at, deltas, begin, end, least, width);
    }
  }
  return out.subarray(0, at);
}

/** 32 values of `width` bits each, the least significant bit first; those that are not there are 0. */
function pack(
  out: Uint8Array,
  start: number,
  deltas: Float64Array,
  begin: number,
  end: number,
  least: number,
  width: number,
): number {
  let at = start;
  let pending = 0;
  let bits = 0;
  for (let i = begin; i < end; i++) {
    let rest = deltas[i] - least;
    for (let left = width; left > 0; left -= STEP_BITS) {
      const step = left < STEP_BITS ? left : STEP_BITS;
      pending |= (rest % STEP) << bits;
      bits += step;
      while (bits >= 8) {
        out[at++] = pending;
        pending >>>= 8;
        bits -= 8;
      }
      if (left > STEP_BITS) rest = Math.floor(rest / STEP);
    }
  }
  if (bits > 0) out[at] = pending;
  return start + (MINIBLOCK / 8) * width;
}

function bitsOf(value: number): number {
  if (value < 2 ** 32) return value === 0 ? 0 : 32 - Math.clz32(value);
  return 64 - Math.clz32(Math.floor(value / 2 ** 32));
}

function putVarint(out: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest >= 0x80) {
    out[at++] = (rest % 0x80) + 0x80;
    rest = Math.floor(rest / 0x80);
  }
  out[at++] = rest;
  return at;
}

function putBigZigZag(out: Uint8Array, start: number, value: bigint): number {
  let at = start;
  let rest = value < 0n ? -value * 2n - 1n : value * 2n;
  while (rest >= 0x80n) {
    out[at++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  out[at++] = Number(rest);
  return at;
}
