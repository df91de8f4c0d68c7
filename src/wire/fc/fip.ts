// FCoE Initialization Protocol (FC-BB-5 7.6): what finds switches and logs in to them, beside FCoE. A header, then
// descriptors, each with its kind and its length in words of 4 bytes.

import { field } from '../field.js';

export const FIP_ETHERTYPE = 0x8914;
export const FIP_HEADER_BYTES = 10;

export const fipHeader = {
  version: field('version', 0, 0, 4),
  operation: field('operation', 2, 0, 16),
  subcode: field('subcode', 5, 0, 8),
  /** In words. */
  descriptorLength: field('descriptorLength', 6, 0, 16),
  flags: field('flags', 8, 0, 16),
} as const;

export const FIP_DESCRIPTOR_BYTES = 2;

export const fipDescriptor = {
  type: field('type', 0, 0, 8),
  /** In words, with type and length. */
  length: field('length', 1, 0, 8),
} as const;

export const FipType = {
  priority: 1,
  mac: 2,
  fcMap: 3,
  name: 4,
  fabric: 5,
  maxReceiveSize: 6,
  flogi: 7,
  fdisc: 8,
  logo: 9,
  vnPort: 11,
  keepAlive: 12,
  vlan: 14,
} as const;

/** Where in a descriptor names, addresses and port IDs stand. */
export const FIP_MAC = 2;
export const FIP_NAME = 4;
export const FIP_FABRIC_NAME = 8;
export const FIP_VN_PORT_ID = 9;
export const FIP_VN_PORT_NAME = 12;
/** Link services: a frame without delimiters and CRC. */
export const FIP_FRAME = 4;
