// Logout Request (RFC 7143 section 11.14).

import { field, reserved } from '../field.js';
import { bhs, cmdSN, expStatSN } from './bhs.js';
import { LOGOUT_REASON_NAMES } from './codes.js';

export const logoutRequest = {
  reserved0: bhs.reserved0,
  immediate: bhs.immediate,
  opcode: bhs.opcode,
  final: bhs.final,
  reason: field('reason', 1, 1, 7, { names: LOGOUT_REASON_NAMES, section: '11.14.1' }),
  reserved2: reserved(2, 0, 16),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  reserved8: reserved(8, 0, 64),
  initiatorTaskTag: bhs.initiatorTaskTag,
  /** Reserved where the reason is to close the session. */
  cid: field('cid', 20, 0, 16, { section: '11.14.3' }),
  reserved22: reserved(22, 0, 16),
  cmdSN,
  expStatSN,
  reserved32: reserved(32, 0, 128),
} as const;
