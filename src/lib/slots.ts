// hot: no allocation per packet
// Values by a number that only grows (connections, directions): an array whose pieces are given up once
// nothing in them is left, for a live capture may see a hundred million connections.

const BITS = 11;
const SIZE = 1 << BITS;
const MASK = SIZE - 1;

/** Invariant: `counts[i]` is how many values piece i has; one that has none is not there. */
export class Slots<T> {
  readonly #pieces: ((T | undefined)[] | undefined)[] = [];
  readonly #counts: number[] = [];
  /** The last piece that was given up, for who comes and goes alone would make one each time. */
  #spare: (T | undefined)[] | undefined = undefined;

  get(i: number): T | undefined {
    const piece = this.#pieces[i >> BITS];
    return piece === undefined ? undefined : piece[i & MASK];
  }

  set(i: number, value: T | undefined): void {
    const at = i >> BITS;
    const piece = this.#pieces[at] ?? this.#made(at, value);
    if (piece === undefined) return;
    const before = piece[i & MASK];
    piece[i & MASK] = value;
    if ((before === undefined) === (value === undefined)) return;
    this.#counts[at] += value === undefined ? -1 : 1;
    if (this.#counts[at] > 0) return;
    this.#pieces[at] = undefined;
    this.#spare = piece;
  }

  /** How many pieces there are. */
  get pieces(): number {
    let n = 0;
    for (const piece of this.#pieces) if (piece !== undefined) n++;
    return n;
  }

  /** All that there are, in the order of their numbers. */
  *values(): Generator<T> {
    for (const piece of this.#pieces) {
      if (piece === undefined) continue;
      for (const value of piece) if (value !== undefined) yield value;
    }
  }

  #made(at: number, value: T | undefined): (T | undefined)[] | undefined {
    if (value === undefined) return undefined;
    const piece: (T | undefined)[] = this.#spare ?? new Array(SIZE).fill(undefined);
    this.#spare = undefined;
    while (this.#pieces.length <= at) {
      this.#pieces.push(undefined);
      this.#counts.push(0);
    }
    this.#pieces[at] = piece;
    return piece;
  }
}
