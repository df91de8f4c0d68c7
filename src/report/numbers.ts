// Metrics → numbers of the report: distributions, depths, loads, counts.

import type { Histogram } from '../lib/histogram.js';
import type { OperationCell } from '../metrics/counters.js';
import { unansweredOf } from '../metrics/counters.js';
import { TimeSeries } from '../metrics/series.js';
import type { StepFunction } from '../metrics/step-function.js';
import { OUTCOME_NAMES, Outcome } from '../scsi/task.js';
import type { CountsReport, DepthReport, LatencyReport, LoadReport } from './report.js';

/** null where there is no value. The mean is rounded to whole ns. */
export function latencyReport(h: Histogram | undefined): LatencyReport | null {
  if (h === undefined || h.count === 0) return null;
  return {
    count: h.count,
    exact: h.exact,
    minNs: h.min,
    meanNs: Math.round(h.mean()),
    p50Ns: h.percentile(0.5),
    p90Ns: h.percentile(0.9),
    p95Ns: h.percentile(0.95),
    p99Ns: h.percentile(0.99),
    p999Ns: h.percentile(0.999),
    maxNs: h.max,
  };
}

/** null where no command was seen. */
export function depthReport(depth: StepFunction | undefined): DepthReport | null {
  if (depth === undefined || depth.max === 0) return null;
  return {
    mean: rounded(depth.mean()),
    p95: depth.percentile(0.95),
    max: depth.max,
    busyNs: depth.busyNs(),
    spanNs: depth.spanNs(),
    uncertainCommands: depth.uncertain,
  };
}

export function countsOf(cells: readonly OperationCell[]): CountsReport {
  const outcomes: Record<string, number> = {};
  for (let outcome = 0; outcome < OUTCOME_NAMES.length; outcome++) {
    const count = sum(cells, (cell) => cell.outcomes[outcome]);
    if (count > 0) outcomes[OUTCOME_NAMES[outcome]] = count;
  }
  const dataInBytes = sum(cells, (cell) => cell.dataInBytes);
  const dataOutBytes = sum(cells, (cell) => cell.dataOutBytes);
  return {
    commandCount: sum(cells, (cell) => cell.commands),
    completed: sum(cells, (cell) => cell.completed),
    unanswered: sum(cells, unansweredOf),
    statusNotCaptured: sum(cells, (cell) => cell.outcomes[Outcome.statusNotCaptured]),
    rejected: sum(cells, (cell) => cell.outcomes[Outcome.rejected]),
    outcomes,
    bytes: dataInBytes + dataOutBytes,
    dataInBytes,
    dataOutBytes,
  };
}

/** Several loads as one. `spanNs`: what the means are over. */
export function loadReport(loads: readonly TimeSeries[], spanNs: number): LoadReport {
  const s = new TimeSeries();
  for (const load of loads) s.widen(load.widthNs);
  for (const load of loads) s.merge(load);
  const column = (of: (i: number) => number): number[] =>
    Array.from({ length: s.used }, (_, i) => of(i));
  const perSecond = 1e9 / s.widthNs;
  const iops = column((i) => rounded(s.commands[i] * perSecond));
  const readMBps = column((i) => rounded((s.readBytes[i] * perSecond) / 1e6));
  const writeMBps = column((i) => rounded((s.writeBytes[i] * perSecond) / 1e6));
  const mean = (total: number): number => (spanNs > 0 ? rounded(total / (spanNs / 1e9)) : 0);
  const commands = column((i) => s.commands[i]);
  const readBytes = column((i) => s.readBytes[i]);
  const writeBytes = column((i) => s.writeBytes[i]);
  const iopsMean = mean(sum(commands, (n) => n));
  const readMBpsMean = mean(sum(readBytes, (n) => n) / 1e6);
  const writeMBpsMean = mean(sum(writeBytes, (n) => n) / 1e6);
  // A load shorter than a bucket has a mean that no bucket reaches.
  return {
    bucketNs: s.widthNs,
    fromNs: s.fromNs,
    commandsByBucket: commands,
    readBytesByBucket: readBytes,
    writeBytesByBucket: writeBytes,
    latencyNsMeanByBucket: column((i) =>
      s.latencies[i] > 0 ? Math.round(s.latencyNs[i] / s.latencies[i]) : 0,
    ),
    latencyNsMaxByBucket: column((i) => s.latencyNsMax[i]),
    iopsByBucket: iops,
    readMBpsByBucket: readMBps,
    writeMBpsByBucket: writeMBps,
    iopsMean,
    iopsMax: Math.max(iopsMean, largest(iops)),
    readMBpsMean,
    readMBpsMax: Math.max(readMBpsMean, largest(readMBps)),
    writeMBpsMean,
    writeMBpsMax: Math.max(writeMBpsMean, largest(writeMBps)),
  };
}

function sum<T>(list: readonly T[], of: (item: T) => number): number {
  let total = 0;
  for (const item of list) total += of(item);
  return total;
}

function largest(list: readonly number[]): number {
  let max = 0;
  for (const n of list) max = Math.max(max, n);
  return max;
}

/** Three decimals: more is noise. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
