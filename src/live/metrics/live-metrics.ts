// What is counted of a live run for those who scrape it (prometheus-text.ts) or are sent it (otlp.ts). Counters grow from
// the start of the run and belong to names, not to sessions: a host that logs in again goes on with its numbers.

import { METRIC_LABEL_SETS_MAX } from '../../limits.js';
import { failed, latencyNs, Outcome, type Task, type TaskSink } from '../../scsi/task.js';
import { operationText } from '../../scsi/task-facts.js';
import type { Session } from '../../session/model.js';
import { NO_EVENTS, type TcpEventSink } from '../../stream/events.js';
import { lunText } from '../../wire/scsi/lun.js';
import { type Family, LATENCY_BOUNDS } from './families.js';
import { LabelSets } from './label-sets.js';
import {
  commandFamilies,
  type MetricsSource,
  nexusFamilies,
  ownFamilies,
  reportFamilies,
  sourceFamilies,
} from './live-families.js';
import { LunSeries, NexusSeries, OperationSeries } from './series.js';

const NS = 1e9;
/** Places of commands that are remembered by their numbers; beyond, they are looked up by name again. */
const PLACES_MAX = 8192;

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
    return [
      ...commandFamilies(this.#operations.all(), this.#luns.all()),
      ...nexusFamilies(this.#nexuses.all(), this.source),
      ...sourceFamilies(this.source),
      ...reportFamilies(this.source?.report()),
      ...ownFamilies(this.#operations.size, this.#version),
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
