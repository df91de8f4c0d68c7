// Tags of Ethernet switch chips, between the addresses and the type: Marvell's DSA (LINKTYPE 283) and
// EtherType DSA (284), Broadcom's (281; 282: before the addresses); www.tcpdump.org/linktypes.

import { field } from '../field.js';

/** Marvell: what it says depends on the mode; of all a length of 4 bytes is common. */
export const dsa = {
  mode: field('mode', 0, 0, 2, { names: { 0: 'to CPU', 1: 'from CPU', 3: 'forward' } }),
  tagged: field('tagged', 0, 2, 1),
  device: field('device', 0, 3, 5),
  port: field('port', 1, 0, 5),
  rest: field('rest', 1, 5, 19),
} as const;

/** The size of Broadcom's tag, too. */
export const DSA_BYTES = 4;
/** EtherType DSA: type and two zeros come before. */
export const EDSA_TYPE_BYTES = 4;
/** Two Ethernet addresses. */
export const ADDRESSES_BYTES = 12;
