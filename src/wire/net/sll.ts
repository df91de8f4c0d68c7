// Linux cooked capture, version 1: LINKTYPE_LINUX_SLL (113), www.tcpdump.org/linktypes.

import { field } from '../field.js';
import { ETHER_TYPE_NAMES } from './ethernet.js';

export const sll = {
  packetType: field('packetType', 0, 0, 16, {
    names: { 0: 'to us', 1: 'broadcast', 2: 'multicast', 3: 'to another', 4: 'from us' },
  }),
  arphrdType: field('arphrdType', 2, 0, 16, { kind: 'code' }),
  addressLength: field('addressLength', 4, 0, 16, { unit: 'bytes' }),
  address: field('address', 6, 0, 64),
  protocol: field('protocol', 14, 0, 16, { names: ETHER_TYPE_NAMES }),
} as const;

export const SLL_BYTES = 16;

/** ARPHRD_ values under which the protocol is no EtherType. */
export const ARPHRD_FRAD = 770;
export const ARPHRD_NETLINK = 824;

/** Protocol values that are no EtherTypes. */
export const SLL_LLC = 0x0004;
