// hot: no allocation per packet
// All tasks of a capture in columns, some 130 octets each: what lists and screens stand on. A row is
// a task; rows count from 0 in the order in which tasks were first seen, and stay. A task that is
// still open has its row too, with what was known when it began. sort.ts orders rows, select.ts
// picks them.

import {
  CHUNK_BITS,
  type ChunkSet,
  SparseColumn,
  Uint8Column,
  Uint16Column,
} from '../lib/columns.js';
import { asDoubles } from '../lib/double-fields.js';
import {
  type EvidenceCode,
  Outcome,
  type OutcomeCode,
  Task,
  type TaskSink,
  type TransportCode,
} from '../scsi/task.js';
import { DataColumns } from './data-columns.js';
import { forgetIn, type HeldRows } from './group.js';
import { CDB_BYTES, IdentityColumns } from './identity-columns.js';
import { PhaseColumns } from './phase-columns.js';
import { TimeColumns } from './time-columns.js';

/** Less than 2^32 by what may come between two looks. */
export const ROWS_MAX = 2 ** 32 - 2 ** 20;
const COMMAND_SEEN = 1;
const IMMEDIATE = 2;
const READS = 4;
const WRITES = 8;
const LBA_KNOWN = 16;
const STATUS_BOUND = 32;
const RESIDUAL_SHIFT = 6;
/** A byte of the attribute's three bits, the evidence's three, and whether the task has ended. */
const EVIDENCE_SHIFT = 3;
const ENDED = 64;
/** A byte of the outcome and what carried the task. */
const OUTCOME = 15;
const TRANSPORT_SHIFT = 4;
/** iSCSI response where it is as usual: 0 with a status, -1 without. */
const USUAL = -2;

/** A Task to read rows into; made once, used for many. */
export class TaskRow extends Task {
  /** False while the task goes on: its row then has what was known when it began. */
  ended = false;
  /** Where a CDB of the usual length is read to. */
  readonly shortCdb = new Uint8Array(CDB_BYTES);
}

export function makeTaskRow(): TaskRow {
  return asDoubles(new TaskRow(), ['commandNs', 'statusNs', 'endNs', 'tag', 'cmdSN']);
}

/**
 * Invariant: rows first … count-1 are set, and those in `older`, which lie before them; `openRows`
 * have not ended. The other rows before `first` are forgotten.
 */
export class TaskStore implements TaskSink, HeldRows {
  /** All rows that there were. */
  count = 0;
  openRows = 0;
  first = 0;
  older: readonly number[] = [];
  /** How often rows were forgotten. */
  rounds = 0;
  #olderSet: ReadonlySet<number> = new Set();
  readonly #identity = new IdentityColumns();
  readonly #data = new DataColumns();
  readonly #times = new TimeColumns();
  readonly #phases = new PhaseColumns();
  readonly #flags = new Uint8Column();
  readonly #more = new Uint8Column();
  readonly #outcome = new Uint8Column();
  /** Plus one: 0 is none. */
  readonly #status = new Uint16Column();
  readonly #response = new SparseColumn(USUAL);
  /** Packed; 0 none. */
  readonly #sense = new SparseColumn(0);

  /** The task's number is its row. */
  taskStarted(task: Task): void {
    if (task.number >= this.count) this.count = task.number + 1;
    this.openRows++;
    this.#write(task, 0);
  }

  taskEnded(task: Task): void {
    if (!this.holds(task.number)) return;
    this.openRows--;
    this.#write(task, ENDED);
  }

  /** False for what was forgotten, and for what never was. */
  holds(row: number): boolean {
    return row >= this.first ? row < this.count : this.#olderSet.has(row);
  }

  /** Rows that are held: `rowAt` has them by their index, in their order. */
  get held(): number {
    return this.older.length + this.count - this.first;
  }

  get forgotten(): number {
    return this.count - this.held;
  }

  rowAt(index: number): number {
    const { older } = this;
    return index < older.length ? older[index] : index - older.length + this.first;
  }

  /** Its index among the rows that are held; of one that is not, where it would stand. */
  indexOf(row: number): number {
    if (row >= this.first) return row - this.first + this.older.length;
    let index = 0;
    while (index < this.older.length && this.older[index] < row) index++;
    return index;
  }

  /** Numbers of rows have 32 bits, and so have their words: true shortly before they end. */
  get spent(): boolean {
    return Math.max(this.count, this.#phases.words) > ROWS_MAX;
  }

  /** Forgets the rows before `first` but for the `older` ones, whose chunks are in `keep`. */
  forget(first: number, older: readonly number[], keep: ChunkSet): void {
    const stay = new Set(older);
    for (let index = 0; index < this.held; index++) {
      const row = this.rowAt(index);
      if (row >= first) break;
      if (!this.ended(row) && !stay.has(row)) this.openRows--;
    }
    this.rounds++;
    this.first = first;
    this.older = older;
    this.#olderSet = stay;
    const end = first >>> CHUNK_BITS;
    this.#phases.forget(end, keep, this);
    this.#identity.forget(end, keep);
    this.#data.forget(end, keep);
    this.#times.forget(end, keep);
    const own = [this.#flags, this.#more, this.#outcome, this.#status, this.#response, this.#sense];
    forgetIn(own, end, keep);
  }

  /** Fills `out` with all that a Task has, but for its bursts: the PDUs tell these. Its `cdb` is borrowed until the next call. */
  read(row: number, out: TaskRow): void {
    const flags = this.#flags.get(row);
    const more = this.#more.get(row);
    out.number = row;
    out.ended = (more & ENDED) !== 0;
    out.commandSeen = (flags & COMMAND_SEEN) !== 0;
    out.immediate = (flags & IMMEDIATE) !== 0;
    out.reads = (flags & READS) !== 0;
    out.writes = (flags & WRITES) !== 0;
    out.lbaKnown = (flags & LBA_KNOWN) !== 0;
    out.statusBound = (flags & STATUS_BOUND) !== 0;
    out.residualKind = flags >>> RESIDUAL_SHIFT;
    out.attribute = more & 7;
    out.evidence = ((more >>> EVIDENCE_SHIFT) & 7) as EvidenceCode;
    out.outcome = this.outcome(row);
    out.transport = this.transport(row);
    out.status = this.status(row);
    out.response = this.response(row);
    const sense = this.#sense.get(row);
    out.senseKey = (sense >>> 18) - 1;
    out.asc = ((sense >>> 9) & 511) - 1;
    out.ascq = (sense & 511) - 1;
    this.#identity.read(row, out, out.shortCdb);
    this.#data.read(row, out);
    this.#times.read(row, out);
    this.#phases.read(row, out);
  }

  /** First byte of the command; -1 where it was not captured. */
  commandNs(row: number): number {
    return this.commandSeen(row) ? this.startNs(row) : -1;
  }

  /** Last byte of the status, or its upper bound; -1 unknown. */
  statusNs(row: number): number {
    return this.#times.statusNs(row);
  }

  /** First byte of the command; where that was not captured, the first time known of the task. */
  startNs(row: number): number {
    return this.#times.start.get(row);
  }

  /** As scsi/task.ts has it: the latency that is counted, sorted and drawn; -1 unknown. */
  latencyNs(row: number): number {
    const unseen = this.outcome(row) === Outcome.statusNotCaptured && this.statusBound(row);
    return unseen ? -1 : this.latencyNsAtMost(row);
  }

  /** The same, or its upper bound where the status was not captured; -1 unknown. */
  latencyNsAtMost(row: number): number {
    const end = this.#times.statusNs(row);
    return this.commandSeen(row) && end >= 0 ? end - this.startNs(row) : -1;
  }

  /** When the task ended, in whatever way; -1 while it is open. */
  endNs(row: number): number {
    return this.#times.endNs(row);
  }

  /** Of the latency: how long its PDUs waited for TCP to send again. */
  tcpWaitNs(row: number): number {
    return this.#phases.tcpWaitNs(row);
  }

  ended(row: number): boolean {
    return (this.#more.get(row) & ENDED) !== 0;
  }

  session(row: number): number {
    return this.#identity.session.get(row);
  }

  connection(row: number): number {
    return this.#identity.connection.get(row);
  }

  lunHigh(row: number): number {
    return this.#identity.lunHigh.get(row);
  }

  lunLow(row: number): number {
    return this.#identity.lunLow.get(row);
  }

  tag(row: number): number {
    return this.#identity.tag.get(row);
  }

  transport(row: number): TransportCode {
    return (this.#outcome.get(row) >>> TRANSPORT_SHIFT) as TransportCode;
  }

  cmdSN(row: number): number {
    return this.#identity.cmdSN.get(row);
  }

  commandSeen(row: number): boolean {
    return (this.#flags.get(row) & COMMAND_SEEN) !== 0;
  }

  reads(row: number): boolean {
    return (this.#flags.get(row) & READS) !== 0;
  }

  writes(row: number): boolean {
    return (this.#flags.get(row) & WRITES) !== 0;
  }

  /** True where the status was not captured and its time is an upper bound. */
  statusBound(row: number): boolean {
    return (this.#flags.get(row) & STATUS_BOUND) !== 0;
  }

  /** Operation number (wire/scsi/operations.ts), -1 where the CDB was not captured. */
  operation(row: number): number {
    return this.#identity.operation.get(row) - 1;
  }

  lbaKnown(row: number): boolean {
    return (this.#flags.get(row) & LBA_KNOWN) !== 0;
  }

  lbaHigh(row: number): number {
    return this.#identity.lbaHigh.get(row);
  }

  lbaLow(row: number): number {
    return this.#identity.lbaLow.get(row);
  }

  blocks(row: number): number {
    return this.#identity.blocks.get(row);
  }

  expectedLength(row: number): number {
    return this.#data.expected.get(row);
  }

  dataInBytes(row: number): number {
    return this.#data.dataIn.get(row);
  }

  dataOutBytes(row: number): number {
    return this.#data.dataOut.get(row);
  }

  r2ts(row: number): number {
    return this.#data.r2ts.get(row);
  }

  /** Packet of the command's first byte; 0 where it was not captured. */
  commandFrame(row: number): number {
    return this.#times.commandFrame.get(row);
  }

  /** Packet that ended the task (of the status, usually); 0 while it is open. */
  endFrame(row: number): number {
    return this.#times.endFrame(row);
  }

  /** Packet of the status' last byte; 0 where it was not captured. */
  statusFrame(row: number): number {
    return this.#times.statusFrame(row);
  }

  outcome(row: number): OutcomeCode {
    return (this.#outcome.get(row) & OUTCOME) as OutcomeCode;
  }

  /** SCSI status, -1 where none was captured. */
  status(row: number): number {
    return this.#status.get(row) - 1;
  }

  /** iSCSI response, -1 where none was captured. */
  response(row: number): number {
    const response = this.#response.get(row);
    if (response !== USUAL) return response;
    return this.#status.get(row) === 0 ? -1 : 0;
  }

  /** Octets held by all columns. */
  bytes(): number {
    return (
      this.#identity.bytes() +
      this.#data.bytes() +
      this.#times.bytes() +
      this.#phases.bytes() +
      this.#flags.bytes() +
      this.#more.bytes() +
      this.#outcome.bytes() +
      this.#status.bytes() +
      this.#response.bytes() +
      this.#sense.bytes()
    );
  }

  #write(t: Task, ended: number): void {
    const row = t.number;
    this.#flags.set(
      row,
      (t.commandSeen ? COMMAND_SEEN : 0) |
        (t.immediate ? IMMEDIATE : 0) |
        (t.reads ? READS : 0) |
        (t.writes ? WRITES : 0) |
        (t.lbaKnown ? LBA_KNOWN : 0) |
        (t.statusBound ? STATUS_BOUND : 0) |
        (t.residualKind << RESIDUAL_SHIFT),
    );
    this.#more.set(row, t.attribute | (t.evidence << EVIDENCE_SHIFT) | ended);
    this.#outcome.set(row, t.outcome | (t.transport << TRANSPORT_SHIFT));
    this.#status.set(row, t.status + 1);
    this.#response.set(row, t.response === (t.status < 0 ? -1 : 0) ? USUAL : t.response);
    this.#sense.set(row, senseCode(t));
    this.#identity.write(row, t);
    this.#data.write(row, t);
    this.#times.write(row, t);
    this.#phases.write(row, t);
  }
}

/** Sense key, ASC and ASCQ, each plus one, in one number. */
function senseCode(t: Task): number {
  return ((t.senseKey + 1) << 18) | ((t.asc + 1) << 9) | (t.ascq + 1);
}
