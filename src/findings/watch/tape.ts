// hot: no allocation per packet
// A tape's reads and writes: how long the drive had nothing to do between them, since the host had not
// sent the next one. A drive that is not fed stops, and goes back to begin again.

import { Outcome, type Task } from '../../scsi/task.js';
import { ScsiOpcode } from '../../wire/scsi/opcodes.js';
import { keepFrame } from '../groups.js';

/** A longer pause is the end of a job, or a change of the cartridge. */
const PAUSE_NS = 30e9;
/** A gap worth a frame. */
const FELT_NS = 100e6;

/** True for what moves blocks to and from a tape. */
export function movesBlocks(opcode: number): boolean {
  return (
    opcode === ScsiOpcode.read6 ||
    opcode === ScsiOpcode.write6 ||
    opcode === ScsiOpcode.read16 ||
    opcode === ScsiOpcode.write16
  );
}

export class TapeWatch {
  /** Reads and writes that were executed, and their bytes. */
  commands = 0;
  bytes = 0;
  fromNs = -1;
  toNs = -1;
  /** Between two of them nothing was open: how often, how long in all and at most, and before which packet. */
  gaps = 0;
  gapNs = 0;
  gapNsMax = 0;
  gapNsMaxAt = -1;
  readonly frames: number[] = [];
  /** When the LUN had nothing open any more; -1 while it has, or what came last was no read or write. */
  #idleNs: number;

  constructor() {
    this.#idleNs = -1;
  }

  /** A read or write begins while nothing else is open. */
  resumed(task: Task): void {
    if (this.fromNs < 0) this.fromNs = task.commandNs;
    const ns = this.#idleNs < 0 ? -1 : task.commandNs - this.#idleNs;
    if (ns < 0 || ns > PAUSE_NS) return;
    this.gaps++;
    this.gapNs += ns;
    if (ns >= FELT_NS) keepFrame(this.frames, task.commandFrame);
    if (ns <= this.gapNsMax) return;
    this.gapNsMax = ns;
    this.gapNsMaxAt = this.#idleNs;
  }

  /** A command of the LUN has ended; so many others are open. Rewinding and marks are no gap of the host. */
  ended(task: Task, open: number): void {
    const moved = movesBlocks(task.opcode);
    this.#idleNs = moved && open === 0 ? task.endNs : -1;
    if (!moved || task.outcome !== Outcome.good) return;
    this.commands++;
    this.bytes += task.dataInBytes + task.dataOutBytes;
    this.toNs = task.endNs;
  }
}
