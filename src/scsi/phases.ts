// hot: no allocation per packet
// A command's time split by who owed the next move. Every moment from the first byte of the command
// to the last byte of its status belongs to just one phase, so that the phases sum up to the whole.
// R2Ts that overlap: while the data of one flows it flows; else, while any R2T waits for its data,
// the initiator owes; else the target does.

import type { DirectionWaits } from './direction-waits.js';
import type { OpenTask } from './open-task.js';
import { PhaseCode, type PhaseCodes, type Task, TCP_CAUSES } from './task.js';
import type { TaskPdu } from './task-pdu.js';
import { tcpTook } from './tcp-waits.js';

/**
 * The time since the last mark, up to `untilNs`, was `phase`; a PDU of direction `own` ended it.
 * `other` is the direction against it.
 */
export function passed(
  open: OpenTask,
  phase: PhaseCodes,
  untilNs: number,
  pdu: TaskPdu,
  own: DirectionWaits,
  other: DirectionWaits,
): void {
  const fromNs = open.markNs;
  const ns = untilNs - fromNs;
  if (ns <= 0 || fromNs < 0) return;
  open.task.phaseNs[phase] += ns;
  open.markNs = untilNs;
  open.lastPhase = phase;
  if (own.lastNs > fromNs || other.lastNs > fromNs) {
    tcpTook(open, phase, fromNs, untilNs, pdu, own, other);
  }
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
    if (t.phaseTcpNs[phase] > t.phaseNs[phase]) lessTcp(t, phase);
    over -= take;
  }
}

/** TCP's part of a phase is no more than the phase: the last causes give way. */
function lessTcp(t: Task, phase: number): void {
  let over = t.phaseTcpNs[phase] - t.phaseNs[phase];
  t.phaseTcpNs[phase] = t.phaseNs[phase];
  for (let cause = TCP_CAUSES - 1; cause >= 0 && over > 0; cause--) {
    const at = phase * TCP_CAUSES + cause;
    const take = over < t.tcpCauseNs[at] ? over : t.tcpCauseNs[at];
    t.tcpCauseNs[at] -= take;
    over -= take;
  }
}
