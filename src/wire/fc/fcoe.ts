// FCoE (FC-BB-5): what stands around a Fibre Channel frame behind the EtherType.

import { field, reserved } from '../field.js';
import { EOF_NAMES, SOF_NAMES } from './codes.js';

export const FCOE_ETHERTYPE = 0x8906;
export const FCOE_HEADER_BYTES = 14;
export const FCOE_TRAILER_BYTES = 4;

export const fcoeHeader = {
  version: field('version', 0, 0, 4),
  reserved0b4: reserved(0, 4, 4),
  reserved1: field('reserved1', 1, 0, 96, { reserved: true }),
  sof: field('sof', 13, 0, 8, { names: SOF_NAMES }),
} as const;

/** FCoE as it was proposed before August 2007: then the byte that is now reserved is never 0. */
export const FCOE_OLD_HEADER_BYTES = 2;

export const fcoeOldHeader = {
  version: field('version', 0, 0, 2),
  frameWords: field('frameWords', 0, 2, 10, { unit: '4-byte words' }),
  sofNibble: field('sofNibble', 1, 4, 4),
} as const;

/** A SOF of which only the lower four bits are sent. */
export function oldSof(nibble: number): number {
  return nibble | (nibble < 8 ? 0x30 : 0x20);
}

export const fcoeEof = {
  eof: field('eof', 0, 0, 8, { names: EOF_NAMES }),
  reserved1: reserved(1, 0, 24),
} as const;

/** In the proposal of before August 2007 the second byte is never 0, in the standard it always is. */
export function isOldFcoe(bytes: Uint8Array, at: number, captured: number): boolean {
  return captured > 1 && bytes[at + 1] !== 0;
}
