// TRILL (RFC 6325 section 3): options and an Ethernet frame follow. Cisco's FabricPath, its relative,
// has an outer Ethernet header of type 0x8903 with two bytes more, and a whole frame behind.

import { field } from '../field.js';

export const trill = {
  version: field('version', 0, 0, 2),
  reserved: field('reserved', 0, 2, 2, { reserved: true }),
  multiDestination: field('multiDestination', 0, 4, 1),
  optionsLength: field('optionsLength', 0, 5, 5, { unit: '4-byte words' }),
  hopCount: field('hopCount', 1, 2, 6),
  egressNickname: field('egressNickname', 2, 0, 16),
  ingressNickname: field('ingressNickname', 4, 0, 16),
} as const;

export const TRILL_BYTES_MIN = 6;

export const fabricPath = {
  forwardingTag: field('forwardingTag', 0, 0, 10),
  ttl: field('ttl', 1, 2, 6),
} as const;

export const FABRIC_PATH_BYTES = 2;
