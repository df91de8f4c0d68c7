// Juniper's header before packets of its routers (LINKTYPE_JUNIPER_ETHER, 178, and its relatives).

import { field } from '../field.js';

export const juniper = {
  magic: field('magic', 0, 0, 24),
  extensionPresent: field('extensionPresent', 3, 0, 1),
  reserved: field('reserved', 3, 1, 5, { reserved: true }),
  /** The packet begins with IP, or one word before it. */
  withoutLink: field('withoutLink', 3, 6, 1),
  incoming: field('incoming', 3, 7, 1),
} as const;

export const JUNIPER_BYTES_MIN = 4;
export const JUNIPER_MAGIC = 0x4d4743;
/** Length of the extension that follows, without itself. */
export const JUNIPER_EXTENSION_BYTES = 2;
