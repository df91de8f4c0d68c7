// Text Request (RFC 7143 section 11.10).

import { field, reserved } from '../field.js';
import { bhs, cmdSN, expStatSN, lunWhen, targetTransferTag, whenTagged } from './bhs.js';

export const textRequest = {
  reserved0: bhs.reserved0,
  immediate: bhs.immediate,
  opcode: bhs.opcode,
  final: bhs.final,
  continue: field('continue', 1, 1, 1, { section: '11.10.2' }),
  reserved1b2: reserved(1, 2, 22),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  lun: lunWhen(whenTagged, '11.10.4'),
  initiatorTaskTag: bhs.initiatorTaskTag,
  targetTransferTag,
  cmdSN,
  expStatSN,
  reserved32: reserved(32, 0, 128),
} as const;
