// What becomes of the bytes of one direction: zeros, but for stretches that were understood. Positions
// are the direction's own (point-connections.ts). What is sent again becomes the same again, as long as it is
// remembered.

import { SCRUB_REMEMBERED_BYTES } from '../limits.js';

interface Edit {
  readonly from: number;
  readonly to: number;
  /** undefined: as they were. */
  readonly bytes: Uint8Array | undefined;
}

/** A segment that waits, with the bytes that it was captured with. */
export interface WaitingSegment {
  readonly position: number;
  readonly length: number;
  readonly bytes: Uint8Array;
  readonly payloadAt: number;
}

/** Invariant: edits are in order and do not overlap; none lies behind `decidedTo`. */
export class StreamEdits {
  /** All before is decided. */
  decidedTo = Number.NEGATIVE_INFINITY;
  /** Segments that wait, in the order of the capture; what has gone on is undefined. */
  readonly waiting: (WaitingSegment | undefined)[] = [];
  #gone = 0;
  #edits: Edit[] = [];

  /** From `at` on these bytes, kept as they are given (not copied). */
  put(at: number, bytes: Uint8Array): void {
    this.#put(at, at + bytes.length, bytes);
  }

  /** These bytes stay as they are. */
  keep(from: number, to: number): void {
    this.#put(from, to, undefined);
  }

  #put(at: number, to: number, bytes: Uint8Array | undefined): void {
    if (to <= at) return;
    const last = this.#edits[this.#edits.length - 1];
    if (last !== undefined && at < last.to) return; // told twice: the first holds
    this.#edits.push({ from: at, to, bytes });
  }

  decided(to: number): void {
    if (to > this.decidedTo) this.decidedTo = to;
    const { length } = this.#edits;
    if (length < 1024 || this.#edits[0].to > this.decidedTo - SCRUB_REMEMBERED_BYTES) return;
    const oldest = this.decidedTo - SCRUB_REMEMBERED_BYTES;
    this.#edits = this.#edits.filter((edit) => edit.to > oldest);
  }

  /** The oldest of those that wait goes on. */
  released(segment: WaitingSegment): void {
    if (this.waiting[this.#gone] !== segment) return;
    this.waiting[this.#gone++] = undefined;
    if (this.#gone < 256) return;
    this.waiting.splice(0, this.#gone);
    this.#gone = 0;
  }

  /** The bytes of a stretch as they were captured, of segments that wait; undefined where some are not there. */
  captured(from: number, to: number): Uint8Array | undefined {
    const made = new Uint8Array(to - from);
    let at = from;
    for (let i = this.#gone; i < this.waiting.length; i++) {
      const segment = this.waiting[i];
      if (segment === undefined) continue;
      const { position, length, bytes, payloadAt } = segment;
      if (position > at || position + length <= at) continue;
      const end = Math.min(to, position + length);
      made.set(bytes.subarray(payloadAt + at - position, payloadAt + end - position), at - from);
      at = end;
      if (at === to) return made;
    }
    return undefined;
  }

  /** Writes what becomes of `length` bytes from position `at` into `into`, from `offset` on. */
  write(at: number, length: number, into: Uint8Array, offset: number): void {
    const before = into.slice(offset, offset + length);
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
      const made =
        bytes?.subarray(begin - from, end - from) ?? before.subarray(begin - at, end - at);
      into.set(made, offset + begin - at);
    }
  }
}
