// ERSPAN (draft-foschiano-erspan-03): type II (4.2) and type III (4.3), behind GRE. Type I has no
// header of its own: GRE 0x88be without a sequence number.

import { field } from '../field.js';

export const erspan2 = {
  version: field('version', 0, 0, 4),
  vlan: field('vlan', 0, 4, 12),
  classOfService: field('classOfService', 2, 0, 3),
  encapsulation: field('encapsulation', 2, 3, 2, { kind: 'code' }),
  truncated: field('truncated', 2, 5, 1),
  sessionId: field('sessionId', 2, 6, 10),
  reserved: field('reserved', 4, 0, 12, { reserved: true }),
  index: field('index', 5, 4, 20),
} as const;

export const ERSPAN2_BYTES = 8;

export const erspan3 = {
  version: field('version', 0, 0, 4),
  vlan: field('vlan', 0, 4, 12),
  classOfService: field('classOfService', 2, 0, 3),
  badShortOversized: field('badShortOversized', 2, 3, 2, { kind: 'code' }),
  truncated: field('truncated', 2, 5, 1),
  sessionId: field('sessionId', 2, 6, 10),
  timestamp: field('timestamp', 4, 0, 32),
  securityGroupTag: field('securityGroupTag', 8, 0, 16),
  ethernetFrame: field('ethernetFrame', 10, 0, 1),
  frameType: field('frameType', 10, 1, 5, { names: { 0: 'Ethernet', 2: 'IP' } }),
  hardwareId: field('hardwareId', 10, 6, 6),
  direction: field('direction', 11, 4, 1),
  granularity: field('granularity', 11, 5, 2),
  optionalSubHeader: field('optionalSubHeader', 11, 7, 1),
} as const;

export const ERSPAN3_BYTES = 12;
export const ERSPAN3_PLATFORM_BYTES = 8;

/** Values of `version`. */
export const ERSPAN_VERSION_2 = 1;
export const ERSPAN_VERSION_3 = 2;
export const ERSPAN3_FRAME_IP = 2;
