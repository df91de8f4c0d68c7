// IPv4 header (RFC 791 section 3.1), with RFC 2474 and 3168 for the second byte.

import { field } from '../field.js';

/** Protocol numbers (www.iana.org), of IPv4's `protocol` and IPv6's `nextHeader` alike. */
export const IpProtocol = {
  hopByHop: 0,
  icmp: 1,
  ipv4: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  routing: 43,
  fragment: 44,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  none: 59,
  destinationOptions: 60,
  etherIp: 97,
  l2tp: 115,
  sctp: 132,
  mobility: 135,
  mpls: 137,
  hip: 139,
  shim6: 140,
} as const;

export const IP_PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  0: 'hop-by-hop options',
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPv4',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6',
  43: 'routing header',
  44: 'fragment header',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  59: 'no next header',
  60: 'destination options',
  89: 'OSPF',
  97: 'EtherIP',
  103: 'PIM',
  108: 'IPComp',
  112: 'VRRP',
  115: 'L2TP',
  132: 'SCTP',
  133: 'FC',
  137: 'MPLS',
};

export const ipv4 = {
  version: field('version', 0, 0, 4),
  headerLength: field('headerLength', 0, 4, 4, { unit: '4-byte words' }),
  differentiatedServices: field('differentiatedServices', 1, 0, 6),
  congestion: field('congestion', 1, 6, 2, {
    names: { 0: 'Not-ECT', 1: 'ECT(1)', 2: 'ECT(0)', 3: 'CE' },
  }),
  totalLength: field('totalLength', 2, 0, 16, { unit: 'bytes' }),
  identification: field('identification', 4, 0, 16),
  reserved: field('reserved', 6, 0, 1, { reserved: true }),
  dontFragment: field('dontFragment', 6, 1, 1),
  moreFragments: field('moreFragments', 6, 2, 1),
  fragmentOffset: field('fragmentOffset', 6, 3, 13, { unit: '8-byte units' }),
  timeToLive: field('timeToLive', 8, 0, 8),
  protocol: field('protocol', 9, 0, 8, { names: IP_PROTOCOL_NAMES }),
  headerChecksum: field('headerChecksum', 10, 0, 16),
  source: field('source', 12, 0, 32),
  destination: field('destination', 16, 0, 32),
} as const;

export const IPV4_BYTES_MIN = 20;
