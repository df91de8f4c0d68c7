// hot: no allocation per packet
// Round trips over time: count, least, mean, most, and a series of at most 64 buckets whose width
// doubles as the connection grows older, so that memory is bounded and short ones keep detail.

const BUCKETS = 64;
const FIRST_WIDTH_NS = 100e6;

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
  private untilNs = 0;
  private counts: Float64Array | undefined = undefined;
  private sums: Float64Array | undefined = undefined;
  private maxs: Float64Array | undefined = undefined;

  /** One sample: a round trip of `rttNs` that ended at `timeNs`. */
  add(rttNs: number, timeNs: number): void {
    if (this.count === 0) {
      this.fromNs = timeNs;
      this.untilNs = timeNs + this.widthNs;
      this.minNs = rttNs;
      this.counts = new Float64Array(BUCKETS);
      this.sums = new Float64Array(BUCKETS);
      this.maxs = new Float64Array(BUCKETS);
    }
    this.count++;
    this.sumNs += rttNs;
    this.lastNs = rttNs;
    if (rttNs < this.minNs) this.minNs = rttNs;
    if (rttNs > this.maxNs) this.maxNs = rttNs;
    if (timeNs >= this.untilNs || timeNs < this.untilNs - this.widthNs) this.locate(timeNs);
    const at = this.at;
    this.counts![at]++;
    this.sums![at] += rttNs;
    if (rttNs > this.maxs![at]) this.maxs![at] = rttNs;
  }

  /** Mean in ns, -1 without samples. */
  meanNs(): number {
    return this.count === 0 ? -1 : this.sumNs / this.count;
  }

  /** The buckets that have samples, in order of time. Not for the hot road. */
  buckets(): { fromNs: number; count: number; meanNs: number; maxNs: number }[] {
    const list = [];
    for (let i = 0; this.counts && i < BUCKETS; i++) {
      const count = this.counts[i];
      if (count === 0) continue;
      const fromNs = this.fromNs + i * this.widthNs;
      list.push({ fromNs, count, meanNs: this.sums![i] / count, maxNs: this.maxs![i] });
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
    const counts = this.counts!;
    const sums = this.sums!;
    const maxs = this.maxs!;
    for (let i = 0; i < BUCKETS / 2; i++) {
      counts[i] = counts[2 * i] + counts[2 * i + 1];
      sums[i] = sums[2 * i] + sums[2 * i + 1];
      maxs[i] = Math.max(maxs[2 * i], maxs[2 * i + 1]);
    }
    counts.fill(0, BUCKETS / 2);
    sums.fill(0, BUCKETS / 2);
    maxs.fill(0, BUCKETS / 2);
    this.widthNs *= 2;
  }
}
