// hot: no allocation per packet
// A distribution of non-negative integers (nanoseconds). Exact while there are few values, then a
// log-linear histogram: 128 buckets an octave, so a value told from its bucket is at most 0.4 %
// wrong. Count, sum, min and max are always exact. Two histograms merge to the very histogram that
// all their values together would have made.

import { asDoubles } from './double-fields.js';

const BUCKETS_PER_OCTAVE = 128;
/** Below 256 a bucket is one value wide. */
const LINEAR_BITS = 8;
const LINEAR = 1 << LINEAR_BITS;
/** Enough for every integer that a double holds exactly. */
const BUCKETS_MAX = LINEAR + (53 - LINEAR_BITS) * BUCKETS_PER_OCTAVE;
const TWO_32 = 4294967296;
/** V8 keeps arrays of up to 64 bytes in the object: there are many cells with few commands. */
const FIRST_VALUES = 8;
const NO_COUNTS = new Uint32Array(0);

/** Width of a bucket of octave k: 2^(k-7). */
const WIDTH = new Float64Array(54);
for (let k = 0; k < 54; k++) WIDTH[k] = k < LINEAR_BITS ? 1 : 2 ** (k - 7);

/** Values that many histograms may keep as they are together, beyond the first few of each. */
export class ExactRoom {
  left: number;
  /** True once a histogram found no room for more: it went over to buckets early. */
  full = false;

  constructor(values: number) {
    this.left = values;
  }

  take(values: number): boolean {
    if (values > this.left) {
      this.full = true;
      return false;
    }
    this.left -= values;
    return true;
  }
}

/**
 * Invariant: while `exact`, values[0..count) are all values; after that counts[] sums up to count, and
 * counts[0] is of bucket `#first`.
 */
export class Histogram {
  count = 0;
  /** Exact up to 2^53, rounded beyond. */
  sum = 0;
  min = 0;
  max = 0;
  exact = true;
  readonly #exactMax: number;
  readonly #room: ExactRoom | undefined;
  /** Of that room. */
  #taken: number;
  #values: Float64Array;
  #counts: Uint32Array;
  #first: number;
  #sorted: boolean;

  /** Keeps up to `exactMax` values as they are (limits.ts: EXACT_VALUES_PER_CELL), while there is `room`. */
  constructor(exactMax: number, room?: ExactRoom) {
    this.#exactMax = exactMax;
    this.#room = room;
    this.#taken = 0;
    this.#values = new Float64Array(Math.min(FIRST_VALUES, exactMax));
    this.#counts = NO_COUNTS;
    this.#first = 0;
    this.#sorted = true;
  }

  /** Records one value; a negative one (the clock stepped back) counts as 0. */
  record(value: number): void {
    const v = Math.max(0, value);
    if (this.count === 0 || v < this.min) this.min = v;
    if (v > this.max) this.max = v;
    this.sum += v;
    this.count++;
    if (this.exact) this.#keep(v);
    else this.#bump(bucketOf(v), 1);
  }

  /** Adds all of `other`, which stays as it is. */
  merge(other: Histogram): void {
    if (other.count === 0) return;
    if (this.count === 0 || other.min < this.min) this.min = other.min;
    if (other.max > this.max) this.max = other.max;
    this.sum += other.sum;
    if (this.exact && (!other.exact || this.count + other.count > this.#exactMax)) this.#spill();
    if (other.exact) {
      for (let i = 0; i < other.count; i++) {
        this.count++;
        if (this.exact) this.#keep(other.#values[i]);
        else this.#bump(bucketOf(other.#values[i]), 1);
      }
      return;
    }
    this.count += other.count;
    for (let i = other.#counts.length - 1; i >= 0; i--) {
      if (other.#counts[i] > 0) this.#bump(other.#first + i, other.#counts[i]);
    }
  }

  /** It is given up: its room is another's. */
  release(): void {
    if (this.#room !== undefined) this.#room.left += this.#taken;
    this.#taken = 0;
  }

  /** The value at rank ceil(p·count), 0 < p <= 1: nearest rank. 0 where there are no values. */
  percentile(p: number): number {
    if (this.count === 0) return 0;
    const rank = rankOf(p, this.count);
    if (rank === this.count) return this.max;
    if (rank === 1) return this.min;
    if (this.exact) {
      if (!this.#sorted) this.#sort();
      return this.#values[rank - 1];
    }
    let seen = 0;
    for (let i = 0; i < this.#counts.length; i++) {
      seen += this.#counts[i];
      const middle = middleOf(this.#first + i);
      if (seen >= rank) return Math.min(this.max, Math.max(this.min, middle));
    }
    return this.max;
  }

  /** Sum over count, 0 where there are no values. */
  mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  /** Calls back for every bucket that holds values: from (inclusive), to (exclusive), count. */
  buckets(each: (from: number, to: number, count: number) => void): void {
    const counts = this.exact ? this.#bucketed() : this.#counts;
    const first = this.exact ? bucketOf(this.min) : this.#first;
    for (let i = 0; i < counts.length; i++) {
      const low = lowOf(first + i);
      if (counts[i] > 0) each(low, low + widthOf(first + i), counts[i]);
    }
  }

  invariants(): boolean {
    if (this.exact) return this.count <= this.#exactMax && this.count <= this.#values.length;
    let total = 0;
    for (let i = 0; i < this.#counts.length; i++) total += this.#counts[i];
    return total === this.count && this.#values.length === 0;
  }

  #keep(v: number): void {
    const at = this.count - 1;
    if (at >= this.#values.length && !this.#longer(at)) {
      this.count--;
      this.#spill();
      this.count++;
      this.#bump(bucketOf(v), 1);
      return;
    }
    this.#values[at] = v;
    this.#sorted = false;
  }

  /** False where there may not be so many. */
  #longer(at: number): boolean {
    if (at >= this.#exactMax) return false;
    const size = Math.min(this.#exactMax, this.#values.length * 2);
    const more = size - FIRST_VALUES - this.#taken;
    if (this.#room !== undefined && more > 0) {
      if (!this.#room.take(more)) return false;
      this.#taken += more;
    }
    const values = new Float64Array(size);
    values.set(this.#values);
    this.#values = values;
    return true;
  }

  /** From values to buckets. */
  #spill(): void {
    this.#first = bucketOf(this.min);
    this.#counts = this.#bucketed();
    this.#values = new Float64Array(0);
    this.exact = false;
    this.release();
  }

  /** From the bucket of the least value to that of the largest. */
  #bucketed(): Uint32Array {
    const first = bucketOf(this.min);
    const counts = new Uint32Array(bucketOf(this.max) - first + 1);
    for (let i = 0; i < this.count; i++) counts[bucketOf(this.#values[i]) - first]++;
    return counts;
  }

  #bump(bucket: number, by: number): void {
    const i = bucket - this.#first;
    if (i < 0 || i >= this.#counts.length) this.#reach(bucket);
    this.#counts[bucket - this.#first] += by;
  }

  /** Room for another octave, below or above: values come near each other. */
  #reach(bucket: number): void {
    const end = this.#first + this.#counts.length;
    const below = bucket < this.#first;
    const first = below ? Math.max(0, bucket - BUCKETS_PER_OCTAVE) : this.#first;
    const more = new Uint32Array(
      (below ? end : Math.min(BUCKETS_MAX, bucket + BUCKETS_PER_OCTAVE)) - first,
    );
    more.set(this.#counts, this.#first - first);
    this.#counts = more;
    this.#first = first;
  }

  /** In place: the order of arrival is not needed. */
  #sort(): void {
    this.#values = this.#values.slice(0, this.count).sort();
    this.#sorted = true;
  }
}

/** Rank of the nearest-rank percentile, 1 … count. */
function rankOf(p: number, count: number): number {
  // p·count in binary may come out a hair above the integer it is (0.07 · 100).
  const rank = Math.ceil(p * count * (1 - 1e-13));
  return Math.max(1, Math.min(count, rank));
}

/** Bucket of a value: 0 … BUCKETS_MAX-1. */
function bucketOf(v: number): number {
  if (v < LINEAR) return v | 0;
  const k = v < TWO_32 ? 31 - Math.clz32(v) : 63 - Math.clz32(Math.floor(v / TWO_32));
  if (k >= 53) return BUCKETS_MAX - 1;
  const within = Math.floor(v / WIDTH[k]) - BUCKETS_PER_OCTAVE;
  return LINEAR + (k - LINEAR_BITS) * BUCKETS_PER_OCTAVE + within;
}

function octaveOf(bucket: number): number {
  return LINEAR_BITS + Math.floor((bucket - LINEAR) / BUCKETS_PER_OCTAVE);
}

function widthOf(bucket: number): number {
  return bucket < LINEAR ? 1 : WIDTH[octaveOf(bucket)];
}

function lowOf(bucket: number): number {
  if (bucket < LINEAR) return bucket;
  const within = (bucket - LINEAR) % BUCKETS_PER_OCTAVE;
  return (BUCKETS_PER_OCTAVE + within) * WIDTH[octaveOf(bucket)];
}

/** The integer in the middle of a bucket. */
function middleOf(bucket: number): number {
  return lowOf(bucket) + Math.floor((widthOf(bucket) - 1) / 2);
}

asDoubles(new Histogram(1), ['sum', 'min', 'max']);
