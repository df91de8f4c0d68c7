// The iSNSP header (RFC 4171 section 5.1): 12 bytes before every PDU's payload.

import { field } from '../field.js';
import { ISNS_FUNCTION_NAMES } from './functions.js';

export const ISNS_HEADER_BYTES = 12;
export const ISNS_VERSION = 1;
/** IANA's port, of TCP and of UDP (RFC 4171 section 2.3). */
export const ISNS_PORT = 3205;

export const isnsHeader = {
  isnspVersion: field('isnspVersion', 0, 0, 16),
  functionId: field('functionId', 2, 0, 16, { names: ISNS_FUNCTION_NAMES }),
  pduLength: field('pduLength', 4, 0, 16, { unit: 'bytes' }),
  fromClient: field('fromClient', 6, 0, 1),
  fromServer: field('fromServer', 6, 1, 1),
  authenticationBlock: field('authenticationBlock', 6, 2, 1),
  replace: field('replace', 6, 3, 1),
  lastPdu: field('lastPdu', 6, 4, 1),
  firstPdu: field('firstPdu', 6, 5, 1),
  reserved6b6: field('reserved6b6', 6, 6, 10, { reserved: true }),
  transactionId: field('transactionId', 8, 0, 16),
  sequenceId: field('sequenceId', 10, 0, 16),
} as const;

/** Attributes are TLVs: 4-byte tag, 4-byte length (padding counted), value (section 5.3). */
export const TLV_BYTES = 8;
export const tlv = {
  tag: field('tag', 0, 0, 32),
  length: field('length', 4, 0, 32, { unit: 'bytes' }),
} as const;

/** A response begins with its status (section 5.4). */
export const STATUS_BYTES = 4;
export const isnsStatus = field('status', 0, 0, 32, { section: '5.4' });
