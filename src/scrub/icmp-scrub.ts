// What becomes of ICMP and ICMPv6: of errors what they say and the header they quote, of neighbour discovery its
// shape; addresses in both are pseudonyms, all else is zeros, and checksums are right where they were right.

import { adjust, sum } from '../lib/checksum-edit.js';
import { IPV4_BYTES_MIN, ipv4 } from '../wire/net/ipv4.js';
import type { Pseudonyms } from './pseudonyms.js';

interface IcmpKept {
  readonly addresses: boolean;
  readonly macs: boolean;
}

const IPV4_CHECKSUM = ipv4.headerChecksum.byte;
const HEAD_BYTES = 8;
const IPV6_BYTES = 40;
const PORTS_BYTES = 8;
const ERRORS: ReadonlySet<number> = new Set([3, 4, 5, 11, 12]);
/** Its second word is the gateway to take (RFC 792). */
const REDIRECT = 5;
/** ICMPv6 (RFC 4443 2.1): errors have the first bit clear. */
const ECHO: ReadonlySet<number> = new Set([128, 129]);
/** Neighbour discovery (RFC 4861 4): where options begin. Addresses stand before them, from byte 8 on. */
const OPTIONS_AT: ReadonlyMap<number, number> = new Map([
  [133, 8],
  [134, 16],
  [135, 24],
  [136, 24],
  [137, 40],
]);
const ROUTER_ADVERTISEMENT = 134;
const LINK_ADDRESS: ReadonlySet<number> = new Set([1, 2]);

/** Of an error: the header it quotes with its addresses, and the ports (RFC 792). */
export function icmp(
  bytes: Uint8Array,
  at: number,
  end: number,
  pseudonyms: Pseudonyms,
  kept: IcmpKept,
): void {
  const before = sum(bytes, at, end - at) - word(bytes, at + 2);
  const quoted = at + HEAD_BYTES;
  const header = quoted < end ? (bytes[quoted] & 15) * 4 : 0;
  if (ERRORS.has(bytes[at]) && header >= IPV4_BYTES_MIN && quoted + header + PORTS_BYTES <= end) {
    if (!kept.addresses && bytes[at] === REDIRECT) pseudonyms.ipv4(bytes, at + 4);
    quotedHeader(bytes, quoted, header, pseudonyms, kept);
    bytes.fill(0, quoted + header + PORTS_BYTES, end);
  } else bytes.fill(0, at + 4, end);
  adjust(bytes, at + 2, before, sum(bytes, at, end - at) - word(bytes, at + 2));
}

/** The header of an IPv4 packet that an error quotes: its checksum is as right as it was. */
function quotedHeader(
  bytes: Uint8Array,
  at: number,
  length: number,
  pseudonyms: Pseudonyms,
  kept: IcmpKept,
): void {
  const total = () => sum(bytes, at, length) - word(bytes, at + IPV4_CHECKSUM);
  const before = total();
  if (!kept.addresses) {
    pseudonyms.ipv4(bytes, at + ipv4.source.byte);
    pseudonyms.ipv4(bytes, at + ipv4.destination.byte);
  }
  bytes.fill(1, at + IPV4_BYTES_MIN, at + length);
  adjust(bytes, at + IPV4_CHECKSUM, before, total());
}

/** `moved`: by how much the sum of IPv6's addresses, which the checksum counts in, has changed. */
export function icmpv6(
  bytes: Uint8Array,
  at: number,
  end: number,
  moved: number,
  pseudonyms: Pseudonyms,
  kept: IcmpKept,
): void {
  const before = sum(bytes, at, end - at) - word(bytes, at + 2);
  const type = bytes[at];
  const options = OPTIONS_AT.get(type);
  const quoted = at + HEAD_BYTES;
  if (type > 0 && type < 5 && quoted + IPV6_BYTES + PORTS_BYTES <= end) {
    if (!kept.addresses) {
      pseudonyms.ipv6(bytes, quoted + 8);
      pseudonyms.ipv6(bytes, quoted + 24);
    }
    bytes.fill(0, quoted + IPV6_BYTES + PORTS_BYTES, end);
  } else if (options !== undefined && at + options <= end) {
    const addresses = type === ROUTER_ADVERTISEMENT ? 0 : (options - HEAD_BYTES) / 16;
    for (let i = 0; i < addresses && !kept.addresses; i++) pseudonyms.ipv6(bytes, quoted + i * 16);
    optionsOnly(bytes, at + options, end, pseudonyms, kept);
  } else bytes.fill(0, ECHO.has(type) ? Math.min(end, quoted) : at + 4, end);
  adjust(bytes, at + 2, before, moved + sum(bytes, at, end - at) - word(bytes, at + 2));
}

/** Type and length of each option stay, and link addresses as pseudonyms (RFC 4861 4.6). */
function optionsOnly(
  bytes: Uint8Array,
  from: number,
  end: number,
  pseudonyms: Pseudonyms,
  kept: IcmpKept,
): void {
  let at = from;
  for (;;) {
    const [kind, units] = bytes.subarray(at, at + 2);
    if (at + 8 > end || units === 0) break;
    const next = Math.min(end, at + units * 8);
    if (LINK_ADDRESS.has(kind) && next === at + 8) {
      if (!kept.macs) pseudonyms.mac(bytes, at + 2);
    } else bytes.fill(0, at + 2, next);
    at = next;
  }
  bytes.fill(0, at, end);
}

function word(bytes: Uint8Array, at: number): number {
  return sum(bytes, at, 2);
}
