// hot: no allocation per packet
// Commands of one LUN against the limits that its VPD B0h told: made where one was told.

import { endedWell, type Task } from '../../scsi/task.js';
import type { BlockLimits } from '../../wire/scsi/block-limits.js';
import { unmapRanges, writeSameUnmaps } from '../../wire/scsi/cdb-words.js';
import { READS_AND_WRITES, ScsiOpcode } from '../../wire/scsi/opcodes.js';
import { Occurrences } from '../groups.js';

/** Which limit holds for a command. */
export const Limit = {
  none: 0,
  transfer: 1,
  writeSame: 2,
  compare: 3,
  prefetch: 4,
  unmap: 5,
} as const;
const LIMITS = 6;
const KIND = new Uint8Array(256);
for (const opcode of READS_AND_WRITES) KIND[opcode] = Limit.transfer;
KIND[ScsiOpcode.writeAndVerify10] = Limit.transfer;
KIND[ScsiOpcode.writeAndVerify12] = Limit.transfer;
KIND[ScsiOpcode.writeAndVerify16] = Limit.transfer;
KIND[ScsiOpcode.writeSame10] = Limit.writeSame;
KIND[ScsiOpcode.writeSame16] = Limit.writeSame;
KIND[ScsiOpcode.preFetch10] = Limit.prefetch;
KIND[ScsiOpcode.preFetch16] = Limit.prefetch;
KIND[ScsiOpcode.compareAndWrite] = Limit.compare;
KIND[ScsiOpcode.unmap] = Limit.unmap;

export class LimitWatch {
  /** Those that were told last. */
  limits: BlockLimits;
  /** By Limit: commands beyond it, the most that one of them asked for, how many did not end well. */
  readonly beyond: readonly Occurrences[] = Array.from({ length: LIMITS }, () => new Occurrences());
  readonly most: Float64Array = new Float64Array(LIMITS);
  readonly refused: Float64Array = new Float64Array(LIMITS);
  /** The limits by Limit; 0 none. */
  readonly max: Float64Array;
  /** Reads and writes; of these longer than is best, and not in whole pieces of the granularity. */
  transfers = 0;
  readonly long: Occurrences = new Occurrences();
  longest = 0;
  readonly uneven: Occurrences = new Occurrences();
  /** WRITE SAME that unmaps; of these with an end off the granularity of unmapping. */
  unmaps = 0;
  readonly unmapsUneven: Occurrences = new Occurrences();

  constructor(limits: BlockLimits) {
    this.limits = limits;
    this.max = new Float64Array(LIMITS);
    this.told(limits);
  }

  /** The LUN told others than before: later commands are held against these. */
  told(limits: BlockLimits): void {
    this.limits = limits;
    this.max[Limit.transfer] = limits.transferMax;
    this.max[Limit.writeSame] = limits.writeSameMax;
    this.max[Limit.compare] = limits.compareAndWriteMax;
    this.max[Limit.prefetch] = limits.prefetchMax;
    this.max[Limit.unmap] = limits.unmapDescriptorsMax;
  }

  /** Only commands that were sent when the limits were known. */
  ended(task: Task): void {
    const kind = KIND[task.opcode];
    if (kind === Limit.none || !task.commandSeen || task.commandFrame <= this.limits.frame) return;
    const asked = kind === Limit.unmap ? unmapRanges(task.cdb, task.cdbLength) : task.blocks;
    if (this.max[kind] > 0 && asked > this.max[kind]) this.#beyond(task, kind, asked);
    if (kind === Limit.transfer) this.#transfer(task);
    else if (kind === Limit.writeSame && writeSameUnmaps(task.cdb)) this.#unmap(task);
  }

  #beyond(task: Task, kind: number, asked: number): void {
    this.beyond[kind].saw(task.commandFrame, task.commandNs);
    if (asked > this.most[kind]) this.most[kind] = asked;
    if (!endedWell(task.outcome)) this.refused[kind]++;
  }

  #transfer(task: Task): void {
    const { transferOptimal, transferGranularity } = this.limits;
    this.transfers++;
    if (transferOptimal > 0 && task.blocks > transferOptimal) {
      this.long.saw(task.commandFrame, task.commandNs);
      if (task.blocks > this.longest) this.longest = task.blocks;
    }
    if (transferGranularity > 1 && isUneven(task, transferGranularity, 0)) {
      this.uneven.saw(task.commandFrame, task.commandNs);
    }
  }

  #unmap(task: Task): void {
    const { unmapGranularity, unmapAlignment } = this.limits;
    this.unmaps++;
    if (unmapGranularity > 1 && isUneven(task, unmapGranularity, unmapAlignment)) {
      this.unmapsUneven.saw(task.commandFrame, task.commandNs);
    }
  }
}

/** Its first block, or what follows its last, lies within a piece. */
function isUneven(task: Task, granularity: number, alignment: number): boolean {
  const first = (task.lbaHigh >>> 0) * 2 ** 32 + (task.lbaLow >>> 0);
  return (first - alignment) % granularity !== 0 || task.blocks % granularity !== 0;
}
