// hot: no allocation per packet
// Tasks → numbers: one call when a task starts, one when it ends. Memory grows with sessions, LUNs
// and operations (bounded), never with commands.

import { ExactRoom } from '../lib/histogram.js';
import { Top } from '../lib/top.js';
import { EXACT_VALUES_TOTAL, METRIC_CELLS_MAX, METRIC_LUNS_MAX } from '../limits.js';
import { latencyNs, Outcome, type Task, type TaskSink } from '../scsi/task.js';
import { LunMetrics, OperationCell, SessionMetrics } from './counters.js';
import { DepthLine, type DepthSink } from './depth-line.js';
import { copyTask, makeKeptCommand } from './kept-command.js';
import { TimeSeries } from './series.js';
import { StepFunction } from './step-function.js';

/** `session`, `lun`, `operation` of what no longer got a cell of its own. */
export const POOLED = -2;

export class Metrics implements TaskSink, DepthSink {
  readonly depth: StepFunction = new StepFunction();
  /** Of all commands. */
  readonly load: TimeSeries = new TimeSeries();
  /** By session number; sessions without commands have none. */
  readonly sessions: (SessionMetrics | undefined)[] = [];
  /** The slowest of those whose latency is known, and the oldest of those still open at the end. */
  readonly slowest: Top<Task, Task>;
  readonly open: Top<Task, Task>;
  /** Commands of LUNs or operations beyond the limits: counted in the pooled cells. */
  pooled = 0;
  /** Of the latencies and times that are kept as they are. */
  readonly room: ExactRoom = new ExactRoom(EXACT_VALUES_TOTAL);
  readonly #line = new DepthLine(this);
  #luns = 0;
  #cells = 0;
  #lastLun: LunMetrics | undefined = undefined;
  #lastSession: SessionMetrics | undefined = undefined;
  #poolSession: SessionMetrics | undefined = undefined;
  readonly #wanted: ((task: Task) => boolean) | undefined;

  /**
   * Keeps the `top` slowest and the `top` oldest open commands. `wanted`: which commands are counted;
   * queue depths are those of all.
   */
  constructor(top: number, wanted?: (task: Task) => boolean) {
    this.#wanted = wanted;
    this.slowest = new Top(top, makeKeptCommand, copyTask);
    this.open = new Top(top, makeKeptCommand, copyTask);
  }

  taskStarted(task: Task): void {
    if (!task.commandSeen) return;
    const lun = this.#lun(task.session, task.lunHigh | 0, task.lunLow | 0);
    lun.access.started(task, lun.open);
    lun.open++;
    this.#line.started(task.number, lun, task.commandNs);
  }

  taskEnded(task: Task): void {
    const lun = this.#lun(task.session, task.lunHigh | 0, task.lunLow | 0);
    if (!task.commandSeen) {
      lun.commandsNotCaptured++;
      return;
    }
    const certain = endsForCertain(task);
    const open = task.outcome === Outcome.open;
    if (lun.open > 0) lun.open--;
    if (open && certain) this.#line.over(task.number);
    else this.#line.ended(task.number, lun, certain ? endOf(task) : seenUntil(task));
    if (!certain) {
      lun.depth.uncertain++;
      this.#session(lun.session).depth.uncertain++;
      this.depth.uncertain++;
    }
    if (this.#wanted !== undefined && !this.#wanted(task)) return;
    const latency = latencyNs(task);
    this.#cell(lun, task).count(task, latency);
    if (open) {
      this.open.offer(-task.commandNs, task);
      return;
    }
    if (latency >= 0) this.slowest.offer(latency, task);
    const endNs = certain ? endOf(task) : seenUntil(task);
    lun.access.ended(endNs);
    lun.series.add(endNs, task.dataInBytes, task.dataOutBytes, latency, certain);
    this.load.add(endNs, task.dataInBytes, task.dataOutBytes, latency, certain);
  }

  /** A session that is over: what it had is counted with the others that have no place of their own. */
  sessionForgotten(id: number): void {
    const session = this.sessions[id];
    if (session === undefined) return;
    delete this.sessions[id];
    this.#lastSession = undefined;
    this.#lastLun = undefined;
    for (const byLow of session.luns.values()) for (const lun of byLow.values()) this.#pool(lun);
  }

  #pool(lun: LunMetrics): void {
    const pool = this.#pooledLun();
    pool.commandsNotCaptured += lun.commandsNotCaptured;
    pool.series.merge(lun.series);
    lun.access.release();
    this.#luns--;
    for (const cell of lun.cells.values()) {
      let into = pool.cells.get(cell.operation);
      if (into === undefined) {
        into = new OperationCell(cell.operation, cell.opcode, cell.serviceAction, this.room);
        pool.cells.set(cell.operation, into);
      } else this.#cells--;
      into.absorb(cell);
      this.pooled += cell.commands;
    }
  }

  /** The capture is over, its last packet came at `lastNs`. */
  finish(lastNs: number): void {
    this.#line.finish();
    this.depth.finish(lastNs);
    for (const session of this.sessions) {
      if (session) finishSession(session, lastNs);
    }
    if (this.#poolSession) finishSession(this.#poolSession, lastNs);
  }

  /** What no longer got a place of its own, undefined where the limits sufficed. */
  poolSession(): SessionMetrics | undefined {
    return this.#poolSession;
  }

  /** For the line of depths alone. */
  step(lun: LunMetrics, timeNs: number, by: number): void {
    lun.depth.change(timeNs, by);
    this.#session(lun.session).depth.change(timeNs, by);
    this.depth.change(timeNs, by);
  }

  #session(id: number): SessionMetrics {
    const last = this.#lastSession;
    if (last !== undefined && last.session === id) return last;
    if (id === POOLED) {
      this.#poolSession ??= new SessionMetrics(POOLED);
      return this.#poolSession;
    }
    let session = this.sessions[id];
    if (session === undefined) {
      session = new SessionMetrics(id);
      this.sessions[id] = session;
    }
    this.#lastSession = session;
    return session;
  }

  #lun(sessionId: number, high: number, low: number): LunMetrics {
    const last = this.#lastLun;
    if (
      last !== undefined &&
      last.session === sessionId &&
      last.lunHigh === high &&
      last.lunLow === low
    ) {
      return last;
    }
    const lun =
      this.sessions[sessionId]?.luns.get(high)?.get(low) ?? this.#newLun(sessionId, high, low);
    this.#lastLun = lun;
    return lun;
  }

  #pooledLun(): LunMetrics {
    const byLow = this.#session(POOLED).luns;
    let zero = byLow.get(0);
    if (zero === undefined) {
      zero = new Map();
      byLow.set(0, zero);
    }
    let lun = zero.get(0);
    if (lun === undefined) {
      lun = new LunMetrics(POOLED, 0, 0, this.room);
      zero.set(0, lun);
    }
    return lun;
  }

  #newLun(sessionId: number, high: number, low: number): LunMetrics {
    const full = this.#luns >= METRIC_LUNS_MAX;
    if (full) return this.#pooledLun();
    const session = this.#session(sessionId);
    let byLow = session.luns.get(high);
    if (byLow === undefined) {
      byLow = new Map();
      session.luns.set(high, byLow);
    }
    const lun = new LunMetrics(session.session, high, low, this.room);
    byLow.set(low, lun);
    this.#luns++;
    return lun;
  }

  #cell(lun: LunMetrics, task: Task): OperationCell {
    if (lun.session === POOLED) this.pooled++;
    const last = lun.last;
    if (last !== undefined && last.operation === task.operation) return last;
    let cell = lun.cells.get(task.operation);
    if (cell === undefined) cell = this.#newCell(lun, task);
    lun.last = cell;
    return cell;
  }

  #newCell(lun: LunMetrics, task: Task): OperationCell {
    if (this.#cells < METRIC_CELLS_MAX) {
      this.#cells++;
      const cell = new OperationCell(task.operation, task.opcode, task.serviceAction, this.room);
      lun.cells.set(task.operation, cell);
      return cell;
    }
    this.pooled++;
    let cell = lun.cells.get(POOLED);
    if (cell === undefined) {
      cell = new OperationCell(POOLED, -1, -1, this.room);
      lun.cells.set(POOLED, cell);
    }
    return cell;
  }
}

/** When a task was over: its status, or what else ended it. */
function endOf(task: Task): number {
  if (task.statusNs >= 0) return task.statusNs;
  return task.endNs >= 0 ? task.endNs : task.commandNs;
}

/** False where neither its status nor what ended it was captured: it may have ended long before that was known. */
function endsForCertain({ outcome, pdusMissed }: Task): boolean {
  if (outcome === Outcome.statusNotCaptured) return false;
  return !pdusMissed || (outcome !== Outcome.open && outcome !== Outcome.lost);
}

/** Until when it counts as open: its end, where that is not known for certain its own last PDU, -1 the capture's end. */
export function openUntil(task: Task): number {
  if (!endsForCertain(task)) return seenUntil(task);
  return task.outcome === Outcome.open ? -1 : endOf(task);
}

/** Its own last PDU: until then it was open. */
function seenUntil(task: Task): number {
  return Math.max(
    task.commandNs,
    task.commandEndNs,
    task.lastDataInNs,
    task.lastR2tNs,
    task.lastDataOutNs,
  );
}

function finishSession(session: SessionMetrics, lastNs: number): void {
  session.depth.finish(lastNs);
  for (const byLow of session.luns.values()) {
    for (const lun of byLow.values()) lun.depth.finish(lastNs);
  }
}
