// Text of Login and Text PDUs (RFC 7143 6.1): key=value pairs, each ended by a NUL. A text may go
// over several PDUs, cut anywhere: it is joined (C bit) before it is read.

import { TEXT_JOINED_MAX, TEXT_PAIRS_MAX } from '../../../limits.js';
import type { Pdu } from '../../../pdu/pdu.js';

export type Pair = readonly [key: string, value: string];

export interface JoinedText {
  readonly pairs: readonly Pair[];
  /** Bytes of it were not captured, or a bound was reached: pairs may be missing. */
  readonly incomplete: boolean;
  /** Bytes of each piece without `=`: what it says may be a secret. */
  readonly malformed: readonly number[];
}

const NO_BYTES = new Uint8Array(0);
const decoder = new TextDecoder('utf-8');

/** Joins the text of one side over PDUs with the C bit. */
export class TextJoin {
  #bytes = NO_BYTES;
  #incomplete = false;

  /** Adds a PDU's text; the whole text where this PDU ends it, else undefined. */
  add(pdu: Pdu, continues: boolean): JoinedText | undefined {
    const kept = Math.min(pdu.dataKept, pdu.dataSegmentLength);
    const had = this.#bytes.length;
    const room = Math.min(kept, TEXT_JOINED_MAX - had);
    // Behind a hole the pieces of a pair do not fit together any more.
    if (room > 0 && !this.#incomplete) {
      const joined = new Uint8Array(had + room);
      joined.set(this.#bytes);
      for (let i = 0; i < room; i++) joined[had + i] = pdu.data[i];
      this.#bytes = joined;
    }
    if (room < pdu.dataSegmentLength) this.#incomplete = true;
    if (continues) return undefined;
    const text = readPairs(this.#bytes, this.#incomplete);
    this.clear();
    return text;
  }

  /** True while a text is under way. */
  get open(): boolean {
    return this.#bytes.length > 0 || this.#incomplete;
  }

  clear(): void {
    this.#bytes = NO_BYTES;
    this.#incomplete = false;
  }
}

/** Reads pairs; of an incomplete text, what stands behind the last NUL is not believed. */
export function readPairs(bytes: Uint8Array, incomplete: boolean): JoinedText {
  const pairs: Pair[] = [];
  const malformed: number[] = [];
  let bounded = false;
  for (let from = 0; from < bytes.length; ) {
    const nul = bytes.indexOf(0, from);
    if (nul < 0 && incomplete) break;
    const end = nul < 0 ? bytes.length : nul;
    if (end > from) {
      if (pairs.length >= TEXT_PAIRS_MAX) {
        bounded = true;
        break;
      }
      const piece = decoder.decode(bytes.subarray(from, end));
      const equals = piece.indexOf('=');
      if (equals > 0) pairs.push([piece.slice(0, equals), piece.slice(equals + 1)]);
      else malformed.push(end - from);
    }
    from = end + 1;
  }
  return { pairs, incomplete: incomplete || bounded, malformed };
}
