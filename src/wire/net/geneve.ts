// GENEVE (RFC 8926 section 3.4): options and a payload named by its EtherType follow.

import { field } from '../field.js';
import { ETHER_TYPE_NAMES } from './ethernet.js';

export const geneve = {
  version: field('version', 0, 0, 2),
  optionsLength: field('optionsLength', 0, 2, 6, { unit: '4-byte words' }),
  control: field('control', 1, 0, 1),
  criticalOptions: field('criticalOptions', 1, 1, 1),
  reserved: field('reserved', 1, 2, 6, { reserved: true }),
  protocolType: field('protocolType', 2, 0, 16, { names: ETHER_TYPE_NAMES }),
  vni: field('vni', 4, 0, 24),
  reserved2: field('reserved2', 7, 0, 8, { reserved: true }),
} as const;

export const GENEVE_BYTES_MIN = 8;
