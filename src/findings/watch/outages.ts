// A LUN that had executed reads and writes, and then refused them for a while: since when, with which
// sense, until when; and what it then said of itself. Only refusals come here, and what ends them.

import { firstBlock, type Task } from '../../scsi/task.js';
import { keepFrame, Occurrences } from '../groups.js';

/** Kinds of refusal kept by name. */
const SENSES_MAX = 8;

const NOT_READY = 2;
const HARDWARE = 4;
const ILLEGAL = 5;
const PROTECT = 7;
const OUT_OF_RANGE = 0x21;
const NO_LUN = 0x25;
const WRITE_PROTECTED = 0x27;

export interface Outage {
  readonly fromNs: number;
  toNs: number;
  refused: number;
  readonly frames: number[];
  /** Sense key, ASC, ASCQ as one number, each once. */
  readonly senses: Set<number>;
  /** Blocks that had been read or written before are out of range now, or writes refused that were taken. */
  otherUnit: boolean;
  /** When a read or write was executed again; -1 never. */
  backNs: number;
}

export class OutageWatch {
  /** The first one, and how many there were. */
  first: Outage | undefined = undefined;
  count = 0;
  /** Out of range, though blocks of this unit before: by what was executed, or READ CAPACITY told. */
  readonly shrunk: Occurrences = new Occurrences();
  /** The lowest end of what was refused so, and the most blocks that were told until then (0 none). */
  shrunkEnd = 0;
  shrunkTold = 0;
  /** The highest block executed after the first of them. */
  endSince = 0;
  #current: Outage | undefined;
  /** Of reads and writes that were executed: how many, the highest block, and whether one wrote. */
  #good: number;
  #end: number;
  #wrote: boolean;
  /** READ CAPACITY as it was when a read or write was executed: its text, and the most of all. */
  #told: string;
  #toldBlocks: number;
  #toldNs: number;

  constructor() {
    this.#current = undefined;
    this.#good = 0;
    this.#end = 0;
    this.#wrote = false;
    this.#told = '';
    this.#toldBlocks = 0;
    this.#toldNs = 0;
  }

  /** A read or write that was executed; `told`: the blocks of the unit by READ CAPACITY, '' unknown. */
  executed(task: Task, told: string): void {
    this.#good++;
    if (told !== this.#told) this.#tell(told, task.endNs);
    const end = endOf(task);
    if (end > this.#end) this.#end = end;
    if (this.shrunk.count > 0 && end > this.endSince) this.endSince = end;
    if (task.writes) this.#wrote = true;
    const one = this.#current;
    if (one === undefined) return;
    one.backNs = task.endNs;
    this.#current = undefined;
  }

  /** A read or write that ended with sense data. */
  refused(task: Task): void {
    if (task.senseKey === ILLEGAL && task.asc === OUT_OF_RANGE) this.#beyond(task);
    if (this.#good === 0 || !this.#refuses(task)) return;
    let one = this.#current;
    if (one === undefined) {
      this.count++;
      const { commandNs: fromNs } = task;
      const begun = { toNs: fromNs, refused: 0, frames: [], otherUnit: false, backNs: -1 };
      one = { ...begun, fromNs, senses: new Set<number>() };
      this.#current = one;
      this.first ??= one;
    }
    one.refused++;
    one.toNs = Math.max(one.toNs, task.endNs);
    keepFrame(one.frames, task.commandFrame);
    const { senseKey, asc, ascq } = task;
    if (one.senses.size < SENSES_MAX) one.senses.add((senseKey << 16) | (asc << 8) | ascq);
    const shrunk = senseKey === ILLEGAL && asc === OUT_OF_RANGE;
    if (shrunk || senseKey === PROTECT) one.otherUnit = true;
  }

  #tell(told: string, ns: number): void {
    this.#told = told;
    const blocks = Number(told);
    if (blocks <= this.#toldBlocks) return;
    this.#toldBlocks = blocks;
    this.#toldNs = ns;
  }

  /** Sent when these blocks were known to be there: a host that probes beyond the end is not that. */
  #beyond(task: Task): void {
    const end = endOf(task);
    const told = task.commandNs >= this.#toldNs ? this.#toldBlocks : 0;
    // Media of discs are changed.
    if (!task.commandSeen || task.deviceType > 0 || task.blocks === 0) return;
    if (end > Math.max(told, this.#end)) return;
    if (this.shrunk.count === 0 || end < this.shrunkEnd) this.shrunkEnd = end;
    this.shrunkTold = told;
    this.shrunk.saw(task.commandFrame, task.commandNs);
  }

  /**
   * What it had done before it does not do any more. States of a path and attentions are told elsewhere;
   * blocks that never were there, and writes to what never took any, are the host's mistake.
   */
  #refuses(task: Task): boolean {
    const { senseKey, asc, ascq } = task;
    if (senseKey === NOT_READY) return asc !== 4 || ascq < 0x0a || ascq > 0x0c;
    if (senseKey === PROTECT) return asc === WRITE_PROTECTED && this.#wrote;
    if (senseKey === ILLEGAL && asc === OUT_OF_RANGE) return endOf(task) <= this.#end;
    return senseKey === HARDWARE || (senseKey === ILLEGAL && asc === NO_LUN);
  }
}

function endOf(task: Task): number {
  return firstBlock(task) + task.blocks;
}
