// Two samples of latencies, compared. Percentiles come with intervals that hold whatever the distribution is (order
// statistics, 95 %): what lies within both is chance. Whether one sample is slower as a whole is told by the
// rank test of Mann and Whitney, and by how often a command of one is slower than a command of the other.

import type { Histogram } from '../lib/histogram.js';

export interface Quantile {
  readonly value: number;
  /** The true percentile lies within these, 95 times of 100. */
  readonly low: number;
  readonly high: number;
  /** False where so few commands say nothing of how high it may be: `high` is then the slowest that was seen. */
  readonly bounded: boolean;
}

/** Chance that is taken for chance: one of twenty, of all comparisons together. */
const CHANCE = 0.05;
/** Two-sided 95 % of the normal distribution. */
export const Z95 = 1.96;
/** Of so many quantiles of each sample every one is compared with every other. */
const GRID = 199;
/** Below this a sample says nothing of a whole. */
export const COMMANDS_LEAST = 20;

/** A percentile with its interval: ranks n·p ± z·√(n·p·(1-p)). */
export function quantile(sample: Histogram, p: number, z = Z95): Quantile {
  const n = sample.count;
  const half = z * Math.sqrt(n * p * (1 - p));
  const at = (rank: number) => sample.percentile(Math.min(1, Math.max(1 / n, rank / n)));
  const highest = n * p + half + 1;
  return {
    value: sample.percentile(p),
    low: at(n * p - half),
    high: at(highest),
    bounded: highest <= n,
  };
}

/** True where the intervals of both do not meet: of too few commands the high tail has no upper bound. */
export function differs(a: Quantile, b: Quantile): boolean {
  return (a.bounded && a.high < b.low) || (b.bounded && b.high < a.low);
}

/**
 * How far a normal value must be off so that of so many comparisons none is so by chance, 19 times of 20
 * (Bonferroni): many groups are compared, and one of twenty would differ.
 */
export function sureOf(comparisons: number): number {
  const most = CHANCE / Math.max(1, comparisons);
  let low = 0;
  let high = 12;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (twoSided(middle) > most) low = middle;
    else high = middle;
  }
  return high;
}

/** How often a normal value is that far off: erfc(z/√2) by Numerical Recipes' Chebyshev fit (6.2), to 1.2e-7. */
function twoSided(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const fit = ERFC.reduceRight((sum, c) => sum * t + c, 0);
  return t * Math.exp(-x * x + fit);
}

const ERFC: readonly number[] = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
];

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
