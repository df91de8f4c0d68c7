// VXLAN (RFC 7348 section 5): an Ethernet frame follows.

import { field } from '../field.js';

export const vxlan = {
  reserved: field('reserved', 0, 0, 4, { reserved: true }),
  validVni: field('validVni', 0, 4, 1),
  reserved2: field('reserved2', 0, 5, 27, { reserved: true }),
  vni: field('vni', 4, 0, 24),
  reserved3: field('reserved3', 7, 0, 8, { reserved: true }),
} as const;

export const VXLAN_BYTES = 8;
