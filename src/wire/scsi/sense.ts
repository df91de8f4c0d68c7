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

/** The codes of sense data; -1 for what was not captured or is not in this format. Reused. */
export class SenseCodes {
  responseCode = -1;
  senseKey = -1;
  asc = -1;
  ascq = -1;
  /** True where the sense data tells of an earlier command. */
  deferred = false;
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
  switch (out.responseCode) {
    case 0x70:
    case 0x71: {
      if (length > 2) out.senseKey = bytes[at + 2] & 15;
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
      return;
  }
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
