// The life of the terminal: taken (alternate screen, raw keys, mouse, paste marks) and given back
// on every way out: quit, Ctrl-C, signals, a crash, Ctrl-Z and back.

import { openSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import { ReadStream } from 'node:tty';
import { type Input, KeyDecoder } from './decoder.js';

/** Alternate screen, no cursor, no wrapping, clicks with SGR positions, marks around pastes. */
const TAKE = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?1000h\x1b[?1006h\x1b[?2004h\x1b[2J';
const GIVE_BACK = '\x1b[?2026l\x1b[?2004l\x1b[?1006l\x1b[?1000l\x1b[?7h\x1b[0m\x1b[?25h\x1b[?1049l';
/** An Esc alone is known as such when nothing followed for so long. */
const ESC_MS = 25;
const DEADLY = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;

export interface TerminalEvents {
  readonly input: (input: Input) => void;
  readonly resized: () => void;
  /** The terminal is ours again, and shows nothing of ours. */
  readonly back: () => void;
  /** Nobody is left to look at it. */
  readonly gone: () => void;
  /** A signal ends the process: what must be tidied up, at once. */
  readonly killed: () => void;
}

/** Invariant: while `#taken`, leave() is called on every way out of the process. */
export class Terminal {
  readonly #events: TerminalEvents;
  readonly #keys: ReadStream;
  readonly #decoder: KeyDecoder;
  readonly #utf8 = new StringDecoder('utf8');
  #taken = false;
  #closed = false;
  #escTimer: NodeJS.Timeout | undefined;

  /** Keys come from standard input, or, where a capture comes that way, from the terminal itself. */
  constructor(events: TerminalEvents) {
    this.#events = events;
    this.#keys = process.stdin.isTTY ? process.stdin : new ReadStream(openSync('/dev/tty', 'r'));
    this.#decoder = new KeyDecoder(events.input);
  }

  get columns(): number {
    return process.stdout.columns || 80;
  }

  get rows(): number {
    return process.stdout.rows || 24;
  }

  readonly write = (text: string): void => {
    if (this.#taken) process.stdout.write(text);
  };

  open(): void {
    this.#take();
    this.#keys.on('data', this.#data);
    this.#keys.on('error', this.#events.gone);
    this.#keys.on('end', this.#events.gone);
    process.stdout.on('error', this.#events.gone);
    process.stdout.on('resize', this.#events.resized);
    for (const signal of DEADLY) process.on(signal, this.#deadly);
    process.on('SIGTSTP', this.suspend);
    process.on('SIGCONT', this.#continued);
    process.on('exit', this.#giveBack);
    process.on('uncaughtExceptionMonitor', this.#giveBack);
  }

  /** Gives the terminal back for good. */
  close(): void {
    this.#closed = true;
    this.#giveBack();
    clearTimeout(this.#escTimer);
    this.#keys.off('data', this.#data);
    this.#keys.pause();
    this.#keys.unref?.();
    if (this.#keys !== process.stdin) this.#keys.destroy();
    process.stdout.off('resize', this.#events.resized);
    for (const signal of DEADLY) process.off(signal, this.#deadly);
    process.off('SIGTSTP', this.suspend);
    process.off('SIGCONT', this.#continued);
    process.off('exit', this.#giveBack);
    process.off('uncaughtExceptionMonitor', this.#giveBack);
  }

  /** Ctrl-Z: the terminal is given back, and the whole job stops until it is told to go on. */
  readonly suspend = (): void => {
    this.#giveBack();
    process.off('SIGTSTP', this.suspend);
    process.kill(0, 'SIGTSTP');
    // Runs when we go on; at once where nobody could have let us go on (no shell with jobs).
    setTimeout(() => {
      if (this.#closed) return;
      process.on('SIGTSTP', this.suspend);
      this.#continued();
    }, 20);
  };

  readonly #continued = (): void => {
    if (this.#closed) return;
    this.#take();
    this.#events.back();
  };

  readonly #deadly = (signal: NodeJS.Signals): void => {
    this.close();
    this.#events.killed();
    // Whoever started us shall see what ended us.
    process.kill(process.pid, signal);
    setTimeout(() => process.exit(128 + constants.signals[signal]), 100);
  };

  #take(): void {
    this.#keys.setRawMode(true);
    if (!this.#taken) process.stdout.write(TAKE);
    this.#taken = true;
  }

  /** Synchronous: the process may end right after. */
  readonly #giveBack = (): void => {
    if (!this.#taken) return;
    this.#taken = false;
    try {
      this.#keys.setRawMode(false);
      writeAll(GIVE_BACK);
    } catch {}
  };

  readonly #data = (bytes: Buffer): void => {
    clearTimeout(this.#escTimer);
    this.#decoder.feed(this.#utf8.write(bytes));
    if (this.#decoder.waiting) this.#escTimer = setTimeout(() => this.#decoder.flush(), ESC_MS);
  };
}

/** A terminal may be slow to take it. */
function writeAll(text: string): void {
  for (let tries = 0; tries < 100; tries++) {
    try {
      writeSync(1, text);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}
