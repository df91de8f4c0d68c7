// SNACK Request (RFC 7143 section 11.16).

import { field, reserved, whenIs } from '../field.js';
import { bhs, expStatSN, lunWhen, notImmediate } from './bhs.js';
import { SNACK_TYPE_NAMES, SnackType } from './codes.js';

const type = field('type', 1, 4, 4, { names: SNACK_TYPE_NAMES, section: '11.16.1' });

export const snackRequest = {
  reserved0: bhs.reserved0,
  reserved0b1: notImmediate,
  opcode: bhs.opcode,
  final: bhs.final,
  reserved1b1: reserved(1, 1, 3),
  type,
  reserved2: reserved(2, 0, 16),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  lun: lunWhen(whenIs(type, SnackType.dataAck), '11.16.5'),
  initiatorTaskTag: bhs.initiatorTaskTag,
  /** The SNACK Tag where the type is R-Data SNACK. */
  targetTransferTag: field('targetTransferTag', 20, 0, 32, { section: '11.16.5' }),
  reserved24: reserved(24, 0, 32),
  expStatSN,
  reserved32: reserved(32, 0, 64),
  begRun: field('begRun', 40, 0, 32, { section: '11.16.6' }),
  runLength: field('runLength', 44, 0, 32, { section: '11.16.7' }),
} as const;
