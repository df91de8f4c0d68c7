// Tags between the addresses and the type: IEEE 802.1Q, 802.1ad (88a8) and its forerunners (9100,
// 9200); IEEE 802.1BR E-TAG, Cisco VN-TAG and Cisco MetaData are alike, with longer information.

import { field } from '../field.js';
import { ETHER_TYPE_NAMES } from './ethernet.js';

/** Begins after the tag's own type. */
export const vlan = {
  priority: field('priority', 0, 0, 3),
  dropEligible: field('dropEligible', 0, 3, 1),
  vlanId: field('vlanId', 0, 4, 12),
  etherType: field('etherType', 2, 0, 16, { names: ETHER_TYPE_NAMES }),
} as const;

export const VLAN_BYTES = 4;

/** Information and type of the longer tags. */
export const VN_TAG_BYTES = 6;
export const E_TAG_BYTES = 8;
export const CISCO_META_DATA_BYTES = 8;
/** IEC 62439-3 HSR: path and size, sequence number; IEEE 802.1CB R-TAG: reserved, sequence number. */
export const HSR_BYTES = 6;
export const R_TAG_BYTES = 6;
/** Marvell's EtherType DSA (dsa.ts): two zeros, the tag, the type. */
export const EDSA_BYTES = 8;

/** IEEE 802.1ah I-TAG: information only, a whole Ethernet frame follows. */
export const I_TAG_BYTES = 4;
