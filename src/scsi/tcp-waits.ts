// hot: no allocation per packet
// What TCP took of a task's time, and why: bytes that came again or late kept all behind them from
// being read, and a receive window that was closed or full kept the sender from sending
// (stream/events.ts). Waits are rare, so that the last few of a direction are enough.

import { asDoubles } from '../lib/double-fields.js';
import type { Pdu } from '../pdu/pdu.js';
import type { OpenTask } from './open-task.js';
import { PhaseCode, type PhaseCodes, TCP_CAUSES, TcpCause } from './task.js';

/** Waits remembered of a kind and direction: those within one PDU of 256 KiB are seldom more. */
const KEPT = 16;
const COLUMNS = 5;

/** The last waits of one kind, in the order in which they ended. */
class WaitRing {
  count = 0;
  /** When the last of all ended. */
  lastNs = -1;
  readonly #cells = new Float64Array(KEPT * COLUMNS);

  add(cause: number, position: number, end: number, fromNs: number, toNs: number): void {
    const c = this.#cells;
    const at = (this.count++ % KEPT) * COLUMNS;
    c[at] = cause;
    c[at + 1] = position;
    c[at + 2] = end;
    c[at + 3] = fromNs;
    c[at + 4] = toNs;
    if (toNs > this.lastNs) this.lastNs = toNs;
  }

  /** How many are remembered; 0 is the oldest of them. */
  kept(): number {
    return this.count < KEPT ? this.count : KEPT;
  }

  /** The same, and 0 where all had ended by then. */
  keptAfter(timeNs: number): number {
    return this.lastNs > timeNs ? this.kept() : 0;
  }

  cause(i: number): number {
    return this.#cells[this.#at(i)];
  }

  /** Where in the stream the bytes lie that were waited for. */
  position(i: number): number {
    return this.#cells[this.#at(i) + 1];
  }

  end(i: number): number {
    return this.#cells[this.#at(i) + 2];
  }

  fromNs(i: number): number {
    return this.#cells[this.#at(i) + 3];
  }

  toNs(i: number): number {
    return this.#cells[this.#at(i) + 4];
  }

  #at(i: number): number {
    return ((this.count - this.kept() + i) % KEPT) * COLUMNS;
  }
}

/** The waits of one direction's bytes. */
export class DirectionWaits {
  /** When the last of any kind ended. */
  lastNs = -1;
  /** The last hole that was filled: bytes behind it were readable at filledNs. */
  serial = 0;
  position = 0;
  end = 0;
  openedNs = 0;
  filledNs = -1;
  readonly holes = new WaitRing();
  /** Bytes that were captured twice, since the receiver had lost the first. */
  readonly resent = new WaitRing();
  /** The sender might not send: the receiver's window was zero, or full. */
  readonly zero = new WaitRing();
  readonly full = new WaitRing();

  holeFilled(cause: number, position: number, end: number, openedNs: number, toNs: number): void {
    this.serial++;
    this.position = position;
    this.end = end;
    this.openedNs = openedNs;
    this.filledNs = toNs;
    this.holes.add(cause, position, end, openedNs, toNs);
    if (toNs > this.lastNs) this.lastNs = toNs;
  }

  sentAgain(position: number, end: number, fromNs: number, toNs: number): void {
    this.resent.add(TcpCause.retransmission, position, end, fromNs, toNs);
    if (toNs > this.lastNs) this.lastNs = toNs;
  }

  held(cause: number, fromNs: number, toNs: number): void {
    const ring = cause === TcpCause.zeroWindow ? this.zero : this.full;
    ring.add(cause, 0, 0, fromNs, toNs);
    if (toNs > this.lastNs) this.lastNs = toNs;
  }
}

/** What brought bytes of a task: a PDU, or a piece of RDMA. */
export interface Carrier {
  readonly fromInitiator: boolean;
  readonly streamOffset: number;
  readonly timeNs: number;
  readonly endNs: number;
}

/** About where in the stream a PDU ends: padding and digests are left out. */
export function streamEndOf(pdu: Pdu): number {
  return pdu.streamOffset + 48 + pdu.ahsLength + pdu.dataSegmentLength;
}

/** Call at the end of a PDU of the task: how long all that came behind a hole had to wait. */
export function waited(hole: DirectionWaits, open: OpenTask, pdu: Carrier): void {
  if (hole.filledNs < 0 || pdu.endNs !== hole.filledNs) return;
  const inside = pdu.streamOffset >= hole.position && pdu.streamOffset < hole.end;
  const fromNs = inside || pdu.timeNs < hole.openedNs ? hole.openedNs : pdu.timeNs;
  const ns = hole.filledNs - fromNs;
  if (open.waitSerial !== hole.serial) {
    open.waitSerial = hole.serial;
    open.waitNs = 0;
  }
  if (ns <= open.waitNs) return;
  open.task.tcpWaitNs += ns - open.waitNs;
  open.waitNs = ns;
}

/** What of a time no cause has explained yet: pieces of it. A moment has one cause, the first. */
const PIECES = 64;
const pieceFrom = new Float64Array(PIECES);
const pieceTo = new Float64Array(PIECES);
let pieces = 0;

/**
 * The time from `fromNs` to `untilNs` was `phase`, and a PDU of direction `own` ended it: how much
 * of that TCP took. Cold: called where a wait of either direction reaches into this time.
 */
export function tcpTook(
  open: OpenTask,
  phase: PhaseCodes,
  fromNs: number,
  untilNs: number,
  pdu: Carrier,
  own: DirectionWaits,
  other: DirectionWaits,
): void {
  pieces = 1;
  pieceFrom[0] = fromNs;
  pieceTo[0] = untilNs;
  const fromInitiator = pdu.fromInitiator;
  const flows = dataFlows(phase);
  if (!flows) {
    // Who owed the move could not read what it was to answer.
    const end = fromInitiator ? open.inStreamEnd : open.outStreamEnd;
    for (let i = 0; i < other.resent.keptAfter(fromNs); i++) {
      if (other.resent.position(i) < end) take(open, phase, other.resent, i, 0);
    }
    for (let i = 0; i < other.holes.keptAfter(fromNs); i++) {
      if (other.holes.position(i) < end) take(open, phase, other.holes, i, 0);
    }
  }
  for (let i = 0; i < own.holes.keptAfter(fromNs); i++) {
    const filledNs = own.holes.toNs(i);
    if (filledNs <= fromNs || filledNs > untilNs) continue;
    const inside = own.holes.end(i) > pdu.streamOffset;
    // Behind the hole: its bytes waited since they came, and were read when it was filled.
    if (inside) take(open, phase, own.holes, i, 0);
    else if (filledNs === untilNs) take(open, phase, own.holes, i, pdu.timeNs);
  }
  if (!flows && phase !== PhaseCode.dataToStatus) return;
  const begin = fromInitiator ? open.outStreamBegin : open.inStreamBegin;
  for (let i = 0; i < own.resent.keptAfter(fromNs); i++) {
    const position = own.resent.position(i);
    if (begin >= 0 && position >= begin && position <= pdu.streamOffset) {
      take(open, phase, own.resent, i, 0);
    }
  }
  if (!flows) return;
  // A closed window explains a pause within data that flows, not one before it.
  for (let i = 0; i < own.zero.keptAfter(fromNs); i++) take(open, phase, own.zero, i, 0);
  for (let i = 0; i < own.full.keptAfter(fromNs); i++) take(open, phase, own.full, i, 0);
}

function dataFlows(phase: PhaseCodes): boolean {
  return (
    phase === PhaseCode.dataIn || phase === PhaseCode.dataOut || phase === PhaseCode.unsolicited
  );
}

/** Gives a wait, from `sinceNs` on at the earliest, what of the time nothing else has explained. */
function take(open: OpenTask, phase: PhaseCodes, ring: WaitRing, i: number, sinceNs: number): void {
  const since = ring.fromNs(i);
  const fromNs = since > sinceNs ? since : sinceNs;
  const toNs = ring.toNs(i);
  let ns = 0;
  const before = pieces;
  for (let p = 0; p < before; p++) {
    const a = fromNs > pieceFrom[p] ? fromNs : pieceFrom[p];
    const b = toNs < pieceTo[p] ? toNs : pieceTo[p];
    if (b <= a) continue;
    ns += b - a;
    if (pieceTo[p] > b && pieces < PIECES) {
      pieceFrom[pieces] = b;
      pieceTo[pieces] = pieceTo[p];
      pieces++;
    }
    pieceTo[p] = a;
  }
  if (ns === 0) return;
  const t = open.task;
  const cause = ring.cause(i);
  t.phaseTcpNs[phase] += ns;
  t.tcpCauseNs[phase * TCP_CAUSES + cause] += ns;
  t.tcpTook = true;
  if (cause === TcpCause.zeroWindow) t.zeroWindowNs += ns;
}

asDoubles(new WaitRing(), ['lastNs']);
asDoubles(new DirectionWaits(), ['lastNs', 'openedNs', 'filledNs', 'position', 'end']);
