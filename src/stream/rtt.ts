// hot: no allocation per packet
// Round trips over time: count, least, mean, most, and a series of at most 64 buckets whose width
// doubles as the connection grows older, so that memory is bounded and short ones keep detail.

import { asDoubles } from '../lib/double-fields.js';

const BUCKETS = 64;
const FIRST_WIDTH_NS = 100e6;
/** Cells of a bucket: count, sum, maximum; the least of what was alone on its way (0: none was). */
const SUM = 1;
const MAX = 2;
const ALONE = 3;
const CELLS = 4;
/** Most connections of a scan have no more than a handshake: so few doubles need no memory outside of the heap. */
const FIRST_BUCKETS = 2;
const GROWTH = 8;
const NO_CELLS = new Float64Array(0);

export interface RttBucket {
  readonly fromNs: number;
  readonly count: number;
  readonly meanNs: number;
  readonly maxNs: number;
  /** The least of a segment that was alone on its way; 0: none was. */
  readonly aloneNsMin: number;
}

/**
 * Invariant: the buckets' counts add up to `count`, and their times to `sumNs`; bucket i holds the
 * samples of [fromNs + i * widthNs, fromNs + (i + 1) * widthNs).
 */
export class RttSeries {
  count = 0;
  minNs = 0;
  maxNs = 0;
  sumNs = 0;
  lastNs = 0;
  /** When the last sample ended. */
  lastAtNs = -1;
  /** Start of the first bucket, and the width of each, in ns. */
  fromNs = 0;
  widthNs = FIRST_WIDTH_NS;
  /** The bucket of the last sample, and the end of its time. */
  private at = 0;
  untilNs = 0;
  /** One array, as long as the connection is old: a scan makes many of these. */
  private cells = NO_CELLS;

  /** One sample: a round trip of `rttNs` that ended at `timeNs`; `single`: of one segment, and none waits behind it. */
  add(rttNs: number, timeNs: number, single = false): void {
    if (this.count === 0) {
      this.fromNs = timeNs;
      this.untilNs = timeNs + this.widthNs;
      this.minNs = rttNs;
      this.cells = new Float64Array(FIRST_BUCKETS * CELLS);
    }
    this.count++;
    this.sumNs += rttNs;
    this.lastNs = rttNs;
    if (rttNs < this.minNs) this.minNs = rttNs;
    if (rttNs > this.maxNs) this.maxNs = rttNs;
    if (timeNs >= this.untilNs || timeNs < this.untilNs - this.widthNs) this.locate(timeNs);
    const at = this.at;
    const cells = this.cells;
    cells[at]++;
    cells[at + SUM] += rttNs;
    if (rttNs > cells[at + MAX]) cells[at + MAX] = rttNs;
    // Sent when all before it had been acknowledged: no queue of its own held it up.
    if (single && timeNs - rttNs >= this.lastAtNs) {
      if (cells[at + ALONE] === 0 || rttNs < cells[at + ALONE]) cells[at + ALONE] = rttNs;
    }
    this.lastAtNs = timeNs;
  }

  /** Mean in ns, -1 without samples. */
  meanNs(): number {
    return this.count === 0 ? -1 : this.sumNs / this.count;
  }

  /** The buckets that have samples, in order of time. Not for the hot road. */
  buckets(): RttBucket[] {
    const list = [];
    for (let at = 0; at < this.cells.length; at += CELLS) {
      const count = this.cells[at];
      if (count === 0) continue;
      const fromNs = this.fromNs + (at / CELLS) * this.widthNs;
      list.push({
        fromNs,
        count,
        meanNs: this.cells[at + SUM] / count,
        maxNs: this.cells[at + MAX],
        aloneNsMin: this.cells[at + ALONE],
      });
    }
    return list;
  }

  /** Finds the bucket of a time; samples older than the first one go to the first bucket. */
  private locate(timeNs: number): void {
    while (timeNs - this.fromNs >= BUCKETS * this.widthNs) this.halve();
    const bucket = Math.max(0, Math.floor((timeNs - this.fromNs) / this.widthNs));
    this.at = bucket * CELLS;
    this.untilNs = this.fromNs + (bucket + 1) * this.widthNs;
    if (this.at >= this.cells.length) this.grow();
  }

  private grow(): void {
    let size = this.cells.length;
    while (size <= this.at) size *= GROWTH;
    const more = new Float64Array(Math.min(size, BUCKETS * CELLS));
    more.set(this.cells);
    this.cells = more;
  }

  /** Two neighbours become one bucket of twice the width. */
  private halve(): void {
    const cells = this.cells;
    const used = cells.length / CELLS;
    const half = (used + 1) >> 1;
    for (let i = 0; i < half; i++) {
      const a = 2 * i * CELLS;
      const b = a + CELLS;
      const to = i * CELLS;
      const there = b < cells.length;
      cells[to] = cells[a] + (there ? cells[b] : 0);
      cells[to + SUM] = cells[a + SUM] + (there ? cells[b + SUM] : 0);
      cells[to + MAX] = Math.max(cells[a + MAX], there ? cells[b + MAX] : 0);
      const one = cells[a + ALONE];
      const other = there ? cells[b + ALONE] : 0;
      cells[to + ALONE] = one === 0 || other === 0 ? one + other : Math.min(one, other);
    }
    cells.fill(0, half * CELLS);
    this.widthNs *= 2;
  }
}

asDoubles(new RttSeries(), [
  'minNs',
  'maxNs',
  'sumNs',
  'lastNs',
  'lastAtNs',
  'fromNs',
  'widthNs',
  'untilNs',
]);
