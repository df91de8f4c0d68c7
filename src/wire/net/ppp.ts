// PPP: protocol field (RFC 1661 section 2), HDLC-like framing (RFC 1662), PPPoE (RFC 2516), and
// Cisco's HDLC, which has an EtherType in place of the protocol.

import { field } from '../field.js';

export const PppProtocol = {
  ipv4: 0x0021,
  ipv6: 0x0057,
  mpls: 0x0281,
  mplsMulticast: 0x0283,
} as const;

/** RFC 1661 2: an odd first octet is a protocol compressed to one octet. */
export const ppp = {
  protocol: field('protocol', 0, 0, 16, { kind: 'code' }),
} as const;

export const PPP_BYTES = 2;

/** RFC 1662 3.1; Cisco's variant has the addresses 0x0f and 0x8f. */
export const hdlc = {
  address: field('address', 0, 0, 8),
  control: field('control', 1, 0, 8),
} as const;

export const HDLC_BYTES = 2;
export const HDLC_ADDRESS_ALL = 0xff;
export const HDLC_CONTROL_UI = 0x03;

/** Cisco HDLC: what follows address and control. */
export const ciscoHdlc = {
  address: field('address', 0, 0, 8),
  control: field('control', 1, 0, 8),
  protocol: field('protocol', 2, 0, 16, { kind: 'code' }),
} as const;

export const CISCO_HDLC_BYTES = 4;

/** RFC 2516 section 4. */
export const pppoe = {
  version: field('version', 0, 0, 4),
  type: field('type', 0, 4, 4),
  code: field('code', 1, 0, 8, { kind: 'code' }),
  sessionId: field('sessionId', 2, 0, 16),
  length: field('length', 4, 0, 16, { unit: 'bytes' }),
} as const;

export const PPPOE_BYTES = 6;
