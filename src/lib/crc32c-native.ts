// CRC32C by the processor's own instruction, where its package could be installed: an optional
// dependency, loaded when the first long stretch of bytes is covered by a digest.

import { createRequire } from 'node:module';

/** CRC of all bytes; `previous` is that of the bytes before them. */
type Crc32c = (bytes: Uint8Array, previous: number) => number;

let native: Crc32c | undefined;
let tried = false;

/** The native function; undefined where the package is not there or does not load. */
export function nativeCrc32c(): Crc32c | undefined {
  if (!tried) {
    tried = true;
    try {
      native = (createRequire(import.meta.url)('@node-rs/crc32') as { crc32c: Crc32c }).crc32c;
    } catch {
      // Nothing is lost but time.
    }
  }
  return native;
}

/** The same of a part of `bytes`; undefined where there is none. */
export function crc32cOfPart(
  bytes: Uint8Array,
  at: number,
  length: number,
  previous: number,
): number | undefined {
  return nativeCrc32c()?.(bytes.subarray(at, at + length), previous);
}
