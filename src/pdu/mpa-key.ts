// hot: no allocation per packet
// The keys that MPA's start-up frames begin with (RFC 5044 7.1.1): no other protocol's bytes do.

import { MPA_REPLY_KEY, MPA_REQUEST_KEY } from '../wire/rdma/mpa.js';

export const MPA_KEY_BYTES = 16;
export const MPA_REQUEST = octets(MPA_REQUEST_KEY);
export const MPA_REPLY = octets(MPA_REPLY_KEY);

/** True where these bytes are the beginning of an MPA frame; with fewer than 16, as far as they go. */
export function beginsMpa(bytes: Uint8Array, at: number, length: number): boolean {
  return beginsWith(bytes, at, length, MPA_REQUEST) || beginsWith(bytes, at, length, MPA_REPLY);
}

export function beginsWith(
  bytes: Uint8Array,
  at: number,
  length: number,
  key: Uint8Array,
): boolean {
  const n = Math.min(length, MPA_KEY_BYTES);
  for (let i = 0; i < n; i++) if (bytes[at + i] !== key[i]) return false;
  return true;
}

function octets(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}
