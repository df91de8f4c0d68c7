// hot: no allocation per packet
// Load over time in a bounded number of buckets from the capture's first packet on. All series
// have widths of 1 ms times a power of two, so any two can be added exactly at the wider one.
// A command counts, with its bytes, in the bucket of its end.

import { SERIES_BUCKET_NS, SERIES_BUCKETS_MAX } from '../limits.js';

const FIRST_BUCKETS = 16;

export class TimeSeries {
  widthNs = SERIES_BUCKET_NS;
  /** Buckets in use: the last one that holds something, plus one. */
  used = 0;
  commands: Float64Array = new Float64Array(FIRST_BUCKETS);
  readBytes: Float64Array = new Float64Array(FIRST_BUCKETS);
  writeBytes: Float64Array = new Float64Array(FIRST_BUCKETS);
  /** Sum of the latencies that are known, their number, and the largest. */
  latencyNs: Float64Array = new Float64Array(FIRST_BUCKETS);
  latencies: Float64Array = new Float64Array(FIRST_BUCKETS);
  latencyNsMax: Float64Array = new Float64Array(FIRST_BUCKETS);

  /** A command ended at `timeNs`; `latencyNs` is -1 where it is not known. */
  add(timeNs: number, readBytes: number, writeBytes: number, latencyNs: number): void {
    const i = this.#bucket(timeNs);
    this.commands[i]++;
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
      const to = this.#bucket(i * other.widthNs);
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
    let i = timeNs > 0 ? Math.floor(timeNs / this.widthNs) : 0;
    while (i >= SERIES_BUCKETS_MAX) {
      this.#fold();
      i = Math.floor(timeNs / this.widthNs);
    }
    if (i >= this.commands.length) this.#grow(i);
    if (i >= this.used) this.used = i + 1;
    return i;
  }

  #fold(): void {
    this.widthNs *= 2;
    foldSums(this.commands);
    foldSums(this.readBytes);
    foldSums(this.writeBytes);
    foldSums(this.latencyNs);
    foldSums(this.latencies);
    foldMaxima(this.latencyNsMax);
    this.used = (this.used + 1) >> 1;
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

function foldSums(column: Float64Array): void {
  const half = column.length >> 1;
  for (let i = 0; i < half; i++) column[i] = column[i * 2] + column[i * 2 + 1];
  column.fill(0, half);
}

function foldMaxima(column: Float64Array): void {
  const half = column.length >> 1;
  for (let i = 0; i < half; i++) column[i] = Math.max(column[i * 2], column[i * 2 + 1]);
  column.fill(0, half);
}

function longer(column: Float64Array, size: number): Float64Array {
  const more = new Float64Array(size);
  more.set(column);
  return more;
}
