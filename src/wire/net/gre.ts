// GRE (RFC 2784 section 2, RFC 2890 section 2): checksum, key and sequence number follow in this
// order, four bytes each, where their bit is set. NVGRE (RFC 7637) is GRE with a key.

import { field } from '../field.js';
import { ETHER_TYPE_NAMES } from './ethernet.js';

export const gre = {
  checksumPresent: field('checksumPresent', 0, 0, 1),
  routingPresent: field('routingPresent', 0, 1, 1, { section: 'RFC 1701' }),
  keyPresent: field('keyPresent', 0, 2, 1),
  sequencePresent: field('sequencePresent', 0, 3, 1),
  reserved: field('reserved', 0, 4, 9, { reserved: true }),
  version: field('version', 1, 5, 3),
  protocolType: field('protocolType', 2, 0, 16, { names: ETHER_TYPE_NAMES }),
} as const;

export const GRE_BYTES_MIN = 4;
export const GRE_OPTION_BYTES = 4;
