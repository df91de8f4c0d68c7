// The columns of `intervals`: what a LUN did in each interval of the capture, as live tells it.

import type { IntervalReport, LunNow } from '../../report/interval.js';
import type { LatencyReport } from '../../report/report.js';
import { type Column, flagColumn, numberColumn, textColumn } from './columns.js';

export interface IntervalRow {
  readonly interval: IntervalReport;
  readonly lun: LunNow;
}

const LATENCIES: readonly (readonly [keyof LatencyReport & `${string}Ns`, string])[] = [
  ['minNs', 'shortest'],
  ['meanNs', 'mean'],
  ['p50Ns', 'median'],
  ['p90Ns', '90th percentile'],
  ['p95Ns', '95th percentile'],
  ['p99Ns', '99th percentile'],
  ['p999Ns', '99.9th percentile'],
  ['maxNs', 'longest'],
];

export const INTERVAL_COLUMNS: readonly Column<IntervalRow>[] = [
  numberColumn('interval', 'INT64', 'its number, from 1', (r) => r.interval.interval),
  numberColumn('time', 'TIMESTAMP', 'its begin', (r) => r.interval.fromNs),
  numberColumn('relativeNs', 'INT64', 'the same since the first packet', (r) => r.interval.fromNs),
  numberColumn('relativeNsEnd', 'INT64', 'its end', (r) => r.interval.toNs),
  numberColumn(
    'session',
    'INT64',
    'session; null: LUNs that have no numbers of their own',
    (r) => r.lun.session,
  ),
  textColumn('initiator', 'name, or address', (r) => r.lun.initiator),
  textColumn('target', 'name, or address', (r) => r.lun.target),
  textColumn('lun', '16 hex digits', (r) => r.lun.lun),
  textColumn('lunText', 'the LUN as people say it', (r) => r.lun.lunText),
  numberColumn('startedCount', 'INT64', 'commands that began', (r) => r.lun.startedCount),
  numberColumn('endedCount', 'INT64', 'commands that ended', (r) => r.lun.endedCount),
  numberColumn(
    'failedCount',
    'INT64',
    'of these: with another status than GOOD, or none',
    (r) => r.lun.failedCount,
  ),
  numberColumn('outstanding', 'INT64', 'commands open at its end', (r) => r.lun.outstanding),
  numberColumn(
    'dataInBytes',
    'INT64',
    'data from the target, of commands that ended',
    (r) => r.lun.dataInBytes,
  ),
  numberColumn(
    'dataOutBytes',
    'INT64',
    'data from the initiator, of commands that ended',
    (r) => r.lun.dataOutBytes,
  ),
  numberColumn(
    'latencyCount',
    'INT64',
    'commands whose latency is known',
    (r) => r.lun.latency?.count ?? 0,
  ),
  flagColumn(
    'latencyExact',
    'false: percentiles are at most 0.4 % off',
    (r) => r.lun.latency?.exact,
  ),
  ...LATENCIES.map(([key, what]) =>
    numberColumn<IntervalRow>(
      `latencyNs${name(key)}`,
      'INT64',
      `latency, ${what}`,
      (r) => r.lun.latency?.[key],
    ),
  ),
  numberColumn(
    'retransmissions',
    'INT64',
    'segments sent again, of its session’s connections',
    (r) => r.lun.retransmissions,
  ),
  numberColumn(
    'commandWindowWidth',
    'INT64',
    'commands that the target takes beyond those open',
    (r) => r.lun.commandWindowWidth,
  ),
  numberColumn(
    'windowClosedNs',
    'INT64',
    'how long the command window had been closed',
    (r) => r.lun.windowClosedNs,
  ),
  numberColumn(
    'oldestAgeNs',
    'INT64',
    'how long the oldest open command had waited',
    (r) => r.lun.oldest?.ageNs,
  ),
];

/** `p99Ns` → `P99`. */
function name(key: string): string {
  return key[0].toUpperCase() + key.slice(1, -'Ns'.length);
}
