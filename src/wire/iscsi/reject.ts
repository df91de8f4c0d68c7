// Reject (RFC 7143 section 11.17). The header of the rejected PDU is its data.

import { field, reserved } from '../field.js';
import { bhs, expCmdSN, maxCmdSN, notImmediate, statSN } from './bhs.js';
import { REJECT_REASON_NAMES } from './codes.js';

export const reject = {
  reserved0: bhs.reserved0,
  reserved0b1: notImmediate,
  opcode: bhs.opcode,
  final: bhs.final,
  reserved1b1: reserved(1, 1, 7),
  reason: field('reason', 2, 0, 8, { names: REJECT_REASON_NAMES, section: '11.17.1' }),
  reserved3: reserved(3, 0, 8),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  reserved8: reserved(8, 0, 64),
  initiatorTaskTag: bhs.initiatorTaskTag,
  reserved20: reserved(20, 0, 32),
  statSN,
  expCmdSN,
  maxCmdSN,
  /** DataSN/R2TSN: valid only where a Data/R2T SNACK is rejected for Protocol Error. */
  dataSN: field('dataSN', 36, 0, 32, { section: '11.17.2' }),
  reserved40: reserved(40, 0, 64),
} as const;
