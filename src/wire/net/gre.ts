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

/** PPTP's version 1 (RFC 2637 4.1): a key always, then what has its bit; PPP follows. */
export const grePptp = {
  checksumPresent: field('checksumPresent', 0, 0, 1),
  routingPresent: field('routingPresent', 0, 1, 1),
  keyPresent: field('keyPresent', 0, 2, 1),
  sequencePresent: field('sequencePresent', 0, 3, 1),
  strictRoute: field('strictRoute', 0, 4, 1),
  recursion: field('recursion', 0, 5, 3),
  acknowledgmentPresent: field('acknowledgmentPresent', 1, 0, 1),
  flags: field('flags', 1, 1, 4, { reserved: true }),
  version: field('version', 1, 5, 3),
  protocolType: field('protocolType', 2, 0, 16, { names: ETHER_TYPE_NAMES }),
  payloadLength: field('payloadLength', 4, 0, 16, { unit: 'bytes' }),
  callId: field('callId', 6, 0, 16),
} as const;

export const GRE_PPTP_BYTES_MIN = 8;

/** Source route entries (RFC 1701): family, offset, length of what follows; ended by one of zeros. */
export const GRE_ROUTE_BYTES = 4;

/** WCCP version 2 has a redirect header of its own before the packet. */
export const WCCP_REDIRECT_BYTES = 4;
