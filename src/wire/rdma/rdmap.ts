// RDMAP's headers, which follow DDP's (RFC 5040 4.4, 4.8; RFC 7306 5.2, 6.2).

import { field, reserved } from '../field.js';
import { ATOMIC_NAMES, TERMINATE_LAYER_NAMES } from './codes.js';

export const READ_REQUEST_BYTES = 28;

export const readRequest = {
  sinkStag: field('sinkStag', 0, 0, 32, { section: 'RFC 5040 4.4' }),
  sinkTaggedOffset: field('sinkTaggedOffset', 4, 0, 64, { section: 'RFC 5040 4.4' }),
  messageSize: field('messageSize', 12, 0, 32, { unit: 'bytes', section: 'RFC 5040 4.4' }),
  sourceStag: field('sourceStag', 16, 0, 32, { section: 'RFC 5040 4.4' }),
  sourceTaggedOffset: field('sourceTaggedOffset', 20, 0, 64, { section: 'RFC 5040 4.4' }),
} as const;

/** Its offsets as words of 32 bits, as the road reads them. */
export const readRequestWords = {
  sinkHigh: field('sinkTaggedOffsetHigh', 4, 0, 32),
  sinkLow: field('sinkTaggedOffsetLow', 8, 0, 32),
  sourceHigh: field('sourceTaggedOffsetHigh', 20, 0, 32),
  sourceLow: field('sourceTaggedOffsetLow', 24, 0, 32),
} as const;

/** The fixed part; the headers that it returns follow (RFC 5040 figure 7). */
export const TERMINATE_BYTES = 4;
/** … and the length of the DDP segment before them, where `segmentLengthValid` is set. */
export const TERMINATED_LENGTH_BYTES = 2;

export const terminate = {
  layer: field('layer', 0, 0, 4, { names: TERMINATE_LAYER_NAMES, section: 'RFC 5040 4.8' }),
  errorType: field('errorType', 0, 4, 4, { section: 'RFC 5040 4.8' }),
  errorCode: field('errorCode', 1, 0, 8, { section: 'RFC 5040 4.8' }),
  segmentLengthValid: field('segmentLengthValid', 2, 0, 1, { section: 'RFC 5040 4.8' }),
  ddpHeaderIncluded: field('ddpHeaderIncluded', 2, 1, 1, { section: 'RFC 5040 4.8' }),
  rdmapHeaderIncluded: field('rdmapHeaderIncluded', 2, 2, 1, { section: 'RFC 5040 4.8' }),
  reserved2b3: reserved(2, 3, 13),
} as const;

export const ATOMIC_REQUEST_BYTES = 52;

export const atomicRequest = {
  reserved0: reserved(0, 0, 28),
  atomicOpcode: field('atomicOpcode', 3, 4, 4, { names: ATOMIC_NAMES, section: 'RFC 7306 5.2.1' }),
  requestIdentifier: field('requestIdentifier', 4, 0, 32, { section: 'RFC 7306 5.2.1' }),
  remoteStag: field('remoteStag', 8, 0, 32, { section: 'RFC 7306 5.2.1' }),
  remoteTaggedOffset: field('remoteTaggedOffset', 12, 0, 64, { section: 'RFC 7306 5.2.1' }),
  addOrSwapData: field('addOrSwapData', 20, 0, 64, { section: 'RFC 7306 5.2.1' }),
  addOrSwapMask: field('addOrSwapMask', 28, 0, 64, { section: 'RFC 7306 5.2.1' }),
  compareData: field('compareData', 36, 0, 64, { section: 'RFC 7306 5.2.1' }),
  compareMask: field('compareMask', 44, 0, 64, { section: 'RFC 7306 5.2.1' }),
} as const;

/** RFC 7306 4: the text says 32 bytes; the header of figure 6 has 12. */
export const ATOMIC_RESPONSE_BYTES = 12;

export const atomicResponse = {
  originalRequestIdentifier: field('originalRequestIdentifier', 0, 0, 32, {
    section: 'RFC 7306 5.2.2',
  }),
  originalRemoteData: field('originalRemoteData', 4, 0, 64, { section: 'RFC 7306 5.2.2' }),
} as const;

export const IMMEDIATE_DATA_BYTES = 8;

export const immediateData = {
  immediateData: field('immediateData', 0, 0, 64, { section: 'RFC 7306 6.2' }),
} as const;
