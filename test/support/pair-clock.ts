// The clock of the second of two capture points: off, drifting, and stepping.

export interface Clock {
  readonly offsetNs: number;
  readonly driftPpm?: number;
  /** At which parts of the time (0 to 1) it steps, and by how much. */
  readonly steps?: readonly (readonly [at: number, byNs: number])[];
}

export interface ClockTruth {
  /** What it shows at a time. */
  stamp(timeNs: number): number;
  readonly steps: readonly { readonly atNs: number; readonly byNs: number }[];
  readonly driftPpm: number;
}

export function clockOf(wish: Clock, fromNs: number, toNs: number): ClockTruth {
  const drift = (wish.driftPpm ?? 0) / 1e6;
  const steps = (wish.steps ?? []).map(([at, byNs]) => ({
    atNs: fromNs + at * (toNs - fromNs),
    byNs,
  }));
  return {
    steps,
    driftPpm: wish.driftPpm ?? 0,
    stamp: (ns) =>
      ns +
      wish.offsetNs +
      drift * (ns - fromNs) +
      steps.reduce((sum, { atNs, byNs }) => sum + (ns >= atNs ? byNs : 0), 0),
  };
}
