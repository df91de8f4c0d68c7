// NOP-Out (RFC 7143 section 11.18).

import { reserved } from '../field.js';
import { bhs, cmdSN, expStatSN, lunWhen, targetTransferTag, whenTagged } from './bhs.js';

export const nopOut = {
  reserved0: bhs.reserved0,
  immediate: bhs.immediate,
  opcode: bhs.opcode,
  final: bhs.final,
  reserved1b1: reserved(1, 1, 23),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  lun: lunWhen(whenTagged, '11.18.2'),
  initiatorTaskTag: bhs.initiatorTaskTag,
  targetTransferTag,
  cmdSN,
  expStatSN,
  reserved32: reserved(32, 0, 128),
} as const;
