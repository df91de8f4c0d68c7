// Pieces of text kept apart by key until the end, in bounded memory: what does not fit goes to one
// temporary file, from which each key's pieces are read back in their order.

import { readSync, writeSync } from 'node:fs';
import { TemporaryFile } from '../capture/temporary-file.js';
import { SPOOL_BYTES_MAX } from '../limits.js';

/** Strings are buffered as long as this before they become a piece of the file. */
const PIECE_CHARS = 1 << 16;

class Lane {
  /** Not yet in the file. */
  pending: string[] = [];
  chars = 0;
  /** Offset and length of the pieces in the file. */
  readonly pieces: number[] = [];
}

/** Invariant: `#held` is the sum of the lanes' `chars`, at most `charsMax` after an append. */
export class Spool {
  readonly #charsMax: number;
  readonly #lanes: Map<number, Lane> = new Map();
  #held = 0;
  #file: TemporaryFile | undefined;
  #size = 0;

  constructor(charsMax = SPOOL_BYTES_MAX) {
    this.#charsMax = charsMax;
  }

  append(key: number, text: string): void {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane();
      this.#lanes.set(key, lane);
    }
    lane.pending.push(text);
    lane.chars += text.length;
    this.#held += text.length;
    if (this.#held > this.#charsMax) this.#spill();
  }

  /** Hands on all text of a key, in order, in pieces. */
  each(key: number, take: (text: string) => void): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return;
    for (let i = 0; i < lane.pieces.length; i += 2) {
      const bytes = Buffer.alloc(lane.pieces[i + 1]);
      let done = 0;
      while (done < bytes.length) {
        const n = readSync(
          this.#file?.fd ?? -1,
          bytes,
          done,
          bytes.length - done,
          lane.pieces[i] + done,
        );
        if (n === 0) throw new Error('the temporary file became shorter');
        done += n;
      }
      take(bytes.toString('utf8'));
    }
    for (const text of lane.pending) take(text);
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** Long lanes first; where there are only short ones, all. */
  #spill(): void {
    this.#file ??= new TemporaryFile();
    const { fd } = this.#file;
    for (const lane of this.#lanes.values()) if (lane.chars >= PIECE_CHARS) this.#write(lane, fd);
    if (this.#held <= this.#charsMax / 2) return;
    for (const lane of this.#lanes.values()) if (lane.chars > 0) this.#write(lane, fd);
  }

  #write(lane: Lane, fd: number): void {
    const bytes = Buffer.from(lane.pending.join(''), 'utf8');
    let done = 0;
    while (done < bytes.length) {
      done += writeSync(fd, bytes, done, bytes.length - done, this.#size + done);
    }
    lane.pieces.push(this.#size, bytes.length);
    this.#size += bytes.length;
    this.#held -= lane.chars;
    lane.pending = [];
    lane.chars = 0;
  }
}
