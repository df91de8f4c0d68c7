// The next parts of a file, read by other threads while the last one is looked at. Two are under way
// at once: to wake a thread, and to hear that it is done, takes as long as to copy a part.

import { read } from 'node:fs';
import { AHEAD_BYTES, AHEAD_PARTS, AHEAD_TAIL_BYTES } from '../limits.js';

/** A part: its bytes begin behind room for what was not yet read of the part before. */
export interface Part {
  readonly bytes: Uint8Array;
  /** Resolves when it has come; never rejects. */
  readonly done: Promise<void>;
  /** What came: fewer than AHEAD_BYTES at the end of the file, 0 behind it or after a failure. */
  count: number;
  failure: Error | undefined;
}

export class ReadAhead {
  readonly #fd: number;
  /** Standard input is read where it stands, so one part after the other. */
  readonly #whereItStands: boolean;
  #position: number;
  #parts: Part[] = [];

  constructor(fd: number, position: number, whereItStands: boolean) {
    this.#fd = fd;
    this.#position = position;
    this.#whereItStands = whereItStands;
    const parts = whereItStands ? 1 : AHEAD_PARTS;
    for (let i = 0; i < parts; i++) this.#begin(newBuffer());
  }

  /** The next part, come or not. */
  get first(): Part {
    return this.#parts[0];
  }

  /** The first part was taken; `spare` is memory that nobody needs any more. */
  shift(spare: Uint8Array): void {
    const { count } = this.#parts.shift()!;
    if (count < AHEAD_BYTES) return;
    this.#begin(spare.length === AHEAD_TAIL_BYTES + AHEAD_BYTES ? spare : newBuffer());
  }

  /** Resolves when no thread reads any more. */
  async settled(): Promise<void> {
    for (const part of this.#parts) await part.done;
  }

  #begin(bytes: Uint8Array): void {
    const position = this.#whereItStands ? null : this.#position;
    this.#position += AHEAD_BYTES;
    let came = () => {};
    const done = new Promise<void>((resolve) => {
      came = resolve;
    });
    const part: Part = { bytes, done, count: 0, failure: undefined };
    read(this.#fd, bytes, AHEAD_TAIL_BYTES, AHEAD_BYTES, position, (error, count) => {
      if (error) part.failure = error;
      else part.count = count;
      came();
    });
    this.#parts.push(part);
  }
}

function newBuffer(): Uint8Array {
  return new Uint8Array(AHEAD_TAIL_BYTES + AHEAD_BYTES);
}
