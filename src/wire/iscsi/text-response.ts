// Text Response (RFC 7143 section 11.11).

import { field, reserved } from '../field.js';
import {
  bhs,
  expCmdSN,
  lunWhen,
  maxCmdSN,
  notImmediate,
  statSN,
  targetTransferTag,
  whenTagged,
} from './bhs.js';

export const textResponse = {
  reserved0: bhs.reserved0,
  reserved0b1: notImmediate,
  opcode: bhs.opcode,
  final: bhs.final,
  continue: field('continue', 1, 1, 1, { section: '11.11.2' }),
  reserved1b2: reserved(1, 2, 22),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  lun: lunWhen(whenTagged, '11.11.4'),
  initiatorTaskTag: bhs.initiatorTaskTag,
  targetTransferTag,
  statSN,
  expCmdSN,
  maxCmdSN,
  reserved36: reserved(36, 0, 96),
} as const;
