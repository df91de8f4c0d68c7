// What a live run keeps: the capture (-w, -b), and the last packets for --save-on; what becomes of
// them is said.

import type { Packet } from '../capture/packet.js';
import type { Epoch } from '../capture/time.js';
import { OutputError } from '../lib/exit.js';
import { countText, plural } from '../lib/number-text.js';
import { whyNotWritten } from '../lib/why-not-written.js';
import type { Task } from '../scsi/task.js';
import type { LiveTelling } from './listener.js';
import type { LiveOptions } from './options.js';
import { Recorder } from './recorder.js';
import { type Saved, Saver } from './saver.js';
import { Spool } from './spool.js';

/** More names than these are told by the first and the last. */
const NAMES_SHOWN = 3;

export class LiveKeep {
  /** The capture could not be kept as -w asks. */
  failed = false;
  readonly #telling: LiveTelling;
  readonly #stop: () => void;
  readonly #recorder: Recorder | undefined = undefined;
  readonly #spool: Spool | undefined = undefined;
  readonly #saver: Saver | undefined = undefined;
  #spoolTold = false;

  /** `stop` ends the run: what shall be kept cannot be. `nanoseconds`: how fine packets are timed. */
  constructor(
    wish: LiveOptions,
    telling: LiveTelling,
    nanoseconds: () => boolean,
    stop: () => void,
  ) {
    this.#telling = telling;
    this.#stop = stop;
    if (wish.write !== undefined) {
      this.#recorder = new Recorder(wish.write, wish.ring, nanoseconds, wish.isRead);
    }
    if (wish.saveOn === undefined) return;
    const save = {
      test: wish.saveOn.test,
      filter: wish.saveOnText,
      prefix: wish.saveTo,
      lastNs: wish.saveLastNs,
      afterNs: wish.saveAfterNs,
    };
    this.#spool = new Spool(wish.spoolBytes, Saver.spanNs(save), nanoseconds);
    this.#saver = new Saver(save, this.#spool, (saved) => this.#tellSaved(saved));
  }

  /** Throws an OutputError where -w names what cannot be written at all. */
  packet(packet: Packet, epoch: Epoch): void {
    this.#recorder?.packet(packet, epoch);
    this.#saver?.passed(packet.timeNs);
    this.#spool?.packet(packet, epoch);
    this.#tellFailure(true);
  }

  ended(task: Task, epoch: Epoch): void {
    this.#saver?.ended(task, epoch, Math.max(task.endNs, task.statusNs));
  }

  /** No packet came for a while: it is `nowNs` all the same. */
  passed(nowNs: number): void {
    this.#saver?.passed(nowNs);
  }

  /** What was captured lies on the disk: others may follow the file. */
  flush(): void {
    this.#recorder?.flush();
    this.#tellFailure();
    this.#tellSpool();
  }

  /** Nothing more comes. */
  finish(): void {
    this.#saver?.finish();
    this.#recorder?.close();
    this.#tellFailure();
    this.#tellSpool();
  }

  close(): void {
    this.#recorder?.close();
    this.#spool?.close();
  }

  /** What there is in the end. */
  tell(): void {
    const recorder = this.#recorder;
    if (recorder !== undefined && recorder.paths().length > 0) {
      this.#say(`${plural(recorder.packets, 'packet')} written to ${named(recorder.paths())}`);
      if (recorder.otherLinkType > 0) {
        const what = plural(recorder.otherLinkType, 'packet');
        this.#say(`${what} of another link type not written: a pcap file has one`, true);
      }
    }
    if (this.#saver !== undefined) {
      const { matches, files, unsaved } = this.#saver;
      const left = unsaved > 0 ? `, ${plural(unsaved, 'match', 'matches')} not saved` : '';
      this.#say(
        `--save-on: ${plural(matches, 'match', 'matches')}, ${plural(files, 'file')} written${left}`,
      );
    }
  }

  #tellSaved(saved: Saved): void {
    this.#telling.notice('saved', { ...saved });
    if (saved.error === undefined) {
      const what = plural(saved.packets, 'packet');
      this.#say(
        `${what} saved to ${JSON.stringify(saved.path)}: ${plural(saved.matches, 'command')} matched, the first ended in packet ${countText(saved.frame)}`,
      );
    } else this.#say(`${JSON.stringify(saved.path)} cannot be written: ${saved.error}`, true);
  }

  /** The spool holds less than it was asked to: said once. */
  #tellSpool(): void {
    const trouble = this.#spool?.trouble ?? '';
    if (trouble === '' || this.#spoolTold) return;
    this.#spoolTold = true;
    this.#telling.notice('spool', { text: trouble });
    this.#say(trouble, true);
  }

  /** The capture cannot be kept any further: that is the end, in order. */
  #tellFailure(opening = false): void {
    const failure = this.#recorder?.failure;
    if (failure === undefined || this.failed) return;
    this.failed = true;
    const name = JSON.stringify(failure.path);
    const full = failure.code === 'ENOSPC';
    const why = whyNotWritten(failure);
    const nothing = this.#recorder?.packets === 0;
    // Nothing was written and nothing will be: the command line was wrong.
    if (nothing && !full && opening) throw new OutputError(`${name} cannot be written: ${why}`);
    const rest = nothing ? why : `${why}; what it holds is kept`;
    this.#say(`${name} cannot be written${nothing ? '' : ' further'}: ${rest}`, true);
    this.#stop();
  }

  #say(what: string, always = false): void {
    this.#telling.say(what, always);
  }
}

function named(paths: readonly string[]): string {
  const quoted = paths.map((path) => JSON.stringify(path));
  if (paths.length <= NAMES_SHOWN) return quoted.join(', ');
  return `${quoted[0]} … ${quoted.at(-1)}, ${paths.length} files`;
}
