// BSD loopback: LINKTYPE_NULL (0), the address family in the byte order of the capturing host, and
// LINKTYPE_LOOP (108), the same in network byte order; www.tcpdump.org/linktypes.

import { field } from '../field.js';

export const loopback = {
  family: field('family', 0, 0, 32, { kind: 'code' }),
} as const;

export const LOOPBACK_BYTES = 4;

/** AF_INET is 2 everywhere; AF_INET6 differs. */
export const AF_INET = 2;
export const AF_INET6_LINUX = 10;
export const AF_INET6_WINDOWS = 23;
export const AF_INET6_OPENBSD = 24;
export const AF_INET6_FREEBSD = 28;
export const AF_INET6_DARWIN = 30;
