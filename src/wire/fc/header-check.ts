// hot: no allocation per packet
// Could an encapsulated frame begin here (RFC 3643 3.3, RFC 3821 5.6.2.2)? Strictly, for a place that
// was searched for, and leniently, for one where the frame before says that a header is.

import { crc32, swapped32 } from '../../lib/crc32.js';
import { get } from '../field.js';
import { Carrier, HeaderFault } from './carriers.js';
import { EOF_NAMES, SOF_NAMES } from './codes.js';
import {
  delimiterOf,
  ENCAPSULATION_BYTES,
  FRAME_WORDS_MAX,
  FRAME_WORDS_MIN,
  fcipHeader,
  ifcpHeader,
  SPECIAL_FRAME_WORDS,
} from './encapsulation.js';
import { HEADER_CRC, LENGTH_WORD, SPECIFIC } from './header-offsets.js';

const FCIP_WORD = 0x0101fefe;
const IFCP_WORD = 0x0201fdfe;
const COMPLEMENT = fcipHeader.protocolComplement.byte;
const FCIP_COMPLEMENT = (FCIP_WORD >>> 8) & 0xff;
const IFCP_COMPLEMENT = (IFCP_WORD >>> 8) & 0xff;
/** Bytes that say where the frame ends. */
export const LENGTH_END = LENGTH_WORD + 4;
/** Bytes a strict look needs: the header and the SOF word. */
export const STRICT_BYTES = ENCAPSULATION_BYTES + 4;
const CRCV = 1;
const SPECIAL = 0x01000000;
const SES = 4;
const TRP = 2;
const SPC = 1;

/** Frame Length in words where it and its complement agree and it is possible; else 0. */
export function lengthAt(view: DataView, at: number): number {
  const word = view.getUint32(at + LENGTH_WORD);
  const words = (word >>> 16) & 0x3ff;
  if (((~word >>> 16) & 0x3ff) !== (word & 0x3ff)) return 0;
  return words >= FRAME_WORDS_MIN && words <= FRAME_WORDS_MAX ? words : 0;
}

/** Carrier.fcip, Carrier.ifcp or 0, by word 0. */
export function carrierAt(view: DataView, at: number): number {
  const word = view.getUint32(at);
  return word === FCIP_WORD ? Carrier.fcip : word === IFCP_WORD ? Carrier.ifcp : 0;
}

/** FCIP's special frame: SF, and its length. */
export function isSpecial(view: DataView, at: number, carrier: number): boolean {
  if (carrier !== Carrier.fcip) return false;
  return (
    (view.getUint32(at + SPECIFIC) & SPECIAL) !== 0 && lengthAt(view, at) === SPECIAL_FRAME_WORDS
  );
}

/** Third octet of word 0: the complement of the protocol. A quick look before a strict one. */
export function mayBegin(bytes: Uint8Array, at: number): boolean {
  const complement = bytes[at + COMPLEMENT];
  return complement === FCIP_COMPLEMENT || complement === IFCP_COMPLEMENT;
}

/** Word 2 of iFCP repeats the delimiters of the frame (RFC 4172 5.3.2). */
export function copiesDelimiters(view: DataView, at: number, sof: number, eof: number): boolean {
  return get(view, at, ifcpHeader.sofCopy) === sof && get(view, at, ifcpHeader.eofCopy) === eof;
}

/** A legal delimiter, all four bytes. */
function isSof(word: number): boolean {
  return SOF_NAMES[delimiterOf(word)] !== undefined;
}

export function isEof(word: number): boolean {
  return EOF_NAMES[delimiterOf(word)] !== undefined;
}

/**
 * A header, `length` bytes of which are there (16 or more), that nothing announced: every word that
 * is there must be right. Random bytes pass once in 2^70 places and more.
 */
export function strict(view: DataView, at: number, length: number, carrier: number): boolean {
  const found = carrierAt(view, at);
  if (found === 0 || (carrier !== 0 && carrier !== found)) return false;
  const second = view.getUint32(at + 4);
  if (second !== (found === Carrier.fcip ? FCIP_WORD : 0) || lengthAt(view, at) === 0) return false;
  if (length < STRICT_BYTES) return true;
  const sof = view.getUint32(at + ENCAPSULATION_BYTES);
  return isSof(sof) || (isSpecial(view, at, found) && sof === 0xffff);
}

/** A header where one is due: its length must be right, and one of its signatures. */
export function credible(view: DataView, at: number, carrier: number): boolean {
  if (lengthAt(view, at) === 0) return false;
  const word = view.getUint32(at);
  const expected = carrier === Carrier.fcip ? FCIP_WORD : IFCP_WORD;
  if (word === expected) return true;
  const second = view.getUint32(at + 4);
  return second === (carrier === Carrier.fcip ? FCIP_WORD : 0) && near(word, expected);
}

/** No more than a few bits were flipped. */
function near(word: number, expected: number): boolean {
  let bits = 0;
  for (let x = (word ^ expected) >>> 0; x !== 0; x &= x - 1) bits++;
  return bits <= 4;
}

/** HeaderFault bits of an encapsulation header that is whole. */
export function headerFaults(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  carrier: number,
): number {
  const fcip = carrier === Carrier.fcip;
  let faults = 0;
  if (view.getUint32(at) !== (fcip ? FCIP_WORD : IFCP_WORD)) faults |= HeaderFault.protocol;
  if (view.getUint32(at + 4) !== (fcip ? FCIP_WORD : 0)) faults |= HeaderFault.wordOne;
  const length = view.getUint32(at + LENGTH_WORD);
  const flags = length >>> 26;
  if (((~length >>> 10) & 0x3f) !== flags || (flags & ~CRCV) !== 0) faults |= HeaderFault.flags;
  const specific = view.getUint32(at + SPECIFIC);
  if (fcip) {
    if (((~specific >>> 16) & 0xffff) !== (specific & 0xffff) || (specific & 0x7eff0000) !== 0) {
      faults |= HeaderFault.specific;
    }
    if (flags !== 0 || view.getUint32(at + HEADER_CRC) !== 0) faults |= HeaderFault.crcField;
    return faults;
  }
  const own = (specific >>> 16) & 0xff;
  const session = (own & SES) !== 0 && (own & (TRP | SPC)) !== 0;
  if (session || (own & ~(SES | TRP | SPC)) !== 0) faults |= HeaderFault.ifcpFlags;
  if ((flags & CRCV) === 0 || !ifcpCrcGood(bytes, view, at)) faults |= HeaderFault.headerCrc;
  return faults;
}

/** Sent as FC-1 sends its CRC (RFC 3643 3.1); the other order of bytes is let pass. */
function ifcpCrcGood(bytes: Uint8Array, view: DataView, at: number): boolean {
  const word = view.getUint32(at + HEADER_CRC);
  const right = crc32(bytes, at, HEADER_CRC);
  return word === swapped32(right) || word === right;
}
