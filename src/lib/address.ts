// Addresses as four 32-bit words, IPv4 as ::ffff:a.b.c.d, to text (RFC 5952 section 4).

/** "10.0.0.1" or "fd00::1". */
export function addressText(a: number, b: number, c: number, d: number): string {
  if (a === 0 && b === 0 && c === 0xffff) {
    return `${d >>> 24}.${(d >>> 16) & 255}.${(d >>> 8) & 255}.${d & 255}`;
  }
  const groups = [a, b, c, d].flatMap((word) => [word >>> 16, word & 0xffff]);
  const [start, length] = longestZeros(groups);
  const text = groups.map((group) => group.toString(16));
  if (length < 2) return text.join(':');
  return `${text.slice(0, start).join(':')}::${text.slice(start + length).join(':')}`;
}

/** The same of 16 octets. */
export function addressAt(view: DataView, at: number): string {
  const word = (i: number): number => view.getUint32(at + 4 * i);
  return addressText(word(0), word(1), word(2), word(3));
}

/** "10.0.0.1:3260" or "[fe80::1]:3260" (RFC 5952 section 6). */
export function endText(address: string, port: number | string): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The address of an end, without its port; the brackets of IPv6 stay. */
export function hostOfEnd(end: string): string {
  return end.slice(0, end.lastIndexOf(':'));
}

/** RFC 5952 4.2.3: of runs alike the first. */
function longestZeros(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  for (let i = 0; i < groups.length; i++) {
    let end = i;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - i > best[1]) best = [i, end - i];
  }
  return best;
}
