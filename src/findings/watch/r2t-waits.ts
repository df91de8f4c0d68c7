// Writes of one LUN that waited long for the target to ask for data: before the first R2T, or between
// bursts; and whether the target answered others meanwhile. Only waits of a tenth of a second come here.

import { PhaseCode, type Task } from '../../scsi/task.js';

/** Disks take some 10 ms; a tenth of a second is felt by who waits. */
export const R2T_LATE_NS = 100e6;

/** The longest wait of a kind. */
export interface R2tWait {
  ns: number;
  frame: number;
  timeNs: number;
  /** Commands of the session that ended while this one was open. */
  others: number;
  /** Waits of this kind of 100 ms and more. */
  count: number;
}

export class R2tWaits {
  readonly first: R2tWait = { ns: 0, frame: 0, timeNs: -1, others: 0, count: 0 };
  readonly between: R2tWait = { ns: 0, frame: 0, timeNs: -1, others: 0, count: 0 };

  /** `others`: commands of the session that ended while this one was open. */
  ended(task: Task, others: number): void {
    keep(this.first, task, task.firstR2tNs - task.commandNs, others);
    keep(this.between, task, task.phaseNs[PhaseCode.betweenBursts], others);
  }
}

function keep(wait: R2tWait, task: Task, ns: number, others: number): void {
  if (ns < R2T_LATE_NS) return;
  wait.count++;
  if (ns <= wait.ns) return;
  wait.ns = ns;
  wait.frame = task.commandFrame;
  wait.timeNs = task.commandNs;
  wait.others = others;
}
