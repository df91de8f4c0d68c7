// MACsec's SecTAG (IEEE 802.1AE clause 9), behind EtherType 0x88e5. Only frames that are neither
// encrypted nor changed (E and C clear) can be read; an integrity check value follows them.

import { field } from '../field.js';

export const macsec = {
  version: field('version', 0, 0, 1),
  endStation: field('endStation', 0, 1, 1),
  sciPresent: field('sciPresent', 0, 2, 1),
  singleCopyBroadcast: field('singleCopyBroadcast', 0, 3, 1),
  encrypted: field('encrypted', 0, 4, 1),
  changed: field('changed', 0, 5, 1),
  association: field('association', 0, 6, 2),
  reserved: field('reserved', 1, 0, 2, { reserved: true }),
  shortLength: field('shortLength', 1, 2, 6, { unit: 'bytes' }),
  packetNumber: field('packetNumber', 2, 0, 32),
} as const;

export const MACSEC_BYTES_MIN = 6;
/** Secure channel identifier, where its bit is set. */
export const MACSEC_SCI_BYTES = 8;
/** Integrity check value of the default cipher suite (GCM-AES-128) and of all others in use. */
export const MACSEC_ICV_BYTES = 16;
