// SCSI Data-Out (RFC 7143 section 11.7).

import { field, reserved } from '../field.js';
import { bhs, expStatSN, lunWhen, notImmediate, targetTransferTag, whenTagged } from './bhs.js';

export const dataOut = {
  reserved0: bhs.reserved0,
  reserved0b1: notImmediate,
  opcode: bhs.opcode,
  final: bhs.final,
  reserved1b1: reserved(1, 1, 23),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  lun: lunWhen(whenTagged, '11.7.4'),
  initiatorTaskTag: bhs.initiatorTaskTag,
  targetTransferTag,
  reserved24: reserved(24, 0, 32),
  expStatSN,
  reserved32: reserved(32, 0, 32),
  dataSN: field('dataSN', 36, 0, 32, { section: '11.7.5' }),
  bufferOffset: field('bufferOffset', 40, 0, 32, { unit: 'bytes', section: '11.7.6' }),
  reserved44: reserved(44, 0, 32),
} as const;
