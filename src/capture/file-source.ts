// A regular file behind a window: read straight into the window, nothing copied but the unread tail.
// What lies in memory is fetched sooner than another thread is woken. Where the disk is slow, or much
// is to be read and the engine no longer needs the other processors to compile, parts are read ahead.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { AHEAD_AFTER_BYTES, AHEAD_BYTES, AHEAD_TAIL_BYTES, SLOW_READS } from '../limits.js';
import { type Part, ReadAhead } from './read-ahead.js';
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
  readonly #identity: string;
  #fd: number;
  #read = 0;
  #ahead: ReadAhead | undefined;
  /** Reads of parts that are no longer wanted. */
  #stopping: Promise<void> | undefined;
  /** Reads slower than so many bytes a millisecond count as slow; how many more were than were not. */
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
    const { size, dev, ino } = fstatSync(fd);
    this.#sizeAtOpen = size;
    this.#identity = `${dev}:${ino}`;
    const wanted = Math.min(capacity, this.#sizeAtOpen + SPARE_BYTES);
    this.window = new ByteWindow(wanted, capacityMax, true, true);
  }

  /** What comes next may be read while the window is looked at: where reads are slow, or there is much. */
  readAhead(slowBelow: number): void {
    if (this.#keepOpen) this.#slowBelow = slowBelow;
  }

  /** `count` bytes took since `started`. (Node loads `performance` where it is used: 8 ms.) */
  #judge(count: number, started: [number, number]): void {
    const [seconds, nanoseconds] = process.hrtime(started);
    // One slow read may have been interrupted; those of a disk are nearly all slow.
    const slow = count <= (seconds * 1e3 + nanoseconds / 1e6) * this.#slowBelow;
    this.#slow = slow ? this.#slow + 1 : Math.max(0, this.#slow - 1);
    if (this.#slow < SLOW_READS && this.#read < AHEAD_AFTER_BYTES) return;
    this.#slowBelow = 0;
    if (this.#sizeAtOpen - this.#read < AHEAD_BYTES) return;
    this.#ahead = new ReadAhead(this.#fd, this.#read, this.#path === '-');
  }

  refill(needed: number): Promise<void> | undefined {
    const part = this.#ahead?.first;
    if (part !== undefined) return part.done.then(() => this.#take(needed, part));
    const window = this.window;
    window.makeRoom(needed);
    try {
      if (this.#fd < 0) this.#open();
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

  /** Again: what is there now may be another file. */
  #open(): void {
    this.#fd = openSync(this.#path, 'r');
    const { dev, ino } = fstatSync(this.#fd);
    if (`${dev}:${ino}` === this.#identity) return;
    throw new Error('another file has taken its place');
  }

  /** A part has come. */
  #take(needed: number, part: Part): void {
    const { bytes, count, failure } = part;
    const window = this.window;
    const tail = window.end - window.start;
    this.#read += count;
    let spare = bytes;
    if (tail <= AHEAD_TAIL_BYTES) {
      const from = AHEAD_TAIL_BYTES - tail;
      bytes.set(window.bytes.subarray(window.start, window.end), from);
      spare = window.exchange(bytes, from, AHEAD_TAIL_BYTES + count);
    } else {
      window.makeRoom(Math.max(needed, tail + count));
      window.bytes.set(bytes.subarray(AHEAD_TAIL_BYTES, AHEAD_TAIL_BYTES + count), window.end);
      window.end += count;
    }
    if (failure !== undefined) this.failure = failure;
    if (failure !== undefined || count === 0) window.ended = true;
    if (this.#fd < 0) return;
    this.#ahead!.shift(spare);
    // Here the file ends, or did so when it was asked: what comes after is not where it was looked for.
    if (count < AHEAD_BYTES) this.#stopAhead();
  }

  #stopAhead(): void {
    this.#stopping = this.#ahead?.settled();
    this.#ahead = undefined;
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
    const reading = this.#ahead?.settled() ?? this.#stopping;
    if (reading === undefined) closeSync(fd);
    else reading.then(() => closeSync(fd));
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
