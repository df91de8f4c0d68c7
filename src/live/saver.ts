// --save-on: when a command that is over matches, the last minutes are written to a file of their
// own, and the capture goes on. A storm of matches must not fill the disk: a pause between two
// files, and so many at most; what was not saved is counted.

import type { Epoch } from '../capture/time.js';
import { SAVE_PAUSE_NS, SAVED_FILES_MAX } from '../limits.js';
import type { Task } from '../scsi/task.js';
import { stamp } from './recorder.js';
import type { Spool } from './spool.js';

export interface Saved {
  readonly path: string;
  readonly packets: number;
  /** Packet in which the command ended that matched. */
  readonly frame: number;
  /** Why it could not be written. */
  readonly error?: string;
}

export interface SaveWish {
  readonly test: (task: Task) => boolean;
  /** Path and beginning of the name. */
  readonly prefix: string;
  readonly lastNs: number;
}

export class Saver {
  matches = 0;
  files = 0;
  readonly #wish: SaveWish;
  readonly #spool: Spool;
  readonly #tell: (saved: Saved) => void;
  #savedNs = Number.NEGATIVE_INFINITY;

  constructor(wish: SaveWish, spool: Spool, tell: (saved: Saved) => void) {
    this.#wish = wish;
    this.#spool = spool;
    this.#tell = tell;
  }

  /** A command is over, at `nowNs`. */
  ended(task: Task, epoch: Epoch, nowNs: number): void {
    if (!this.#wish.test(task)) return;
    this.matches++;
    if (nowNs - this.#savedNs < SAVE_PAUSE_NS || this.files >= SAVED_FILES_MAX) return;
    this.#savedNs = nowNs;
    const path = savedName(this.#wish.prefix, stamp(epoch, nowNs), this.files + 1);
    const frame = task.endFrame > 0 ? task.endFrame : task.statusFrame;
    try {
      const packets = this.#spool.save(path, epoch, nowNs - this.#wish.lastNs);
      this.files++;
      this.#tell({ path, packets, frame });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const why = code === 'ENOSPC' ? 'the disk is full' : message;
      this.#tell({ path, packets: 0, frame, error: why });
    }
  }
}

export function savedName(prefix: string, when: string, number: number): string {
  return `${prefix}-${when}-${number}.pcap`;
}
