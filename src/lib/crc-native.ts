// CRCs by the processor's own instructions, where their package could be installed: an optional
// dependency, loaded when much is covered by CRCs.

import { createRequire } from 'node:module';

/** CRC of all bytes; `previous` is that of the bytes before them. */
type Crc = (bytes: Uint8Array, previous: number) => number;

interface NativeCrcs {
  readonly crc32: Crc;
  readonly crc32c: Crc;
}

let native: NativeCrcs | undefined;
let tried = false;

/** The native functions; undefined where the package is not there or does not load. */
export function nativeCrcs(): NativeCrcs | undefined {
  if (!tried) {
    tried = true;
    try {
      native = createRequire(import.meta.url)('@node-rs/crc32') as NativeCrcs;
    } catch {
      // Nothing is lost but time.
    }
  }
  return native;
}
