// hot: no allocation per packet
// Columns of how a task's time is split. The phases of a read, and of a command without data, follow
// from its marks; only those of others are kept, each in as many words as it has phases.

import {
  CHUNK_BITS,
  type ChunkSet,
  SparseColumn,
  Uint32Column,
  WideColumn,
} from '../lib/columns.js';
import { clearTcp, PHASE_COUNT, PhaseCode, type Task, TCP_CAUSES, tcpTakes } from '../scsi/task.js';
import { bytesOf, type HeldRows } from './group.js';

/** Bits of a record's first word beyond those of the phases: numbers that are not as usual. */
const HOST = 1 << PHASE_COUNT;
const HOST_MAX = HOST << 1;
const ANSWERED = HOST << 2;
/** The phases follow from the marks, though the record has other numbers. */
const USUAL = HOST << 3;
const TCP_WAIT = HOST << 4;
/** From this bit on one a phase: TCP took some of it. */
const TCP_PHASES = HOST << 5;

/** One a phase, one and more a phase that TCP took of, and a few single ones. */
const RECORD_WORDS_MAX = PHASE_COUNT * (2 + TCP_CAUSES) + 5;

/** As many as there are sets of causes. */
const MASKS = 1 << TCP_CAUSES;

function isOne(mask: number): boolean {
  return (mask & (mask - 1)) === 0;
}

/** Scratch: what follows from the marks. */
const expected = new Float64Array(PHASE_COUNT);

/** Invariant: `#at` of a row is 0 (all as usual) or one more than where its record begins. */
export class PhaseColumns {
  readonly #at = new Uint32Column();
  readonly #words = new WideColumn(32);
  readonly #zeroWindow = new SparseColumn(0);
  #used = 0;

  write(row: number, t: Task): void {
    this.#zeroWindow.set(row, t.zeroWindowNs);
    const bits = bitsOf(t);
    if (bits === USUAL) {
      this.#at.set(row, 0);
      return;
    }
    this.#at.set(row, this.#used + 1);
    this.#add(bits);
    if (bits & TCP_WAIT) this.#add(t.tcpWaitNs);
    for (let i = 0; i < PHASE_COUNT; i++) if (bits & (1 << i)) this.#add(t.phaseNs[i]);
    for (let i = 0; i < PHASE_COUNT; i++) {
      if (bits & (TCP_PHASES << i)) this.#addCauses(t, i);
    }
    if (bits & HOST) this.#add(t.hostNs);
    if (bits & HOST_MAX) this.#add(t.hostNsMax);
    if (bits & ANSWERED) this.#add(t.r2tsAnswered);
  }

  /** Its marks were read before. */
  read(row: number, out: Task): void {
    out.zeroWindowNs = this.#zeroWindow.get(row);
    let at = this.#at.get(row) - 1;
    const bits = at < 0 ? USUAL : this.#words.get(at++);
    out.tcpWaitNs = bits & TCP_WAIT ? this.#words.get(at++) : 0;
    if (bits & USUAL) phasesOfMarks(out, out.phaseNs);
    for (let i = 0; i < PHASE_COUNT; i++) {
      if (bits & (1 << i)) out.phaseNs[i] = this.#words.get(at++);
      else if ((bits & USUAL) === 0) out.phaseNs[i] = 0;
    }
    clearTcp(out);
    for (let i = 0; i < PHASE_COUNT; i++) {
      if (bits & (TCP_PHASES << i)) at = this.#readCauses(out, i, at);
    }
    out.hostNs = bits & HOST ? this.#words.get(at++) : out.phaseNs[PhaseCode.hostDelay];
    out.hostNsMax = bits & HOST_MAX ? this.#words.get(at++) : out.hostNs;
    out.r2tsAnswered = bits & ANSWERED ? this.#words.get(at++) : out.r2ts;
  }

  tcpWaitNs(row: number): number {
    const at = this.#at.get(row) - 1;
    return at >= 0 && this.#words.get(at) & TCP_WAIT ? this.#words.get(at + 1) : 0;
  }

  bytes(): number {
    return bytesOf([this.#at, this.#words, this.#zeroWindow]);
  }

  /** Words written; each has a number of 32 bits. */
  get words(): number {
    return this.#used;
  }

  /** `rows` are those that stay: of their records the oldest chunk is the first one kept. */
  forget(end: number, keep: ChunkSet, rows: HeldRows): void {
    let least = this.#used + 1;
    for (let row = rows.first; row < rows.count; row++) {
      const at = this.#at.get(row);
      if (at !== 0 && at < least) least = at;
    }
    const kept = new Set<number>();
    for (const row of rows.older) {
      const at = this.#at.get(row) - 1;
      if (at < 0) continue;
      kept.add(at >>> CHUNK_BITS);
      kept.add((at + RECORD_WORDS_MAX) >>> CHUNK_BITS);
    }
    this.#words.forget((least - 1) >>> CHUNK_BITS, kept);
    this.#at.forget(end, keep);
    this.#zeroWindow.forget(end, keep);
  }

  /** In one word the time that TCP took of a phase and which causes it had; where several, each. */
  #addCauses(t: Task, phase: number): void {
    let mask = 0;
    for (let cause = 0; cause < TCP_CAUSES; cause++) {
      if (t.tcpCauseNs[phase * TCP_CAUSES + cause] !== 0) mask |= 1 << cause;
    }
    this.#add(t.phaseTcpNs[phase] * MASKS + mask);
    if (isOne(mask)) return;
    for (let cause = 0; cause < TCP_CAUSES; cause++) {
      if (mask & (1 << cause)) this.#add(t.tcpCauseNs[phase * TCP_CAUSES + cause]);
    }
  }

  #readCauses(out: Task, phase: number, from: number): number {
    let at = from;
    const word = this.#words.get(at++);
    const mask = word % MASKS;
    const all = (word - mask) / MASKS;
    const one = isOne(mask);
    tcpTakes(out);
    out.phaseTcpNs[phase] = all;
    for (let cause = 0; cause < TCP_CAUSES; cause++) {
      if ((mask & (1 << cause)) === 0) continue;
      out.tcpCauseNs[phase * TCP_CAUSES + cause] = one ? all : this.#words.get(at++);
    }
    return at;
  }

  #add(word: number): void {
    this.#words.set(this.#used++, word);
  }
}

/** What a task's record must have: USUAL alone where none is needed. */
function bitsOf(t: Task): number {
  phasesOfMarks(t, expected);
  let phases = 0;
  let bits = USUAL;
  for (let i = 0; i < PHASE_COUNT; i++) {
    if (t.phaseNs[i] !== 0) phases |= 1 << i;
    if (t.phaseNs[i] !== expected[i]) bits = 0;
    if (t.phaseTcpNs[i] !== 0) phases |= TCP_PHASES << i;
  }
  if (bits === USUAL) phases &= -TCP_PHASES;
  if (t.tcpWaitNs !== 0) bits |= TCP_WAIT;
  if (t.hostNs !== t.phaseNs[PhaseCode.hostDelay]) bits |= HOST;
  if (t.hostNsMax !== t.hostNs) bits |= HOST_MAX;
  if (t.r2tsAnswered !== t.r2ts) bits |= ANSWERED;
  return bits | phases;
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
