// hot: no allocation per packet
// The parts of a PDU behind its BHS that are kept until its end: AHS, the first bytes of data, padding.

import { DATA_KEPT_MAX, DATA_KEPT_TOTAL } from '../../limits.js';
import type { Pdu } from '../pdu.js';

/** TotalAHSLength counts up to 255 words (RFC 7143 11.2.1.5). */
const AHS_MAX = 1020;
const NONE = new Uint8Array(0);
/** A header claims any length: room is made as data comes. */
const FIRST_BYTES = 512;

/** Bytes of data that PDUs under way hold, of all directions. */
export class KeptMemory {
  bytes = 0;
  /** PDUs of which less was kept than was asked for. */
  short = 0;
}

/** Invariant: `memory` counts the buffer of data. */
export class Parts {
  /** Bytes of data that the sink asked for. */
  wanted = 0;
  private readonly pdu: Pdu;
  private readonly memory: KeptMemory;
  private ahsBuffer = NONE;
  private dataBuffer = NONE;

  constructor(pdu: Pdu, memory: KeptMemory = new KeptMemory()) {
    this.pdu = pdu;
    this.memory = memory;
  }

  /** Nothing of the PDU that begins was kept yet. */
  clear(): void {
    const pdu = this.pdu;
    pdu.dataMissing = 0;
    pdu.dataCut = 0;
    pdu.dataKept = 0;
    pdu.ahsKept = 0;
    pdu.paddingLength = -pdu.dataSegmentLength & 3;
    pdu.paddingKept = 0;
    pdu.padding = 0;
  }

  /** So many bytes of its data are wanted. */
  want(bytes: number): void {
    const pdu = this.pdu;
    this.wanted = Math.min(bytes, pdu.dataSegmentLength, DATA_KEPT_MAX);
    pdu.data = this.dataBuffer;
  }

  /** The PDU is over: what was kept of it is given back. */
  over(): void {
    if (this.dataBuffer.length === 0) return;
    this.memory.bytes -= this.dataBuffer.length;
    this.dataBuffer = NONE;
    this.pdu.data = NONE;
  }

  /** True while a byte of data with `left` to come is one of those that are wanted. */
  keeping(left: number): boolean {
    const { dataKept, dataSegmentLength } = this.pdu;
    return dataKept < this.wanted && dataSegmentLength - left === dataKept;
  }

  beginAhs(): void {
    const pdu = this.pdu;
    if (this.ahsBuffer.length < pdu.ahsLength) this.ahsBuffer = new Uint8Array(AHS_MAX);
    pdu.ahs = this.ahsBuffer;
  }

  /** After a gap the bytes would stand in the wrong place: what is kept is a prefix. */
  keepAhs(bytes: Uint8Array, at: number, n: number, left: number): void {
    const pdu = this.pdu;
    const into = pdu.ahsLength - left;
    if (into !== pdu.ahsKept) return;
    for (let i = 0; i < n; i++) this.ahsBuffer[into + i] = bytes[at + i];
    pdu.ahsKept += n;
  }

  keepData(bytes: Uint8Array, at: number, n: number, left: number): void {
    if (!this.keeping(left)) return;
    const pdu = this.pdu;
    const into = pdu.dataKept;
    const wish = Math.min(n, this.wanted - into);
    const m = into + wish <= this.dataBuffer.length ? wish : this.makeRoom(into, wish);
    for (let i = 0; i < m; i++) this.dataBuffer[into + i] = bytes[at + i];
    pdu.dataKept += m;
  }

  /** Room for as many of `n` bytes more as there is. */
  private makeRoom(into: number, n: number): number {
    const had = this.dataBuffer.length;
    const size = Math.min(this.wanted, Math.max(into + n, had * 2, FIRST_BYTES));
    const more = size - had;
    if (this.memory.bytes + more > DATA_KEPT_TOTAL) {
      this.memory.short++;
      this.wanted = Math.min(this.wanted, had);
      return Math.max(0, had - into);
    }
    const grown = new Uint8Array(size);
    grown.set(this.dataBuffer);
    this.memory.bytes += more;
    this.dataBuffer = grown;
    this.pdu.data = grown;
    return n;
  }

  /** Padding should be zero (RFC 7143 11.1); what it is instead is shown. */
  keepPadding(bytes: Uint8Array, at: number, n: number): void {
    const pdu = this.pdu;
    for (let i = 0; i < n; i++) pdu.padding = (pdu.padding << 8) | bytes[at + i];
    pdu.paddingKept += n;
  }
}
