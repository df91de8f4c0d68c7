// IPv6 header (RFC 8200 section 3) and its extension headers (section 4; AH: RFC 4302; segment
// routing: RFC 8754; jumbo payload: RFC 2675).

import { field } from '../field.js';
import { IP_PROTOCOL_NAMES } from './ipv4.js';

export const ipv6 = {
  version: field('version', 0, 0, 4),
  differentiatedServices: field('differentiatedServices', 0, 4, 6),
  congestion: field('congestion', 1, 2, 2),
  flowLabel: field('flowLabel', 1, 4, 20),
  payloadLength: field('payloadLength', 4, 0, 16, { unit: 'bytes' }),
  nextHeader: field('nextHeader', 6, 0, 8, { names: IP_PROTOCOL_NAMES }),
  hopLimit: field('hopLimit', 7, 0, 8),
  source: field('source', 8, 0, 128),
  destination: field('destination', 24, 0, 128),
} as const;

export const IPV6_BYTES = 40;

/** Hop-by-hop options, routing and destination options begin alike (RFC 8200 4.3, 4.4, 4.6). */
export const ipv6Extension = {
  nextHeader: field('nextHeader', 0, 0, 8, { names: IP_PROTOCOL_NAMES }),
  extensionLength: field('extensionLength', 1, 0, 8, { unit: '8-byte units beyond the first' }),
} as const;

export const IPV6_EXTENSION_BYTES_MIN = 8;

/** RFC 8200 4.4. */
export const ipv6Routing = {
  ...ipv6Extension,
  routingType: field('routingType', 2, 0, 8, { kind: 'code' }),
  segmentsLeft: field('segmentsLeft', 3, 0, 8),
} as const;

/** RFC 8200 4.5. */
export const ipv6Fragment = {
  nextHeader: field('nextHeader', 0, 0, 8, { names: IP_PROTOCOL_NAMES }),
  reserved: field('reserved', 1, 0, 8, { reserved: true }),
  fragmentOffset: field('fragmentOffset', 2, 0, 13, { unit: '8-byte units' }),
  reserved2: field('reserved2', 3, 5, 2, { reserved: true }),
  moreFragments: field('moreFragments', 3, 7, 1),
  identification: field('identification', 4, 0, 32),
} as const;

export const IPV6_FRAGMENT_BYTES = 8;

/** Authentication Header (RFC 4302 section 2). */
export const ah = {
  nextHeader: field('nextHeader', 0, 0, 8, { names: IP_PROTOCOL_NAMES }),
  payloadLength: field('payloadLength', 1, 0, 8, { unit: '4-byte words beyond the second' }),
  reserved: field('reserved', 2, 0, 16, { reserved: true }),
  securityParametersIndex: field('securityParametersIndex', 4, 0, 32),
  sequenceNumber: field('sequenceNumber', 8, 0, 32),
} as const;

export const AH_BYTES_MIN = 12;

/** Jumbo payload option (RFC 2675 section 2), from its type octet. */
export const jumboPayload = {
  optionType: field('optionType', 0, 0, 8, { kind: 'code' }),
  optionLength: field('optionLength', 1, 0, 8, { unit: 'bytes' }),
  jumboPayloadLength: field('jumboPayloadLength', 2, 0, 32, { unit: 'bytes' }),
} as const;

export const OPTION_PAD1 = 0x00;
export const OPTION_JUMBO_PAYLOAD = 0xc2;
