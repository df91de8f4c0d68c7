// hot: no allocation per packet
// CRCs of 32 bits, reflected, first and last inverted: sixteen bytes a step, by sixteen tables.

const SLICES = 16;

/** Table s, entry b: the CRC of byte b followed by s zero bytes. `polynomial` is reflected, too. */
export function crcTables(polynomial: number): Int32Array<ArrayBuffer> {
  const t = new Int32Array(SLICES * 256);
  for (let b = 0; b < 256; b++) {
    let crc = b;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    t[b] = crc;
  }
  for (let i = 256; i < t.length; i++) t[i] = t[t[i - 256] & 255] ^ (t[i - 256] >>> 8);
  return t;
}

/** CRC of `length` bytes from `at`, unsigned; `previous` is that of the bytes before them. */
export function crcBySlices(
  t: Int32Array,
  bytes: Uint8Array,
  at: number,
  length: number,
  previous: number,
): number {
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
