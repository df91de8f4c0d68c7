// hot: no allocation per packet
// Commands of one LUN against the limits that its VPD B0h told: made where one was told.

import { endedWell, failed, firstBlock, Outcome, type Task } from '../../scsi/task.js';
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
  /** Of the same commands; not by opcode. */
  unmapBlocks: 6,
} as const;
const LIMITS = 7;
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

/** So many make a habit: a tenth of a hundred reads and writes, or of 16 that discard. */
const COMMANDS_LEAST = 100;
const DISCARDS_LEAST = 16;
const SHARE_LEAST = 0.1;
/** Why a target refuses a command beyond its limit: ILLEGAL REQUEST, invalid field in CDB or in parameter list (SPC). */
const ILLEGAL_REQUEST = 5;
const INVALID_FIELD_IN_CDB = 0x24;
const INVALID_FIELD_IN_LIST = 0x26;

/** Commands beyond one limit. */
class Beyond {
  readonly seen: Occurrences = new Occurrences();
  /** The limit in force at the first of them, the page that told it, and what it was before (0: no other was told). */
  max = 0;
  limitsFrame = 0;
  before = 0;
  /** The most that one of them asked for; how many were refused for what they asked, and did not end well otherwise. */
  most = 0;
  refused = 0;
  refusedFrame = 0;
  failed = 0;

  saw(task: Task, asked: number): void {
    this.seen.saw(task.commandFrame, task.commandNs);
    if (asked > this.most) this.most = asked;
    if (isRefused(task)) {
      if (this.refused++ === 0) this.refusedFrame = task.endFrame;
    } else if (failed(task.outcome)) this.failed++;
  }
}

/** Commands against a value that it is best to keep to: counted anew where another is told, until they are a habit. */
class Habit {
  readonly least: number;
  value = 0;
  limitsFrame = 0;
  all = 0;
  seen: Occurrences = new Occurrences();
  most = 0;

  constructor(least: number) {
    this.least = least;
  }

  isMany(): boolean {
    return this.all >= this.least && this.seen.count >= this.all * SHARE_LEAST;
  }

  told(value: number, limitsFrame: number): void {
    if (value === this.value || this.isMany()) return;
    this.value = value;
    this.limitsFrame = limitsFrame;
    this.all = 0;
    this.seen = new Occurrences();
    this.most = 0;
  }

  saw(task: Task): void {
    this.seen.saw(task.commandFrame, task.commandNs);
    if (task.blocks > this.most) this.most = task.blocks;
  }
}

/** What reads and writes of a kind took: ns and blocks of those whose time is known. */
export class Pace {
  count = 0;
  ns = 0;
  blocks = 0;

  took(task: Task): void {
    if (task.statusBound || task.statusNs < 0 || !endedWell(task.outcome)) return;
    this.count++;
    this.ns += task.statusNs - task.commandNs;
    this.blocks += task.blocks;
  }
}

export class LimitWatch {
  /** Those that were told last. */
  limits: BlockLimits;
  /** By Limit. */
  readonly beyond: readonly Beyond[] = Array.from({ length: LIMITS }, () => new Beyond());
  /** The limits by Limit, now and before; 0 none. */
  readonly max: Float64Array = new Float64Array(LIMITS);
  readonly before: Float64Array = new Float64Array(LIMITS);
  /** Reads and writes: longer than is best, and not in whole pieces of the granularity. */
  readonly long: Habit = new Habit(COMMANDS_LEAST);
  readonly uneven: Habit = new Habit(COMMANDS_LEAST);
  /** What the long ones took, and those from half of what is best up to it. */
  readonly longPace: Pace = new Pace();
  readonly bestPace: Pace = new Pace();
  /** WRITE SAME that unmaps with an end off the granularity of unmapping. */
  readonly unmapsUneven: Habit = new Habit(DISCARDS_LEAST);
  unmapAlignment = 0;

  constructor(limits: BlockLimits) {
    this.limits = limits;
    this.told(limits);
  }

  /** The LUN told others than before: later commands are held against these. */
  told(limits: BlockLimits): void {
    this.limits = limits;
    this.#max(Limit.transfer, limits.transferMax);
    this.#max(Limit.writeSame, limits.writeSameMax);
    this.#max(Limit.compare, limits.compareAndWriteMax);
    this.#max(Limit.prefetch, limits.prefetchMax);
    this.#max(Limit.unmap, limits.unmapDescriptorsMax);
    this.#max(Limit.unmapBlocks, limits.unmapBlocksMax);
    this.long.told(limits.transferOptimal, limits.frame);
    this.uneven.told(limits.transferGranularity, limits.frame);
    const { unmapsUneven } = this;
    unmapsUneven.told(limits.unmapGranularity, limits.frame);
    if (unmapsUneven.limitsFrame === limits.frame) this.unmapAlignment = limits.unmapAlignment;
  }

  #max(kind: number, max: number): void {
    if (max === this.max[kind]) return;
    this.before[kind] = this.max[kind];
    this.max[kind] = max;
  }

  /** Only commands that were sent when the limits were known. */
  ended(task: Task): void {
    const kind = KIND[task.opcode];
    if (kind === Limit.none || !task.commandSeen || task.commandFrame <= this.limits.frame) return;
    const asked = kind === Limit.unmap ? unmapRanges(task.cdb, task.cdbLength) : task.blocks;
    if (this.max[kind] > 0 && asked > this.max[kind]) this.#beyond(task, kind, asked);
    const blocksMax = this.max[Limit.unmapBlocks];
    if (kind === Limit.unmap && blocksMax > 0 && task.unmapBlocks > blocksMax) {
      this.#beyond(task, Limit.unmapBlocks, task.unmapBlocks);
    }
    if (kind === Limit.transfer) this.#transfer(task);
    else if (kind === Limit.writeSame && writeSameUnmaps(task.cdb)) this.#unmap(task);
  }

  #beyond(task: Task, kind: number, asked: number): void {
    const one = this.beyond[kind];
    if (one.seen.count === 0) {
      one.max = this.max[kind];
      one.before = this.before[kind];
      one.limitsFrame = this.limits.frame;
    }
    // Another limit since then: what it is now says nothing of those before.
    if (one.max === this.max[kind]) one.saw(task, asked);
  }

  #transfer(task: Task): void {
    const { long, uneven } = this;
    long.all++;
    uneven.all++;
    if (long.value > 0) {
      if (task.blocks > long.value) {
        long.saw(task);
        this.longPace.took(task);
      } else if (task.blocks * 2 >= long.value) this.bestPace.took(task);
    }
    if (uneven.value > 1 && isUneven(task, uneven.value, 0)) uneven.saw(task);
  }

  #unmap(task: Task): void {
    const { unmapsUneven } = this;
    unmapsUneven.all++;
    if (unmapsUneven.value > 1 && isUneven(task, unmapsUneven.value, this.unmapAlignment)) {
      unmapsUneven.saw(task);
    }
  }
}

/** The target's own word that it does not take what the command asks for. */
function isRefused({ outcome, senseKey, asc }: Task): boolean {
  if (outcome !== Outcome.checkCondition || senseKey !== ILLEGAL_REQUEST) return false;
  return asc === INVALID_FIELD_IN_CDB || asc === INVALID_FIELD_IN_LIST;
}

/** Its first block, or what follows its last, lies within a piece. */
function isUneven(task: Task, granularity: number, alignment: number): boolean {
  return (firstBlock(task) - alignment) % granularity !== 0 || task.blocks % granularity !== 0;
}
