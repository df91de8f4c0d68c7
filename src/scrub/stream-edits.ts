// What becomes of the bytes of one direction: zeros, but for stretches that were understood. Positions
// are the direction's own (point-connections.ts). What is sent again becomes the same again, as long as it is
// remembered.

import { SCRUB_REMEMBERED_BYTES } from '../limits.js';

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

/** Invariant: edits are in order and do not overlap; none lies behind `decidedTo`. */
export class StreamEdits {
  /** All before is decided. */
  decidedTo = Number.NEGATIVE_INFINITY;
  #edits: Edit[] = [];
  #bytes = 0;

  /** From `at` on these bytes, kept as they are given (not copied). */
  put(at: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const to = at + bytes.length;
    const last = this.#edits[this.#edits.length - 1];
    if (last !== undefined && at < last.to) return; // told twice: the first holds
    this.#edits.push({ from: at, to, bytes });
    this.#bytes += bytes.length;
  }

  decided(to: number): void {
    if (to > this.decidedTo) this.decidedTo = to;
    const { length } = this.#edits;
    if (length < 1024 || this.#edits[0].to > this.decidedTo - SCRUB_REMEMBERED_BYTES) return;
    const oldest = this.decidedTo - SCRUB_REMEMBERED_BYTES;
    this.#edits = this.#edits.filter((edit) => edit.to > oldest);
  }

  /** Writes what becomes of `length` bytes from position `at` into `into`, from `offset` on. */
  write(at: number, length: number, into: Uint8Array, offset: number): void {
    into.fill(0, offset, offset + length);
    const edits = this.#edits;
    let low = 0;
    let high = edits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (edits[middle].to <= at) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < edits.length && edits[i].from < at + length; i++) {
      const { from, to, bytes } = edits[i];
      const begin = Math.max(from, at);
      const end = Math.min(to, at + length);
      into.set(bytes.subarray(begin - from, end - from), offset + begin - at);
    }
  }
}
