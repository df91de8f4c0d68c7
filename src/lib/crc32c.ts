// hot: no allocation per packet
// CRC32C as iSCSI uses it (RFC 7143 13.1, RFC 3385): generator 11EDC6F41h, reflected, first and
// last inverted. Sixteen bytes a step, by sixteen tables; they are made at the first use. Long
// stretches are left to the processor's own instruction where that can be had.

import { crc32cOfPart } from './crc32c-native.js';

const POLYNOMIAL = 0x82f63b78;
const SLICES = 16;
/** From here on it costs less to call it. */
const NATIVE_BYTES_MIN = 400;

/** Table s, entry b: the CRC of byte b followed by s zero bytes. Empty until the first use. */
let tables = new Int32Array(0);

/**
 * CRC of `length` bytes from `at`, as an unsigned number. `previous` is the CRC of the bytes before
 * them, so that crc32c(b, 0, n) is crc32c(b, k, n - k, crc32c(b, 0, k)).
 */
export function crc32c(bytes: Uint8Array, at: number, length: number, previous = 0): number {
  if (length < NATIVE_BYTES_MIN) return crc32cByTables(bytes, at, length, previous);
  return crc32cOfPart(bytes, at, length, previous) ?? crc32cByTables(bytes, at, length, previous);
}

/** The same without native code. */
export function crc32cByTables(
  bytes: Uint8Array,
  at: number,
  length: number,
  previous: number,
): number {
  if (tables.length === 0) tables = makeTables();
  const t = tables;
  let crc = ~previous;
  let p = at;
  const end = at + length;
  const last = end - SLICES;
  while (p <= last) {
    crc ^= bytes[p] | (bytes[p + 1] << 8) | (bytes[p + 2] << 16) | (bytes[p + 3] << 24);
    crc =
      t[3840 + (crc & 255)] ^
      t[3584 + ((crc >>> 8) & 255)] ^
      t[3328 + ((crc >>> 16) & 255)] ^
      t[3072 + (crc >>> 24)] ^
      t[2816 + bytes[p + 4]] ^
      t[2560 + bytes[p + 5]] ^
      t[2304 + bytes[p + 6]] ^
      t[2048 + bytes[p + 7]] ^
      t[1792 + bytes[p + 8]] ^
      t[1536 + bytes[p + 9]] ^
      t[1280 + bytes[p + 10]] ^
      t[1024 + bytes[p + 11]] ^
      t[768 + bytes[p + 12]] ^
      t[512 + bytes[p + 13]] ^
      t[256 + bytes[p + 14]] ^
      t[bytes[p + 15]];
    p += SLICES;
  }
  while (p < end) {
    crc = t[(crc ^ bytes[p]) & 255] ^ (crc >>> 8);
    p++;
  }
  return ~crc >>> 0;
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

function makeTables(): Int32Array<ArrayBuffer> {
  const t = new Int32Array(SLICES * 256);
  for (let b = 0; b < 256; b++) {
    let crc = b;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    t[b] = crc;
  }
  for (let i = 256; i < t.length; i++) t[i] = t[t[i - 256] & 255] ^ (t[i - 256] >>> 8);
  return t;
}
