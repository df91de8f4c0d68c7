// A regular file behind a window: read synchronously, straight into the window, nothing copied but
// the unread tail.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from './window.js';
import { ByteWindow } from './window.js';

/** A small file gets a small window, with room to see its end. */
const SPARE_BYTES = 4096;

export class FileSource implements ByteSource {
  readonly window: ByteWindow;
  /** Why reading stopped early, where it did. */
  failure: Error | undefined;
  readonly #path: string;
  readonly #keepOpen: boolean;
  readonly #sizeAtOpen: number;
  #fd: number;
  #read = 0;

  /**
   * `fd` is open; the source closes it. With many files at once, `keepOpen` false closes between
   * refills, so that a ring of a thousand files does not meet the limit of open files.
   */
  constructor(path: string, fd: number, capacity: number, capacityMax: number, keepOpen: boolean) {
    this.#path = path;
    this.#fd = fd;
    this.#keepOpen = keepOpen;
    this.#sizeAtOpen = fstatSync(fd).size;
    const wanted = Math.min(capacity, this.#sizeAtOpen + SPARE_BYTES);
    this.window = new ByteWindow(wanted, capacityMax, true, true);
  }

  refill(needed: number): undefined {
    const window = this.window;
    window.makeRoom(needed);
    try {
      if (this.#fd < 0) this.#fd = openSync(this.#path, 'r');
      const room = window.bytes.length - window.end;
      // Standard input may be a file that was read from before: go on where it stands.
      const position = this.#path === '-' ? null : this.#read;
      const count = readSync(this.#fd, window.bytes, window.end, room, position);
      this.#read += count;
      window.end += count;
      if (count === 0) window.ended = true;
    } catch (error) {
      this.failure = error as Error;
      window.ended = true;
    }
    if (!this.#keepOpen) this.close();
    return undefined;
  }

  /** Goes on at `offset`: what is in the window is forgotten. */
  seek(offset: number): void {
    const { window } = this;
    window.start = 0;
    window.end = 0;
    window.origin = offset;
    window.ended = false;
    this.#read = offset;
  }

  bytesRead(): number {
    return this.#read;
  }

  /** Size now; more than at the start where something still writes to it. */
  size(): { now: number; grew: boolean; changedMs: number } {
    try {
      const fd = this.#fd >= 0 ? this.#fd : openSync(this.#path, 'r');
      const { size, mtimeMs } = fstatSync(fd);
      if (fd !== this.#fd) closeSync(fd);
      return { now: size, grew: size > this.#sizeAtOpen, changedMs: Date.now() - mtimeMs };
    } catch {
      return { now: this.#read, grew: false, changedMs: Number.POSITIVE_INFINITY };
    }
  }

  /** Standard input stays open: its number must not become another file's. */
  close(): void {
    if (this.#fd <= 0) return;
    closeSync(this.#fd);
    this.#fd = -1;
  }
}

/**
 * `length` bytes of a regular, uncompressed file from `offset`: fewer where it ends before. For the
 * details of a packet that was seen before. Throws what the file system throws.
 */
export function readAt(path: string, offset: number, length: number): Uint8Array {
  const fd = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
  } finally {
    closeSync(fd);
  }
}
