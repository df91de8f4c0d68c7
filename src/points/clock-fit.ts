// Straight lines between what passes two points out and back: each packet says on which side of it the offset of the
// clocks lies, at its time. A line that keeps to all of them may be the clock; how far it may be off is known, too.

/** Clocks of machines drift by 100 ppm at most; crystals that are worse still by less than this. */
export const DRIFT_MAX = 500e-6;
/** Time stamps are rounded to microseconds: so far a line may be beyond what passes. */
const ROUNDING_NS = 1000;

/** Least differences of what goes out, greatest of what goes back, each at its time, in the order of time. */
export interface Limits {
  readonly aboveNs: Float64Array;
  readonly above: Float64Array;
  readonly belowNs: Float64Array;
  readonly below: Float64Array;
}

export interface Line {
  /** What the drift is multiplied with counts from here. */
  readonly originNs: number;
  readonly offsetNs: number;
  readonly driftPerNs: number;
  /** The drift lies within ± so much. */
  readonly driftErrorPerNs: number;
  /** How far it stays from all limits; below 0: there is no line that keeps to them. */
  readonly margin: number;
}

/** Limits of the parts `from` to `to` - 1 of the time. */
export class ClockFit {
  readonly #limits: Limits;
  readonly #from: number;
  readonly #to: number;
  readonly #originNs: number;
  readonly #drift: number;
  readonly margin: number;

  constructor(limits: Limits, from: number, to: number) {
    this.#limits = limits;
    this.#from = from;
    this.#to = to;
    this.#originNs = firstTime(limits, from, to);
    this.#drift = highest((drift) => this.#margin(drift));
    this.margin = this.#margin(this.#drift);
  }

  get holds(): boolean {
    return this.margin >= -ROUNDING_NS;
  }

  /** The line that stays farthest from both sides. */
  line(): Line {
    const best = this.margin;
    // One without drift that holds nearly as well: unrest of the ways looks like drift.
    const kept = this.#margin(0) >= best / 2 && best > 0 ? 0 : this.#drift;
    const holds = (drift: number) => this.#margin(drift) >= Math.min(0, best);
    const driftErrorPerNs = Math.max(
      edgeOf(holds, kept, DRIFT_MAX) - kept,
      kept - edgeOf(holds, kept, -DRIFT_MAX),
    );
    const offsetNs = (this.#top(kept) + this.#bottom(kept)) / 2;
    return {
      ...{ originNs: this.#originNs, offsetNs, driftPerNs: kept, driftErrorPerNs },
      margin: best,
    };
  }

  /** Between what the offset lies at a time, whatever line holds. */
  rangeAt(timeNs: number): readonly [low: number, high: number] {
    const awayNs = timeNs - this.#originNs;
    const least = Math.min(0, this.margin);
    const within = (drift: number, value: number) => {
      const margin = this.#margin(drift);
      return margin < least ? (margin - least) * 1e6 - Number.MAX_SAFE_INTEGER : value;
    };
    const high = highest((d) => within(d, this.#top(d) + d * awayNs), this.#drift);
    const low = highest((d) => within(d, -this.#bottom(d) - d * awayNs), this.#drift);
    return [this.#bottom(low) + low * awayNs, this.#top(high) + high * awayNs];
  }

  #margin(drift: number): number {
    return (this.#top(drift) - this.#bottom(drift)) / 2;
  }

  #top(drift: number): number {
    const { above, aboveNs } = this.#limits;
    let least = Number.POSITIVE_INFINITY;
    for (let i = this.#from; i < this.#to; i++) {
      const at = above[i] - drift * (aboveNs[i] - this.#originNs);
      if (at < least) least = at;
    }
    return least;
  }

  #bottom(drift: number): number {
    const { below, belowNs } = this.#limits;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = this.#from; i < this.#to; i++) {
      const at = below[i] - drift * (belowNs[i] - this.#originNs);
      if (at > most) most = at;
    }
    return most;
  }
}

/** Parts without a packet of a direction have a limit that is none, at no time. */
function firstTime({ aboveNs, belowNs }: Limits, from: number, to: number): number {
  let first = Number.POSITIVE_INFINITY;
  for (let i = from; i < to; i++) {
    if (aboveNs[i] > 0 && aboveNs[i] < first) first = aboveNs[i];
    if (belowNs[i] > 0 && belowNs[i] < first) first = belowNs[i];
  }
  return Number.isFinite(first) ? first : 0;
}

/** Where a function of the drift that rises and then falls is highest. */
function highest(of: (drift: number) => number, inside?: number): number {
  let low = -DRIFT_MAX;
  let high = DRIFT_MAX;
  for (let i = 0; i < 60; i++) {
    const a = low + (high - low) / 3;
    const b = high - (high - low) / 3;
    if (of(a) < of(b)) low = a;
    else high = b;
  }
  const middle = (low + high) / 2;
  return inside !== undefined && of(middle) < of(inside) ? inside : middle;
}

/** The last place on the way from `inside` to `outside` at which `holds`. */
function edgeOf(holds: (x: number) => boolean, inside: number, outside: number): number {
  if (holds(outside)) return outside;
  let [from, to] = [inside, outside];
  for (let i = 0; i < 40; i++) {
    const middle = (from + to) / 2;
    if (holds(middle)) from = middle;
    else to = middle;
  }
  return from;
}
