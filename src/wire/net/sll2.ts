// Linux cooked capture, version 2: LINKTYPE_LINUX_SLL2 (276), www.tcpdump.org/linktypes.

import { field } from '../field.js';
import { ETHER_TYPE_NAMES } from './ethernet.js';

export const sll2 = {
  protocol: field('protocol', 0, 0, 16, { names: ETHER_TYPE_NAMES }),
  reserved: field('reserved', 2, 0, 16, { reserved: true }),
  interfaceIndex: field('interfaceIndex', 4, 0, 32),
  arphrdType: field('arphrdType', 8, 0, 16, { kind: 'code' }),
  packetType: field('packetType', 10, 0, 8, {
    names: { 0: 'to us', 1: 'broadcast', 2: 'multicast', 3: 'to another', 4: 'from us' },
  }),
  addressLength: field('addressLength', 11, 0, 8, { unit: 'bytes' }),
  address: field('address', 12, 0, 64),
} as const;

export const SLL2_BYTES = 20;
