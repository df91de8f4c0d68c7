// Task Management Function Response (RFC 7143 section 11.6; RFC 7144 section 6.4).

import { field, reserved } from '../field.js';
import { bhs, expCmdSN, maxCmdSN, notImmediate, statSN } from './bhs.js';
import { TASK_MANAGEMENT_RESPONSE_NAMES } from './codes.js';

export const taskManagementResponse = {
  reserved0: bhs.reserved0,
  reserved0b1: notImmediate,
  opcode: bhs.opcode,
  final: bhs.final,
  reserved1b1: reserved(1, 1, 7),
  response: field('response', 2, 0, 8, {
    names: TASK_MANAGEMENT_RESPONSE_NAMES,
    section: '11.6.1',
  }),
  reserved3: reserved(3, 0, 8),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  /** Only where iSCSIProtocolLevel is 2 or more; else reserved. */
  additionalResponseInformation: field('additionalResponseInformation', 8, 0, 24, {
    section: 'RFC 7144 6.4.1',
  }),
  reserved11: reserved(11, 0, 8),
  reserved12: reserved(12, 0, 32),
  initiatorTaskTag: bhs.initiatorTaskTag,
  reserved20: reserved(20, 0, 32),
  statSN,
  expCmdSN,
  maxCmdSN,
  reserved36: reserved(36, 0, 96),
} as const;
