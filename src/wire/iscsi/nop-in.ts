// NOP-In (RFC 7143 section 11.19).

import { reserved } from '../field.js';
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

export const nopIn = {
  reserved0: bhs.reserved0,
  reserved0b1: notImmediate,
  opcode: bhs.opcode,
  final: bhs.final,
  reserved1b1: reserved(1, 1, 23),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  lun: lunWhen(whenTagged, '11.19.3'),
  initiatorTaskTag: bhs.initiatorTaskTag,
  targetTransferTag,
  statSN,
  expCmdSN,
  maxCmdSN,
  reserved36: reserved(36, 0, 96),
} as const;
