// FC frame encapsulation (RFC 3643 section 3), as FCIP (RFC 3821 5.6.1) and iFCP (RFC 4172 5.3.1)
// use it: seven words, the same but for words 1 and 2; then the SOF word, the frame and the EOF word.

import { field, reserved } from '../field.js';
import { ENCAPSULATION_PROTOCOL_NAMES, EOF_NAMES, SOF_NAMES } from './codes.js';

export const ENCAPSULATION_BYTES = 28;
export const FC_CRC_BYTES = 4;

/** RFC 3821 5.6.2.2: 15 < Frame Length < 545; a special frame has 19 words (7.1). */
export const FRAME_WORDS_MIN = 16;
export const FRAME_WORDS_MAX = 544;
export const SPECIAL_FRAME_WORDS = 19;

/** Words 0 and 3 to 6: the same for both. */
const common = {
  protocol: field('protocol', 0, 0, 8, { names: ENCAPSULATION_PROTOCOL_NAMES, section: '3.1' }),
  version: field('version', 1, 0, 8, { section: '3.1' }),
  protocolComplement: field('protocolComplement', 2, 0, 8, { section: '3.1' }),
  versionComplement: field('versionComplement', 3, 0, 8, { section: '3.1' }),
} as const;

const lengths = {
  reserved12: reserved(12, 0, 5),
  crcValid: field('crcValid', 12, 5, 1, { section: '3.2' }),
  frameLength: field('frameLength', 12, 6, 10, { unit: '4-byte words', section: '3.2' }),
  flagsComplement: field('flagsComplement', 14, 0, 6, { section: '3.2' }),
  frameLengthComplement: field('frameLengthComplement', 14, 6, 10, { section: '3.2' }),
  timeStampSeconds: field('timeStampSeconds', 16, 0, 32, { unit: 'seconds', section: '3.2' }),
  timeStampFraction: field('timeStampFraction', 20, 0, 32, { section: '3.2' }),
  headerCrc: field('headerCrc', 24, 0, 32, { section: '3.2' }),
} as const;

/** RFC 3821 5.6.1: Ch, a special frame was changed in its echo; SF, this is a special frame. */
const pFlags = {
  changed: field('changed', 8, 0, 1, { section: 'RFC 3821 5.6.1' }),
  reserved8b1: reserved(8, 1, 6),
  specialFrame: field('specialFrame', 8, 7, 1, { section: 'RFC 3821 5.6.1' }),
} as const;

export const fcipHeader = {
  ...common,
  protocolCopy: field('protocolCopy', 4, 0, 8, { section: 'RFC 3821 5.6.1' }),
  versionCopy: field('versionCopy', 5, 0, 8, { section: 'RFC 3821 5.6.1' }),
  protocolCopyComplement: field('protocolCopyComplement', 6, 0, 8, { section: 'RFC 3821 5.6.1' }),
  versionCopyComplement: field('versionCopyComplement', 7, 0, 8, { section: 'RFC 3821 5.6.1' }),
  ...pFlags,
  reserved9: reserved(9, 0, 8),
  pFlagsComplement: field('pFlagsComplement', 10, 0, 8, { section: 'RFC 3821 5.6.1' }),
  reservedComplement: field('reservedComplement', 11, 0, 8, { section: 'RFC 3821 5.6.1' }),
  ...lengths,
} as const;

export const ifcpHeader = {
  ...common,
  reserved4: reserved(4, 0, 32),
  lsCommandAcc: field('lsCommandAcc', 8, 0, 8, { section: 'RFC 4172 5.3.1' }),
  reserved9: reserved(9, 0, 5),
  sessionControl: field('sessionControl', 9, 5, 1, { section: 'RFC 4172 5.3.1' }),
  addressTransparent: field('addressTransparent', 9, 6, 1, { section: 'RFC 4172 5.3.1' }),
  specialLinkService: field('specialLinkService', 9, 7, 1, { section: 'RFC 4172 5.3.1' }),
  sofCopy: field('sofCopy', 10, 0, 8, { names: SOF_NAMES, section: 'RFC 4172 5.3.2' }),
  eofCopy: field('eofCopy', 11, 0, 8, { names: EOF_NAMES, section: 'RFC 4172 5.3.2' }),
  ...lengths,
} as const;

/** The word before a frame, and the one behind it. */
export const sofWord = {
  sof: field('sof', 0, 0, 8, { names: SOF_NAMES, section: '3.3' }),
  sofAgain: field('sofAgain', 1, 0, 8, { section: '3.3' }),
  sofComplement: field('sofComplement', 2, 0, 8, { section: '3.3' }),
  sofComplementAgain: field('sofComplementAgain', 3, 0, 8, { section: '3.3' }),
} as const;

export const eofWord = {
  eof: field('eof', 0, 0, 8, { names: EOF_NAMES, section: '3.3' }),
  eofAgain: field('eofAgain', 1, 0, 8, { section: '3.3' }),
  eofComplement: field('eofComplement', 2, 0, 8, { section: '3.3' }),
  eofComplementAgain: field('eofComplementAgain', 3, 0, 8, { section: '3.3' }),
} as const;

/** A delimiter's word: its code twice, and twice its one's complement. */
export function delimiterWord(code: number): number {
  const c = ~code & 0xff;
  return ((code << 24) | (code << 16) | (c << 8) | c) >>> 0;
}

/** The code of a delimiter's word, -1 where its four bytes do not agree. */
export function delimiterOf(word: number): number {
  const code = word >>> 24;
  return delimiterWord(code) === word >>> 0 ? code : -1;
}
