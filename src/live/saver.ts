// --save-on: when a command that is over matches, what led to it and what follows is written to a file
// of its own, and the capture goes on. Matches near each other share a file: a stall that slows many
// commands is one story. A storm of matches must not fill the disk: a file covers so much at most, and
// there are so many at most; what was not saved is counted.

import type { Epoch } from '../capture/time.js';
import { durationText, plural } from '../lib/number-text.js';
import { whyNotWritten } from '../lib/why-not-written.js';
import {
  SAVED_COMMAND_NS,
  SAVED_COMMENTS_MAX,
  SAVED_FILES_MAX,
  SAVED_JOINED_NS,
} from '../limits.js';
import type { Task } from '../scsi/task.js';
import { commandText } from '../slice/command-text.js';
import { stamp } from './recorder.js';
import type { Spool } from './spool.js';

export interface Saved {
  readonly path: string;
  readonly packets: number;
  /** Packet in which the first command ended that matched, and how many did. */
  readonly frame: number;
  readonly matches: number;
  /** Why it could not be written. */
  readonly error?: string;
}

export interface SaveWish {
  readonly test: (task: Task) => boolean;
  /** As it was asked for: the file says why it was kept. */
  readonly filter: string;
  /** Path and beginning of the name. */
  readonly prefix: string;
  /** How much of what came before the end of a match, and of what comes after it. */
  readonly lastNs: number;
  readonly afterNs: number;
}

/** Matches whose file is not written yet: more may follow. */
interface Story {
  readonly epoch: Epoch;
  readonly firstNs: number;
  readonly frame: number;
  matches: number;
  fromNs: number;
  lastNs: number;
  readonly comments: Map<number, string[]>;
}

/** Invariant: a story waits until nothing more belongs to it, and is written once. */
export class Saver {
  matches = 0;
  files = 0;
  /** Matches that no file tells of: there were too many files. */
  unsaved = 0;
  readonly #wish: SaveWish;
  readonly #spool: Spool;
  readonly #tell: (saved: Saved) => void;
  #story: Story | undefined = undefined;
  /** Where the last file ends. */
  #savedNs = Number.NEGATIVE_INFINITY;

  constructor(wish: SaveWish, spool: Spool, tell: (saved: Saved) => void) {
    this.#wish = wish;
    this.#spool = spool;
    this.#tell = tell;
  }

  /** What the spool must reach back to: all of a story, from what led to it, or its first command's begin. */
  static spanNs({ lastNs, afterNs }: Pick<SaveWish, 'lastNs' | 'afterNs'>): number {
    return Math.max(lastNs, SAVED_COMMAND_NS) + SAVED_JOINED_NS + afterNs;
  }

  /** A command is over, at `nowNs`. */
  ended(task: Task, epoch: Epoch, nowNs: number): void {
    if (!this.#wish.test(task)) return;
    this.matches++;
    this.passed(nowNs);
    if (this.#story === undefined && this.files >= SAVED_FILES_MAX) {
      this.unsaved++;
      return;
    }
    const frame = task.endFrame > 0 ? task.endFrame : task.statusFrame;
    const story = this.#story ?? this.#begin(epoch, nowNs, frame);
    this.#story = story;
    story.matches++;
    story.lastNs = nowNs;
    // Every packet of a command that matched is kept, however long it took.
    if (task.commandNs >= 0) story.fromNs = Math.min(story.fromNs, task.commandNs);
    if (story.comments.size < SAVED_COMMENTS_MAX) {
      const comment = `sanscope: matches --save-on: ${commandText(task)}`;
      story.comments.set(frame, [...(story.comments.get(frame) ?? []), comment]);
    }
  }

  /** It is `nowNs`: a story that nothing more belongs to is written. */
  passed(nowNs: number): void {
    const story = this.#story;
    if (story !== undefined && nowNs > this.#dueNs(story)) this.#write(story, this.#dueNs(story));
  }

  /** Nothing more comes: the story ends as it is. */
  finish(): void {
    if (this.#story !== undefined) this.#write(this.#story, this.#dueNs(this.#story));
  }

  #begin(epoch: Epoch, nowNs: number, frame: number): Story {
    const fromNs = Math.max(this.#savedNs, nowNs - this.#wish.lastNs);
    const comments = new Map<number, string[]>();
    return { epoch, firstNs: nowNs, frame, matches: 0, fromNs, lastNs: nowNs, comments };
  }

  #dueNs({ firstNs, lastNs }: Story): number {
    const { afterNs } = this.#wish;
    return Math.min(lastNs + afterNs, firstNs + SAVED_JOINED_NS + afterNs);
  }

  #write(story: Story, toNs: number): void {
    this.#story = undefined;
    this.#savedNs = toNs;
    const { frame, matches, epoch, comments, fromNs } = story;
    const why =
      `kept by sanscope live --save-on '${this.#wish.filter}': ${plural(matches, 'command')} matched, ` +
      `the first ended in packet ${frame} of the capture; ${durationText(toNs - fromNs)} around them`;
    const when = stamp(epoch, story.firstNs);
    for (let number = this.files + 1; ; number++) {
      const path = savedName(this.#wish.prefix, when, number);
      try {
        const packets = this.#spool.save(path, { epoch, fromNs, toNs, why, comments });
        this.files++;
        this.#tell({ path, packets, frame, matches });
        return;
      } catch (error) {
        // The same capture may have been looked at before: what was kept then stays.
        if (isThere(error) && number < this.files + SAVED_FILES_MAX) continue;
        this.#tell({ path, packets: 0, frame, matches, error: whyNotWritten(error) });
        return;
      }
    }
  }
}

function isThere(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}

export function savedName(prefix: string, when: string, number: number): string {
  return `${prefix}-${when}-${number}.pcapng`;
}
