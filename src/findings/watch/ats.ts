// COMPARE AND WRITE (ATS), which clusters use for locks and heartbeats: by block, how often and how
// fast; and what was compared when it miscompared. Seldom: a few a second.

import { latencyNs, type Task } from '../../scsi/task.js';
import { Occurrences } from '../groups.js';

export const COMPARE_AND_WRITE = 0x89;
const TWO_32 = 4294967296;
/** Blocks told apart: a host has a few heartbeats and locks. */
const BLOCKS_MAX = 64;
const MISCOMPARE = 0x0e;

/** ATS on one block. */
export interface AtsBlock {
  count: number;
  firstNs: number;
  lastNs: number;
  /** Latency of the one before, -1 unknown. */
  lastLatencyNs: number;
}

export class AtsWatch {
  commands = 0;
  readonly miscompares: Occurrences = new Occurrences();
  /** Of the first miscompare: its block, the period of ATS on it, and what the one before took. */
  lba = -1;
  periodNs = -1;
  beforeNs = -1;
  /** The longest latency of an ATS that came right before a miscompare on its block. */
  beforeNsMax = -1;
  readonly #blocks: Map<number, AtsBlock>;

  constructor() {
    this.#blocks = new Map();
  }

  ended(task: Task): void {
    this.commands++;
    const lba = task.lbaHigh * TWO_32 + task.lbaLow;
    const block = this.#blocks.get(lba);
    if (task.senseKey === MISCOMPARE && task.asc === 0x1d) this.#miscompared(task, lba, block);
    const ns = latencyNs(task);
    if (block === undefined) {
      if (this.#blocks.size >= BLOCKS_MAX) return;
      const first = { firstNs: task.commandNs, lastNs: task.commandNs };
      this.#blocks.set(lba, { count: 1, lastLatencyNs: ns, ...first });
      return;
    }
    block.count++;
    block.lastNs = task.commandNs;
    block.lastLatencyNs = ns;
  }

  #miscompared(task: Task, lba: number, block: AtsBlock | undefined): void {
    if (this.miscompares.count === 0) {
      this.lba = lba;
      this.beforeNs = block?.lastLatencyNs ?? -1;
      if (block !== undefined && block.count > 1) {
        this.periodNs = (block.lastNs - block.firstNs) / (block.count - 1);
      }
    }
    const before = block?.lastLatencyNs ?? -1;
    if (before > this.beforeNsMax) this.beforeNsMax = before;
    this.miscompares.saw(task.commandFrame, task.commandNs);
  }
}
