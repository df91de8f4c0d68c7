// Endace's extensible record format in pcap (LINKTYPE_ERF, 197): a header, extension headers of 8
// bytes while the first bit says so, and before Ethernet two bytes.

import { field } from '../field.js';

export const erf = {
  /** Little endian. */
  timestamp: field('timestamp', 0, 0, 64),
  extensionPresent: field('extensionPresent', 8, 0, 1),
  type: field('type', 8, 1, 7, { kind: 'code' }),
  flags: field('flags', 9, 0, 8),
  recordLength: field('recordLength', 10, 0, 16, { unit: 'bytes' }),
  lossCounter: field('lossCounter', 12, 0, 16),
  wireLength: field('wireLength', 14, 0, 16, { unit: 'bytes' }),
} as const;

export const ERF_BYTES = 16;
export const ERF_EXTENSION_BYTES = 8;
export const ERF_ETHERNET_BYTES = 2;
/** Ethernet, alone and with other uses of the loss counter; IP. */
export const ERF_ETHERNET = [2, 11, 16, 20] as const;
export const ERF_IPV4 = 22;
export const ERF_IPV6 = 23;
