// How the clock of one capture point stands to another's, from the packets themselves: what passes
// the first point before the second cannot be later at the first, and the other way round. So each
// stretch of time has a band in which the offset lies, as wide as the quickest round trip between the points:
//
//   (time at 2) - (time at 1) of what goes back <= offset <= (time at 2) - (time at 1) of what goes out
//
// The offset is taken from the middle of the band, where the least one-way times of both directions are alike;
// what nobody can see (one way always slower than the other) is within the band: that is the error bound.
// A straight line within the band is a stretch (offset and drift); a jump of both edges is a step.

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

/** Clocks of machines drift by 100 ppm at most; crystals that are worse still by less than this. */
const DRIFT_MAX = 500e-6;
const BINS = 4096;
/** A step is told where both edges moved by so many times their usual unrest. */
const UNREST_TIMES = 6;
const STEP_LEAST_NS = 50_000;
/** Bins looked at on each side of a step. */
const SIDE_BINS = 6;
const STRETCHES_MAX = 64;

interface Bin {
  readonly timeNs: number;
  /** Least difference of what goes out, greatest of what goes back. */
  readonly above: number;
  readonly below: number;
}

/** Gathers differences in bins of time. */
export class ClockBand {
  readonly #fromNs: number;
  readonly #widthNs: number;
  readonly #above = new Float64Array(BINS).fill(Number.POSITIVE_INFINITY);
  readonly #below = new Float64Array(BINS).fill(Number.NEGATIVE_INFINITY);

  constructor(fromNs: number, toNs: number) {
    this.#fromNs = fromNs;
    this.#widthNs = Math.max(1, (toNs - fromNs) / (BINS - 1));
  }

  /** `out`: it passed the first point before the second. Times by each point's own clock. */
  take(firstNs: number, secondNs: number, out: boolean): void {
    const at = Math.floor((firstNs - this.#fromNs) / this.#widthNs);
    if (at < 0 || at >= BINS) return;
    const difference = secondNs - firstNs;
    if (out) {
      if (difference < this.#above[at]) this.#above[at] = difference;
    } else if (difference > this.#below[at]) this.#below[at] = difference;
  }

  /** What the bins say; undefined where nothing of either direction was seen at both points. */
  model(): ClockModel | undefined {
    const bins = this.#joined();
    if (bins.length === 0) return undefined;
    const [parts, cutsAt] = split(bins);
    const cuts = cutsAt.map(({ atNs }) => atNs);
    const stretches: ClockStretch[] = [];
    for (const part of parts) stretches.push(...lines(part, STRETCHES_MAX - stretches.length));
    const steps = cutsAt.map(({ atNs, withinNs }) => {
      const after = stretches.find((s) => s.fromNs >= atNs) ?? stretches[stretches.length - 1];
      const before = stretches[Math.max(0, stretches.indexOf(after) - 1)];
      const was = before.offsetNs + before.driftPerNs * (atNs - before.fromNs);
      const is = after.offsetNs + after.driftPerNs * (atNs - after.fromNs);
      return { atNs, withinNs: withinNs + this.#widthNs, stepNs: Math.round(is - was) };
    });
    // A stretch begins where the one before ends: at the step, where there is one.
    const begun = stretches.map((s, i) => {
      if (i === 0) return s;
      const cut = cuts.find((atNs) => atNs > stretches[i - 1].toNs && atNs <= s.fromNs);
      const fromNs = cut ?? s.fromNs;
      return { ...s, fromNs, offsetNs: s.offsetNs + s.driftPerNs * (fromNs - s.fromNs) };
    });
    return { stretches: begun, steps };
  }

  /** Bins with both edges; where few packets pass, neighbours are joined until there are both. */
  #joined(): Bin[] {
    const bins: Bin[] = [];
    let above = Number.POSITIVE_INFINITY;
    let below = Number.NEGATIVE_INFINITY;
    let begun = -1;
    for (let i = 0; i < BINS; i++) {
      if (
        this.#above[i] === Number.POSITIVE_INFINITY &&
        this.#below[i] === Number.NEGATIVE_INFINITY
      ) {
        continue;
      }
      if (begun < 0) begun = i;
      above = Math.min(above, this.#above[i]);
      below = Math.max(below, this.#below[i]);
      if (above === Number.POSITIVE_INFINITY || below === Number.NEGATIVE_INFINITY) continue;
      bins.push({ timeNs: this.#fromNs + ((begun + i + 1) / 2) * this.#widthNs, above, below });
      above = Number.POSITIVE_INFINITY;
      below = Number.NEGATIVE_INFINITY;
      begun = -1;
    }
    return bins;
  }
}

interface Cut {
  readonly atNs: number;
  readonly withinNs: number;
}

/** Cuts at steps: where both edges jump by the same. The bin in which it happens is left out. */
function split(bins: readonly Bin[]): [parts: Bin[][], cuts: Cut[]] {
  const parts: Bin[][] = [];
  const cuts: Cut[] = [];
  let part: Bin[] = [];
  for (let i = 0; i < bins.length; i++) {
    if (part.length > 0 && stepBefore(bins, i, part)) {
      const withinNs = (bins[i].timeNs - bins[i - 1].timeNs) / 2;
      cuts.push({ atNs: bins[i - 1].timeNs + withinNs, withinNs });
      parts.push(part);
      part = [];
    }
    // Edges that crossed: the step lies within the bin.
    if (bins[i].above >= bins[i].below) part.push(bins[i]);
    else if (part.length > 0) {
      cuts.push({ atNs: bins[i].timeNs, withinNs: (bins[i].timeNs - bins[i - 1].timeNs) / 2 });
      parts.push(part);
      part = [];
    }
  }
  if (part.length > 0) parts.push(part);
  if (parts.length === 0) parts.push([...bins]);
  return [parts, cuts.slice(0, parts.length - 1)];
}

/** True where a step lies between bin `i` - 1 and bin `i`. */
function stepBefore(bins: readonly Bin[], i: number, part: readonly Bin[]): boolean {
  const before = part.slice(-SIDE_BINS);
  const after: Bin[] = [];
  for (let k = i; k < bins.length && after.length < SIDE_BINS; k++) {
    if (bins[k].above < bins[k].below) break;
    after.push(bins[k]);
  }
  if (before.length === 0 || after.length === 0) return false;
  const gapNs = after[0].timeNs - before[before.length - 1].timeNs;
  const drift = DRIFT_MAX * Math.max(0, gapNs);
  // Bands that do not meet, whatever the drift: a step for certain.
  const sure = (x: Bin, y: Bin) => y.below - x.above > drift || x.below - y.above > drift;
  if (sure(before[before.length - 1], after[0])) return true;
  if (before.length < SIDE_BINS || after.length < SIDE_BINS) return false;
  const above = edge(before, after, (bin) => bin.above);
  const below = edge(before, after, (bin) => bin.below);
  const least =
    Math.max(STEP_LEAST_NS, drift) + UNREST_TIMES * Math.max(above.unrest, below.unrest);
  if (Math.abs(above.moved) < least || Math.abs(below.moved) < least) return false;
  if (Math.sign(above.moved) !== Math.sign(below.moved)) return false;
  if (Math.abs(above.moved - below.moved) > Math.abs(above.moved + below.moved) / 4) return false;
  // The jump is here, and not a bin earlier or later.
  const own = [bins[i].above - bins[i - 1].above, bins[i].below - bins[i - 1].below];
  return own.every((moved) => Math.abs(moved) > Math.abs(above.moved) / 2);
}

function edge(
  before: readonly Bin[],
  after: readonly Bin[],
  of: (bin: Bin) => number,
): { moved: number; unrest: number } {
  const middle = (bins: readonly Bin[]) => {
    const values = bins.map(of).sort((a, b) => a - b);
    return values[values.length >> 1];
  };
  const unrest = (bins: readonly Bin[]) => {
    const m = middle(bins);
    const off = bins.map((bin) => Math.abs(of(bin) - m)).sort((a, b) => a - b);
    return off[off.length >> 1];
  };
  return { moved: middle(after) - middle(before), unrest: Math.max(unrest(before), unrest(after)) };
}

/** Straight lines through the band: one, or more where the clock was slewed. */
function lines(bins: readonly Bin[], most: number): ClockStretch[] {
  const fit = line(bins);
  if (fit.margin >= 0 || bins.length < 2 * SIDE_BINS || most < 2) return [fit.stretch];
  const middle = bins.length >> 1;
  const first = lines(bins.slice(0, middle), most >> 1);
  return [...first, ...lines(bins.slice(middle), most - first.length)];
}

/** The line that stays farthest from both edges. `margin` below 0: there is none within the band. */
function line(bins: readonly Bin[]): { stretch: ClockStretch; margin: number } {
  const fromNs = bins[0].timeNs;
  const toNs = bins[bins.length - 1].timeNs;
  const top = (drift: number) =>
    bins.reduce((m, bin) => Math.min(m, bin.above - drift * (bin.timeNs - fromNs)), Infinity);
  const bottom = (drift: number) =>
    bins.reduce((m, bin) => Math.max(m, bin.below - drift * (bin.timeNs - fromNs)), -Infinity);
  const margin = (drift: number) => (top(drift) - bottom(drift)) / 2;
  // Over a short time a drift cannot be told from unrest: none is assumed.
  const drift = toNs > fromNs ? highest(margin, -DRIFT_MAX, DRIFT_MAX) : 0;
  const best = margin(drift);
  // A band that holds a line without drift nearly as well shows none: unrest of the ways looks like drift.
  const kept = margin(0) >= best / 2 && best > 0 ? 0 : drift;
  const offsetNs = (top(kept) + bottom(kept)) / 2;
  const highestOffset = top(
    highest((d) => (margin(d) < 0 ? margin(d) - 1e18 : top(d)), -DRIFT_MAX, DRIFT_MAX),
  );
  const lowestOffset = bottom(
    highest((d) => (margin(d) < 0 ? margin(d) - 1e18 : -bottom(d)), -DRIFT_MAX, DRIFT_MAX),
  );
  const errorNs =
    best < 0
      ? Math.abs(best) * 2
      : Math.max(margin(kept), highestOffset - offsetNs, offsetNs - lowestOffset);
  const within = (low: number, high: number) => edgeOf((d) => margin(d) >= 0, low, high);
  const driftErrorPerNs =
    best < 0 || toNs <= fromNs
      ? DRIFT_MAX
      : Math.max(within(kept, DRIFT_MAX) - kept, kept - within(kept, -DRIFT_MAX));
  return {
    stretch: { fromNs, toNs, offsetNs, driftPerNs: kept, errorNs, driftErrorPerNs },
    margin: best,
  };
}

/** Where a function that rises and then falls is highest. */
function highest(of: (x: number) => number, low: number, high: number): number {
  for (let i = 0; i < 64; i++) {
    const a = low + (high - low) / 3;
    const b = high - (high - low) / 3;
    if (of(a) < of(b)) low = a;
    else high = b;
  }
  return (low + high) / 2;
}

/** The last place on the way from `inside` to `outside` at which `holds`. */
function edgeOf(holds: (x: number) => boolean, inside: number, outside: number): number {
  if (holds(outside)) return outside;
  for (let i = 0; i < 48; i++) {
    const middle = (inside + outside) / 2;
    if (holds(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}
