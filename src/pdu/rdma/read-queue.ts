// hot: no allocation per packet
// RDMA Read Requests of one side that await their data, oldest first: a response names the buffer of
// the requester only, and the request knows which buffer of the other side that is (RFC 5040 4.4).
//
// Invariant: 0 <= count <= READS_OUTSTANDING_MAX.

import { READS_OUTSTANDING_MAX } from '../../limits.js';

const COLUMNS = 9;
/** Most sides have a few at a time, or none. */
const FIRST = 8;
const NO_CELLS = new Float64Array(0);
const SERIAL = 0;
const SINK_STAG = 1;
const SINK_HIGH = 2;
const SINK_LOW = 3;
const SIZE = 4;
const SOURCE_STAG = 5;
const SOURCE_HIGH = 6;
const SOURCE_LOW = 7;
const PSN = 8;
const WORD = 2 ** 32;

export class ReadQueue {
  count = 0;
  /** Requests so far: the number of the last. */
  serial = 0;
  /** Most that waited at once. */
  countMax = 0;
  private cells = NO_CELLS;

  /** A request; its number. Where too many wait, the oldest is forgotten. */
  add(
    sinkStag: number,
    sinkHigh: number,
    sinkLow: number,
    size: number,
    sourceStag: number,
    sourceHigh: number,
    sourceLow: number,
    psn = 0,
  ): number {
    if (this.count === READS_OUTSTANDING_MAX) this.drop(1);
    if (this.count * COLUMNS === this.cells.length) this.grow();
    const at = this.count++ * COLUMNS;
    const c = this.cells;
    this.serial++;
    c[at + SERIAL] = this.serial;
    c[at + SINK_STAG] = sinkStag;
    c[at + SINK_HIGH] = sinkHigh;
    c[at + SINK_LOW] = sinkLow;
    c[at + SIZE] = size;
    c[at + SOURCE_STAG] = sourceStag;
    c[at + SOURCE_HIGH] = sourceHigh;
    c[at + SOURCE_LOW] = sourceLow;
    c[at + PSN] = psn;
    if (this.count > this.countMax) this.countMax = this.count;
    return this.serial;
  }

  private grow(): void {
    const more = Math.min(Math.max(FIRST, this.count * 2), READS_OUTSTANDING_MAX);
    const cells = new Float64Array(more * COLUMNS);
    cells.set(this.cells);
    this.cells = cells;
  }

  /** The oldest request into whose buffer this place lies; -1 none. */
  match(stag: number, high: number, low: number): number {
    const c = this.cells;
    for (let i = 0; i < this.count; i++) {
      const at = i * COLUMNS;
      if (c[at + SINK_STAG] !== stag) continue;
      const offset = this.offsetIn(i, high, low);
      if (offset >= 0 && offset <= c[at + SIZE]) return i;
    }
    return -1;
  }

  /** Bytes from the beginning of request `i`'s buffer to a place. */
  offsetIn(i: number, high: number, low: number): number {
    const at = i * COLUMNS;
    return (high - this.cells[at + SINK_HIGH]) * WORD + (low - this.cells[at + SINK_LOW]);
  }

  serialOf(i: number): number {
    return this.cells[i * COLUMNS + SERIAL];
  }

  size(i: number): number {
    return this.cells[i * COLUMNS + SIZE];
  }

  psn(i: number): number {
    return this.cells[i * COLUMNS + PSN];
  }

  sourceStag(i: number): number {
    return this.cells[i * COLUMNS + SOURCE_STAG];
  }

  /** The source's place `offset` bytes into the request, as two words. */
  sourceHigh(i: number, offset: number): number {
    const at = i * COLUMNS;
    const carry = Math.floor((this.cells[at + SOURCE_LOW] + offset) / WORD);
    return (this.cells[at + SOURCE_HIGH] + carry) % WORD;
  }

  sourceLow(i: number, offset: number): number {
    return (this.cells[i * COLUMNS + SOURCE_LOW] + offset) % WORD;
  }

  /** The first `n` are done: responses come in the order of their requests (RFC 5040 5.5). */
  drop(n: number): void {
    this.cells.copyWithin(0, n * COLUMNS, this.count * COLUMNS);
    this.count -= n;
  }
}
