// Two samples of latencies, compared. Percentiles come with intervals that hold whatever the distribution is (order
// statistics, 95 %): what lies within both is chance. Whether one sample is slower as a whole is told by the
// rank test of Mann and Whitney, and by how often a command of one is slower than a command of the other.

import type { Histogram } from '../lib/histogram.js';

export interface Quantile {
  readonly value: number;
  /** The true percentile lies within these, 95 times of 100. */
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 % of the normal distribution. */
const Z95 = 1.96;
/** Of so many quantiles of each sample every one is compared with every other. */
const GRID = 199;
/** Below this a sample says nothing of a whole. */
export const COMMANDS_LEAST = 20;

/** A percentile with its interval: ranks n·p ± 1.96·√(n·p·(1-p)). */
export function quantile(sample: Histogram, p: number): Quantile {
  const n = sample.count;
  const half = Z95 * Math.sqrt(n * p * (1 - p));
  const at = (rank: number) => sample.percentile(Math.min(1, Math.max(1 / n, rank / n)));
  return { value: sample.percentile(p), low: at(n * p - half), high: at(n * p + half + 1) };
}

/** True where the intervals of both do not meet: too few commands have the rank itself within the largest ones. */
export function differs(a: Quantile, b: Quantile): boolean {
  return a.high < b.low || b.high < a.low;
}

export interface RankTest {
  /** How often a command of the second sample is slower than one of the first: 0.5 is alike. */
  readonly slower: number;
  /** Standard normal: beyond ±1.96 it is no chance, if commands were independent. */
  readonly z: number;
}

/** Mann and Whitney's U from quantiles of both samples: as exact as the histograms are. */
export function rankTest(first: Histogram, second: Histogram): RankTest {
  const a = quantiles(first);
  const b = quantiles(second);
  let wins = 0;
  let below = 0;
  let upTo = 0;
  for (const value of b) {
    while (below < a.length && a[below] < value) below++;
    while (upTo < a.length && a[upTo] <= value) upTo++;
    wins += below + (upTo - below) / 2;
  }
  const slower = wins / (a.length * b.length);
  const [m, n] = [first.count, second.count];
  const deviation = Math.sqrt((m * n * (m + n + 1)) / 12);
  return { slower, z: deviation > 0 ? ((slower - 0.5) * m * n) / deviation : 0 };
}

function quantiles(sample: Histogram): number[] {
  const count = Math.min(GRID, sample.count);
  return Array.from({ length: count }, (_, i) => sample.percentile((i + 0.5) / count));
}
