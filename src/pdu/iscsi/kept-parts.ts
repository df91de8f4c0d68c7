// hot: no allocation per packet
// The parts of a PDU behind its BHS that are kept until its end: AHS, the first bytes of data, padding.

import { DATA_KEPT_MAX } from '../../limits.js';
import type { Pdu } from '../pdu.js';

/** TotalAHSLength counts up to 255 words (RFC 7143 11.2.1.5). */
const AHS_MAX = 1020;
const NONE = new Uint8Array(0);

export class Parts {
  /** Bytes of data that the sink asked for. */
  wanted = 0;
  private readonly pdu: Pdu;
  private ahsBuffer = NONE;
  private dataBuffer = NONE;

  constructor(pdu: Pdu) {
    this.pdu = pdu;
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
    if (this.wanted > 0 && this.dataBuffer.length < this.wanted) {
      this.dataBuffer = new Uint8Array(this.wanted);
    }
    pdu.data = this.dataBuffer;
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
    const m = Math.min(n, this.wanted - into);
    for (let i = 0; i < m; i++) this.dataBuffer[into + i] = bytes[at + i];
    pdu.dataKept += m;
  }

  /** Padding should be zero (RFC 7143 11.1); what it is instead is shown. */
  keepPadding(bytes: Uint8Array, at: number, n: number): void {
    const pdu = this.pdu;
    for (let i = 0; i < n; i++) pdu.padding = (pdu.padding << 8) | bytes[at + i];
    pdu.paddingKept += n;
  }
}
