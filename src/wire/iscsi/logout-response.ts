// Logout Response (RFC 7143 section 11.15).

import { field, reserved } from '../field.js';
import { bhs, expCmdSN, maxCmdSN, notImmediate, statSN } from './bhs.js';
import { LOGOUT_RESPONSE_NAMES } from './codes.js';

export const logoutResponse = {
  reserved0: bhs.reserved0,
  reserved0b1: notImmediate,
  opcode: bhs.opcode,
  final: bhs.final,
  reserved1b1: reserved(1, 1, 7),
  response: field('response', 2, 0, 8, { names: LOGOUT_RESPONSE_NAMES, section: '11.15.1' }),
  reserved3: reserved(3, 0, 8),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  reserved8: reserved(8, 0, 64),
  initiatorTaskTag: bhs.initiatorTaskTag,
  reserved20: reserved(20, 0, 32),
  statSN,
  expCmdSN,
  maxCmdSN,
  reserved36: reserved(36, 0, 32),
  time2Wait: field('time2Wait', 40, 0, 16, { unit: 'seconds', section: '11.15.3' }),
  time2Retain: field('time2Retain', 42, 0, 16, { unit: 'seconds', section: '11.15.4' }),
  reserved44: reserved(44, 0, 32),
} as const;
