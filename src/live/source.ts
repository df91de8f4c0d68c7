// Where live packets come from, behind one face: a capturing program (here or over ssh), standard
// input, files that grow.

import type { Capture } from '../capture/capture.js';
import { CaptureError } from '../capture/capture-error.js';
import { Followed } from '../capture/follow.js';
import { captureFollowed, captureStream } from '../capture/live-capture.js';
import type { PipeSpool } from '../capture/pipe-spool.js';
import type { ProblemLog } from '../problem.js';
import { Child, type ChildEnd } from './child.js';
import type { CaptureCounters } from './counters.js';
import { type Failure, noInterface } from './failure.js';
import { listInterfaces } from './interfaces.js';
import { LiveError } from './live-error.js';
import {
  type CaptureProgramOptions,
  type Command,
  captureCommand,
  type Program,
  sshCommand,
} from './programs.js';
import { openRelay } from './relay.js';

/** So long a pipe may still bring what its writer has when both are interrupted. */
const PIPE_PATIENCE_MS = 300;

export interface LiveSource {
  /** For messages. */
  readonly name: string;
  /** When it tells what the kernel dropped. */
  readonly dropsTold: 'now' | 'at the end' | 'never';
  /** Its clock is this machine's: delays can be told. */
  readonly local: boolean;
  /**
   * undefined where it was stopped before anything came; `spool` keeps what flows for a second look.
   * Throws a LiveError or a CaptureError.
   */
  open(problems: ProblemLog, spool?: PipeSpool): Promise<Capture | undefined>;
  /** Asks it to end: what was captured until then still comes. */
  stop(): void;
  /** Asks for the counters so far, where it can tell them. */
  ask(): void;
  counters(): CaptureCounters | undefined;
  /** What passed by unread, in a sentence; it grows as that happens. */
  readonly missed?: { readonly files: number; readonly text: string };
  /** Settles once it has ended; with why, where it was not asked to. */
  ended(): Promise<ChildEnd>;
}

const NOTHING_SAID: ChildEnd = { counters: undefined, failure: undefined };

export class ProgramSource implements LiveSource {
  readonly local = true;
  readonly name: string;
  readonly #commands: readonly Command[];
  readonly #path: string;
  #child: Child | undefined = undefined;
  #stopped = false;

  /** Programs that capture, best first: the next is tried where one is not permitted to. */
  constructor(programs: readonly Program[], wish: CaptureProgramOptions, path: string) {
    this.name = wish.interface;
    this.#path = path;
    this.#commands = programs.map((program) => captureCommand(program, wish, path));
  }

  async open(problems: ProblemLog, spool?: PipeSpool): Promise<Capture | undefined> {
    let refused: Failure | undefined;
    for (const command of this.#commands) {
      const opened = await this.#try(command, problems, spool);
      if (opened === undefined || !('kind' in opened)) return opened;
      refused ??= opened;
      if (opened.kind !== 'rights') throw new LiveError(opened.text);
    }
    throw new LiveError(refused?.text ?? 'nothing captures');
  }

  stop(): void {
    this.#stopped = true;
    this.#child?.stop();
  }

  ask(): void {
    this.#child?.ask();
  }

  counters(): CaptureCounters | undefined {
    return this.#child?.counters();
  }

  get dropsTold(): 'now' | 'at the end' {
    return this.#child?.tellsNow ? 'now' : 'at the end';
  }

  ended(): Promise<ChildEnd> {
    return this.#child?.ended ?? Promise.resolve(NOTHING_SAID);
  }

  /** Rights are looked at before the interface: who lacks them is not told that there is none. */
  #isThere(): boolean {
    return listInterfaces(this.#path).some(({ name }) => name === this.name);
  }

  async #try(
    command: Command,
    problems: ProblemLog,
    spool?: PipeSpool,
  ): Promise<Capture | Failure | undefined> {
    // Before the program begins to capture somebody reads what it writes.
    const relay = await openRelay();
    if (this.#stopped) {
      relay?.output.destroy();
      relay?.packets.destroy();
      return undefined;
    }
    const child = new Child(command, this.name, relay);
    this.#child = child;
    try {
      return await captureStream(this.name, child.packets, { problems, spool });
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      const { failure } = await child.ended;
      if (failure?.kind === 'rights' && !this.#isThere()) return noInterface(this.name);
      if (failure !== undefined) return failure;
      if (this.#stopped) return undefined;
      throw new LiveError(`${command.name} wrote no capture: ${error.message}`);
    }
  }
}

/** tcpdump on another host. */
export function sshSource(
  host: string,
  wish: Omit<CaptureProgramOptions, 'interface'> & { readonly interface: string | undefined },
): LiveSource {
  return new SshSource(host, sshCommand(host, wish));
}

class SshSource implements LiveSource {
  readonly local = false;
  readonly dropsTold = 'at the end';
  readonly name: string;
  readonly #command: Command;
  #child: Child | undefined = undefined;
  #stopped = false;

  constructor(host: string, command: Command) {
    this.name = host;
    this.#command = command;
  }

  async open(problems: ProblemLog, spool?: PipeSpool): Promise<Capture | undefined> {
    if (this.#stopped) return undefined;
    const child = new Child(this.#command, this.name);
    this.#child = child;
    try {
      return await captureStream(this.name, child.packets, { problems, spool });
    } catch (error) {
      const { failure } = await child.ended;
      if (failure !== undefined) throw new LiveError(failure.text);
      if (this.#stopped) return undefined;
      throw error;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#child?.stop();
  }

  ask(): void {} // a signal does not go through ssh

  counters(): CaptureCounters | undefined {
    return this.#child?.counters();
  }

  ended(): Promise<ChildEnd> {
    return this.#child?.ended ?? Promise.resolve(NOTHING_SAID);
  }
}

/** A capture on standard input. */
export class PipeSource implements LiveSource {
  readonly local = false;
  readonly dropsTold = 'never';
  readonly name = '-';
  #capture: Capture | undefined = undefined;
  #stopped = false;

  async open(problems: ProblemLog, spool?: PipeSpool): Promise<Capture | undefined> {
    try {
      this.#capture = await captureStream('-', process.stdin, { problems, spool });
    } catch (error) {
      if (this.#stopped && error instanceof CaptureError) return undefined;
      throw error;
    }
    return this.#capture;
  }

  /** Whoever writes may have been interrupted with us: its last packets are waited for a moment. */
  stop(): void {
    this.#stopped = true;
    const end = () => {
      if (this.#capture === undefined) process.stdin.destroy();
      else this.#capture.stop();
    };
    setTimeout(end, PIPE_PATIENCE_MS).unref();
  }

  ask(): void {}

  counters(): undefined {
    return undefined;
  }

  ended(): Promise<ChildEnd> {
    return Promise.resolve(NOTHING_SAID);
  }
}

/** Files that another program is writing. */
export class FollowSource implements LiveSource {
  readonly local = false;
  readonly dropsTold = 'never';
  readonly name: string;
  readonly #followed: Followed;
  #stopped = false;

  constructor(pattern: string) {
    this.name = pattern;
    this.#followed = new Followed(pattern);
  }

  async open(problems: ProblemLog, spool?: PipeSpool): Promise<Capture | undefined> {
    try {
      return await captureFollowed(this.#followed, { problems, spool });
    } catch (error) {
      if (this.#stopped && error instanceof CaptureError) return undefined;
      throw error;
    }
  }

  get missed(): { readonly files: number; readonly text: string } {
    return this.#followed.overtaken;
  }

  stop(): void {
    this.#stopped = true;
    this.#followed.close();
  }

  ask(): void {}

  counters(): undefined {
    return undefined;
  }

  ended(): Promise<ChildEnd> {
    this.#followed.close();
    return Promise.resolve(NOTHING_SAID);
  }
}
