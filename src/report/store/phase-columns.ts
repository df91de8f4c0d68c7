// hot: no allocation per packet
// Columns of how a task's time is split. The phases of a read, and of a command without data, follow
// from its marks; only those of others are kept, each in as many words as it has phases.

import { SparseColumn, Uint32Column, WideColumn } from '../../lib/columns.js';
import { PHASE_COUNT, PhaseCode, type Task } from '../../session/task.js';
import { bytesOf } from './group.js';

/** Bits of a record's first word beyond those of the phases: numbers that are not as usual. */
const HOST = 1 << PHASE_COUNT;
const HOST_MAX = HOST << 1;
const ANSWERED = HOST << 2;
/** The phases follow from the marks, though the record has other numbers. */
const USUAL = HOST << 3;
/** An entry of the map, and its array. */
const TCP_BYTES = 40 + 8 * PHASE_COUNT + 100;

/** Scratch: what follows from the marks. */
const expected = new Float64Array(PHASE_COUNT);

/** Invariant: `#at` of a row is 0 (all as usual) or one more than where its record begins. */
export class PhaseColumns {
  readonly #at = new Uint32Column();
  readonly #words = new WideColumn(32);
  readonly #zeroWindow = new SparseColumn(0);
  readonly #tcp: Map<number, Float64Array> = new Map();
  #used = 0;

  write(row: number, t: Task): void {
    this.#zeroWindow.set(row, t.zeroWindowNs);
    this.#writeTcp(row, t);
    let bits = 0;
    phasesOfMarks(t, expected);
    let usual = true;
    for (let i = 0; i < PHASE_COUNT; i++) {
      if (t.phaseNs[i] !== 0) bits |= 1 << i;
      if (t.phaseNs[i] !== expected[i]) usual = false;
    }
    if (usual) bits = 0;
    if (t.hostNs !== t.phaseNs[PhaseCode.hostDelay]) bits |= HOST;
    if (t.hostNsMax !== t.hostNs) bits |= HOST_MAX;
    if (t.r2tsAnswered !== t.r2ts) bits |= ANSWERED;
    if (usual && bits === 0) {
      this.#at.set(row, 0);
      return;
    }
    this.#at.set(row, this.#used + 1);
    this.#words.set(this.#used++, usual ? bits | USUAL : bits);
    for (let i = 0; i < PHASE_COUNT; i++) {
      if (bits & (1 << i)) this.#words.set(this.#used++, t.phaseNs[i]);
    }
    if (bits & HOST) this.#words.set(this.#used++, t.hostNs);
    if (bits & HOST_MAX) this.#words.set(this.#used++, t.hostNsMax);
    if (bits & ANSWERED) this.#words.set(this.#used++, t.r2tsAnswered);
  }

  /** Its marks were read before. */
  read(row: number, out: Task): void {
    out.zeroWindowNs = this.#zeroWindow.get(row);
    const tcp = this.#tcp.size === 0 ? undefined : this.#tcp.get(row);
    for (let i = 0; i < PHASE_COUNT; i++) out.phaseTcpNs[i] = tcp === undefined ? 0 : tcp[i];
    let at = this.#at.get(row) - 1;
    const bits = at < 0 ? USUAL : this.#words.get(at++);
    if (bits & USUAL) phasesOfMarks(out, out.phaseNs);
    for (let i = 0; i < PHASE_COUNT; i++) {
      if (bits & (1 << i)) out.phaseNs[i] = this.#words.get(at++);
      else if ((bits & USUAL) === 0) out.phaseNs[i] = 0;
    }
    out.hostNs = bits & HOST ? this.#words.get(at++) : out.phaseNs[PhaseCode.hostDelay];
    out.hostNsMax = bits & HOST_MAX ? this.#words.get(at++) : out.hostNs;
    out.r2tsAnswered = bits & ANSWERED ? this.#words.get(at++) : out.r2ts;
  }

  bytes(): number {
    const tcp = this.#tcp.size * TCP_BYTES;
    return tcp + bytesOf([this.#at, this.#words, this.#zeroWindow]);
  }

  #writeTcp(row: number, t: Task): void {
    let some = false;
    for (let i = 0; i < PHASE_COUNT; i++) some ||= t.phaseTcpNs[i] !== 0;
    if (some) this.#tcp.set(row, t.phaseTcpNs.slice());
    else if (this.#tcp.size > 0) this.#tcp.delete(row);
  }
}

/** The phases of a read, or of a command without data, from its marks. */
function phasesOfMarks(t: Task, out: Float64Array): void {
  for (let i = 0; i < PHASE_COUNT; i++) out[i] = 0;
  if (!t.commandSeen || t.statusNs < 0) return;
  if (t.firstDataInNs < 0) {
    out[PhaseCode.commandToStatus] = t.statusNs - t.commandNs;
    return;
  }
  out[PhaseCode.commandToData] = t.firstDataInNs - t.commandNs;
  out[PhaseCode.dataIn] = t.lastDataInNs - t.firstDataInNs;
  out[PhaseCode.dataToStatus] = t.statusNs - t.lastDataInNs;
}
