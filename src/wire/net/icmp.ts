// ICMP (RFC 792; fragmentation needed: RFC 1191 section 4; later codes: RFC 1122 3.2.2.1, RFC 1812 5.2.7.1)
// and ICMPv6 (RFC 4443; packet too big: 3.2). An error quotes the packet that it is about, from its IP
// header on, behind these eight bytes.

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
export const ICMP_TIME_EXCEEDED = 11;

/** Why a packet did not get there, as an error says it. */
export const ICMP_UNREACHABLE_NAMES: Readonly<Record<number, string>> = {
  0: 'net unreachable',
  1: 'host unreachable',
  2: 'protocol unreachable',
  3: 'port unreachable',
  5: 'source route failed',
  6: 'destination network unknown',
  7: 'destination host unknown',
  8: 'source host isolated',
  9: 'network administratively prohibited',
  10: 'host administratively prohibited',
  11: 'network unreachable for this type of service',
  12: 'host unreachable for this type of service',
  13: 'communication administratively prohibited',
  14: 'host precedence violation',
  15: 'precedence cutoff in effect',
};

/** Code 1 of time exceeded is about fragments that never became whole. */
export const ICMP_TIME_EXCEEDED_NAMES: Readonly<Record<number, string>> = {
  0: 'time to live exceeded in transit',
};

export const icmpv6 = {
  type: field('type', 0, 0, 8, { kind: 'code' }),
  code: field('code', 1, 0, 8, { kind: 'code' }),
  checksum: field('checksum', 2, 0, 16),
  /** Of "packet too big" only. */
  mtu: field('mtu', 4, 0, 32, { unit: 'bytes' }),
} as const;

export const ICMPV6_UNREACHABLE = 1;
export const ICMPV6_PACKET_TOO_BIG = 2;
export const ICMPV6_TIME_EXCEEDED = 3;

/** RFC 4443 3.1. */
export const ICMPV6_UNREACHABLE_NAMES: Readonly<Record<number, string>> = {
  0: 'no route to destination',
  1: 'communication administratively prohibited',
  2: 'beyond the scope of the source address',
  3: 'address unreachable',
  4: 'port unreachable',
  5: 'source address failed ingress/egress policy',
  6: 'reject route to destination',
};

/** RFC 4443 3.3. */
export const ICMPV6_TIME_EXCEEDED_NAMES: Readonly<Record<number, string>> = {
  0: 'hop limit exceeded in transit',
};
