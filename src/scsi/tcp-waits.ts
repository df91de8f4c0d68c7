// hot: no allocation per packet
// What TCP took of a task's time, and why: bytes that came again or late kept all behind them from
// being read, and a receive window that was closed or full kept the sender from sending
// (stream/events.ts). Waits are rare, so that the last few of a direction are enough.

import type { DirectionWaits, WaitRing } from './direction-waits.js';
import type { OpenTask } from './open-task.js';
import { PhaseCode, type PhaseCodes, TCP_CAUSES, TcpCause, tcpTakes } from './task.js';
import type { TaskPdu } from './task-pdu.js';

/** Call at the end of a PDU of the task: how long all that came behind a hole had to wait. */
export function waited(hole: DirectionWaits, open: OpenTask, pdu: TaskPdu): void {
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
  pdu: TaskPdu,
  own: DirectionWaits,
  other: DirectionWaits,
): void {
  pieces = 1;
  pieceFrom[0] = fromNs;
  pieceTo[0] = untilNs;
  const { fromInitiator } = pdu;
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
  tcpTakes(t);
  t.phaseTcpNs[phase] += ns;
  t.tcpCauseNs[phase * TCP_CAUSES + cause] += ns;
  if (cause === TcpCause.zeroWindow) t.zeroWindowNs += ns;
}
