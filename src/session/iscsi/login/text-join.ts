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

/** The text that one PDU brings, behind what was left of those before it. */
export interface TextPiece {
  readonly bytes: Uint8Array;
  /** Bytes of it that came in PDUs before. */
  readonly before: number;
  /** C bit: what stands behind the last zero goes on in the next PDU. */
  readonly continues: boolean;
  /** Bytes of the PDU's text that are not at hand at its end: not captured, or not kept. */
  readonly missing: number;
}

/** The text of one side, PDU by PDU: what the C bit cuts anywhere is put together. */
export class TextPieces {
  #rest = NO_BYTES;

  /** Behind a hole the pieces of a pair do not fit together any more: what is open is dropped. */
  next(pdu: Pdu, saysMore: boolean): TextPiece {
    const kept = Math.min(pdu.dataKept, pdu.dataSegmentLength);
    const missing = pdu.dataSegmentLength - kept;
    const continues = missing === 0 && saysMore;
    const before = this.#rest.length;
    const bytes = new Uint8Array(before + kept);
    bytes.set(this.#rest);
    bytes.set(pdu.data.subarray(0, kept), before);
    const goesOn = continues && bytes.length < TEXT_JOINED_MAX;
    this.#rest = goesOn ? bytes.slice(bytes.lastIndexOf(0) + 1) : NO_BYTES;
    return { bytes, before, continues, missing };
  }

  clear(): void {
    this.#rest = NO_BYTES;
  }
}

/** Gathers the pairs of one side over PDUs with the C bit. */
export class TextJoin {
  readonly #pieces = new TextPieces();
  #pairs: Pair[] = [];
  #malformed: number[] = [];
  #bytes = 0;
  #incomplete = false;

  /** Adds a PDU's text; all pairs where this PDU ends it, else undefined. */
  add(pdu: Pdu, continues: boolean): JoinedText | undefined {
    const piece = this.#pieces.next(pdu, continues);
    this.#bytes += pdu.dataSegmentLength;
    if (!this.#incomplete) this.#take(piece);
    // Behind a hole a piece may begin in the middle of a pair: nothing more is believed.
    const tooLong = continues && this.#bytes >= TEXT_JOINED_MAX;
    if (piece.missing > 0 || tooLong) this.#incomplete = true;
    if (continues) return undefined;
    const text = { pairs: this.#pairs, incomplete: this.#incomplete, malformed: this.#malformed };
    this.clear();
    return text;
  }

  #take({ bytes, continues, missing }: TextPiece): void {
    const read = readPairs(bytes, continues || missing > 0, TEXT_PAIRS_MAX - this.#pairs.length);
    this.#pairs.push(...read.pairs);
    this.#malformed.push(...read.malformed);
    if (read.bounded) this.#incomplete = true;
  }

  clear(): void {
    this.#pieces.clear();
    this.#pairs = [];
    this.#malformed = [];
    this.#bytes = 0;
    this.#incomplete = false;
  }
}

interface Pairs {
  readonly pairs: Pair[];
  /** Bytes of each piece without `=`. */
  readonly malformed: number[];
  /** There are more than `most`. */
  readonly bounded: boolean;
}

/** Reads pairs; where the text is open, what stands behind the last NUL is not believed. */
export function readPairs(bytes: Uint8Array, open: boolean, most = TEXT_PAIRS_MAX): Pairs {
  const pairs: Pair[] = [];
  const malformed: number[] = [];
  for (let from = 0; from < bytes.length; ) {
    const nul = bytes.indexOf(0, from);
    if (nul < 0 && open) break;
    const end = nul < 0 ? bytes.length : nul;
    if (end > from) {
      if (pairs.length >= most) return { pairs, malformed, bounded: true };
      const piece = decoder.decode(bytes.subarray(from, end));
      const equals = piece.indexOf('=');
      if (equals > 0) pairs.push([piece.slice(0, equals), piece.slice(equals + 1)]);
      else malformed.push(end - from);
    }
    from = end + 1;
  }
  return { pairs, malformed, bounded: false };
}
