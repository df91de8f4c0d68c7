// Headers of a packet: MAC and IP addresses become pseudonyms, options and what is not known become zeros,
// checksums stay right where they were right (RFC 1624). Ethernet with tags, Linux cooked, loopback and raw IP;
// of tunnels and other links what is behind the first IP header is zeroed: what is not understood does not pass.

import { adjust, sum } from '../lib/checksum-edit.js';
import { LinkType } from '../wire/net/linktype.js';
import { icmp, icmpv6 } from './icmp-scrub.js';
import type { Pseudonyms } from './pseudonyms.js';

export interface FrameKept {
  readonly addresses: boolean;
  readonly macs: boolean;
}

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const TCP = 6;
const UDP = 17;
const ICMP = 1;
const ICMPV6 = 58;
/** Hop-by-hop and destination options. */
const IPV6_OPTIONS: ReadonlySet<number> = new Set([0, 60]);

/** What is known of a packet after its headers were rewritten. */
export interface ScrubbedFrame {
  /** Where TCP's header and its payload begin, -1 where there is no TCP that could be read. */
  tcpAt: number;
  payloadAt: number;
  /** Where UDP's header begins, -1 where there is none: what it carries is zeros, and so is its checksum. */
  udpAt: number;
  /** Bytes that are of IP, at most those captured: behind them is padding. */
  end: number;
}

/** Rewrites the headers of a copy of a packet in place. */
export function scrubFrame(
  bytes: Uint8Array,
  linkType: number,
  pseudonyms: Pseudonyms,
  kept: FrameKept,
): ScrubbedFrame {
  const frame: ScrubbedFrame = { tcpAt: -1, payloadAt: -1, udpAt: -1, end: bytes.length };
  const at = link(bytes, linkType, pseudonyms, kept);
  if (at < 0) return frame;
  const version = at < bytes.length ? bytes[at] >> 4 : 0;
  if (version === 4) ipv4(bytes, at, pseudonyms, kept, frame);
  else if (version === 6) ipv6(bytes, at, pseudonyms, kept, frame);
  else bytes.fill(0, at);
  return frame;
}

/** Where IP begins; -1 where there is none, and all behind the link's header was zeroed. */
function link(
  bytes: Uint8Array,
  linkType: number,
  pseudonyms: Pseudonyms,
  kept: FrameKept,
): number {
  switch (linkType) {
    case LinkType.ethernet:
      return ethernet(bytes, pseudonyms, kept);
    case LinkType.linuxSll:
      if (!kept.macs && bytes.length >= 14) pseudonyms.mac(bytes, 6);
      return ethertype(bytes, 14);
    case LinkType.linuxSll2:
      if (!kept.macs && bytes.length >= 20) pseudonyms.mac(bytes, 12);
      return isIp(bytes, 0, 20);
    case LinkType.raw:
    case LinkType.ipv4:
    case LinkType.ipv6:
      return 0;
    case LinkType.null:
    case LinkType.loop:
      return 4;
    default:
      bytes.fill(0);
      return -1;
  }
}

function ethernet(bytes: Uint8Array, pseudonyms: Pseudonyms, kept: FrameKept): number {
  if (bytes.length < 14) {
    bytes.fill(0);
    return -1;
  }
  if (!kept.macs) {
    pseudonyms.mac(bytes, 0);
    pseudonyms.mac(bytes, 6);
  }
  let at = 12;
  for (let tags = 0; tags < 4 && at + 4 <= bytes.length && TAGS.has(word(bytes, at)); tags++)
    at += 4;
  return ethertype(bytes, at);
}

function ethertype(bytes: Uint8Array, at: number): number {
  return isIp(bytes, at, at + 2);
}

/** Where IP begins if the type at `at` says so; all else is zeroed. */
function isIp(bytes: Uint8Array, at: number, behind: number): number {
  const type = at + 2 <= bytes.length ? word(bytes, at) : 0;
  if (type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6) return behind;
  bytes.fill(0, Math.min(bytes.length, behind));
  return -1;
}

function ipv4(
  bytes: Uint8Array,
  at: number,
  pseudonyms: Pseudonyms,
  kept: FrameKept,
  frame: ScrubbedFrame,
): void {
  const length = (bytes[at] & 15) * 4;
  if (length < 20 || at + length > bytes.length) {
    bytes.fill(0, at);
    return;
  }
  const total = word(bytes, at + 2);
  if (total >= length) frame.end = Math.min(bytes.length, at + total);
  bytes.fill(0, frame.end);
  const before = sum(bytes, at, length) - word(bytes, at + 10);
  const addresses = sum(bytes, at + 12, 8);
  if (!kept.addresses) {
    pseudonyms.ipv4(bytes, at + 12);
    pseudonyms.ipv4(bytes, at + 16);
  }
  // Options route and record: they are addresses.
  bytes.fill(1, at + 20, at + length);
  adjust(bytes, at + 10, before, sum(bytes, at, length) - word(bytes, at + 10));
  const moved = sum(bytes, at + 12, 8) - addresses;
  const fragment = (word(bytes, at + 6) & 0x3fff) !== 0;
  transport(bytes, fragment ? -1 : bytes[at + 9], at + length, moved, pseudonyms, kept, frame);
}

function ipv6(
  bytes: Uint8Array,
  at: number,
  pseudonyms: Pseudonyms,
  kept: FrameKept,
  frame: ScrubbedFrame,
): void {
  if (at + 40 > bytes.length) {
    bytes.fill(0, at);
    return;
  }
  const payload = word(bytes, at + 4);
  if (payload > 0) frame.end = Math.min(bytes.length, at + 40 + payload);
  bytes.fill(0, frame.end);
  const addresses = sum(bytes, at + 8, 32);
  if (!kept.addresses) {
    pseudonyms.ipv6(bytes, at + 8);
    pseudonyms.ipv6(bytes, at + 24);
  }
  const moved = sum(bytes, at + 8, 32) - addresses;
  let next = bytes[at + 6];
  let behind = at + 40;
  // Extension headers keep their kind and length; what they say becomes padding (RFC 8200 4.2).
  while (IPV6_OPTIONS.has(next) && behind + 8 <= frame.end) {
    const length = 8 + 8 * bytes[behind + 1];
    next = bytes[behind];
    bytes.fill(0, behind + 2, Math.min(frame.end, behind + length));
    behind += length;
  }
  transport(bytes, next, behind, moved, pseudonyms, kept, frame);
}

/** `moved`: by how much the sum of the addresses, which TCP and UDP count in, has changed. */
function transport(
  bytes: Uint8Array,
  protocol: number,
  at: number,
  moved: number,
  pseudonyms: Pseudonyms,
  kept: FrameKept,
  frame: ScrubbedFrame,
): void {
  if (protocol === TCP && at + 20 <= frame.end) {
    const header = (bytes[at + 12] >> 4) * 4;
    const payload = at + header;
    if (header >= 20 && payload <= frame.end) {
      const before = sum(bytes, at + 20, header - 20);
      tcpOptions(bytes, at + 20, payload);
      adjust(bytes, at + 16, 0, moved + sum(bytes, at + 20, header - 20) - before);
      frame.tcpAt = at;
      frame.payloadAt = payload;
      return;
    }
  }
  if (protocol === UDP && at + 8 <= frame.end) {
    // What it carried is not understood: ports and length stay, and no checksum is 0 (RFC 768).
    bytes.fill(0, at + 6);
    frame.udpAt = at;
    return;
  }
  if (protocol === ICMP && at + 8 <= frame.end) {
    icmp(bytes, at, frame.end, pseudonyms, kept);
    return;
  }
  if (protocol === ICMPV6 && at + 8 <= frame.end) {
    icmpv6(bytes, at, frame.end, moved, pseudonyms, kept);
    return;
  }
  bytes.fill(0, Math.min(at, bytes.length));
}

/** Kinds that say nothing of a house: end, no operation, MSS, window scale, SACK, timestamps (RFC 9293). */
function tcpOptions(bytes: Uint8Array, from: number, to: number): void {
  let at = from;
  while (at < to) {
    const kind = bytes[at];
    if (kind === 0) break;
    if (kind === 1) {
      at++;
      continue;
    }
    const length = at + 1 < to ? bytes[at + 1] : 0;
    if (length < 2 || at + length > to) break;
    if (![2, 3, 4, 5, 8].includes(kind)) bytes.fill(1, at, at + length);
    at += length;
  }
  bytes.fill(0, at, to);
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}
