// DDP's headers with RDMAP's control octet in them, as they begin a ULPDU (RFC 5041 4.2, 4.3,
// RFC 5040 4.1).

import { field, reserved } from '../field.js';
import { DDP_QUEUE_NAMES, RDMA_OPCODE_NAMES } from './codes.js';

/** Length of the headers, from the control field on. */
export const TAGGED_BYTES = 14;
export const UNTAGGED_BYTES = 18;

/** What both headers begin with. */
export const ddpControl = {
  tagged: field('tagged', 0, 0, 1, { section: 'RFC 5041 4.1' }),
  last: field('last', 0, 1, 1, { section: 'RFC 5041 4.1' }),
  reserved0b2: reserved(0, 2, 4),
  ddpVersion: field('ddpVersion', 0, 6, 2, { section: 'RFC 5041 4.1' }),
  rdmapVersion: field('rdmapVersion', 1, 0, 2, { section: 'RFC 5040 4.1' }),
  reserved1b2: reserved(1, 2, 2),
  opcode: field('opcode', 1, 4, 4, { names: RDMA_OPCODE_NAMES, section: 'RFC 5040 4.1' }),
} as const;

export const ddpTagged = {
  ...ddpControl,
  stag: field('stag', 2, 0, 32, { section: 'RFC 5041 4.2' }),
  taggedOffset: field('taggedOffset', 6, 0, 64, { section: 'RFC 5041 4.2' }),
} as const;

/** The tagged offset as two words, as the road reads it. */
export const taggedOffsetWords = {
  high: field('taggedOffsetHigh', 6, 0, 32),
  low: field('taggedOffsetLow', 10, 0, 32),
} as const;

export const ddpUntagged = {
  ...ddpControl,
  invalidateStag: field('invalidateStag', 2, 0, 32, { section: 'RFC 5040 4.1' }),
  queueNumber: field('queueNumber', 6, 0, 32, { names: DDP_QUEUE_NAMES, section: 'RFC 5041 4.3' }),
  messageSequenceNumber: field('messageSequenceNumber', 10, 0, 32, { section: 'RFC 5041 4.3' }),
  messageOffset: field('messageOffset', 14, 0, 32, { unit: 'bytes', section: 'RFC 5041 4.3' }),
} as const;
