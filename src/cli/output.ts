// Where data goes: standard output or a file, in writes of 64 KiB and more, synchronously, so that a
// slow reader slows us down and nothing piles up in memory.

import { closeSync, fstatSync, openSync, statSync, writeSync } from 'node:fs';
import { OutputError, ReaderGone } from '../lib/exit.js';

const BATCH_CHARS = 1 << 16;
const WAIT_MS = 2;

export class Output {
  readonly #fd: number;
  readonly #name: string;
  #parts: string[] = [];
  #chars = 0;

  /** `name` is for messages. */
  constructor(fd: number, name: string) {
    this.#fd = fd;
    this.#name = name;
  }

  readonly write = (text: string): void => {
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
    if (this.#fd > 2) closeSync(this.#fd);
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
      throw new OutputError(`${this.#name} cannot be written: ${words(code, error)}`);
    }
  }
}

/** Opens `path` for writing (`-`: standard output), unless it is one of the files that are read. */
export function openOutput(path: string, inputs: readonly string[]): Output {
  if (path === '-') return new Output(1, 'standard output');
  const name = JSON.stringify(path);
  if (inputs.some((input) => isSame(input, path))) {
    throw new OutputError(`${name} is one of the captures to read: write to another file`);
  }
  try {
    return new Output(openSync(path, 'w'), name);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw new OutputError(`${name} cannot be written: ${words(code, error)}`);
  }
}

/** A pipe that is set to non-blocking by its other owner: try again in a moment. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
}

function isSame(input: string, output: string): boolean {
  try {
    const a = input === '-' ? fstatSync(0) : statSync(input);
    const b = statSync(output);
    return a.isFile() && a.ino === b.ino && a.dev === b.dev;
  } catch {
    return false;
  }
}

function words(code: string, error: unknown): string {
  return WORDS[code] ?? (error instanceof Error ? error.message : String(error));
}

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  EACCES: 'you lack the permission',
  EPERM: 'you lack the permission',
  EISDIR: 'it is a directory: name a file',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a directory',
  EROFS: 'the file system is read-only',
  EFBIG: 'it grew too large',
  EBADF: 'it is closed',
};
