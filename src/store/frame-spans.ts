// hot: no allocation per packet
// Which packets a stretch of rows reaches into, so that a packet is found among millions of PDUs without a look
// at each of them.

/** Rows of a stretch: 2^10. */
const STRETCH_BITS = 10;

/** Invariant: the first and last packets of all rows of a stretch that were told lie within its span. */
export class FrameSpans {
  readonly #lowest: number[] = [];
  readonly #highest: number[] = [];

  /** A row begins or ends in a packet. */
  add(row: number, frame: number): void {
    const at = row >>> STRETCH_BITS;
    if (at >= this.#lowest.length) this.#grow(at);
    if (frame < this.#lowest[at]) this.#lowest[at] = frame;
    if (frame > this.#highest[at]) this.#highest[at] = frame;
  }

  /** The first of the rows from `row` to `count`-1 that may reach into the packet; `count` where none does. */
  next(row: number, count: number, frame: number): number {
    for (let at = row >>> STRETCH_BITS; at << STRETCH_BITS < count; at++) {
      if (frame < this.#lowest[at] || frame > this.#highest[at]) continue;
      return Math.max(row, at << STRETCH_BITS);
    }
    return count;
  }

  #grow(at: number): void {
    while (this.#lowest.length <= at) {
      this.#lowest.push(Number.POSITIVE_INFINITY);
      this.#highest.push(Number.NEGATIVE_INFINITY);
    }
  }
}
