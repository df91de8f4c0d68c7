// Checksums of the Internet whose data is edited.

/** Sum of 16-bit words from `at`; a last odd byte counts as the high one. */
export function sum(bytes: Uint8Array, at: number, length: number): number {
  let total = 0;
  const end = at + length;
  for (let i = at; i + 1 < end; i += 2) total += (bytes[i] << 8) | bytes[i + 1];
  if (length % 2 === 1 && length > 0) total += bytes[end - 1] << 8;
  return total;
}

/** A checksum of data whose sum has changed, right or wrong as it was (RFC 1624 eqn. 3). */
export function adjust(bytes: Uint8Array, at: number, before: number, after: number): void {
  if (before === after) return;
  const old = word(bytes, at);
  let total = (~old & 0xffff) + (after - before);
  // Ones' complement: a borrow comes in below.
  while (total < 0) total += 0xffff;
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x10000);
  // The sum of anything but zeros is never 0 in ones' complement, but 0xffff.
  const made = total === 0 ? 0 : ~total & 0xffff;
  bytes[at] = made >> 8;
  bytes[at + 1] = made & 255;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}
