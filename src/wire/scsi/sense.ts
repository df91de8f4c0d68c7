// Sense data (SPC-4 4.5): which format, and the three codes that the road needs. The whole tree
// is data/sense.ts.

import { ascText } from './asc.js';

export const SENSE_KEY_NAMES: Readonly<Record<number, string>> = {
  0: 'NO SENSE',
  1: 'RECOVERED ERROR',
  2: 'NOT READY',
  3: 'MEDIUM ERROR',
  4: 'HARDWARE ERROR',
  5: 'ILLEGAL REQUEST',
  6: 'UNIT ATTENTION',
  7: 'DATA PROTECT',
  8: 'BLANK CHECK',
  9: 'VENDOR SPECIFIC',
  10: 'COPY ABORTED',
  11: 'ABORTED COMMAND',
  12: 'reserved (0x0c)',
  13: 'VOLUME OVERFLOW',
  14: 'MISCOMPARE',
  15: 'COMPLETED',
};

export const SENSE_RESPONSE_CODES: Readonly<Record<number, string>> = {
  112: 'current, fixed format',
  113: 'deferred, fixed format',
  114: 'current, descriptor format',
  115: 'deferred, descriptor format',
  127: 'vendor specific',
};

/** Bits that say more than the key: what a tape met, whom it is of, and whether INFORMATION counts. */
export const SenseFlag = { ili: 1, eom: 2, filemark: 4, deferred: 8, valid: 16 } as const;
const FLAG_WORDS: readonly (readonly [number, string])[] = [
  [SenseFlag.filemark, 'FILEMARK'],
  [SenseFlag.eom, 'EOM'],
  [SenseFlag.ili, 'ILI'],
];
/** Descriptors: INFORMATION, stream commands, block commands (SPC-4 4.5.2). */
const INFORMATION = 0;
const STREAM = 4;
const BLOCK = 5;

/** The codes of sense data; -1 for what was not captured or is not in this format. Reused. */
export class SenseCodes {
  responseCode = -1;
  senseKey = -1;
  asc = -1;
  ascq = -1;
  /** True where the sense data tells of an earlier command. */
  deferred = false;
  /** SenseFlag; INFORMATION counts where `valid` is set, as a signed number of 32 bits. */
  flags = 0;
  information = 0;
}

/**
 * Reads the codes from `length` captured bytes at `at`. Sense data begins with its response code:
 * the caller has stepped over iSCSI's SenseLength (RFC 7143 11.4.7.1). In the fixed format ASC and
 * ASCQ count as 0 where the sense data ends before them (ADDITIONAL SENSE LENGTH), -1 where cut.
 */
export function readSense(bytes: Uint8Array, at: number, length: number, out: SenseCodes): void {
  out.responseCode = length > 0 ? bytes[at] & 0x7f : -1;
  out.senseKey = -1;
  out.asc = -1;
  out.ascq = -1;
  out.deferred = out.responseCode === 0x71 || out.responseCode === 0x73;
  out.flags = out.deferred ? SenseFlag.deferred : 0;
  out.information = 0;
  switch (out.responseCode) {
    case 0x70:
    case 0x71: {
      if (length > 2) {
        out.senseKey = bytes[at + 2] & 15;
        out.flags |= streamFlags(bytes[at + 2]);
      }
      if (length > 6 && (bytes[at] & 0x80) !== 0) inform(bytes, at + 3, out);
      const told = length > 7 ? bytes[at + 7] + 8 : 0;
      // Some targets send more than they count: what is there is read.
      if (length > 12) out.asc = bytes[at + 12];
      else if (told > 0 && told <= 12) out.asc = 0;
      if (length > 13) out.ascq = bytes[at + 13];
      else if (told > 0 && told <= 13) out.ascq = 0;
      return;
    }
    case 0x72:
    case 0x73:
      if (length > 1) out.senseKey = bytes[at + 1] & 15;
      if (length > 2) out.asc = bytes[at + 2];
      if (length > 3) out.ascq = bytes[at + 3];
      readDescriptors(bytes, at, length, out);
      return;
  }
}

/** FILEMARK, EOM and ILI stand in the three highest bits, in both formats. */
function streamFlags(byte: number): number {
  return byte >>> 5;
}

function inform(bytes: Uint8Array, at: number, out: SenseCodes): void {
  out.flags |= SenseFlag.valid;
  out.information =
    (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

function readDescriptors(bytes: Uint8Array, at: number, length: number, out: SenseCodes): void {
  if (length < 8) return;
  const end = at + Math.min(length, 8 + bytes[at + 7]);
  for (let d = at + 8; d + 4 <= end; d += 2 + bytes[d + 1]) {
    if (bytes[d] === STREAM) out.flags |= streamFlags(bytes[d + 3]);
    else if (bytes[d] === BLOCK) out.flags |= streamFlags(bytes[d + 3]) & SenseFlag.ili;
    else if (bytes[d] === INFORMATION && d + 12 <= end && (bytes[d + 2] & 0x80) !== 0) {
      inform(bytes, d + 8, out);
    }
  }
}

/** "FILEMARK, ILI": empty where none is set. */
export function senseFlagsText(flags: number): string {
  return FLAG_WORDS.filter(([flag]) => (flags & flag) !== 0)
    .map(([, word]) => word)
    .join(', ');
}

export function senseKeyName(key: number): string {
  return SENSE_KEY_NAMES[key] ?? 'unknown';
}

/** "ILLEGAL REQUEST, INVALID FIELD IN CDB": everywhere the same; undefined where none was captured. */
export function senseText(of: Pick<SenseCodes, 'senseKey' | 'asc' | 'ascq'>): string | undefined {
  if (of.senseKey < 0) return undefined;
  const key = senseKeyName(of.senseKey);
  if (of.asc < 0) return key;
  // Cut between the two: the qualifier would say which of some two hundred it is.
  if (of.ascq < 0) return `${key}, ASC 0x${of.asc.toString(16).padStart(2, '0')}`;
  return `${key}, ${ascText(of.asc, of.ascq)}`;
}
