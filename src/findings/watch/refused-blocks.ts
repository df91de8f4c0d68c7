// hot: no allocation per packet
// Reads and writes that a LUN refuses at some of its blocks, and goes on to execute elsewhere: a stretch of a disk that
// is broken; or writes refused while reads are executed: no room is left behind it.

import { firstBlock, type Task } from '../../scsi/task.js';
import { keepFrame } from '../groups.js';

const NOT_READY = 2;
const MEDIUM = 3;
const HARDWARE = 4;
const PROTECT = 7;
/** LOGICAL UNIT COMMUNICATION FAILURE: Linux LIO says so of any I/O error of its backing store. */
const COMMUNICATION = 0x08;
/** SPACE ALLOCATION FAILED WRITE PROTECT (27/07): thin provisioning has run out. */
const PROTECTED = 0x27;
const ALLOCATION = 0x07;

export class RefusedBlocks {
  reads = 0;
  writes = 0;
  /** Blocks from the first refused to the last, the end not counted. */
  from = 0;
  end = 0;
  /** Blocks of all refused, those refused again counted again. */
  blocks = 0;
  firstNs = -1;
  lastNs = -1;
  senseKey = -1;
  asc = -1;
  ascq = -1;
  readonly frames: number[] = [];
  /** Since the first: executed where nothing had been refused; writes of these; and where something had been. */
  elsewhere = 0;
  written = 0;
  touched = 0;

  refused(task: Task): void {
    if (!isOfBlocks(task)) return;
    const from = firstBlock(task);
    const end = from + task.blocks;
    if (this.firstNs < 0) {
      this.firstNs = task.commandNs;
      this.from = from;
      this.end = end;
      this.senseKey = task.senseKey;
      this.asc = task.asc;
      this.ascq = task.ascq;
    }
    if (from < this.from) this.from = from;
    if (end > this.end) this.end = end;
    this.lastNs = task.endNs;
    this.blocks += task.blocks;
    if (task.writes) this.writes++;
    else this.reads++;
    keepFrame(this.frames, task.commandFrame);
  }

  /** A read or write that was executed. */
  executed(task: Task): void {
    if (this.firstNs < 0 || task.commandNs < this.firstNs) return;
    const from = firstBlock(task);
    const meets = from < this.end && from + task.blocks > this.from;
    const alike = task.writes ? this.writes > 0 : this.reads > 0;
    if (meets && alike) this.touched++;
    else {
      this.elsewhere++;
      if (task.writes) this.written++;
    }
  }
}

/** Errors of what lies behind the blocks; states of the unit as a whole are told elsewhere. */
function isOfBlocks({ senseKey, asc, ascq }: Task): boolean {
  if (senseKey === NOT_READY) return asc === COMMUNICATION;
  if (senseKey === PROTECT) return asc === PROTECTED && ascq === ALLOCATION;
  return senseKey === MEDIUM || senseKey === HARDWARE;
}
