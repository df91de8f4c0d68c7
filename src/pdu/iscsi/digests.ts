// hot: no allocation per packet
// The CRC of what a digest covers, and the four bytes that are one, or may be (RFC 7143 13.1).

import { crc32c } from '../../lib/crc32c.js';
import { BHS_LENGTH as BHS, OPCODE } from '../../wire/iscsi/bhs-offsets.js';
import { sender } from '../../wire/iscsi/header-check.js';
import { DIGEST_BAD, DIGEST_GOOD, DIGEST_UNKNOWN, type Pdu } from '../pdu.js';

/** Digest states of a connection. */
export const DIGEST_OFF = 0;
export const DIGEST_ON = 1;
export const DIGEST_UNDECIDED = 2;

const NO_WORD = new Uint8Array(0);

export class DigestWatch {
  /** CRC over what the pending digest covers; `whole` is false where a byte of it is missing. */
  crc = 0;
  whole = true;
  /** Data is covered by one, or may be. */
  on = false;
  /** The four bytes, and when and in which packet the last of them came. */
  word = NO_WORD; // most connections have no digests
  wordNs = -0; // a double from the start (lib/double-fields.ts)
  wordFrame = 0;
  private readonly pdu: Pdu;

  constructor(pdu: Pdu) {
    this.pdu = pdu;
  }

  /** The CRC of BHS and AHS. */
  coverHeader(): void {
    const pdu = this.pdu;
    this.whole = pdu.headerCaptured === BHS && pdu.ahsKept === pdu.ahsLength;
    this.crc = crc32c(pdu.bytes, pdu.at, BHS, 0);
    if (pdu.ahsLength > 0) this.crc = crc32c(pdu.ahs, 0, pdu.ahsLength, this.crc);
  }

  /** Data begins, which is covered or not. */
  beginData(on: boolean): void {
    this.crc = 0;
    this.whole = true;
    this.on = on;
  }

  /** Bytes of data or of its padding, which is covered with it. */
  cover(bytes: Uint8Array, at: number, n: number): void {
    if (this.on && this.whole) this.crc = crc32c(bytes, at, n, this.crc);
  }

  /** `n` of the four bytes, of which `left` were still to come. */
  take(bytes: Uint8Array, at: number, n: number, left: number, ns: number, frame: number): void {
    const into = 4 - left;
    if (this.word.length === 0) this.word = new Uint8Array(4);
    for (let i = 0; i < n; i++) this.word[into + i] = bytes[at + i];
    this.wordNs = ns;
    this.wordFrame = frame;
  }

  /** The digest's bytes stand least significant first on the wire (RFC 7143 13.1, Appendix A.4). */
  value(): number {
    const w = this.word;
    return (w[0] | (w[1] << 8) | (w[2] << 16) | (w[3] << 24)) >>> 0;
  }

  judgeHeader(): void {
    const pdu = this.pdu;
    pdu.headerDigestWord = this.value();
    pdu.headerDigestRight = this.crc;
    pdu.headerDigest = this.verdict();
  }

  judgeData(): void {
    const pdu = this.pdu;
    pdu.dataDigestWord = this.value();
    pdu.dataDigestRight = this.crc;
    pdu.dataDigest = this.verdict();
  }

  /** Without a CRC to compare: do the four bytes look like the beginning of this side's next header? */
  likelyHeader(role: number): boolean {
    return sender(this.word[0] & OPCODE) === role && this.word[0] < 0x80;
  }

  private verdict(): number {
    if (!this.whole) return DIGEST_UNKNOWN;
    return this.value() === this.crc ? DIGEST_GOOD : DIGEST_BAD;
  }
}
