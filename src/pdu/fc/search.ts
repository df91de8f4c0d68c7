// hot: no allocation per packet
// Where does the next encapsulated frame begin? (RFC 3821 5.6.2.3 and its appendix D.) Every byte may
// be the first. A candidate has all its words right and leads somewhere: at its end stands a
// delimiter or the next header, where these bytes are there to be seen.

import {
  carrierAt,
  isEof,
  LENGTH_END,
  lengthAt,
  mayBegin,
  STRICT_BYTES,
  strict,
} from '../../wire/fc/header-check.js';

export const NOT_FOUND = -1;
/** It begins in the bytes that the last call left over. */
export const IN_CARRY = -2;

const CARRY_MAX = STRICT_BYTES - 1;

export class FrameSearch {
  /** Stream offset where boundaries were lost; bytes since then that lie in gaps. */
  from = 0;
  absent = 0;
  /** The end of the last bytes, in which a header may begin. */
  readonly carry = new Uint8Array(CARRY_MAX + STRICT_BYTES);
  carryLength = 0;
  /** When they came: those of the last segment, from `recentAt` on, and those before. */
  private earlierNs = 0.5;
  private earlierFrame = 0;
  private recentNs = 0.5;
  private recentFrame = 0;
  private recentAt = 0;
  foundInCarry = 0;
  private readonly carrier: number;
  private readonly carryView = new DataView(this.carry.buffer);

  constructor(carrier: number) {
    this.carrier = carrier;
  }

  begin(position: number): void {
    this.from = position;
    this.absent = 0;
    this.carryLength = 0;
  }

  dropCarry(): void {
    this.carryLength = 0;
  }

  /** Where in [at, end) a header begins, IN_CARRY or NOT_FOUND. */
  scan(bytes: Uint8Array, view: DataView, at: number, end: number): number {
    if (this.carryLength > 0 && this.inCarry(bytes, at, end)) return IN_CARRY;
    for (let p = at; p + STRICT_BYTES <= end; p++) {
      if (!mayBegin(bytes, p)) continue;
      if (strict(view, p, end - p, this.carrier) && leads(view, p, end)) return p;
    }
    return NOT_FOUND;
  }

  /** Keeps the end of [at, end) where a header may begin in it. */
  carryOver(bytes: Uint8Array, at: number, end: number, timeNs: number, frame: number): void {
    const { carry } = this;
    const length = end - at;
    if (this.carryLength > 0 && length < CARRY_MAX) {
      const drop = Math.max(0, this.carryLength + length - CARRY_MAX);
      if (drop < this.carryLength) {
        if (this.recentAt <= drop) {
          this.earlierNs = this.recentNs;
          this.earlierFrame = this.recentFrame;
        }
        this.recentNs = timeNs;
        this.recentFrame = frame;
        this.recentAt = this.carryLength - drop;
        for (let i = drop; i < this.carryLength; i++) carry[i - drop] = carry[i];
        this.carryLength -= drop;
        for (let i = 0; i < length; i++) carry[this.carryLength++] = bytes[at + i];
        return;
      }
    }
    const n = Math.min(CARRY_MAX, length);
    for (let i = 0; i < n; i++) carry[i] = bytes[end - n + i];
    this.carryLength = n;
    this.recentNs = timeNs;
    this.recentFrame = frame;
    this.recentAt = 0;
  }

  /** When the byte came at which a header was found in the carry, and its packet. */
  foundNs(): number {
    return this.foundInCarry >= this.recentAt ? this.recentNs : this.earlierNs;
  }

  foundFrame(): number {
    return this.foundInCarry >= this.recentAt ? this.recentFrame : this.earlierFrame;
  }

  /** A gap follows: does a header begin in the carry, of which the length is there? */
  carryHoldsLength(): boolean {
    for (let p = 0; p + LENGTH_END <= this.carryLength; p++) {
      if (strict(this.carryView, p, this.carryLength - p, this.carrier)) {
        this.foundInCarry = p;
        return true;
      }
    }
    return false;
  }

  /** Places in the carry, seen together with what follows it. */
  private inCarry(bytes: Uint8Array, at: number, end: number): boolean {
    const { carry, carryLength } = this;
    const more = Math.min(STRICT_BYTES, end - at, carry.length - carryLength);
    for (let i = 0; i < more; i++) carry[carryLength + i] = bytes[at + i];
    const length = carryLength + more;
    for (let p = 0; p < carryLength && p + STRICT_BYTES <= length; p++) {
      if (!strict(this.carryView, p, length - p, this.carrier)) continue;
      this.foundInCarry = p;
      return true;
    }
    return false;
  }
}

/** False where what stands at the frame's end is neither its delimiter nor another header. */
export function leads(view: DataView, at: number, end: number): boolean {
  const next = at + lengthAt(view, at) * 4;
  if (next > end) return true;
  if (isEof(view.getUint32(next - 4))) return true;
  return next + 4 <= end && carrierAt(view, next) !== 0;
}
