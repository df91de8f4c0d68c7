// Ready To Transfer, R2T (RFC 7143 section 11.8).

import { field, reserved } from '../field.js';
import { bhs, expCmdSN, maxCmdSN, notImmediate, statSN, targetTransferTag } from './bhs.js';

export const r2t = {
  reserved0: bhs.reserved0,
  reserved0b1: notImmediate,
  opcode: bhs.opcode,
  final: bhs.final,
  reserved1b1: reserved(1, 1, 23),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  lun: bhs.lun,
  initiatorTaskTag: bhs.initiatorTaskTag,
  targetTransferTag,
  statSN,
  expCmdSN,
  maxCmdSN,
  r2tSN: field('r2tSN', 36, 0, 32, { section: '11.8.2' }),
  bufferOffset: field('bufferOffset', 40, 0, 32, { unit: 'bytes', section: '11.8.4' }),
  desiredDataTransferLength: field('desiredDataTransferLength', 44, 0, 32, {
    unit: 'bytes',
    section: '11.8.4',
  }),
} as const;
