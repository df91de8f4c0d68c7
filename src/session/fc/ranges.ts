// hot: no allocation per packet
// Which bytes of a transfer came, by relative offset: frames of two connections overtake each other,
// and what is sent again counts once. Mostly one range that grows.

const RANGES_MAX = 32;
/** V8 keeps arrays of up to 64 bytes in the object; most transfers have one range, of few nothing comes. */
const FIRST_RANGES = 4;
const NONE = new Float64Array(0);

/** Invariant: ranges are sorted, do not touch, and none is empty. */
export class Ranges {
  count = 0;
  #from = NONE;
  #to = NONE;

  clear(): void {
    this.count = 0;
  }

  /** Adds [from, to); how many bytes of it are new. */
  add(from: number, to: number): number {
    const last = this.count - 1;
    if (last >= 0 && this.#to[last] === from) {
      this.#to[last] = to;
      return to - from;
    }
    if (to <= from) return 0;
    return this.#insert(from, to);
  }

  /** End of the farthest byte. */
  end(): number {
    return this.count === 0 ? 0 : this.#to[this.count - 1];
  }

  /** Bytes below `end` that did not come, and where the first of them lies (firstHole). */
  missing(end: number): number {
    let covered = 0;
    for (let i = 0; i < this.count && this.#from[i] < end; i++) {
      covered += Math.min(this.#to[i], end) - this.#from[i];
    }
    return end - covered;
  }

  firstHole(): number {
    return this.count === 0 || this.#from[0] > 0 ? 0 : this.#to[0];
  }

  #insert(from: number, to: number): number {
    let first = 0;
    while (first < this.count && this.#to[first] < from) first++;
    let fresh = to - from;
    let low = from;
    let high = to;
    let past = first;
    while (past < this.count && this.#from[past] <= to) {
      const overlap = Math.min(this.#to[past], to) - Math.max(this.#from[past], from);
      if (overlap > 0) fresh -= overlap;
      low = Math.min(low, this.#from[past]);
      high = Math.max(high, this.#to[past]);
      past++;
    }
    const merged = past - first;
    if (merged === 0 && this.count === this.#from.length && !this.#grow()) {
      return this.#squeeze(from, to);
    }
    this.#move(past, first + 1);
    this.count += 1 - merged;
    this.#from[first] = low;
    this.#to[first] = high;
    return fresh;
  }

  /** False where there may not be more. */
  #grow(): boolean {
    if (this.count >= RANGES_MAX) return false;
    const size = Math.max(FIRST_RANGES, this.count * 2);
    const begins = new Float64Array(size);
    const ends = new Float64Array(size);
    begins.set(this.#from);
    ends.set(this.#to);
    this.#from = begins;
    this.#to = ends;
    return true;
  }

  /** Ranges from `from` on go to `to`. */
  #move(from: number, to: number): void {
    this.#from.copyWithin(to, from, this.count);
    this.#to.copyWithin(to, from, this.count);
  }

  /** No room for one more: the last range takes it in, its hole is forgotten. */
  #squeeze(from: number, to: number): number {
    const last = this.count - 1;
    this.#from[last] = Math.min(this.#from[last], from);
    this.#to[last] = Math.max(this.#to[last], to);
    return to - from;
  }
}
