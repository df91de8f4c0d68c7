// Network Service Header (RFC 8300 section 2): behind Ethernet (0x894f), VXLAN-GPE or itself.

import { field } from '../field.js';

/** Next protocols of NSH (RFC 8300 11.2.5) and of VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe 3.2) alike. */
export const NextProtocol = { ipv4: 1, ipv6: 2, ethernet: 3, nsh: 4, mpls: 5 } as const;

export const NEXT_PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  1: 'IPv4',
  2: 'IPv6',
  3: 'Ethernet',
  4: 'NSH',
  5: 'MPLS',
};

/** Base header and service path header. */
export const nsh = {
  version: field('version', 0, 0, 2),
  oam: field('oam', 0, 2, 1),
  unassigned: field('unassigned', 0, 3, 1, { reserved: true }),
  ttl: field('ttl', 0, 4, 6),
  length: field('length', 1, 2, 6, { unit: '4-byte words' }),
  unassigned2: field('unassigned2', 2, 0, 4, { reserved: true }),
  metadataType: field('metadataType', 2, 4, 4, { kind: 'code' }),
  nextProtocol: field('nextProtocol', 3, 0, 8, { names: NEXT_PROTOCOL_NAMES }),
  servicePath: field('servicePath', 4, 0, 24),
  serviceIndex: field('serviceIndex', 7, 0, 8),
} as const;

export const NSH_BYTES_MIN = 8;
