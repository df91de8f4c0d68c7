// A session's command window and broken rules → its part of the report.

import { SERIES_BUCKET_NS } from '../limits.js';
import type { WindowSeries } from '../session/iscsi/numbering/command-window-series.js';
import type { SequenceErrors, Session } from '../session/model.js';

export interface CommandWindowReport {
  /** MaxCmdSN - ExpCmdSN + 1: smallest and largest seen. */
  readonly widthMin: number;
  readonly widthMax: number;
  /** Most commands sent that ExpCmdSN did not count yet. */
  readonly usedMax: number;
  /** The target closed it: times, time in all and longest, and the first of these times. */
  readonly closedCount: number;
  readonly closedNs: number;
  readonly closedNsMax: number;
  readonly closures: readonly {
    readonly fromNs: number;
    readonly toNs: number;
    readonly frame: number;
  }[];
  /** All of it was used: the initiator could not send. */
  readonly usedUpCount: number;
  readonly usedUpNs: number;
  readonly usedUpNsMax: number;
  /** The first command that used the last of it. */
  readonly usedUpFrame?: number;
  readonly series: WindowSeriesReport;
}

/** By bucket; null where the window was not known in all of its time. The first one begins
 * at `fromNs`. Means are weighted by time. */
export interface WindowSeriesReport {
  readonly bucketNs: number;
  readonly fromNs: number;
  /** MaxCmdSN - ExpCmdSN + 1. */
  readonly widthMinByBucket: readonly (number | null)[];
  readonly widthMaxByBucket: readonly (number | null)[];
  readonly widthMeanByBucket: readonly (number | null)[];
  /** Commands sent that ExpCmdSN did not count yet. */
  readonly usedMeanByBucket: readonly (number | null)[];
  readonly usedMaxByBucket: readonly (number | null)[];
  /** Commands without their end. */
  readonly openMeanByBucket: readonly (number | null)[];
  readonly openMaxByBucket: readonly (number | null)[];
  /** Time in which the window was closed, and in which it was open but all of it was used. */
  readonly closedNsByBucket: readonly (number | null)[];
  readonly usedUpNsByBucket: readonly (number | null)[];
}

/** Rules that were broken, by the name that the model gives them: how often, and where first. */
export type BrokenRules = Readonly<
  Partial<Record<keyof SequenceErrors, { readonly count: number; readonly frame: number }>>
>;

/** undefined where no PDU of the target told a window. */
export function commandWindowReport({ window: w }: Session): CommandWindowReport | undefined {
  if (!w.known) return undefined;
  return {
    widthMin: w.widthMin,
    widthMax: w.widthMax,
    usedMax: w.usedMax,
    closedCount: w.closed,
    closedNs: w.closedNs,
    closedNsMax: w.closedNsMax,
    closures: w.closures,
    usedUpCount: w.usedUp,
    usedUpNs: w.usedUpNs,
    usedUpNsMax: w.usedUpNsMax,
    usedUpFrame: w.usedUpFrame || undefined,
    series: seriesReport(w.series),
  };
}

function seriesReport(s: WindowSeries | undefined): WindowSeriesReport {
  const column = (of: (i: number) => number): (number | null)[] =>
    Array.from({ length: s?.used ?? 0 }, (_, i) => (s?.isKnown(i) ? of(i) : null));
  const rounded = (value: number): number => Math.round(value * 1000) / 1000;
  return {
    bucketNs: s?.bucketNs ?? SERIES_BUCKET_NS,
    fromNs: s?.fromNs ?? 0,
    widthMinByBucket: column((i) => s?.widthMin(i) ?? 0),
    widthMaxByBucket: column((i) => s?.widthMax(i) ?? 0),
    widthMeanByBucket: column((i) => rounded(s?.widthMean(i) ?? 0)),
    usedMeanByBucket: column((i) => rounded(s?.takenMean(i) ?? 0)),
    usedMaxByBucket: column((i) => s?.takenMax(i) ?? 0),
    openMeanByBucket: column((i) => rounded(s?.openMean(i) ?? 0)),
    openMaxByBucket: column((i) => s?.openMax(i) ?? 0),
    closedNsByBucket: column((i) => s?.closedNs(i) ?? 0),
    usedUpNsByBucket: column((i) => s?.usedUpNs(i) ?? 0),
  };
}

/** Those that were broken; undefined where none was. */
export function brokenRules({ sequence }: Session): BrokenRules | undefined {
  const broken = Object.entries(sequence).filter(([, { count }]) => count > 0);
  return broken.length > 0 ? (Object.fromEntries(broken) as BrokenRules) : undefined;
}
