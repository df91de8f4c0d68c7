// A file that somebody else is writing: its bytes as they come, until a newer one takes its place.

import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { unreadable } from './capture-error.js';
import type { FollowedFolder, FoundFile } from './follow-folder.js';

const CHUNK_BYTES = 1 << 18;
/** The header, and the time of the first packet: where two captures differ. */
const HEAD_COMPARED = 1024;

/** Reads a file from its start as it grows, until a newer one takes its place. */
export class GrowingFile {
  position = 0;
  /** Another file took its place under its name before it was read to its end. */
  overwritten = false;
  /** Read to its end, it is another file that has its name now (a single file that is followed). */
  replaced = false;
  readonly path: string;
  readonly #head = new Uint8Array(HEAD_COMPARED);
  #headLength = 0;
  readonly #folder: FollowedFolder;
  #fd: number;
  #last: FoundFile;

  constructor(path: string, folder: FollowedFolder) {
    this.path = path;
    this.#folder = folder;
    try {
      this.#fd = openSync(path, 'r');
    } catch (error) {
      throw unreadable(path, error);
    }
    this.#last = { path, mtimeMs: fstatSync(this.#fd).mtimeMs };
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (let superseded = false; this.#fd >= 0; ) {
      const count = readSync(this.#fd, chunk, 0, chunk.length, this.position);
      if (this.#startedAnew()) {
        this.overwritten = true;
        return;
      }
      this.position += count;
      if (count > 0) {
        yield chunk.subarray(0, count);
        continue;
      }
      if (!this.#folder.isRing && this.#isAnother()) {
        this.replaced = true;
        return;
      }
      // Whoever writes has gone on to the next file; what it wrote before that is looked for once more.
      if (superseded || this.#folder.closed) return;
      superseded = this.#folder.newer(this.state()) !== undefined;
      if (!superseded) await this.#folder.change();
    }
  }

  state(): FoundFile {
    // What took its place is younger than all that is still to be read.
    if (this.#fd >= 0 && !this.overwritten)
      this.#last = { path: this.path, mtimeMs: fstatSync(this.#fd).mtimeMs };
    return this.#last;
  }

  close(): void {
    if (this.#fd < 0) return;
    this.state();
    closeSync(this.#fd);
    this.#fd = -1;
  }

  #isAnother(): boolean {
    const own = fstatSync(this.#fd);
    const named = statSync(this.path, { throwIfNoEntry: false });
    return named?.isFile() === true && (named.ino !== own.ino || named.dev !== own.dev);
  }

  /** Shorter than what was read of it, or begun otherwise: a ring came round and overtook us. */
  #startedAnew(): boolean {
    if (fstatSync(this.#fd).size < this.position) return true;
    const head = new Uint8Array(HEAD_COMPARED);
    const length = readSync(this.#fd, head, 0, HEAD_COMPARED, 0);
    const known = this.#headLength;
    for (let i = 0; i < known; i++) if (head[i] !== this.#head[i] || i >= length) return true;
    this.#head.set(head);
    this.#headLength = length;
    return false;
  }
}
