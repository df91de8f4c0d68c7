// Where data goes: standard output or a file, in writes of 64 KiB and more, synchronously, so that a
// slow reader slows us down and nothing piles up in memory.

import { accessSync, constants, existsSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { sameAsInput } from '../capture/same-file.js';
import { WholeFile } from '../capture/whole-file.js';
import { OutputError, ReaderGone, UsageError } from '../lib/exit.js';
import { harmless, harmlessJson } from '../lib/harmless.js';
import { whyNotWritten } from '../lib/why-not-written.js';
import type { CommandContext } from './run.js';

const BATCH_CHARS = 1 << 16;
const WAIT_MS = 2;

export class Output {
  readonly #fd: number;
  readonly #name: string;
  readonly #file: WholeFile | undefined;
  #parts: string[] = [];
  #chars = 0;
  #clean: ((text: string) => string) | undefined = undefined;

  /** `name` is for messages; `file` stands in its place once all was written (close). */
  constructor(fd: number, name: string, file?: WholeFile) {
    this.#fd = fd;
    this.#name = name;
    this.#file = file;
  }

  /** What is written are pieces of JSON documents. */
  writesJson(): void {
    this.#clean = harmlessJson;
  }

  /** What is written goes through this. */
  cleans(clean: (text: string) => string): void {
    this.#clean = clean;
  }

  readonly write = (piece: string): void => {
    const text = this.#clean === undefined ? piece : this.#clean(piece);
    this.#parts.push(text);
    this.#chars += text.length;
    if (this.#chars >= BATCH_CHARS) this.flush();
  };

  /** Bytes as they are. */
  readonly octets = (bytes: Uint8Array): void => {
    this.flush();
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let done = 0; done < all.length; ) done += this.#some(all, done);
  };

  flush(): void {
    if (this.#chars === 0) return;
    const bytes = Buffer.from(this.#parts.join(''), 'utf8');
    this.#parts = [];
    this.#chars = 0;
    for (let done = 0; done < bytes.length; ) done += this.#some(bytes, done);
  }

  close(): void {
    this.flush();
    try {
      this.#file?.put();
    } catch (error) {
      throw cannotBeWritten(this.#name, error);
    }
  }

  /** What was written is not all: nobody shall take it for whole. */
  abandon(): void {
    this.#file?.abandon();
  }

  /** Bytes written; 0 where the reader was not ready. */
  #some(bytes: Buffer, from: number): number {
    try {
      return writeSync(this.#fd, bytes, from);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (code === 'EAGAIN') {
        pause();
        return 0;
      }
      if (code === 'EPIPE') throw new ReaderGone('the reader has gone');
      throw cannotBeWritten(this.#name, error);
    }
  }
}

/** Opens `path` for writing (`-`: standard output), unless it is one of the files that are read. */
export function openOutput(path: string, inputs: readonly string[]): Output {
  const name = path === '-' ? 'standard output' : JSON.stringify(path);
  const open = openNumber(path);
  if (sameAsInput(open >= 0 ? open : path, inputs) !== undefined) {
    throw new OutputError(`${name} is one of the captures to read: write to another file`);
  }
  if (open >= 0) return new Output(open, name);
  try {
    const file = new WholeFile(path);
    return new Output(file.fd, name, file);
  } catch (error) {
    throw cannotBeWritten(name, error);
  }
}

/**
 * The number of a file that is open already, by the names that systems give these; -1: it is none. Put in the
 * place of one, a file would take with it what others wrote to it (`{ a; sanscope … -o /dev/stdout; b; } > all`).
 */
export function openNumber(path: string): number {
  if (path === '-' || path === '/dev/stdout') return 1;
  if (path === '/dev/stderr') return 2;
  const match = /^\/(?:dev|proc\/(?:self|thread-self))\/fd\/(\d{1,9})$/.exec(path);
  return match === null ? -1 : Number(match[1]);
}

/**
 * Where --html writes, undefined where it was not asked for. Opened before all is read: a folder that is not
 * there is told at once.
 */
export function pageOutput({ files, options }: CommandContext): Output | undefined {
  const path = options['html'];
  if (typeof path !== 'string' || path === '') return undefined;
  if (options['json'] === true) throw new UsageError('one of --html and --json');
  return openOutput(path, files);
}

/**
 * Throws an OutputError where a file that is written later could not be: before a capture begins, not when what
 * shall be kept is there.
 */
export function refuseUnwritable(path: string): void {
  try {
    const folder = dirname(path);
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    const isThere = existsSync(path);
    if (isThere && statSync(path).isDirectory()) {
      throw Object.assign(new Error(), { code: 'EISDIR' });
    }
    accessSync(isThere ? path : folder, constants.W_OK);
  } catch (error) {
    throw cannotBeWritten(harmless(JSON.stringify(path)), error);
  }
}

export function cannotBeWritten(name: string, error: unknown): OutputError {
  return new OutputError(`${name} cannot be written: ${whyNotWritten(error)}`);
}

/** A pipe that is set to non-blocking by its other owner: try again in a moment. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
}
