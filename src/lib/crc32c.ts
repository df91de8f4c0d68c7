// hot: no allocation per packet
// CRC32C as iSCSI uses it (RFC 7143 13.1, RFC 3385): generator 11EDC6F41h, reflected, first and
// last inverted. Long stretches are left to the processor's own instruction where that can be had.

import { nativeCrcs } from './crc-native.js';
import { crcBySlices, crcTables } from './crc-slices.js';

const POLYNOMIAL = 0x82f63b78;
/** From here on it costs less to call it. */
const NATIVE_BYTES_MIN = 192;

/** Empty until the first use. */
let tables = new Int32Array(0);

/**
 * CRC of `length` bytes from `at`, as an unsigned number. `previous` is the CRC of the bytes before
 * them, so that crc32c(b, 0, n) is crc32c(b, k, n - k, crc32c(b, 0, k)).
 */
export function crc32c(bytes: Uint8Array, at: number, length: number, previous = 0): number {
  const native = length < NATIVE_BYTES_MIN ? undefined : nativeCrcs();
  if (native === undefined) return crc32cByTables(bytes, at, length, previous);
  return native.crc32c(new Uint8Array(bytes.buffer, bytes.byteOffset + at, length), previous);
}

/** The same without native code. */
export function crc32cByTables(
  bytes: Uint8Array,
  at: number,
  length: number,
  previous: number,
): number {
  if (tables.length === 0) tables = crcTables(POLYNOMIAL);
  return crcBySlices(tables, bytes, at, length, previous);
}

/**
 * The digest word of a CRC as it is read big-endian from the wire: the CRC's least significant byte
 * comes first (RFC 7143 A.4).
 */
export function digestWord(crc: number): number {
  return (
    (((crc & 255) << 24) | ((crc & 0xff00) << 8) | ((crc >>> 8) & 0xff00) | (crc >>> 24)) >>> 0
  );
}
