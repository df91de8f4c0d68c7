// hot: no allocation per packet
// Load over time in a bounded number of buckets, from the first one that holds something: a series
// costs what it holds, not when that was. All series have widths of 1 ms times a power of two and
// begin at whole widths after the capture's first packet, so any two can be added exactly at the
// wider one. A command counts, with its bytes, in the bucket of its end.

import { SERIES_BUCKET_NS, SERIES_BUCKETS_LEAST, SERIES_BUCKETS_MAX } from '../limits.js';

const FIRST_BUCKETS = 4;

export class TimeSeries {
  widthNs = SERIES_BUCKET_NS;
  /** Whole widths from the capture's first packet to the first bucket. */
  first = 0;
  /** Buckets in use: from the first to the last one that holds something. */
  used = 0;
  commands: Float64Array = new Float64Array(FIRST_BUCKETS);
  readBytes: Float64Array = new Float64Array(FIRST_BUCKETS);
  writeBytes: Float64Array = new Float64Array(FIRST_BUCKETS);
  /** Sum of the latencies that are known, their number, and the largest. */
  latencyNs: Float64Array = new Float64Array(FIRST_BUCKETS);
  latencies: Float64Array = new Float64Array(FIRST_BUCKETS);
  latencyNsMax: Float64Array = new Float64Array(FIRST_BUCKETS);
  #bucketsMax: number;

  /** `sparse`: few commands have few buckets (some two each), however far apart they are. */
  constructor(sparse = false) {
    this.#bucketsMax = sparse ? SERIES_BUCKETS_LEAST : SERIES_BUCKETS_MAX;
    this.#added = 0;
  }

  #added: number;

  /** When the first bucket begins. */
  get fromNs(): number {
    return this.first * this.widthNs;
  }

  /**
   * A command ended at `timeNs`; `latencyNs` is -1 where it is not known. Where its end is not known
   * (`certain` false) its bytes count, which moved by then, and not the command.
   */
  add(
    timeNs: number,
    readBytes: number,
    writeBytes: number,
    latencyNs: number,
    certain = true,
  ): void {
    if (this.#bucketsMax < SERIES_BUCKETS_MAX && ++this.#added * 2 > this.#bucketsMax) {
      this.#bucketsMax *= 2;
    }
    const i = this.#bucket(timeNs);
    if (certain) this.commands[i]++;
    this.readBytes[i] += readBytes;
    this.writeBytes[i] += writeBytes;
    if (latencyNs < 0) return;
    this.latencyNs[i] += latencyNs;
    this.latencies[i]++;
    if (latencyNs > this.latencyNsMax[i]) this.latencyNsMax[i] = latencyNs;
  }

  /** Adds another series, which stays as it is. */
  merge(other: TimeSeries): void {
    for (let i = 0; i < other.used; i++) {
      if (other.commands[i] === 0) continue;
      const to = this.#bucket((other.first + i) * other.widthNs);
      this.commands[to] += other.commands[i];
      this.readBytes[to] += other.readBytes[i];
      this.writeBytes[to] += other.writeBytes[i];
      this.latencyNs[to] += other.latencyNs[i];
      this.latencies[to] += other.latencies[i];
      this.latencyNsMax[to] = Math.max(this.latencyNsMax[to], other.latencyNsMax[i]);
    }
  }

  /** Widens the buckets to `widthNs` at least. Cold; before merging series of several widths. */
  widen(widthNs: number): void {
    while (this.widthNs < widthNs) this.#fold();
  }

  #bucket(timeNs: number): number {
    const at = timeNs > 0 ? Math.floor(timeNs / this.widthNs) : 0;
    if (this.used === 0) this.first = at;
    const i = at - this.first;
    // Nearly always.
    if (i >= 0 && i < this.used) return i;
    return i < 0 ? this.#before(timeNs) : this.#behind(timeNs);
  }

  #behind(timeNs: number): number {
    let i = Math.floor(timeNs / this.widthNs) - this.first;
    if (timeNs <= 0) i = 0;
    while (i >= this.#bucketsMax) {
      this.#fold();
      i = Math.floor(timeNs / this.widthNs) - this.first;
    }
    if (i >= this.commands.length) this.#grow(i);
    if (i >= this.used) this.used = i + 1;
    return i;
  }

  /** Before all that came: seldom, where clocks step back and where series are merged. */
  #before(timeNs: number): number {
    const time = timeNs > 0 ? timeNs : 0;
    let more = this.first - Math.floor(time / this.widthNs);
    while (this.used + more > this.#bucketsMax) {
      this.#fold();
      more = this.first - Math.floor(time / this.widthNs);
    }
    if (more <= 0) return -more;
    if (this.used + more > this.commands.length) this.#grow(this.used + more - 1);
    for (const column of this.#columns()) {
      column.copyWithin(more, 0, this.used);
      column.fill(0, 0, more);
    }
    this.first -= more;
    this.used += more;
    return 0;
  }

  /** Buckets of twice the width begin at even multiples of the old one. */
  #fold(): void {
    const odd = this.first % 2;
    this.widthNs *= 2;
    foldSums(this.commands, this.used, odd);
    foldSums(this.readBytes, this.used, odd);
    foldSums(this.writeBytes, this.used, odd);
    foldSums(this.latencyNs, this.used, odd);
    foldSums(this.latencies, this.used, odd);
    foldMaxima(this.latencyNsMax, this.used, odd);
    this.used = (this.used + odd + 1) >> 1;
    this.first = (this.first - odd) / 2;
  }

  #columns(): Float64Array[] {
    const { commands, readBytes, writeBytes, latencyNs, latencies, latencyNsMax } = this;
    return [commands, readBytes, writeBytes, latencyNs, latencies, latencyNsMax];
  }

  #grow(i: number): void {
    let size = this.commands.length;
    while (size <= i) size *= 2;
    this.commands = longer(this.commands, size);
    this.readBytes = longer(this.readBytes, size);
    this.writeBytes = longer(this.writeBytes, size);
    this.latencyNs = longer(this.latencyNs, size);
    this.latencies = longer(this.latencies, size);
    this.latencyNsMax = longer(this.latencyNsMax, size);
  }
}

/** Bucket 0 is the second of its pair where `odd` is 1. */
function foldSums(column: Float64Array, used: number, odd: number): void {
  const half = (used + odd + 1) >> 1;
  for (let i = 0; i < half; i++) {
    const a = i * 2 - odd;
    const b = a + 1;
    column[i] = (a >= 0 ? column[a] : 0) + (b < used ? column[b] : 0);
  }
  column.fill(0, half);
}

function foldMaxima(column: Float64Array, used: number, odd: number): void {
  const half = (used + odd + 1) >> 1;
  for (let i = 0; i < half; i++) {
    const a = i * 2 - odd;
    const b = a + 1;
    column[i] = Math.max(a >= 0 ? column[a] : 0, b < used ? column[b] : 0);
  }
  column.fill(0, half);
}

function longer(column: Float64Array, size: number): Float64Array {
  const more = new Float64Array(size);
  more.set(column);
  return more;
}
