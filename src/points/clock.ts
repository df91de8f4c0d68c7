// How the clock of one capture point stands to another's, from the packets themselves: what passes
// the first point before the second cannot be later at the first, and the other way round. So each
// stretch of time has a band in which the offset lies, as wide as the quickest round trip between the points:
//
//   (time at 2) - (time at 1) of what goes back <= offset <= (time at 2) - (time at 1) of what goes out
//
// The offset is taken from the middle of the band, where the least one-way times of both directions are alike;
// what nobody can see (one way always slower than the other) is within the band: that is the error bound.
// A straight line within the band is a stretch (offset and drift); where one ends and the next does not meet it,
// the clock stepped, else its pace changed.

import { ClockFit, DRIFT_MAX, type Limits } from './clock-fit.js';

/** A stretch of time with one offset and one drift. Times by the first point's clock. */
export interface ClockStretch {
  readonly fromNs: number;
  readonly toNs: number;
  /** Of the second point against the first, at `fromNs`. */
  readonly offsetNs: number;
  readonly driftPerNs: number;
  /** The offset at `fromNs` lies within ± so much, and the drift too, whatever the one-way times are. */
  readonly errorNs: number;
  readonly driftErrorPerNs: number;
}

export interface ClockModel {
  readonly stretches: readonly ClockStretch[];
  /** `withinNs`: nothing passed nearer to the step, so it lies within ± so much of `atNs`. */
  readonly steps: readonly {
    readonly atNs: number;
    readonly withinNs: number;
    readonly stepNs: number;
  }[];
}

/** Offset of the second point's clock against the first's at a time of the first. */
export function offsetAt(model: ClockModel, timeNs: number): number {
  const { stretches } = model;
  let at = 0;
  while (at + 1 < stretches.length && timeNs >= stretches[at + 1].fromNs) at++;
  const s = stretches[at];
  return s.offsetNs + s.driftPerNs * (timeNs - s.fromNs);
}

const BINS = 4096;
/** A jump that is less is no step: time stamps are no better. */
const STEP_LEAST_NS = 50_000;
const STRETCHES_MAX = 64;

/** Gathers differences in parts of the time: the least of what goes out, the greatest of what goes back. */
export class ClockBand {
  readonly #fromNs: number;
  readonly #widthNs: number;
  readonly #limits: Limits = {
    aboveNs: new Float64Array(BINS),
    above: new Float64Array(BINS).fill(Number.POSITIVE_INFINITY),
    belowNs: new Float64Array(BINS),
    below: new Float64Array(BINS).fill(Number.NEGATIVE_INFINITY),
  };

  constructor(fromNs: number, toNs: number) {
    this.#fromNs = fromNs;
    this.#widthNs = Math.max(1, (toNs - fromNs) / (BINS - 1));
  }

  /** `out`: it passed the first point before the second. Times by each point's own clock. */
  take(firstNs: number, secondNs: number, out: boolean): void {
    const at = Math.floor((firstNs - this.#fromNs) / this.#widthNs);
    if (at < 0 || at >= BINS) return;
    const { above, aboveNs, below, belowNs } = this.#limits;
    const difference = secondNs - firstNs;
    if (out) {
      if (difference >= above[at]) return;
      above[at] = difference;
      aboveNs[at] = firstNs;
    } else if (difference > below[at]) {
      below[at] = difference;
      belowNs[at] = firstNs;
    }
  }

  /** What they say; undefined where not both directions were seen at both points. */
  model(): ClockModel | undefined {
    const { above, below } = this.#limits;
    if (!above.some(Number.isFinite) || !below.some(Number.isFinite)) return undefined;
    const parts = this.#parts();
    const stretches: ClockStretch[] = [];
    const steps: ClockModel['steps'][number][] = [];
    for (const [i, part] of parts.entries()) {
      const before = parts[i - 1];
      if (before === undefined) {
        stretches.push(this.#stretch(part, this.#timeOf(part.from)));
        continue;
      }
      const border = this.#border(before, part);
      stretches.push(this.#stretch(part, border.atNs));
      const step = stepAt(before.fit, part.fit, border);
      if (step !== undefined) steps.push(step);
    }
    return { stretches, steps };
  }

  /** As few stretches as there can be: each goes on as long as a line holds. */
  #parts(): Part[] {
    const parts: Part[] = [];
    let from = this.#next(0);
    while (from < BINS) {
      const isLast = parts.length === STRETCHES_MAX - 1;
      const to = isLast ? BINS : this.#reach(from);
      // Edges that cross within one part of the time: a step lies in it.
      if (to === from) {
        from = this.#next(from + 1);
        continue;
      }
      const fit = new ClockFit(this.#limits, from, to);
      // Of one direction alone nothing follows: what holds beside it goes on.
      if (Number.isFinite(fit.margin)) parts.push({ from, to, fit });
      from = this.#next(to);
    }
    return parts.length > 0
      ? parts
      : [{ from: 0, to: BINS, fit: new ClockFit(this.#limits, 0, BINS) }];
  }

  /** Behind the last part that a line from `from` on holds for; `from` where there is none. */
  #reach(from: number): number {
    const holds = (to: number) => new ClockFit(this.#limits, from, to).holds;
    if (holds(BINS)) return BINS;
    let good = from;
    let size = 1;
    while (from + size < BINS && holds(from + size)) {
      good = from + size;
      size *= 2;
    }
    let bad = Math.min(BINS, from + size);
    while (bad - good > 1) {
      const middle = (good + bad) >> 1;
      if (holds(middle)) good = middle;
      else bad = middle;
    }
    return good;
  }

  /** Where one stretch may end and the next begin: the next one's line may hold for the last parts before it. */
  #border(before: Part, after: Part): Border {
    let good = after.from;
    let bad = before.from;
    while (good - bad > 1) {
      const middle = (good + bad) >> 1;
      if (new ClockFit(this.#limits, middle, after.to).holds) good = middle;
      else bad = middle;
    }
    const fromNs = this.#lastTime(before.from, good);
    const toNs = this.#timeOf(after.from);
    const atNs = (fromNs + toNs) / 2;
    return { atNs, withinNs: Math.abs(toNs - fromNs) / 2 + this.#widthNs };
  }

  #stretch({ to, fit }: Part, fromNs: number): ClockStretch {
    const { originNs, offsetNs, driftPerNs, driftErrorPerNs, margin } = fit.line();
    const at = (ns: number) => offsetNs + driftPerNs * (ns - originNs);
    const toNs = this.#lastTime(0, to);
    const off = (ns: number) => {
      const [low, high] = fit.rangeAt(ns);
      return Math.max(high - at(ns), at(ns) - low);
    };
    const errorNs = margin < 0 ? 2 * -margin : 0;
    return {
      ...{ fromNs, toNs, offsetNs: at(fromNs), driftPerNs },
      errorNs: Math.max(errorNs, off(fromNs), off(toNs)),
      driftErrorPerNs: margin < 0 ? DRIFT_MAX : driftErrorPerNs,
    };
  }

  #isThere(at: number): boolean {
    const { above, below } = this.#limits;
    return Number.isFinite(above[at]) || Number.isFinite(below[at]);
  }

  /** The first part from `at` on in which something passed. */
  #next(at: number): number {
    let next = at;
    while (next < BINS && !this.#isThere(next)) next++;
    return next;
  }

  #timeOf(at: number): number {
    return this.#fromNs + at * this.#widthNs;
  }

  /** When something passed last before the part `to`, at `from` at the earliest. */
  #lastTime(from: number, to: number): number {
    let last = to - 1;
    while (last > from && !this.#isThere(last)) last--;
    return this.#timeOf(Math.max(from, last) + 1);
  }
}

/** Parts of the time with one line. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly fit: ClockFit;
}

interface Border {
  readonly atNs: number;
  readonly withinNs: number;
}

/** A step, where whatever lines hold before and behind do not meet; undefined: the clock's pace changed. */
function stepAt(
  before: ClockFit,
  after: ClockFit,
  { atNs, withinNs }: Border,
): ClockModel['steps'][number] | undefined {
  const [lowBefore, highBefore] = before.rangeAt(atNs);
  const [lowAfter, highAfter] = after.rangeAt(atNs);
  const apartNs = Math.max(lowAfter - highBefore, lowBefore - highAfter);
  if (apartNs < STEP_LEAST_NS) return undefined;
  const was = before.line();
  const is = after.line();
  // The same pace before and behind, or more than a pace can do meanwhile.
  const samePace =
    Math.abs(is.driftPerNs - was.driftPerNs) <= is.driftErrorPerNs + was.driftErrorPerNs;
  if (!samePace && apartNs <= 2 * withinNs * DRIFT_MAX) return undefined;
  const at = (line: typeof was) => line.offsetNs + line.driftPerNs * (atNs - line.originNs);
  return { atNs, withinNs, stepNs: Math.round(at(is) - at(was)) };
}
