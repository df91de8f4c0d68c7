// Basic Header Segment (RFC 7143 section 11.2.1): what all PDUs have in the same place. The tables
// of the PDUs are made of these fields and their own.

import { type Field, field, reserved, type When } from '../field.js';
import { OPCODE_NAMES, RESERVED_TAG } from './codes.js';

export const BHS_BYTES = 48;

export const bhs = {
  reserved0: reserved(0, 0, 1),
  /** RFC 7143 11.2.1.1: request PDUs only; in the others it is reserved. */
  immediate: field('immediate', 0, 1, 1, { section: '11.2.1.1' }),
  opcode: field('opcode', 0, 2, 6, { names: OPCODE_NAMES, section: '11.2.1.2' }),
  /** RFC 7143 11.2.1.3: fixed to 1 in many PDUs; login PDUs have T in its place. */
  final: field('final', 1, 0, 1, { section: '11.2.1.3' }),
  totalAHSLength: field('totalAHSLength', 4, 0, 8, { unit: '4-byte words', section: '11.2.1.5' }),
  dataSegmentLength: field('dataSegmentLength', 5, 0, 24, { unit: 'bytes', section: '11.2.1.6' }),
  lun: field('lun', 8, 0, 64, { section: '11.2.1.7' }),
  initiatorTaskTag: field('initiatorTaskTag', 16, 0, 32, { section: '11.2.1.8' }),
} as const;

/** The LUN as two 32-bit words, as the road keeps it. */
export const lunWords = {
  high: field('lunHigh', 8, 0, 32),
  low: field('lunLow', 12, 0, 32),
} as const;

/** The place of the I bit in PDUs that do not have one. */
export const notImmediate = reserved(0, 1, 1);

/** Task tags and sequence numbers, which have one place wherever they are. */
export const targetTransferTag = field('targetTransferTag', 20, 0, 32);
export const cmdSN = field('cmdSN', 24, 0, 32);
export const expStatSN = field('expStatSN', 28, 0, 32);
export const statSN = field('statSN', 24, 0, 32);
export const expCmdSN = field('expCmdSN', 28, 0, 32);
export const maxCmdSN = field('maxCmdSN', 32, 0, 32);

/** The LUN of a PDU that has one only under a condition. */
export function lunWhen(when: When, section: string): Field {
  return field('lun', 8, 0, 64, { section, when });
}

/** A condition: the PDU has a Target Transfer Tag, which its LUN goes with. */
export const whenTagged: When = { of: [targetTransferTag], values: [RESERVED_TAG], not: true };

/** A PDU whose opcode no standard defines, and vendor-specific ones: what every PDU has, the rest raw. */
export const otherPdu = {
  reserved0: bhs.reserved0,
  immediate: bhs.immediate,
  opcode: bhs.opcode,
  final: bhs.final,
  specific1: field('specific1', 1, 1, 23, { kind: 'number' }),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  lun: bhs.lun,
  initiatorTaskTag: bhs.initiatorTaskTag,
  specific20: field('specific20', 20, 0, 224),
} as const;
