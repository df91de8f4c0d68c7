// Login Request (RFC 7143 section 11.12).

import { field, reserved, whenSet } from '../field.js';
import { bhs, cmdSN, expStatSN } from './bhs.js';
import { STAGE_NAMES } from './codes.js';

const transit = field('transit', 1, 0, 1, { section: '11.12.1' });

export const loginRequest = {
  reserved0: bhs.reserved0,
  immediate: bhs.immediate,
  opcode: bhs.opcode,
  transit,
  continue: field('continue', 1, 1, 1, { section: '11.12.2' }),
  reserved1b2: reserved(1, 2, 2),
  csg: field('csg', 1, 4, 2, { names: STAGE_NAMES, section: '11.12.3' }),
  /** Without T it is reserved. */
  nsg: field('nsg', 1, 6, 2, { names: STAGE_NAMES, section: '11.12.3', when: whenSet(transit) }),
  versionMax: field('versionMax', 2, 0, 8, { section: '11.12.4.1' }),
  versionMin: field('versionMin', 3, 0, 8, { section: '11.12.4.2' }),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  isid: field('isid', 8, 0, 48, { section: '11.12.5' }),
  tsih: field('tsih', 14, 0, 16, { section: '11.12.6' }),
  initiatorTaskTag: bhs.initiatorTaskTag,
  cid: field('cid', 20, 0, 16, { section: '11.12.7' }),
  reserved22: reserved(22, 0, 16),
  cmdSN,
  expStatSN,
  reserved32: reserved(32, 0, 128),
} as const;
