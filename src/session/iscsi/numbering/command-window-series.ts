// hot: no allocation per packet
// A session's command window over time, in a bounded number of buckets from the first moment on at
// which it is known: how wide it was, how much of it was used, how many commands were open, and how long it
// was closed or used up. Each is a step function: what holds at one moment holds until the next.

import {
  SERIES_BUCKET_NS,
  SERIES_BUCKETS_LEAST,
  SERIES_BUCKETS_MAX,
  WINDOW_BUCKETS_SHARED,
} from '../../../limits.js';

const FIRST_BUCKETS = 4;
/** Cells of a bucket. Those up to SUMS are integrals over its time, then maxima, then one minimum. */
const KNOWN = 0;
const WIDTH_SUM = 1;
const USED_SUM = 2;
const OPEN_SUM = 3;
const CLOSED = 4;
const USED_UP = 5;
const SUMS = 6;
const WIDTH_MAX = 6;
const USED_MAX = 7;
const OPEN_MAX = 8;
const WIDTH_MIN = 9;
const CELLS = 10;

/** Invariant: `#cells` holds `used` buckets; what of a bucket's time is known sums up in KNOWN. */
export class WindowSeries {
  bucketNs = SERIES_BUCKET_NS;
  /** Whole buckets from the capture's first packet to the first one in use. */
  first = 0;
  /** Buckets in use: the last one that is known of, plus one. */
  used = 0;
  #cells = new Float64Array(FIRST_BUCKETS * CELLS);
  /** What holds since `#sinceNs` (-1: nothing is known yet). */
  #sinceNs = -1;
  /** Where the bucket of `#sinceNs` lies, and its end (-1: to be found). */
  #at = 0;
  #endNs = -1;
  #width = 0;
  #taken = 0;
  #open = 0;
  /** Two steps have a bucket, as far as `#shareMax` allows. */
  #bucketsMax: number;
  #steps = 0;
  readonly #shareMax: number;

  /** `session`: its number, from 0; those that come late have fewer buckets. */
  constructor(session = 0) {
    const share = Math.floor(WINDOW_BUCKETS_SHARED / (session + 1));
    this.#shareMax = Math.max(FIRST_BUCKETS, Math.min(SERIES_BUCKETS_MAX, share));
    this.#bucketsMax = Math.min(SERIES_BUCKETS_LEAST, this.#shareMax);
  }

  /** When the first bucket begins. */
  get fromNs(): number {
    return this.first * this.bucketNs;
  }

  /** From `timeNs` on. A time before the last one (a clock that stepped back) is now. */
  step(timeNs: number, width: number, taken: number, open: number): void {
    if (++this.#steps > this.#bucketsMax * 2 && this.#bucketsMax < this.#shareMax) {
      this.#bucketsMax = Math.min(this.#shareMax, this.#bucketsMax * 2);
    }
    const ns = timeNs - this.#sinceNs;
    if (this.#sinceNs >= 0 && timeNs < this.#endNs) {
      // Nearly always in the bucket of the step before.
      if (ns > 0) {
        this.#add(this.#at, ns);
        this.#sinceNs = timeNs;
      }
    } else {
      this.advance(timeNs);
      if (this.#sinceNs < 0) this.#sinceNs = timeNs;
      this.#at = this.#bucket(this.#sinceNs);
      this.#endNs = (this.first + this.#at / CELLS + 1) * this.bucketNs;
    }
    this.#width = width;
    this.#taken = taken > 0 ? taken : 0;
    this.#open = open;
    this.#extremes(this.#at);
  }

  /** What holds goes on until `timeNs`. */
  advance(timeNs: number): void {
    let fromNs = this.#sinceNs;
    if (fromNs < 0 || timeNs <= fromNs) return;
    this.#bucket(timeNs - 1);
    this.#endNs = -1;
    while (fromNs < timeNs) {
      const i = Math.floor(fromNs / this.bucketNs);
      const endNs = (i + 1) * this.bucketNs;
      const untilNs = endNs < timeNs ? endNs : timeNs;
      const at = (i - this.first) * CELLS;
      this.#add(at, untilNs - fromNs);
      this.#extremes(at);
      fromNs = untilNs;
    }
    this.#sinceNs = timeNs;
  }

  /** ns of a bucket of which the window is known. */
  knownNs(i: number): number {
    return this.#cells[i * CELLS + KNOWN];
  }

  /** Time-weighted means; only where something is known. */
  widthMean(i: number): number {
    return this.#mean(i, WIDTH_SUM, WIDTH_MAX);
  }

  /** Commands sent that ExpCmdSN did not count yet. */
  takenMean(i: number): number {
    return this.#mean(i, USED_SUM, USED_MAX);
  }

  openMean(i: number): number {
    return this.#mean(i, OPEN_SUM, OPEN_MAX);
  }

  widthMin(i: number): number {
    return this.#cells[i * CELLS + WIDTH_MIN] - 1;
  }

  widthMax(i: number): number {
    return this.#cells[i * CELLS + WIDTH_MAX];
  }

  takenMax(i: number): number {
    return this.#cells[i * CELLS + USED_MAX];
  }

  openMax(i: number): number {
    return this.#cells[i * CELLS + OPEN_MAX];
  }

  closedNs(i: number): number {
    return this.#cells[i * CELLS + CLOSED];
  }

  usedUpNs(i: number): number {
    return this.#cells[i * CELLS + USED_UP];
  }

  /** False where nothing was told in all of the bucket's time. */
  isKnown(i: number): boolean {
    return this.#cells[i * CELLS + WIDTH_MIN] > 0;
  }

  #mean(i: number, sum: number, most: number): number {
    const known = this.#cells[i * CELLS + KNOWN];
    return known > 0 ? this.#cells[i * CELLS + sum] / known : this.#cells[i * CELLS + most];
  }

  #add(at: number, ns: number): void {
    const c = this.#cells;
    c[at + KNOWN] += ns;
    c[at + WIDTH_SUM] += ns * this.#width;
    c[at + USED_SUM] += ns * this.#taken;
    c[at + OPEN_SUM] += ns * this.#open;
    if (this.#width <= 0) c[at + CLOSED] += ns;
    else if (this.#taken >= this.#width) c[at + USED_UP] += ns;
  }

  #extremes(at: number): void {
    const c = this.#cells;
    if (this.#width > c[at + WIDTH_MAX]) c[at + WIDTH_MAX] = this.#width;
    if (this.#taken > c[at + USED_MAX]) c[at + USED_MAX] = this.#taken;
    if (this.#open > c[at + OPEN_MAX]) c[at + OPEN_MAX] = this.#open;
    // One more than the minimum: 0 is "nothing told".
    const least = this.#width + 1;
    if (c[at + WIDTH_MIN] === 0 || least < c[at + WIDTH_MIN]) c[at + WIDTH_MIN] = least;
  }

  /** Where the bucket of a time begins in the cells; buckets double where they do not suffice. */
  #bucket(timeNs: number): number {
    const time = timeNs > 0 ? timeNs : 0;
    if (this.used === 0) this.first = Math.floor(time / this.bucketNs);
    let i = Math.floor(time / this.bucketNs) - this.first;
    while (i >= this.#bucketsMax) {
      this.#fold();
      i = Math.floor(time / this.bucketNs) - this.first;
    }
    if (i >= this.used) {
      this.used = i + 1;
      if (this.used * CELLS > this.#cells.length) this.#grow();
    }
    return i * CELLS;
  }

  #grow(): void {
    let size = this.#cells.length;
    while (size < this.used * CELLS) size *= 2;
    const more = new Float64Array(size);
    more.set(this.#cells);
    this.#cells = more;
  }

  #fold(): void {
    this.bucketNs *= 2;
    const c = this.#cells;
    // Buckets of twice the width begin at even multiples of the old one.
    const odd = this.first % 2;
    const half = (this.used + odd + 1) >> 1;
    for (let i = 0; i < half; i++) {
      const a = (i * 2 - odd) * CELLS;
      const b = a + CELLS;
      const to = i * CELLS;
      const there = i * 2 - odd + 1 < this.used;
      for (let k = 0; k < CELLS; k++) {
        const x = a >= 0 ? c[a + k] : 0;
        const y = there ? c[b + k] : 0;
        if (k < SUMS) c[to + k] = x + y;
        else if (k < WIDTH_MIN) c[to + k] = x > y ? x : y;
        else c[to + k] = x === 0 ? y : y === 0 || x < y ? x : y;
      }
    }
    c.fill(0, half * CELLS, this.used * CELLS);
    this.used = half;
    this.first = (this.first - odd) / 2;
  }
}
