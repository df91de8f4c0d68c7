// Login Response (RFC 7143 section 11.13).

import { field, reserved, whenSet } from '../field.js';
import { bhs, expCmdSN, maxCmdSN, notImmediate, statSN } from './bhs.js';
import { STAGE_NAMES, STATUS_CLASS_NAMES } from './codes.js';

const transit = field('transit', 1, 0, 1, { section: '11.13.6' });

export const loginResponse = {
  reserved0: bhs.reserved0,
  reserved0b1: notImmediate,
  opcode: bhs.opcode,
  transit,
  continue: field('continue', 1, 1, 1, { section: '11.13.7' }),
  reserved1b2: reserved(1, 2, 2),
  csg: field('csg', 1, 4, 2, { names: STAGE_NAMES, section: '11.12.3' }),
  /** Without T it is reserved. */
  nsg: field('nsg', 1, 6, 2, { names: STAGE_NAMES, section: '11.12.3', when: whenSet(transit) }),
  versionMax: field('versionMax', 2, 0, 8, { section: '11.13.1' }),
  versionActive: field('versionActive', 3, 0, 8, { section: '11.13.2' }),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  isid: field('isid', 8, 0, 48, { section: '11.12.5' }),
  tsih: field('tsih', 14, 0, 16, { section: '11.13.3' }),
  initiatorTaskTag: bhs.initiatorTaskTag,
  reserved20: reserved(20, 0, 32),
  statSN,
  expCmdSN,
  maxCmdSN,
  statusClass: field('statusClass', 36, 0, 8, { names: STATUS_CLASS_NAMES, section: '11.13.5' }),
  /** Its names go with the class: LOGIN_STATUS_NAMES. */
  statusDetail: field('statusDetail', 37, 0, 8, { kind: 'code', section: '11.13.5' }),
  reserved38: reserved(38, 0, 16),
  reserved40: reserved(40, 0, 64),
} as const;
