// Two captures read side by side: whoever is ahead in time waits for the other, so that what must be
// remembered is what happened within a window, however long the captures are.

/** Ahead by more than this, a reader waits: what is kept longer costs a turn of the collector. */
const AHEAD_NS_MAX = 20e6;

export class Lockstep {
  readonly #now: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  readonly #over: [boolean, boolean] = [false, false];
  #wake: (() => void) | undefined;

  /** A reader is at this time (of one clock for both). */
  at(point: number, timeNs: number): void {
    this.#now[point] = timeNs;
  }

  /** To be awaited by a reader between two parts of its file. */
  turn(point: number): Promise<void> | undefined {
    this.#wake?.();
    this.#wake = undefined;
    const other = 1 - point;
    if (this.#over[other] || this.#now[point] - this.#now[other] < AHEAD_NS_MAX) return undefined;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  over(point: number): void {
    this.#over[point] = true;
    this.#wake?.();
    this.#wake = undefined;
  }
}
