// L2TP: version 2 (RFC 2661 section 3.1) in UDP; version 3 (RFC 3931 section 4.1) in UDP or in IP.

import { field } from '../field.js';

/** The first word, in UDP. */
export const l2tp = {
  control: field('control', 0, 0, 1),
  lengthPresent: field('lengthPresent', 0, 1, 1),
  reserved: field('reserved', 0, 2, 2, { reserved: true }),
  sequencePresent: field('sequencePresent', 0, 4, 1),
  reserved2: field('reserved2', 0, 5, 1, { reserved: true }),
  offsetPresent: field('offsetPresent', 0, 6, 1),
  priority: field('priority', 0, 7, 1),
  reserved3: field('reserved3', 1, 0, 4, { reserved: true }),
  version: field('version', 1, 4, 4),
} as const;

export const L2TP_BYTES_MIN = 2;

/** Version 3: a session id, then what only the two ends know the lengths of. */
export const L2TPV3_SESSION_BYTES = 4;
/** A cookie of 0, 4 or 8 bytes and a sublayer of 0 or 4 (RFC 3931 4.1, 4.6). */
export const L2TPV3_COOKIE_BYTES = [0, 4, 8, 12] as const;
