// MPA: its start-up frames, its marker and what surrounds a ULPDU (RFC 5044 4.1, 4.2, 7.1.1; the
// S flag and the words on IRD and ORD: RFC 6581 6, 9).

import { field, reserved } from '../field.js';

export const MPA_FRAME_BYTES = 20;
/** RFC 5044 7.1.1: "or if the length of the Private Data field exceeds 512 octets". */
export const PRIVATE_DATA_MAX = 512;
/** RFC 6581 9: the words on IRD and ORD at the beginning of private data. */
export const IRD_ORD_BYTES = 4;

export const MPA_REQUEST_KEY = 'MPA ID Req Frame';
export const MPA_REPLY_KEY = 'MPA ID Rep Frame';

export const mpaFrame = {
  key: field('key', 0, 0, 128, { section: '7.1.1' }),
  markers: field('markers', 16, 0, 1, { section: '7.1.1' }),
  crc: field('crc', 16, 1, 1, { section: '7.1.1' }),
  rejected: field('rejected', 16, 2, 1, { section: '7.1.1' }),
  enhanced: field('enhanced', 16, 3, 1, { section: 'RFC 6581 6' }),
  reserved16b4: reserved(16, 4, 4),
  revision: field('revision', 17, 0, 8, { section: '7.1.1' }),
  privateDataLength: field('privateDataLength', 18, 0, 16, { unit: 'bytes', section: '7.1.1' }),
} as const;

/** Of the private data, where `enhanced` is set (RFC 6581 9). */
export const irdOrd = {
  peerToPeer: field('peerToPeer', 0, 0, 1, { section: 'RFC 6581 9' }),
  rtrSend: field('rtrSend', 0, 1, 1, { section: 'RFC 6581 9' }),
  ird: field('ird', 0, 2, 14, { section: 'RFC 6581 9.1' }),
  rtrWrite: field('rtrWrite', 2, 0, 1, { section: 'RFC 6581 9' }),
  rtrRead: field('rtrRead', 2, 1, 1, { section: 'RFC 6581 9' }),
  ord: field('ord', 2, 2, 14, { section: 'RFC 6581 9.1' }),
} as const;

/** RFC 5044 4.3: a marker stands at every 512th octet of the stream, the first before all FPDUs. */
export const MARKER_INTERVAL = 512;
export const MARKER_BYTES = 4;

export const marker = {
  reserved0: reserved(0, 0, 16),
  /** Octets from the FPDU's length field to the marker; 0 where the marker lies between FPDUs. */
  fpduPointer: field('fpduPointer', 2, 0, 16, { unit: 'bytes', section: '4.2' }),
} as const;

export const FPDU_LENGTH_BYTES = 2;
export const MPA_CRC_BYTES = 4;

export const fpdu = {
  ulpduLength: field('ulpduLength', 0, 0, 16, { unit: 'bytes', section: '4.1' }),
} as const;

/** RFC 5044 4.1: length field and ULPDU are padded to four octets. */
export function mpaPadding(ulpduLength: number): number {
  return -(ulpduLength + FPDU_LENGTH_BYTES) & 3;
}

/** Octets of an FPDU without its markers. */
export function fpduBytes(ulpduLength: number): number {
  return FPDU_LENGTH_BYTES + ulpduLength + mpaPadding(ulpduLength) + MPA_CRC_BYTES;
}
