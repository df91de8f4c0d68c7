// A regular file behind a window: read straight into the window, nothing copied but the unread tail.
// Where the disk is slow the next part is read by another thread meanwhile; what lies in memory is
// fetched sooner than another thread is woken.

import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { AHEAD_BYTES, AHEAD_TAIL_BYTES, SLOW_READS } from '../limits.js';
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
  /** Where the next part is read to, behind room for the unread tail; and whether it is, now. */
  #ahead: Uint8Array | undefined;
  #reading: Promise<number> | undefined;
  /** Reads slower than so many bytes a millisecond count as slow; how many were. */
  #slowBelow = 0;
  #slow = 0;

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

  /** From now on, what comes next is read while the window is looked at, once reads prove slow. */
  readAhead(slowBelow: number): void {
    if (this.#keepOpen) this.#slowBelow = slowBelow;
  }

  /** `count` bytes took since `started`. (Node loads `performance` where it is used: 8 ms.) */
  #judge(count: number, started: [number, number]): void {
    const [seconds, nanoseconds] = process.hrtime(started);
    if (count > (seconds * 1e3 + nanoseconds / 1e6) * this.#slowBelow) return;
    if (++this.#slow < SLOW_READS) return;
    this.#slowBelow = 0;
    if (this.#sizeAtOpen - this.#read < 2 * AHEAD_BYTES) return;
    this.#ahead = new Uint8Array(AHEAD_TAIL_BYTES + AHEAD_BYTES);
    this.#readOn();
  }

  refill(needed: number): Promise<void> | undefined {
    if (this.#reading !== undefined)
      return this.#reading.then((count) => this.#take(needed, count));
    const window = this.window;
    window.makeRoom(needed);
    try {
      if (this.#fd < 0) this.#fd = openSync(this.#path, 'r');
      const room = window.bytes.length - window.end;
      // Standard input may be a file that was read from before: go on where it stands.
      const position = this.#path === '-' ? null : this.#read;
      const started = process.hrtime();
      const count = readSync(this.#fd, window.bytes, window.end, room, position);
      this.#read += count;
      window.end += count;
      if (count === 0) window.ended = true;
      else if (this.#slowBelow > 0) this.#judge(count, started);
    } catch (error) {
      this.failure = error as Error;
      window.ended = true;
    }
    if (!this.#keepOpen) this.close();
    return undefined;
  }

  #readOn(): void {
    const position = this.#path === '-' ? null : this.#read;
    const ahead = this.#ahead!;
    this.#reading = new Promise((resolve) => {
      read(this.#fd, ahead, AHEAD_TAIL_BYTES, AHEAD_BYTES, position, (error, count) => {
        if (error) this.failure = error;
        resolve(error ? 0 : count);
      });
    });
  }

  /** \`count\` bytes have come. */
  #take(needed: number, count: number): void {
    const window = this.window;
    const ahead = this.#ahead!;
    const tail = window.end - window.start;
    this.#reading = undefined;
    this.#read += count;
    if (count === 0) window.ended = true;
    if (tail <= AHEAD_TAIL_BYTES) {
      const from = AHEAD_TAIL_BYTES - tail;
      ahead.set(window.bytes.subarray(window.start, window.end), from);
      const before = window.exchange(ahead, from, AHEAD_TAIL_BYTES + count);
      this.#ahead = before.length === ahead.length ? before : new Uint8Array(ahead.length);
    } else {
      window.makeRoom(Math.max(needed, tail + count));
      window.bytes.set(ahead.subarray(AHEAD_TAIL_BYTES, AHEAD_TAIL_BYTES + count), window.end);
      window.end += count;
    }
    if (window.ended || this.#fd < 0) return;
    this.#readOn();
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
    const fd = this.#fd;
    if (fd <= 0) return;
    this.#fd = -1;
    // Not while another thread reads from it: its number might become another file's.
    if (this.#reading === undefined) closeSync(fd);
    else this.#reading.then(() => closeSync(fd));
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
