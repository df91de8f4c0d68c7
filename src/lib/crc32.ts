// hot: no allocation per packet
// CRC-32 of Fibre Channel frames, of RFC 3643's header and of RoCEv2 (generator 04C11DB7h, reflected,
// first and last inverted). Long stretches are left to Node's own; where there are many, to the
// processor's own instructions, which take half as long where they can be had.

import { crc32 as ofNode } from 'node:zlib';
import { nativeCrcs } from './crc-native.js';
import { crcBySlices, crcTables } from './crc-slices.js';

const POLYNOMIAL = 0xedb88320;
/** Below, a call costs more than tables. */
const CALL_BYTES_MIN = 128;
/** After so many the native package, which takes some milliseconds to load, is worth it. */
const NATIVE_AFTER_BYTES = 16 << 20;

/** Empty until the first use. */
let tables = new Int32Array(0);
let called = 0;

/** CRC of `length` bytes from `at`, unsigned; `previous` is that of the bytes before them. */
export function crc32(bytes: Uint8Array, at: number, length: number, previous = 0): number {
  if (length < CALL_BYTES_MIN) return crc32ByTables(bytes, at, length, previous);
  // One view a call: both want an array of its own.
  const part = new Uint8Array(bytes.buffer, bytes.byteOffset + at, length);
  if (called >= NATIVE_AFTER_BYTES) return (nativeCrcs()?.crc32 ?? ofNode)(part, previous);
  called += length;
  return ofNode(part, previous);
}

/** The same without a call. */
export function crc32ByTables(
  bytes: Uint8Array,
  at: number,
  length: number,
  previous: number,
): number {
  if (tables.length === 0) tables = crcTables(POLYNOMIAL);
  return crcBySlices(tables, bytes, at, length, previous);
}

/** The CRC as Fibre Channel sends it: its bytes in the order of their weight, the least first. */
export function swapped32(word: number): number {
  const middle = ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00);
  return ((word << 24) | middle | (word >>> 24)) >>> 0;
}
