// What is counted of a live run for those who scrape it (prometheus-text.ts) or are sent it (otlp.ts). Counters grow from
// the start of the run and belong to names, not to sessions: a host that logs in again goes on with its numbers.

import type { Epoch } from '../../capture/time.js';
import { METRIC_LABEL_SETS_MAX } from '../../limits.js';
import type { SourceState } from '../../report/interval.js';
import type { Report } from '../../report/report.js';
import { failed, latencyNs, Outcome, type Task, type TaskSink } from '../../scsi/task.js';
import { operationText } from '../../scsi/task-facts.js';
import type { Session } from '../../session/model.js';
import { NO_EVENTS, type TcpEventSink } from '../../stream/events.js';
import { lunText } from '../../wire/scsi/lun.js';
import {
  type Exemplar,
  type Family,
  type HistogramSample,
  LATENCY_BOUNDS,
  type Labels,
  type Sample,
  type ValueFamily,
} from './families.js';
import { LabelSets } from './label-sets.js';

const NS = 1e9;
/** Places of commands that are remembered by their numbers; beyond, they are looked up by name again. */
const PLACES_MAX = 8192;

/** Who is asked when somebody wants to know. */
export interface MetricsSource {
  readonly state: () => SourceState;
  readonly report: () => Report | undefined;
  readonly session: (id: number) => Session | undefined;
  readonly sessionOf: (connection: number) => number;
  readonly epoch: () => Epoch | undefined;
}

class OperationSeries {
  readonly labels: Labels;
  readonly counts: Float64Array = new Float64Array(LATENCY_BOUNDS.length + 1);
  readonly exemplars: (Exemplar | undefined)[] = new Array(LATENCY_BOUNDS.length + 1).fill(
    undefined,
  );
  ended = 0;
  failed = 0;
  count = 0;
  sum = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }
}

class LunSeries {
  readonly labels: Labels;
  outstanding = 0;
  readBytes = 0;
  writtenBytes = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }
}

class NexusSeries {
  readonly labels: Labels;
  retransmissions = 0;
  /** The session that was heard of last: its window is told. */
  session = -1;

  constructor(labels: Labels) {
    this.labels = labels;
  }
}

interface Place {
  readonly operation: OperationSeries;
  readonly lun: LunSeries;
  readonly nexus: NexusSeries;
}

export class LiveMetrics implements TaskSink {
  source: MetricsSource | undefined = undefined;
  readonly #version: string;
  readonly #operations = new LabelSets(
    ['initiator', 'target', 'lun', 'operation'],
    METRIC_LABEL_SETS_MAX,
    (labels) => new OperationSeries(labels),
  );
  readonly #luns = new LabelSets(
    ['initiator', 'target', 'lun'],
    METRIC_LABEL_SETS_MAX,
    (labels) => new LunSeries(labels),
  );
  readonly #nexuses = new LabelSets(
    ['initiator', 'target'],
    METRIC_LABEL_SETS_MAX,
    (labels) => new NexusSeries(labels),
  );
  readonly #places: Map<string, Place> = new Map();
  /** Commands that count as outstanding, by number: each gives back what it took. */
  readonly #open: Map<number, LunSeries> = new Map();

  readonly tcp: TcpEventSink = {
    ...NO_EVENTS,
    retransmission: (direction, _frame, _timeNs, _position, _length, kind) => {
      if (kind === 'outOfOrder') return;
      const id = this.source?.sessionOf(direction >> 1) ?? -1;
      const session = this.source?.session(id);
      if (session !== undefined) this.#nexus(session).retransmissions++;
    },
  };

  constructor(version: string) {
    this.#version = version;
  }

  taskStarted(task: Task): void {
    if (!task.commandSeen) return;
    const { lun } = this.#placeOf(task);
    lun.outstanding++;
    this.#open.set(task.number, lun);
  }

  taskEnded(task: Task): void {
    const open = this.#open.get(task.number);
    if (open !== undefined) {
      this.#open.delete(task.number);
      open.outstanding--;
    }
    if (!task.commandSeen || task.outcome === Outcome.open) return;
    const { operation, lun } = this.#placeOf(task);
    operation.ended++;
    if (failed(task.outcome)) operation.failed++;
    lun.readBytes += task.dataInBytes;
    lun.writtenBytes += task.dataOutBytes;
    const ns = latencyNs(task);
    if (ns >= 0) this.#observe(operation, ns / NS, task);
  }

  /** As they are now. */
  families(): Family[] {
    const operations = this.#operations.all();
    const luns = this.#luns.all();
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
      ...this.#nexusFamilies(),
      ...this.#sourceFamilies(),
      ...this.#reportFamilies(),
      gauge(
        'sanscope_label_sets',
        `Sets of labels of commands; beyond ${METRIC_LABEL_SETS_MAX} they are "other".`,
        [{ labels: [], value: this.#operations.size }],
      ),
      gauge('sanscope_build_info', 'Which sanscope this is.', [
        { labels: [['version', this.#version]], value: 1 },
      ]),
    ];
  }

  #nexusFamilies(): ValueFamily[] {
    const nexuses = this.#nexuses.all();
    const windows: Sample[] = [];
    for (const { labels, session } of nexuses) {
      const window = this.source?.session(session)?.window;
      if (window?.known !== true) continue;
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

  #sourceFamilies(): ValueFamily[] {
    const state = this.source?.state();
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

  #reportFamilies(): ValueFamily[] {
    const report = this.source?.report();
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

  #observe(series: OperationSeries, seconds: number, task: Task): void {
    let bucket = 0;
    while (bucket < LATENCY_BOUNDS.length && seconds > LATENCY_BOUNDS[bucket]) bucket++;
    series.counts[bucket]++;
    series.count++;
    series.sum += seconds;
    const epoch = this.source?.epoch();
    if (epoch === undefined) return;
    const timeSeconds = epoch.seconds + (epoch.nanoseconds + task.endNs) / NS;
    series.exemplars[bucket] = {
      value: seconds,
      frame: task.statusFrame || task.endFrame,
      timeSeconds,
    };
  }

  #placeOf(task: Task): Place {
    const key = `${task.session}/${task.lunHigh}/${task.lunLow}/${task.operation}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const session = this.source?.session(task.session);
    const [initiator, target] = session === undefined ? ['', ''] : endsOf(session);
    const lun = lunText(task.lunHigh >>> 0, task.lunLow >>> 0);
    const place: Place = {
      operation: this.#operations.of([initiator, target, lun, operationText(task.operation)]),
      lun: this.#luns.of([initiator, target, lun]),
      nexus: session === undefined ? this.#nexuses.of([initiator, target]) : this.#nexus(session),
    };
    if (this.#places.size >= PLACES_MAX) this.#places.clear();
    this.#places.set(key, place);
    return place;
  }

  #nexus(session: Session): NexusSeries {
    const series = this.#nexuses.of(endsOf(session));
    series.session = Math.max(series.session, session.id);
    return series;
  }
}

function endsOf(session: Session): [initiator: string, target: string] {
  return [
    session.initiatorName || session.initiatorAddress,
    session.targetName || session.targetAddress,
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
