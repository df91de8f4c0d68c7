// BUSY and TASK SET FULL of one LUN: how many commands were open at that moment, and how long the host
// waited before it sent the command again. Made where there is one.

import { Outcome, type OutcomeCode, type Task } from '../../scsi/task.js';
import { Occurrences } from '../groups.js';

/** Refused commands whose second sending is waited for. */
const AWAITED_MAX = 8;

/** Refusals of one kind. */
export class Refusal extends Occurrences {
  readonly outcome: OutcomeCode;
  /** Commands of this host that the LUN had when it refused, the refused one counted. */
  openMin = 0;
  openMax = 0;
  openSum = 0;

  constructor(outcome: OutcomeCode) {
    super();
    this.outcome = outcome;
  }
}

interface Awaited {
  readonly opcode: number;
  readonly lbaHigh: number;
  readonly lbaLow: number;
  readonly endNs: number;
}

export class RefusalWatch {
  readonly busy: Refusal = new Refusal(Outcome.busy);
  readonly full: Refusal = new Refusal(Outcome.taskSetFull);
  /** Commands sent again, and how long after the refusal. */
  retries = 0;
  retryNsMin = -1;
  retryNsMax = -1;
  readonly #awaited: Awaited[];

  constructor() {
    this.#awaited = [];
  }

  /** `open`: commands of the LUN that were open, this one counted. */
  refused(task: Task, open: number): void {
    const one = task.outcome === Outcome.busy ? this.busy : this.full;
    one.openSum += open;
    if (one.count === 0 || open < one.openMin) one.openMin = open;
    if (open > one.openMax) one.openMax = open;
    one.saw(task.commandFrame, task.endNs);
    if (this.#awaited.length >= AWAITED_MAX) this.#awaited.shift();
    const { opcode, lbaHigh, lbaLow, endNs } = task;
    this.#awaited.push({ opcode, lbaHigh, lbaLow, endNs });
  }

  started(task: Task): void {
    for (let i = 0; i < this.#awaited.length; i++) {
      const { opcode, lbaHigh, lbaLow, endNs } = this.#awaited[i];
      if (opcode !== task.opcode || lbaLow !== task.lbaLow || lbaHigh !== task.lbaHigh) continue;
      const ns = task.commandNs - endNs;
      if (ns < 0) continue;
      this.retries++;
      if (this.retryNsMin < 0 || ns < this.retryNsMin) this.retryNsMin = ns;
      if (ns > this.retryNsMax) this.retryNsMax = ns;
      this.#awaited.splice(i, 1);
      return;
    }
  }
}
