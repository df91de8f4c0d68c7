// MPLS label stack entry (RFC 3032 2.1), pseudowire control word (RFC 4385 section 3).

import { field } from '../field.js';

export const mpls = {
  label: field('label', 0, 0, 20),
  trafficClass: field('trafficClass', 2, 4, 3),
  bottomOfStack: field('bottomOfStack', 2, 7, 1),
  ttl: field('ttl', 3, 0, 8),
} as const;

export const MPLS_BYTES = 4;

export const pseudowire = {
  zero: field('zero', 0, 0, 4),
  flags: field('flags', 0, 4, 4),
  fragment: field('fragment', 1, 0, 2),
  length: field('length', 1, 2, 6, { unit: 'bytes' }),
  sequenceNumber: field('sequenceNumber', 2, 0, 16),
} as const;

export const PSEUDOWIRE_BYTES = 4;
