// Metrics as values: what a scrape and an export are made of. Names and units are Prometheus' own:
// seconds and bytes, counters that only grow.

export type Labels = readonly (readonly [name: string, value: string])[];

/** One observation that stands for its bucket: the command's last packet says where to look. */
export interface Exemplar {
  readonly value: number;
  readonly frame: number;
  /** Seconds since 1970. */
  readonly timeSeconds: number;
}

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

export interface HistogramSample {
  readonly labels: Labels;
  /** Upper bounds of all buckets but the last, and how many lie in each: not cumulative. */
  readonly bounds: readonly number[];
  readonly counts: ArrayLike<number>;
  readonly exemplars: readonly (Exemplar | undefined)[];
  readonly count: number;
  readonly sum: number;
}

interface FamilyBase {
  /** Without `_total`. */
  readonly name: string;
  readonly help: string;
  /** As the name ends; '' where it counts things. */
  readonly unit: '' | 'seconds' | 'bytes';
}

export interface ValueFamily extends FamilyBase {
  readonly type: 'counter' | 'gauge';
  readonly samples: readonly Sample[];
}

export interface HistogramFamily extends FamilyBase {
  readonly type: 'histogram';
  readonly histograms: readonly HistogramSample[];
}

export type Family = ValueFamily | HistogramFamily;

/** Upper bounds in seconds: from what memory answers in to what a host gives up after. */
export const LATENCY_BOUNDS: readonly number[] = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
  0.25, 0.5, 1, 2.5, 5, 10, 30,
];
