// Encapsulating Security Payload (RFC 4303 section 2). With NULL encryption (RFC 2410) the payload is
// readable, but nothing in the packet says so.

import { field } from '../field.js';

export const esp = {
  securityParametersIndex: field('securityParametersIndex', 0, 0, 32),
  sequenceNumber: field('sequenceNumber', 4, 0, 32),
} as const;

export const ESP_BYTES = 8;

/** Ends the payload, before the integrity check value; padding of 1, 2, 3, … is before it. */
export const espTrailer = {
  padLength: field('padLength', 0, 0, 8, { unit: 'bytes' }),
  nextHeader: field('nextHeader', 1, 0, 8, { kind: 'code' }),
} as const;

export const ESP_TRAILER_BYTES = 2;

/**
 * Integrity check values: HMAC cut to 96 bits (RFC 2404, 3566), HMAC-SHA-256, -384, -512 (RFC 4868),
 * AES-GMAC (RFC 4543; it has an IV, so is not found), none.
 */
export const ESP_ICV_BYTES = [12, 16, 24, 32, 0] as const;
