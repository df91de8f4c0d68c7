// A capturing program as our child: its packets come from its stdout, its counters at its end from
// its stderr. It is asked to end with SIGINT, so that it says them.

import { type ChildProcess, spawn } from 'node:child_process';
import { PassThrough, type Readable } from 'node:stream';
import { type CaptureCounters, countersOf } from './counters.js';
import { type Failure, failureOf } from './failure.js';
import { LiveError } from './live-error.js';
import type { Command } from './programs.js';
import type { Relay } from './relay.js';

const PIPE_BYTES = 1 << 20;
/** What is kept of its stderr: its beginning and its end say all. */
const SAID_MAX = 1 << 16;
/** So long it may take to say its counters. */
const PATIENCE_MS = 5000;
/** Ctrl-C reaches the child too: it may end before we know why. */
const SIGNAL_MS = 100;

export interface ChildEnd {
  readonly counters: CaptureCounters | undefined;
  /** Why it ended, where it was not asked to. */
  readonly failure: Failure | undefined;
}

/** Invariant: `ended` settles once the process is gone and its stderr was read. */
export class Child {
  readonly packets: Readable;
  readonly ended: Promise<ChildEnd>;
  readonly #process: ChildProcess;
  #said = '';
  #asked = false;
  #gone = false;
  readonly #asks: boolean;
  #timer: NodeJS.Timeout | undefined = undefined;

  /** `on`: the interface, for messages; `relay`: reads what it writes, where there is one. */
  constructor(command: Command, on: string, relay?: Relay) {
    const child = spawn(command.program, command.args, {
      stdio: ['ignore', relay?.output ?? 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    // It has it now: whoever reads sees its end when the program ends.
    relay?.output.destroy();
    this.#process = child;
    this.#asks = command.name === 'tcpdump' && process.platform === 'linux';
    const { stdout, stderr } = child;
    if (stderr === null) throw new LiveError(`${command.name} has no output`);
    this.packets = relay?.packets ?? tapOf(stdout!);
    // Whatever becomes of us, it does not outlive us.
    process.once('exit', this.#kill);
    stderr.setEncoding('utf8');
    stderr.on('data', (text: string) => {
      this.#said = bounded(this.#said + text);
    });
    this.ended = new Promise((resolve) => {
      let failed: Error | undefined;
      child.on('error', (error) => {
        failed = error;
        if (relay === undefined) this.packets.push(null);
      });
      child.on('close', (code, signal) => {
        this.#gone = true;
        process.removeListener('exit', this.#kill);
        clearTimeout(this.#timer);
        const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
        const settle = () => resolve(this.#end(command, on, failed, how, signal ?? code ?? 0));
        if (this.#asked) settle();
        else setTimeout(settle, SIGNAL_MS);
      });
    });
  }

  /** Asks it to end; what it has captured until then still comes. */
  stop(): void {
    if (this.#asked || this.#gone) {
      this.#asked = true;
      return;
    }
    this.#asked = true;
    this.#process.kill('SIGINT');
    this.#timer = setTimeout(() => this.kill(), PATIENCE_MS);
    this.#timer.unref();
  }

  /** True where its counters can be asked for while it goes on. */
  get tellsNow(): boolean {
    return this.#asks;
  }

  /** tcpdump on Linux tells its counters on SIGUSR1, once it listens; before that it would end of it. */
  ask(): void {
    const able = this.#asks && this.#said.includes('listening on');
    if (able && !this.#gone && !this.#asked) this.#process.kill('SIGUSR1');
  }

  /** As far as they were told. */
  counters(): CaptureCounters | undefined {
    return countersOf(this.#said);
  }

  /** Ends it at once. */
  kill(): void {
    if (!this.#gone) this.#process.kill('SIGKILL');
  }

  readonly #kill = (): void => this.kill();

  #end(
    command: Command,
    on: string,
    error: Error | undefined,
    how: string,
    code: number | string,
  ): ChildEnd {
    const counters = countersOf(this.#said);
    if (error !== undefined) {
      const text = `${command.name} cannot be started: ${error.message}`;
      return { counters, failure: { kind: 'other', text } };
    }
    if (this.#asked) return { counters, failure: undefined };
    const failure =
      code === 0
        ? ({ kind: 'gone', text: `${command.name} ended by itself` } as const)
        : failureOf(command, on, this.#said, how);
    return { counters, failure };
  }
}

/** Its beginning and its end: asked every second, tcpdump says a lot in a day. */
function bounded(said: string): string {
  if (said.length <= SAID_MAX) return said;
  return said.slice(0, SAID_MAX / 4) + said.slice(-SAID_MAX / 2);
}

/** Whoever reads may close his end: the child's output then flows on into nothing. */
function tapOf(stdout: Readable): Readable {
  const tap = new PassThrough({ highWaterMark: PIPE_BYTES });
  stdout.pipe(tap);
  stdout.on('error', () => tap.end());
  tap.on('error', () => {});
  tap.on('close', () => {
    stdout.unpipe(tap);
    stdout.resume();
  });
  return tap;
}
