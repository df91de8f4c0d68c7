// What happened since the last look: by session and LUN the commands that ended with their
// latencies, and those that are open now. Every number starts anew with an interval, except totals
// and what is open. Memory: LUNs (bounded), open commands (the session stage bounds them), and the
// latencies of one interval (a histogram beyond EXACT_VALUES_PER_CELL).

import { Histogram } from '../lib/histogram.js';
import { EXACT_VALUES_PER_CELL, METRIC_LUNS_MAX } from '../limits.js';
import { failed, latencyNs, Outcome, type Task, type TaskSink } from '../scsi/task.js';
import type { TcpEventSink } from '../stream/events.js';
import { NO_EVENTS } from '../stream/events.js';
import { POOLED } from './metrics.js';

/** What is said of a command that is still open. */
export interface OpenCommand {
  readonly number: number;
  readonly commandNs: number;
  readonly operation: number;
  readonly initiatorTaskTag: number;
  readonly connection: number;
  readonly commandFrame: number;
  readonly expectedLength: number;
  readonly lbaKnown: boolean;
  readonly lbaHigh: number;
  readonly lbaLow: number;
  readonly blocks: number;
}

/** Counts of an interval; a second one counts from the start. */
export class IntervalCounts {
  /** Commands that began, and that ended in whatever way. */
  started = 0;
  ended = 0;
  /** Of those that ended: with another status than GOOD, or none. */
  failed = 0;
  dataInBytes = 0;
  dataOutBytes = 0;

  clear(): void {
    this.started = 0;
    this.ended = 0;
    this.failed = 0;
    this.dataInBytes = 0;
    this.dataOutBytes = 0;
  }
}

export class IntervalLun {
  /** Its key in `luns`. */
  readonly key: string;
  readonly session: number;
  readonly lunHigh: number;
  readonly lunLow: number;
  readonly now: IntervalCounts = new IntervalCounts();
  readonly total: IntervalCounts = new IntervalCounts();
  latency: Histogram = new Histogram(EXACT_VALUES_PER_CELL);
  /** When a command ended last. */
  lastEndNs = 0;
  /** By task number, the oldest first. */
  readonly open: Map<number, OpenCommand> = new Map();

  constructor(key: string, session: number, lunHigh: number, lunLow: number) {
    this.key = key;
    this.session = session;
    this.lunHigh = lunHigh;
    this.lunLow = lunLow;
  }

  /** The one that has waited longest; undefined where none is open. */
  oldest(): OpenCommand | undefined {
    for (const command of this.open.values()) return command;
    return undefined;
  }
}

export class IntervalMetrics implements TaskSink {
  readonly luns: Map<string, IntervalLun> = new Map();
  readonly now: IntervalCounts = new IntervalCounts();
  readonly total: IntervalCounts = new IntervalCounts();
  latency: Histogram = new Histogram(EXACT_VALUES_PER_CELL);
  open = 0;
  /** Segments that came again, by connection, in this interval; and from the start in all. */
  readonly retransmissions: Map<number, number> = new Map();
  retransmissionsNow = 0;
  retransmissionsTotal = 0;
  #lastLun: IntervalLun | undefined = undefined;

  /** What TCP did. */
  readonly tcp: TcpEventSink = {
    ...NO_EVENTS,
    retransmission: (direction, _frame, _timeNs, _position, _length, kind) => {
      if (kind === 'outOfOrder') return;
      const connection = direction >> 1;
      this.retransmissions.set(connection, (this.retransmissions.get(connection) ?? 0) + 1);
      this.retransmissionsNow++;
      this.retransmissionsTotal++;
    },
  };

  taskStarted(task: Task): void {
    if (!task.commandSeen) return;
    const lun = this.#lun(task);
    for (const counts of [lun.now, lun.total, this.now, this.total]) counts.started++;
    lun.open.set(task.number, copyOpen(task));
    this.open++;
  }

  taskEnded(task: Task): void {
    const lun = this.#lun(task);
    // Open at the end of the capture: it stays open.
    if (!task.commandSeen || task.outcome === Outcome.open) return;
    if (lun.open.delete(task.number)) this.open--;
    lun.lastEndNs = Math.max(lun.lastEndNs, task.endNs, task.statusNs);
    for (const counts of [lun.now, lun.total, this.now, this.total]) countEnd(counts, task);
    const latency = latencyNs(task);
    if (latency < 0) return;
    lun.latency.record(latency);
    this.latency.record(latency);
  }

  /** The next interval begins. `gone` says of a session that nothing more will come of it. */
  next(gone: (session: number) => boolean): void {
    for (const [key, lun] of this.luns) {
      const idle = lun.now.started === 0 && lun.now.ended === 0 && lun.open.size === 0;
      if (idle && gone(lun.session)) this.luns.delete(key);
      lun.now.clear();
      if (lun.latency.count > 0) lun.latency = new Histogram(EXACT_VALUES_PER_CELL);
    }
    this.#lastLun = undefined;
    this.now.clear();
    if (this.latency.count > 0) this.latency = new Histogram(EXACT_VALUES_PER_CELL);
    this.retransmissions.clear();
    this.retransmissionsNow = 0;
  }

  #lun(task: Task): IntervalLun {
    const last = this.#lastLun;
    if (
      last !== undefined &&
      last.session === task.session &&
      last.lunHigh === task.lunHigh &&
      last.lunLow === task.lunLow
    ) {
      return last;
    }
    const lun = this.#find(task.session, task.lunHigh, task.lunLow);
    this.#lastLun = lun;
    return lun;
  }

  #find(session: number, high: number, low: number): IntervalLun {
    const key = `${session}/${high}/${low}`;
    const known = this.luns.get(key);
    if (known !== undefined) return known;
    if (this.luns.size >= METRIC_LUNS_MAX && session !== POOLED) return this.#find(POOLED, 0, 0);
    const lun = new IntervalLun(key, session, high, low);
    this.luns.set(key, lun);
    return lun;
  }
}

function countEnd(counts: IntervalCounts, task: Task): void {
  counts.ended++;
  if (failed(task.outcome)) counts.failed++;
  counts.dataInBytes += task.dataInBytes;
  counts.dataOutBytes += task.dataOutBytes;
}

function copyOpen(task: Task): OpenCommand {
  return {
    number: task.number,
    commandNs: task.commandNs,
    operation: task.operation,
    initiatorTaskTag: task.tag,
    connection: task.connection,
    commandFrame: task.commandFrame,
    expectedLength: task.expectedLength,
    lbaKnown: task.lbaKnown,
    lbaHigh: task.lbaHigh,
    lbaLow: task.lbaLow,
    blocks: task.blocks,
  };
}
