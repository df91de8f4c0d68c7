// TZSP: how access points and MikroTik routers send what they sniff, on UDP port 37008. A header,
// tagged fields of one type and one length octet, and the packet behind the tag that ends them.

import { field } from '../field.js';

export const tzsp = {
  version: field('version', 0, 0, 8),
  type: field('type', 1, 0, 8, { kind: 'code' }),
  protocol: field('protocol', 2, 0, 16, { names: { 1: 'Ethernet' } }),
} as const;

export const TZSP_BYTES_MIN = 4;
export const TZSP_ETHERNET = 1;
/** Tags without a length. */
export const TZSP_PADDING = 0;
export const TZSP_END = 1;
