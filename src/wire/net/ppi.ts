// Headers that name the link type of the packet behind them: PPI (LINKTYPE_PPI, 192) in little
// endian, and Apple's PKTAP (258) in the byte order of the host, which is little endian too.
// www.tcpdump.org/linktypes. The tables are in network order: words are read byte by byte.

import { field } from '../field.js';

export const ppi = {
  version: field('version', 0, 0, 8),
  flags: field('flags', 1, 0, 8),
  /** Little endian. */
  length: field('length', 2, 0, 16, { unit: 'bytes' }),
  /** Little endian. */
  linkType: field('linkType', 4, 0, 32, { kind: 'code' }),
} as const;

export const PPI_BYTES_MIN = 8;

/** All little endian. */
export const pktap = {
  length: field('length', 0, 0, 32, { unit: 'bytes' }),
  recordType: field('recordType', 4, 0, 32, { kind: 'code' }),
  linkType: field('linkType', 8, 0, 32, { kind: 'code' }),
} as const;

export const PKTAP_BYTES_MIN = 12;
export const PKTAP_RECORD_PACKET = 1;
