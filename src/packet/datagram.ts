// One IP datagram that is being joined from fragments. What came is remembered by units of 8 bytes,
// the unit of fragment offsets, so that no order, overlap or number of fragments needs more room.

import type { Walk } from './walk.js';

/** 65,536 bytes in units of 8. */
export const UNITS_MAX = 8192;

const NONE = new Uint8Array(0);
const BUFFER_MIN = 4096;

export type Overlap = 'none' | 'same' | 'differs';

export class Datagram {
  /** Neighbours in the store's list and bucket. */
  older: Datagram | undefined = undefined;
  newer: Datagram | undefined = undefined;
  chain: Datagram | undefined = undefined;
  hash = 0;
  buffer: Uint8Array = NONE;
  ipv6 = false;
  id = 0;
  protocol = 0;
  srcA = 0;
  srcB = 0;
  srcC = 0;
  srcD = 0;
  dstA = 0;
  dstB = 0;
  dstC = 0;
  dstD = 0;
  startedNs = 0;
  doneNs = 0;
  /** Frames of the first and the newest fragment. */
  frameFirst = 0;
  frame = 0;
  /** Length by the last fragment, -1 before it came; end of the farthest fragment. */
  total = -1;
  reach = 0;
  /** Lowest offset that a snaplen cut away. */
  cutAt = 0;
  received = 0;
  fragments = 0;
  done = false;
  readonly #units = new Uint8Array(UNITS_MAX);

  open(w: Walk, hash: number, timeNs: number, frame: number): void {
    const s = w.segment;
    this.hash = hash;
    this.ipv6 = w.fragmentIpv6;
    this.id = w.fragmentId;
    this.protocol = w.code;
    this.srcA = s.srcA;
    this.srcB = s.srcB;
    this.srcC = s.srcC;
    this.srcD = s.srcD;
    this.dstA = s.dstA;
    this.dstB = s.dstB;
    this.dstC = s.dstC;
    this.dstD = s.dstD;
    this.startedNs = timeNs;
    this.doneNs = 0;
    this.frameFirst = frame;
    this.frame = frame;
    this.#units.fill(0, 0, (this.reach + 7) >> 3);
    this.total = -1;
    this.reach = 0;
    this.cutAt = UNITS_MAX * 8;
    this.received = 0;
    this.fragments = 0;
    this.done = false;
  }

  /** RFC 791 3.2 and RFC 8200 4.5: by addresses and identification, in IPv4 by the protocol too. */
  same(w: Walk): boolean {
    const s = w.segment;
    return (
      this.id === w.fragmentId &&
      this.ipv6 === w.fragmentIpv6 &&
      (this.ipv6 || this.protocol === w.code) &&
      this.srcD === s.srcD &&
      this.dstD === s.dstD &&
      this.srcA === s.srcA &&
      this.srcB === s.srcB &&
      this.srcC === s.srcC &&
      this.dstA === s.dstA &&
      this.dstB === s.dstB &&
      this.dstC === s.dstC
    );
  }

  /** False where a fragment ending at `end` contradicts the length that is known. */
  agrees(end: number, last: boolean): boolean {
    if (last) return this.total === -1 ? end >= this.reach : end === this.total;
    return this.total === -1 || end <= this.total;
  }

  /** Makes room for `size` bytes; says how many bytes the buffer grew. */
  reserve(size: number): number {
    const had = this.buffer.length;
    if (size <= had) return 0;
    let room = Math.max(BUFFER_MIN, had);
    while (room < size) room *= 2;
    const grown = new Uint8Array(room);
    grown.set(this.buffer);
    this.buffer = grown;
    return room - had;
  }

  /** Takes the fragment's bytes where none came before. The caller reserved room. */
  put(w: Walk, length: number, captured: number): Overlap {
    const at = w.fragmentOffset;
    const end = at + length;
    if (!w.fragmentMore) this.total = end;
    // RFC 8200 4.5: the first fragment's next header counts.
    if (at === 0) this.protocol = w.code;
    this.fragments++;
    if (end > this.reach) this.reach = end;
    if (captured < length && at + captured < this.cutAt) this.cutAt = at + captured;
    const last = (end + 7) >> 3;
    let overlap: Overlap = 'none';
    let fresh = at >> 3;
    for (let unit = fresh; unit < last; unit++) {
      if (this.#units[unit] === 0) {
        this.#units[unit] = 1;
        this.received++;
        continue;
      }
      this.#copy(w, fresh << 3, unit << 3, captured);
      fresh = unit + 1;
      if (overlap !== 'differs') overlap = this.#compare(w, unit << 3, captured);
    }
    this.#copy(w, fresh << 3, end, captured);
    return overlap;
  }

  whole(): boolean {
    return this.total !== -1 && this.received === (this.total + 7) >> 3;
  }

  /** Bytes `from` … `to` of the datagram, as far as they were captured. */
  #copy(w: Walk, from: number, to: number, captured: number): void {
    const shift = w.at - w.fragmentOffset;
    const end = Math.min(to, w.fragmentOffset + captured);
    if (end > from) this.buffer.set(w.bytes.subarray(from + shift, end + shift), from);
  }

  #compare(w: Walk, from: number, captured: number): Overlap {
    const shift = w.at - w.fragmentOffset;
    const end = Math.min(from + 8, w.fragmentOffset + captured, this.cutAt);
    for (let i = from; i < end; i++) {
      if (this.buffer[i] !== w.bytes[i + shift]) return 'differs';
    }
    return 'same';
  }
}
