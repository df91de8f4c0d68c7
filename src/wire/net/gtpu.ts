// GTP-U (3GPP TS 29.281 section 5.1): user packets of mobile networks, on UDP port 2152.

import { field } from '../field.js';

export const gtpu = {
  version: field('version', 0, 0, 3),
  protocolType: field('protocolType', 0, 3, 1),
  reserved: field('reserved', 0, 4, 1, { reserved: true }),
  extensionPresent: field('extensionPresent', 0, 5, 1),
  sequencePresent: field('sequencePresent', 0, 6, 1),
  nPduPresent: field('nPduPresent', 0, 7, 1),
  messageType: field('messageType', 1, 0, 8, { kind: 'code' }),
  length: field('length', 2, 0, 16, { unit: 'bytes' }),
  tunnelId: field('tunnelId', 4, 0, 32),
} as const;

export const GTPU_BYTES_MIN = 8;
/** Sequence number, N-PDU number and type of the next extension: there where any of three bits is set. */
export const GTPU_OPTION_BYTES = 4;
/** Message type of a packet that is carried (G-PDU). */
export const GTPU_PACKET = 255;
