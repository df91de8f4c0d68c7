// hot: no allocation per packet
// Rows in the order of a key. Stable radix sort over the bits of doubles: a million rows by any
// column take some 100 ms, whatever order they were in. Rows whose key is not known come last, in
// both directions.

const DIGITS = 4;
const RADIX = 1 << 16;
/** Fewer rows are not worth counting 65,536 buckets for. */
const FEW = 2048;

/** The words of doubles in memory: which of the two is the high one. */
const HIGH_WORD = new Uint32Array(new Float64Array([-0]).buffer)[1] === 0 ? 0 : 1;

/** Key of a row; NaN where it is not known. */
export type SortKey = (row: number) => number;

/** A new list of the rows, ordered by the key; equal ones stay in the order they had. */
export function sortRows(rows: Uint32Array, key: SortKey, descending: boolean): Uint32Array {
  const count = rows.length;
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) keys[i] = key(rows[i]) + 0; // -0 becomes 0
  const words = new Uint32Array(keys.buffer);
  for (let i = 0; i < count; i++) arrange(words, i * 2, keys[i], descending);
  const order = count < FEW ? orderFew(words, count) : orderMany(words, count);
  for (let i = 0; i < count; i++) order[i] = rows[order[i]];
  return order;
}

/** Turns the two words of a double so that they order as unsigned numbers. */
function arrange(words: Uint32Array, at: number, value: number, descending: boolean): void {
  const high = at + HIGH_WORD;
  const low = at + 1 - HIGH_WORD;
  if (Number.isNaN(value)) {
    words[high] = 0xffffffff;
    words[low] = 0xffffffff;
    return;
  }
  const negative = words[high] >>> 31 === 1;
  if (negative !== descending) {
    words[high] = ~words[high];
    words[low] = ~words[low];
  }
  if (!negative) words[high] ^= 0x80000000;
}

/** Of two places, the one whose words are smaller; of equals the first. */
function byWords(words: Uint32Array): (a: number, b: number) => number {
  return (a, b) => {
    const high = words[a * 2 + HIGH_WORD] - words[b * 2 + HIGH_WORD];
    if (high !== 0) return high;
    return words[a * 2 + 1 - HIGH_WORD] - words[b * 2 + 1 - HIGH_WORD] || a - b;
  };
}

function orderFew(words: Uint32Array, count: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  return order.sort(byWords(words));
}

function orderMany(words: Uint32Array, count: number): Uint32Array {
  let order = new Uint32Array(count);
  let next = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  const starts = new Uint32Array(RADIX);
  for (let digit = 0; digit < DIGITS; digit++) {
    const word = digit < 2 ? 1 - HIGH_WORD : HIGH_WORD;
    const shift = (digit & 1) * 16;
    if (!countDigits(words, count, word, shift, starts)) continue;
    for (let i = 0; i < count; i++) {
      const bucket = (words[order[i] * 2 + word] >>> shift) & 0xffff;
      next[starts[bucket]++] = order[i];
    }
    const spare = order;
    order = next;
    next = spare;
  }
  return order;
}

/** Where each digit's rows begin; false where all rows have the same digit. */
function countDigits(
  words: Uint32Array,
  count: number,
  word: number,
  shift: number,
  starts: Uint32Array,
): boolean {
  starts.fill(0);
  for (let i = 0; i < count; i++) starts[(words[i * 2 + word] >>> shift) & 0xffff]++;
  if (starts[(words[word] >>> shift) & 0xffff] === count) return false;
  let at = 0;
  for (let bucket = 0; bucket < RADIX; bucket++) {
    const n = starts[bucket];
    starts[bucket] = at;
    at += n;
  }
  return true;
}
