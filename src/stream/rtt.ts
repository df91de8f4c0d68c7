// hot: no allocation per packet
// Round trips over time: count, least, mean, most, and a series of at most 64 buckets whose width
// doubles as the connection grows older, so that memory is bounded and short ones keep detail.

import { asDoubles } from '../lib/double-fields.js';

const BUCKETS = 64;
const FIRST_WIDTH_NS = 100e6;
const SUMS = BUCKETS;
const MAXIMA = 2 * BUCKETS;
const NO_CELLS = new Float64Array(0);

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
  /** Start of the first bucket, and the width of each, in ns. */
  fromNs = 0;
  widthNs = FIRST_WIDTH_NS;
  /** The bucket of the last sample, and the end of its time. */
  private at = 0;
  untilNs = 0;
  /** Counts, then sums, then maxima: one array, since a scan makes many of these. */
  private cells = NO_CELLS;

  /** One sample: a round trip of `rttNs` that ended at `timeNs`. */
  add(rttNs: number, timeNs: number): void {
    if (this.count === 0) {
      this.fromNs = timeNs;
      this.untilNs = timeNs + this.widthNs;
      this.minNs = rttNs;
      this.cells = new Float64Array(3 * BUCKETS);
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
    cells[SUMS + at] += rttNs;
    if (rttNs > cells[MAXIMA + at]) cells[MAXIMA + at] = rttNs;
  }

  /** Mean in ns, -1 without samples. */
  meanNs(): number {
    return this.count === 0 ? -1 : this.sumNs / this.count;
  }

  /** The buckets that have samples, in order of time. Not for the hot road. */
  buckets(): { fromNs: number; count: number; meanNs: number; maxNs: number }[] {
    const list = [];
    for (let i = 0; this.count > 0 && i < BUCKETS; i++) {
      const count = this.cells[i];
      if (count === 0) continue;
      const fromNs = this.fromNs + i * this.widthNs;
      const meanNs = this.cells[SUMS + i] / count;
      list.push({ fromNs, count, meanNs, maxNs: this.cells[MAXIMA + i] });
    }
    return list;
  }

  /** Finds the bucket of a time; samples older than the first one go to the first bucket. */
  private locate(timeNs: number): void {
    while (timeNs - this.fromNs >= BUCKETS * this.widthNs) this.halve();
    this.at = Math.max(0, Math.floor((timeNs - this.fromNs) / this.widthNs));
    this.untilNs = this.fromNs + (this.at + 1) * this.widthNs;
  }

  /** Two neighbours become one bucket of twice the width. */
  private halve(): void {
    const cells = this.cells;
    for (let i = 0; i < BUCKETS / 2; i++) {
      cells[i] = cells[2 * i] + cells[2 * i + 1];
      cells[SUMS + i] = cells[SUMS + 2 * i] + cells[SUMS + 2 * i + 1];
      cells[MAXIMA + i] = Math.max(cells[MAXIMA + 2 * i], cells[MAXIMA + 2 * i + 1]);
    }
    cells.fill(0, BUCKETS / 2, BUCKETS);
    cells.fill(0, SUMS + BUCKETS / 2, SUMS + BUCKETS);
    cells.fill(0, MAXIMA + BUCKETS / 2, MAXIMA + BUCKETS);
    this.widthNs *= 2;
  }
}

asDoubles(new RttSeries(), ['minNs', 'maxNs', 'sumNs', 'lastNs', 'fromNs', 'widthNs', 'untilNs']);
