// VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe section 3.1): VXLAN that names what it carries.

import { field } from '../field.js';
import { NEXT_PROTOCOL_NAMES } from './nsh.js';

export const vxlanGpe = {
  reserved: field('reserved', 0, 0, 2, { reserved: true }),
  version: field('version', 0, 2, 2),
  validVni: field('validVni', 0, 4, 1),
  /** Without it what follows is Ethernet, as in VXLAN. */
  nextProtocolPresent: field('nextProtocolPresent', 0, 5, 1),
  broadcast: field('broadcast', 0, 6, 1),
  oam: field('oam', 0, 7, 1),
  reserved2: field('reserved2', 1, 0, 16, { reserved: true }),
  nextProtocol: field('nextProtocol', 3, 0, 8, { names: NEXT_PROTOCOL_NAMES }),
  vni: field('vni', 4, 0, 24),
  reserved3: field('reserved3', 7, 0, 8, { reserved: true }),
} as const;

export const VXLAN_GPE_BYTES = 8;
