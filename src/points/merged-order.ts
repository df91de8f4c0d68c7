// What two points saw, in one order of time: readers are apart by as much as a window of their files, and
// which of two equal copies came over is told only by what had been sent by then.

/** A segment at a point, as its connection counts. Times count from the first point's epoch. */
export interface PointSegment {
  readonly pair: number;
  /** Direction of the first point's connection. */
  readonly way: number;
  readonly flags: number;
  readonly window: number;
  readonly ipId: number;
  readonly timestamp: number;
  readonly payload: number;
  /** Bytes of it, as they are told: RoCE's positions are none. */
  readonly size: number;
  /** Positions of its first byte and of its acknowledgment (-1: none). */
  readonly start: number;
  readonly ack: number;
  /** Bytes of the other side that its sender has twice (D-SACK), -1: it says none. */
  readonly twiceFrom: number;
  readonly twiceTo: number;
  readonly timeNs: number;
  readonly frame: number;
}

/** Handed on ones are cut off in pieces of so many. */
const CUT_AT = 4096;

/** Invariant: each line is in the order of its point; what both have passed in time is handed on. */
export class MergedOrder {
  readonly #take: (point: number, segment: PointSegment) => void;
  /** A time of the second point by the first one's clock. */
  readonly #byFirstNs: (timeNs: number) => number;
  readonly #lines: [PointSegment[], PointSegment[]] = [[], []];
  readonly #heads: [number, number] = [0, 0];
  readonly #over: [boolean, boolean] = [false, false];

  constructor(
    take: (point: number, segment: PointSegment) => void,
    byFirstNs: (timeNs: number) => number,
  ) {
    this.#take = take;
    this.#byFirstNs = byFirstNs;
  }

  add(point: number, segment: PointSegment): void {
    this.#lines[point].push(segment);
    this.#drain();
  }

  /** Nothing more comes of a point. */
  over(point: number): void {
    this.#over[point] = true;
    this.#drain();
  }

  #drain(): void {
    for (;;) {
      const first = this.#lines[0][this.#heads[0]];
      const second = this.#lines[1][this.#heads[1]];
      if (first === undefined && (second === undefined || !this.#over[0])) return;
      if (second === undefined && !this.#over[1]) return;
      const point =
        second === undefined ||
        (first !== undefined && first.timeNs <= this.#byFirstNs(second.timeNs))
          ? 0
          : 1;
      this.#take(point, point === 0 ? first : second);
      if (++this.#heads[point] < CUT_AT) continue;
      this.#lines[point].splice(0, this.#heads[point]);
      this.#heads[point] = 0;
    }
  }
}
