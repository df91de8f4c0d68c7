// hot: no allocation per packet
// What is counted, and for whom: the whole capture, a session, a LUN of a session, an operation on
// that LUN.

import { type ExactRoom, Histogram } from '../lib/histogram.js';
import { EXACT_VALUES_PER_CELL } from '../limits.js';
import { arrayNs } from '../scsi/phase-names.js';
import { OUTCOME_NAMES, Outcome, PHASE_COUNT, type Task, TCP_CAUSES } from '../scsi/task.js';
import { Access } from './access.js';
import { TimeSeries } from './series.js';
import { StepFunction } from './step-function.js';

const TOOK_NOTHING = new Float64Array(PHASE_COUNT);

/** One operation of one LUN of one session. Only commands that were themselves captured count. */
export class OperationCell {
  readonly operation: number;
  readonly opcode: number;
  readonly serviceAction: number;
  commands = 0;
  /** Status (or another answer to the command) captured. */
  completed = 0;
  /** By Outcome; they sum up to `commands`. */
  readonly outcomes: Uint32Array = new Uint32Array(OUTCOME_NAMES.length);
  dataInBytes = 0;
  dataOutBytes = 0;
  /** Commands whose latency is known: command and status captured (latencyNs). */
  readonly latency: Histogram;
  /** Of these: the last bytes of the status' PDU were not captured, it took at most so long. */
  latencyAtMost = 0;
  /** Command → first Data-In, command → first R2T, first → last byte of data; made when needed. */
  firstData: Histogram | undefined = undefined;
  firstR2t: Histogram | undefined = undefined;
  transfer: Histogram | undefined = undefined;
  /** What the target took (see arrayNs), and R2T to data, summed over a command's R2Ts. */
  array: Histogram | undefined = undefined;
  host: Histogram | undefined = undefined;
  /** By PhaseCode, over the commands whose latency is known; they sum up to the latencies. */
  readonly phaseNs: Float64Array = new Float64Array(PHASE_COUNT);
  /** Made when TCP took something: until then one that nobody writes to. */
  phaseTcpNs: Float64Array = TOOK_NOTHING;
  /** The same by cause, as in Task; made when needed. */
  tcpCauseNs: Float64Array | undefined = undefined;
  r2ts = 0;
  r2tsMax = 0;
  /** Commands whose R2Ts waited longest for data, and that waited longest for their first R2T. */
  hostFrame = 0;
  firstR2tFrame = 0;
  /** Writes that needed no R2T. */
  firstBurstWrites = 0;

  readonly #room: ExactRoom;

  constructor(operation: number, opcode: number, serviceAction: number, room: ExactRoom) {
    this.operation = operation;
    this.opcode = opcode;
    this.serviceAction = serviceAction;
    this.#room = room;
    this.latency = this.#histogram();
  }

  #histogram(): Histogram {
    return new Histogram(EXACT_VALUES_PER_CELL, this.#room);
  }

  count(task: Task, latencyNs: number): void {
    this.commands++;
    this.outcomes[task.outcome]++;
    if (isCompleted(task)) this.completed++;
    this.dataInBytes += task.dataInBytes;
    this.dataOutBytes += task.dataOutBytes;
    if (latencyNs >= 0) {
      this.latency.record(latencyNs);
      if (task.statusBound) this.latencyAtMost++;
      this.#phases(task);
    }
    this.r2ts += task.r2ts;
    if (task.r2ts > this.r2tsMax) this.r2tsMax = task.r2ts;
    if (task.r2ts === 0 && task.dataOutBytes > 0 && task.dataOutBytes >= task.expectedLength) {
      this.firstBurstWrites++;
    }
    if (task.r2tsAnswered > 0) {
      this.host ??= this.#histogram();
      if (task.hostNs >= this.host.max) this.hostFrame = task.commandFrame;
      this.host.record(task.hostNs);
    }
    if (task.firstDataInNs >= 0) {
      this.firstData ??= this.#histogram();
      this.firstData.record(task.firstDataInNs - task.commandNs);
      this.#moved(task.lastDataInNs - task.firstDataInNs);
    }
    if (task.firstR2tNs >= 0) {
      this.firstR2t ??= this.#histogram();
      const ns = task.firstR2tNs - task.commandNs;
      if (ns >= this.firstR2t.max) this.firstR2tFrame = task.commandFrame;
      this.firstR2t.record(ns);
    }
    if (task.firstDataOutNs >= 0) this.#moved(task.lastDataOutNs - task.firstDataOutNs);
  }

  /** Adds another cell, which is given up. */
  absorb(other: OperationCell): void {
    this.commands += other.commands;
    this.completed += other.completed;
    for (let i = 0; i < this.outcomes.length; i++) this.outcomes[i] += other.outcomes[i];
    this.dataInBytes += other.dataInBytes;
    this.dataOutBytes += other.dataOutBytes;
    this.latency.merge(other.latency);
    other.latency.release();
    this.latencyAtMost += other.latencyAtMost;
    if (other.host !== undefined && other.host.max >= (this.host?.max ?? 0)) {
      this.hostFrame = other.hostFrame;
    }
    if (other.firstR2t !== undefined && other.firstR2t.max >= (this.firstR2t?.max ?? 0)) {
      this.firstR2tFrame = other.firstR2tFrame;
    }
    this.firstData = this.#both(this.firstData, other.firstData);
    this.firstR2t = this.#both(this.firstR2t, other.firstR2t);
    this.transfer = this.#both(this.transfer, other.transfer);
    this.array = this.#both(this.array, other.array);
    this.host = this.#both(this.host, other.host);
    for (let i = 0; i < PHASE_COUNT; i++) this.phaseNs[i] += other.phaseNs[i];
    if (other.tcpCauseNs !== undefined) {
      const causes = this.#causes();
      for (let i = 0; i < PHASE_COUNT; i++) this.phaseTcpNs[i] += other.phaseTcpNs[i];
      for (let i = 0; i < causes.length; i++) causes[i] += other.tcpCauseNs[i];
    }
    this.r2ts += other.r2ts;
    this.r2tsMax = Math.max(this.r2tsMax, other.r2tsMax);
    this.firstBurstWrites += other.firstBurstWrites;
  }

  #both(into: Histogram | undefined, other: Histogram | undefined): Histogram | undefined {
    if (other === undefined) return into;
    const sum = into ?? this.#histogram();
    sum.merge(other);
    other.release();
    return sum;
  }

  #phases(task: Task): void {
    for (let i = 0; i < PHASE_COUNT; i++) this.phaseNs[i] += task.phaseNs[i];
    if (task.tcpTook) this.#tcp(task);
    this.array ??= this.#histogram();
    this.array.record(arrayNs(task));
  }

  #tcp(task: Task): void {
    const causes = this.#causes();
    for (let phase = 0; phase < PHASE_COUNT; phase++) {
      const ns = task.phaseTcpNs[phase];
      if (ns === 0) continue;
      this.phaseTcpNs[phase] += ns;
      const end = (phase + 1) * TCP_CAUSES;
      for (let i = phase * TCP_CAUSES; i < end; i++) causes[i] += task.tcpCauseNs[i];
    }
  }

  #causes(): Float64Array {
    if (this.tcpCauseNs === undefined) {
      this.tcpCauseNs = new Float64Array(PHASE_COUNT * TCP_CAUSES);
      this.phaseTcpNs = new Float64Array(PHASE_COUNT);
    }
    return this.tcpCauseNs;
  }

  #moved(ns: number): void {
    this.transfer ??= this.#histogram();
    this.transfer.record(ns);
  }
}

/** True where the target's answer to the command was captured. */
export function isCompleted(task: { readonly response: number; readonly status: number }): boolean {
  return task.response >= 0 || task.status >= 0;
}

/** One LUN as one session sees it. */
export class LunMetrics {
  readonly session: number;
  readonly lunHigh: number;
  readonly lunLow: number;
  readonly depth: StepFunction = new StepFunction();
  /** Commands that are open now. */
  open = 0;
  readonly series: TimeSeries = new TimeSeries(true);
  readonly access: Access;
  readonly cells: Map<number, OperationCell> = new Map();
  /** The cell used last: loads repeat. */
  last: OperationCell | undefined = undefined;
  /** Tasks of which only a later PDU was captured, not the command. */
  commandsNotCaptured = 0;

  constructor(session: number, lunHigh: number, lunLow: number, room: ExactRoom) {
    this.session = session;
    this.lunHigh = lunHigh;
    this.lunLow = lunLow;
    this.access = new Access(room);
  }
}

export class SessionMetrics {
  readonly session: number;
  readonly depth: StepFunction = new StepFunction();
  /** LUN's high word → low word → metrics; words signed, so that the keys are small integers. */
  readonly luns: Map<number, Map<number, LunMetrics>> = new Map();

  constructor(session: number) {
    this.session = session;
  }
}

/** Commands that got no answer: neither a status nor proof that one was sent. */
export function unansweredOf(cell: OperationCell): number {
  const o = cell.outcomes;
  return cell.commands - cell.completed - o[Outcome.statusNotCaptured] - o[Outcome.rejected];
}
