// ICMP (RFC 792; fragmentation needed: RFC 1191 section 4) and ICMPv6 (RFC 4443; packet too big: 3.2).

import { field } from '../field.js';

export const icmp = {
  type: field('type', 0, 0, 8, { kind: 'code' }),
  code: field('code', 1, 0, 8, { kind: 'code' }),
  checksum: field('checksum', 2, 0, 16),
  /** Of "fragmentation needed" only. */
  nextHopMtu: field('nextHopMtu', 6, 0, 16, { unit: 'bytes' }),
} as const;

export const ICMP_BYTES = 8;
export const ICMP_UNREACHABLE = 3;
export const ICMP_FRAGMENTATION_NEEDED = 4;

export const icmpv6 = {
  type: field('type', 0, 0, 8, { kind: 'code' }),
  code: field('code', 1, 0, 8, { kind: 'code' }),
  checksum: field('checksum', 2, 0, 16),
  /** Of "packet too big" only. */
  mtu: field('mtu', 4, 0, 32, { unit: 'bytes' }),
} as const;

export const ICMPV6_PACKET_TOO_BIG = 2;
