// Segments of one direction that were sent again lately, to know those that were sent in vain: their
// receiver tells of bytes that came twice (RFC 2883), or the first copy comes after the second.

import { RESENT_KEPT } from '../limits.js';
import type { Flow } from './connection.js';
import type { AgainKind } from './events.js';

interface Copy {
  readonly seq: number;
  readonly length: number;
  kind: AgainKind;
  readonly ipId: number;
  readonly tsVal: number;
  /** Bytes that nobody said came twice. */
  unproven: number;
}

export class Resent {
  /** In the order in which they were captured. */
  readonly #copies: Copy[] = [];

  note(seq: number, length: number, kind: AgainKind, ipId: number, tsVal: number): void {
    if (this.#copies.length === RESENT_KEPT) this.#copies.shift();
    this.#copies.push({ seq, length, kind, ipId, tsVal, unproven: length });
  }

  /**
   * The bytes from `left` to `right` came twice. As many copies were needless as their bytes make, the newest
   * first: of a segment that was lost, and then sent again twice, the first copy was none of them. False where
   * none of these bytes was sent again: the way doubles packets.
   */
  cameTwice(left: number, right: number, facts: Flow): boolean {
    let bytes = (right - left) | 0;
    let known = false;
    for (let i = this.#copies.length - 1; i >= 0 && bytes > 0; i--) {
      const copy = this.#copies[i];
      const from = Math.max(0, (left - copy.seq) | 0);
      const n = Math.min(bytes, Math.min(copy.length, (right - copy.seq) | 0) - from);
      if (n <= 0) continue;
      known = true;
      bytes -= n;
      copy.unproven -= n;
      if (copy.unproven > 0) continue;
      count(copy.kind, facts);
      this.#copies.splice(i, 1);
    }
    return known;
  }

  /** True where what came is older than copies of it, as `isNewer` says of each: they were sent in vain. */
  overtook(
    seq: number,
    length: number,
    isNewer: (ipId: number, tsVal: number) => boolean,
    facts: Flow,
  ): boolean {
    let any = false;
    for (const copy of this.#copies) {
      if (((copy.seq - seq) | 0) < 0 || ((copy.seq + copy.length - seq - length) | 0) > 0) continue;
      if (!isNewer(copy.ipId, copy.tsVal)) continue;
      count(copy.kind, facts);
      // The receiver tells of it, too: not a second time.
      copy.kind = 'spurious';
      any = true;
    }
    return any;
  }
}

function count(kind: AgainKind, facts: Flow): void {
  if (kind === 'timeout') facts.vainTimeout++;
  else if (kind === 'fast') facts.vainFast++;
  else if (kind === 'probe') facts.vainProbe++;
  else if (kind === 'unknown') facts.vainUnknown++;
}
