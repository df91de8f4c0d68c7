// A file that is written beside its place and put there when it is whole: whoever looks under its name
// finds what was there before, or all of what is new, whatever ended the process in between.

import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Names of files have at most 255 bytes. */
const NAME_KEPT = 60;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class WholeFile {
  readonly fd: number;
  readonly #target: string;
  /** '' where it is written in its place: no regular file, or its folder takes no new files. */
  #beside = '';
  #closed = false;

  /** Throws what the file system throws. What is no regular file (a FIFO, /dev/null) is just opened. */
  constructor(path: string) {
    const before = statsOf(path);
    this.#target = before === undefined ? path : realpathSync(path);
    if (before !== undefined && !before.isFile()) {
      this.fd = openSync(path, 'w');
      return;
    }
    const name = Buffer.from(basename(this.#target)).subarray(0, NAME_KEPT).toString('latin1');
    const beside = join(dirname(this.#target), `.${ascii(name)}.sanscope-${process.pid}`);
    try {
      // Not writable is not to be written, also where its folder would let it be replaced.
      if (before !== undefined) closeSync(openSync(this.#target, 'r+'));
      this.fd = openSync(beside, 'wx', 0o666);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const folder = before !== undefined && (code === 'EACCES' || code === 'EPERM');
      if (!folder) throw error;
      this.fd = openSync(this.#target, 'w');
      return;
    }
    this.#beside = beside;
    if (before !== undefined) chmodSync(beside, before.mode & 0o7777);
    process.on('exit', this.#remove);
    for (const signal of SIGNALS) process.on(signal, this.#killed);
  }

  /** It is whole: from now on it stands in its place. Throws what the file system throws. */
  put(): void {
    if (this.#beside !== '') fsyncSync(this.fd);
    this.#close();
    if (this.#beside === '') return;
    renameSync(this.#beside, this.#target);
    this.#beside = '';
    this.#leave();
  }

  /** It will not be whole. */
  abandon(): void {
    this.#close();
    this.#remove();
    this.#leave();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.fd);
  }

  readonly #remove = (): void => {
    if (this.#beside !== '') rmSync(this.#beside, { force: true });
    this.#beside = '';
  };

  readonly #killed = (signal: NodeJS.Signals): void => {
    this.#remove();
    this.#leave();
    process.kill(process.pid, signal);
  };

  #leave(): void {
    process.off('exit', this.#remove);
    for (const signal of SIGNALS) process.off(signal, this.#killed);
  }
}

function ascii(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_');
}

function statsOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
