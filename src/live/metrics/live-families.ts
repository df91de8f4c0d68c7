// What live metrics say: the numbers of series, of the source and of the report so far, as families.

import type { Epoch } from '../../capture/time.js';
import { METRIC_LABEL_SETS_MAX } from '../../limits.js';
import type { SourceState } from '../../report/interval.js';
import type { Report } from '../../report/report.js';
import type { Session } from '../../session/model.js';
import {
  type Family,
  type HistogramSample,
  LATENCY_BOUNDS,
  type Labels,
  type Sample,
  type ValueFamily,
} from './families.js';
import type { LunSeries, NexusSeries, OperationSeries } from './series.js';

/** Who is asked when somebody wants to know. */
export interface MetricsSource {
  readonly state: () => SourceState;
  readonly report: () => Report | undefined;
  readonly session: (id: number) => Session | undefined;
  readonly sessionOf: (connection: number) => number;
  readonly epoch: () => Epoch | undefined;
}

export function commandFamilies(
  operations: readonly OperationSeries[],
  luns: readonly LunSeries[],
): Family[] {
  return [
    {
      name: 'sanscope_command_latency_seconds',
      type: 'histogram',
      unit: 'seconds',
      help: 'From the first byte of a command to the last byte of its status.',
      histograms: operations.filter(({ count }) => count > 0).map(histogramOf),
    },
    counter(
      'sanscope_commands',
      'Commands that ended, in whatever way.',
      operations,
      (s) => s.ended,
    ),
    counter(
      'sanscope_commands_failed',
      'Of these: with another status than GOOD, or none.',
      operations,
      (s) => s.failed,
    ),
    {
      name: 'sanscope_data_bytes',
      type: 'counter',
      unit: 'bytes',
      help: 'Data that commands that ended have moved.',
      samples: luns.flatMap(({ labels, readBytes, writtenBytes }) => [
        { labels: [...labels, ['direction', 'read']], value: readBytes },
        { labels: [...labels, ['direction', 'write']], value: writtenBytes },
      ]),
    },
    gauge(
      'sanscope_commands_outstanding',
      'Commands without an answer now.',
      luns.map(({ labels, outstanding }) => ({ labels, value: outstanding })),
    ),
  ];
}

export function nexusFamilies(
  nexuses: readonly NexusSeries[],
  source: MetricsSource | undefined,
): ValueFamily[] {
  const windows: Sample[] = [];
  for (const { labels, session } of nexuses) {
    const known = source?.session(session);
    // The window of a session that is over closes nothing.
    if (known === undefined || known.endedNs >= 0 || !known.window.known) continue;
    const { window } = known;
    windows.push({ labels, value: (window.maxCmdSN - window.expCmdSN + 1) | 0 });
  }
  return [
    gauge(
      'sanscope_command_window_width',
      'Commands that the target takes beyond those it has seen (MaxCmdSN - ExpCmdSN + 1).',
      windows,
    ),
    counter(
      'sanscope_tcp_retransmissions',
      'Segments of the sessions’ connections that were sent again.',
      nexuses,
      (s) => s.retransmissions,
    ),
  ];
}

export function sourceFamilies(source: MetricsSource | undefined): ValueFamily[] {
  const state = source?.state();
  if (state === undefined) return [];
  const one = (value: number): Sample[] => [{ labels: [], value }];
  return [
    counterOf('sanscope_capture_packets', '', 'Packets that were read.', one(state.packets)),
    counterOf(
      'sanscope_capture_packets_dropped',
      '',
      'Packets that the kernel dropped, as far as the source tells.',
      one(state.packetsDropped ?? 0),
    ),
    counterOf(
      'sanscope_capture_missing_bytes',
      'bytes',
      'Bytes of sessions’ connections that were never captured.',
      one(state.bytesMissing),
    ),
    {
      ...gauge(
        'sanscope_capture_delay_seconds',
        'From the capture of the last packet to its processing.',
        one(state.delayMs / 1000),
      ),
      unit: 'seconds',
    },
    {
      ...gauge(
        'sanscope_resident_memory_bytes',
        'Memory that sanscope takes.',
        one(state.residentBytes),
      ),
      unit: 'bytes',
    },
  ];
}

export function reportFamilies(report: Report | undefined): ValueFamily[] {
  if (report === undefined) return [];
  const findings = new Map<string, { readonly labels: Labels; value: number }>();
  for (const { id, severity } of report.findings) {
    const key = `${id} ${severity}`;
    const known = findings.get(key) ?? {
      labels: [
        ['id', id],
        ['severity', severity],
      ] as const,
      value: 0,
    };
    known.value++;
    findings.set(key, known);
  }
  const open = report.sessions.filter(({ ended }) => ended === undefined).length;
  return [
    gauge('sanscope_findings', 'Findings of the report so far, by rule (docs/FINDINGS.md).', [
      ...findings.values(),
    ]),
    gauge('sanscope_incidents', 'Incidents of the report so far.', [
      { labels: [], value: report.incidents.length },
    ]),
    gauge('sanscope_sessions', 'Sessions that have not ended.', [{ labels: [], value: open }]),
  ];
}

export function ownFamilies(labelSets: number, version: string): ValueFamily[] {
  return [
    gauge(
      'sanscope_label_sets',
      `Sets of labels of commands; beyond ${METRIC_LABEL_SETS_MAX} they are "other".`,
      [{ labels: [], value: labelSets }],
    ),
    gauge('sanscope_build_info', 'Which sanscope this is.', [
      { labels: [['version', version]], value: 1 },
    ]),
  ];
}

function histogramOf({ labels, counts, exemplars, count, sum }: OperationSeries): HistogramSample {
  return { labels, bounds: LATENCY_BOUNDS, counts, exemplars, count, sum };
}

function counter<S extends { readonly labels: Labels }>(
  name: string,
  help: string,
  series: readonly S[],
  value: (series: S) => number,
): ValueFamily {
  return counterOf(
    name,
    '',
    help,
    series.map((one) => ({ labels: one.labels, value: value(one) })),
  );
}

function counterOf(
  name: string,
  unit: ValueFamily['unit'],
  help: string,
  samples: readonly Sample[],
): ValueFamily {
  return { name, type: 'counter', unit, help, samples };
}

function gauge(name: string, help: string, samples: readonly Sample[]): ValueFamily {
  return { name, type: 'gauge', unit: '', help, samples };
}
