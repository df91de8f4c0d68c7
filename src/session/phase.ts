// hot: no allocation per packet
// A command's time split by who owed the next move. Every moment from the first byte of the command
// to the last byte of its status belongs to just one phase, so that the phases sum up to the whole.
// R2Ts that overlap: while the data of one flows it flows; else, while any R2T waits for its data,
// the initiator owes; else the target does.

import type { Pdu } from '../pdu/pdu.js';
import type { OpenTask } from './open-task.js';
import { PhaseCode, type PhaseCodes, ZERO_WINDOW_PHASES } from './task.js';
import type { FilledHole } from './tcp-wait.js';

/** The last time that a sender had to wait for the other side's receive window. */
export class ZeroWindow {
  fromNs = 0;
  toNs = -1;
}

/** The time since the last mark, up to `untilNs`, was `phase`; a PDU of the direction ended it. */
export function passed(
  open: OpenTask,
  phase: PhaseCodes,
  untilNs: number,
  pdu: Pdu,
  hole: FilledHole,
  zero: ZeroWindow,
): void {
  const fromNs = open.markNs;
  const ns = untilNs - fromNs;
  if (ns <= 0 || fromNs < 0) return;
  const t = open.task;
  t.phaseNs[phase] += ns;
  open.markNs = untilNs;
  open.lastPhase = phase;
  let tcpNs = 0;
  if (hole.filledNs === untilNs) {
    const inside = pdu.streamOffset >= hole.position && pdu.streamOffset < hole.end;
    const sinceNs = inside || pdu.timeNs < hole.openedNs ? hole.openedNs : pdu.timeNs;
    tcpNs = untilNs - (sinceNs > fromNs ? sinceNs : fromNs);
  }
  // A closed window explains a pause within data that flows, not one before it.
  if (zero.toNs > fromNs && ZERO_WINDOW_PHASES[phase] === 1) {
    const zeroNs =
      (zero.toNs < untilNs ? zero.toNs : untilNs) - (zero.fromNs > fromNs ? zero.fromNs : fromNs);
    if (zeroNs > 0) {
      t.zeroWindowNs += zeroNs;
      tcpNs += zeroNs;
    }
  }
  if (tcpNs > 0) t.phaseTcpNs[phase] += tcpNs < ns ? tcpNs : ns;
}

/** An R2T has come: what was owed until now. */
export function phaseBeforeR2t(open: OpenTask): PhaseCodes {
  if (open.r2tCount > 0) return open.r2tStarted[0] > 0 ? PhaseCode.dataOut : PhaseCode.hostDelay;
  if (open.task.r2ts > 0) return PhaseCode.betweenBursts;
  return open.sendsUnsolicited ? PhaseCode.unsolicited : PhaseCode.commandToR2t;
}

/** Data of an R2T begins (`i`: which of those outstanding, -1 not known). */
export function phaseBeforeDataOut(open: OpenTask, i: number): PhaseCodes {
  if (i < 0) return open.task.dataOutPdus > 1 ? PhaseCode.dataOut : PhaseCode.commandToR2t;
  if (open.r2tStarted[0] > 0 || open.r2tStarted[i] > 0) return PhaseCode.dataOut;
  return PhaseCode.hostDelay;
}

/** The status has come. */
export function phaseBeforeStatus(open: OpenTask): PhaseCodes {
  const t = open.task;
  if (open.r2tCount > 0) return open.r2tStarted[0] > 0 ? PhaseCode.dataOut : PhaseCode.hostDelay;
  if (t.dataInPdus > 0 || t.dataOutBytes > 0) return PhaseCode.dataToStatus;
  return PhaseCode.commandToStatus;
}

/** A clock that stepped back: what was counted beyond the end is taken back, the last first. */
export function settlePhases(open: OpenTask): void {
  const t = open.task;
  let over = open.markNs - (t.statusNs > t.commandNs ? t.statusNs : t.commandNs);
  for (let n = 0; over > 0 && n < t.phaseNs.length; n++) {
    const phase = (open.lastPhase + t.phaseNs.length - n) % t.phaseNs.length;
    const take = over < t.phaseNs[phase] ? over : t.phaseNs[phase];
    t.phaseNs[phase] -= take;
    if (t.phaseTcpNs[phase] > t.phaseNs[phase]) t.phaseTcpNs[phase] = t.phaseNs[phase];
    over -= take;
  }
}
