// A line on stderr for work that takes long, where somebody watches; gone when the work is done.

import { writeSync } from 'node:fs';
import { bytesText, percentText } from '../lib/number-text.js';
import { isTerminal } from './terminal.js';

/** Nothing is shown before, and not more often than. */
const FIRST_MS = 500;
const EVERY_MS = 100;

export class ProgressLine {
  readonly #shown: boolean;
  readonly #startedMs: number;
  #nextMs: number;
  #used = false;

  constructor(quiet: boolean) {
    this.#shown = !quiet && isTerminal(2);
    this.#startedMs = nowMs();
    this.#nextMs = this.#startedMs + FIRST_MS;
  }

  readonly update = (done: number, total: number): void => {
    if (!this.#shown) return;
    const now = nowMs();
    if (now < this.#nextMs) return;
    this.#nextMs = now + EVERY_MS;
    this.#used = true;
    const seconds = (now - this.#startedMs) / 1000;
    const share =
      total > 0 ? `${percentText(done, total)} of ${bytesText(total)}` : bytesText(done);
    write(`\r\x1b[Ksanscope: read ${share}, ${bytesText(done / seconds)}/s`);
  };

  /** Wipes the line. */
  end(): void {
    if (this.#used) write('\r\x1b[K');
    this.#used = false;
  }
}

/** Not performance.now(): the first use of that global loads all of node:perf_hooks. */
function nowMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** Progress is never worth an error. */
function write(text: string): void {
  try {
    writeSync(2, text);
  } catch {}
}
