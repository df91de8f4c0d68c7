// Session control messages of iFCP (RFC 4172 section 6): the payload of frames with SES set.

import { field, reserved } from '../field.js';
import {
  CBIND_STATUS_NAMES,
  ELS_NAMES,
  IFCP_ADDRESS_MODE_NAMES,
  UNBIND_STATUS_NAMES,
} from './codes.js';

const command = field('command', 0, 0, 8, { names: ELS_NAMES });
const reserved1 = reserved(1, 0, 24);

/** RFC 4172 6.1; a response is longer than a request. */
export const CBIND_BYTES = 28;
export const CBIND_RESPONSE_BYTES = 36;

export const cbind = {
  command,
  reserved1,
  livenessInterval: field('livenessInterval', 4, 0, 16, { unit: 'seconds', section: '6.1' }),
  addressMode: field('addressMode', 6, 0, 8, { names: IFCP_ADDRESS_MODE_NAMES, section: '6.1' }),
  ifcpVersion: field('ifcpVersion', 7, 0, 8, { section: '6.1' }),
  userInfo: field('userInfo', 8, 0, 32, { section: '6.1' }),
  sourcePortName: field('sourcePortName', 12, 0, 64, { section: '6.1' }),
  destinationPortName: field('destinationPortName', 20, 0, 64, { section: '6.1' }),
} as const;

export const cbindResponse = {
  ...cbind,
  reserved28: reserved(28, 0, 16),
  cbindStatus: field('cbindStatus', 30, 0, 16, { names: CBIND_STATUS_NAMES, section: '6.1' }),
  reserved32: reserved(32, 0, 16),
  connectionHandle: field('connectionHandle', 34, 0, 16, { section: '6.1' }),
} as const;

/** RFC 4172 6.2. */
export const UNBIND_BYTES = 20;
export const UNBIND_RESPONSE_BYTES = 24;

export const unbind = {
  command,
  reserved1,
  userInfo: field('userInfo', 4, 0, 32, { section: '6.2' }),
  reserved8: reserved(8, 0, 16),
  connectionHandle: field('connectionHandle', 10, 0, 16, { section: '6.2' }),
  reserved12: reserved(12, 0, 32),
  reserved16: reserved(16, 0, 32),
} as const;

export const unbindResponse = {
  ...unbind,
  reserved20: reserved(20, 0, 16),
  unbindStatus: field('unbindStatus', 22, 0, 16, { names: UNBIND_STATUS_NAMES, section: '6.2' }),
} as const;

/** RFC 4172 6.3. */
export const LTEST_BYTES = 28;

export const ltest = {
  command,
  reserved1,
  livenessInterval: field('livenessInterval', 4, 0, 16, { unit: 'seconds', section: '6.3' }),
  reserved6: reserved(6, 0, 16),
  count: field('count', 8, 0, 32, { section: '6.3' }),
  sourcePortName: field('sourcePortName', 12, 0, 64, { section: '6.3' }),
  destinationPortName: field('destinationPortName', 20, 0, 64, { section: '6.3' }),
} as const;
