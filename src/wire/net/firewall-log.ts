// Packets that a firewall logged: BSD's PFLOG (LINKTYPE_PFLOG, 117; before OpenBSD 3.4: 17), OpenBSD's
// ENC (109), Linux's NFLOG (239); www.tcpdump.org/linktypes.

import { field } from '../field.js';

/** What is read of it: its own length, without the padding to 4 bytes that follows. */
export const pflog = {
  length: field('length', 0, 0, 8, { unit: 'bytes' }),
  family: field('family', 1, 0, 8, { kind: 'code' }),
} as const;

/** From the length's first release to 2 bytes behind it there was nothing shorter. */
export const PFLOG_BYTES_MIN = 45;
export const OLD_PFLOG_BYTES = 28;

export const enc = {
  family: field('family', 0, 0, 32, { kind: 'code' }),
  securityParametersIndex: field('securityParametersIndex', 4, 0, 32),
  flags: field('flags', 8, 0, 32),
} as const;

export const ENC_BYTES = 12;

export const nflog = {
  family: field('family', 0, 0, 8, { kind: 'code' }),
  version: field('version', 1, 0, 8),
  resourceId: field('resourceId', 2, 0, 16),
} as const;

export const NFLOG_BYTES = 4;

/** Follows as often as there are facts; in the byte order of the host. The length counts itself. */
export const nflogValue = {
  length: field('length', 0, 0, 16, { unit: 'bytes' }),
  type: field('type', 2, 0, 16, { kind: 'code' }),
} as const;

export const NFLOG_VALUE_BYTES = 4;
/** NFULA_PAYLOAD: the packet. */
export const NFLOG_PAYLOAD = 9;
