// hot: no allocation per packet
// CRC-32 of Fibre Channel frames and of RFC 3643's header (generator 04C11DB7h, reflected, first and
// last inverted). Long stretches are left to Node's own, which uses the processor's instruction.

import { crc32 as native } from 'node:zlib';

const POLYNOMIAL = 0xedb88320;
/** Below, a call costs more than a table. */
const NATIVE_BYTES_MIN = 128;
const table = makeTable();

/** CRC of `length` bytes from `at`; `previous` is that of the bytes before them. */
export function crc32(bytes: Uint8Array, at: number, length: number, previous = 0): number {
  if (length >= NATIVE_BYTES_MIN) return ofPart(bytes, at, length, previous);
  let crc = ~previous;
  for (let p = at; p < at + length; p++) crc = table[(crc ^ bytes[p]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The CRC as Fibre Channel sends it: its bytes in the order of their weight, the least first. */
export function swapped32(word: number): number {
  const middle = ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00);
  return ((word << 24) | middle | (word >>> 24)) >>> 0;
}

/** Node's takes an array of its own: one view of the bytes a call. */
function ofPart(bytes: Uint8Array, at: number, length: number, previous: number): number {
  return native(new Uint8Array(bytes.buffer, bytes.byteOffset + at, length), previous);
}

function makeTable(): Int32Array {
  const made = new Int32Array(256);
  for (let b = 0; b < 256; b++) {
    let crc = b;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? POLYNOMIAL ^ (crc >>> 1) : crc >>> 1;
    made[b] = crc;
  }
  return made;
}
