// Headers of a packet: MAC and IP addresses become pseudonyms, options and what is not known become zeros,
// checksums stay right where they were right (RFC 1624). Ethernet with tags, Linux cooked, loopback and raw IP;
// of tunnels and other links what is behind the first IP header is zeroed: what is not understood does not pass.

import { adjust, sum } from '../lib/checksum-edit.js';
import { FIP_ETHERTYPE } from '../wire/fc/fip.js';
import { get } from '../wire/field.js';
import { EtherType } from '../wire/net/ethernet.js';
import { ICMP_BYTES } from '../wire/net/icmp.js';
import { IPV4_BYTES_MIN, IpProtocol, ipv4 as ipv4Header } from '../wire/net/ipv4.js';
import {
  IPV6_BYTES,
  IPV6_EXTENSION_BYTES_MIN,
  ipv6Extension,
  ipv6 as ipv6Header,
} from '../wire/net/ipv6.js';
import { LinkType } from '../wire/net/linktype.js';
import { TCP_BYTES_MIN, tcp } from '../wire/net/tcp.js';
import { UDP_BYTES, udp } from '../wire/net/udp.js';
import { scrubFip } from './fip-scrub.js';
import { icmp, icmpv6 } from './icmp-scrub.js';
import type { Pseudonyms } from './pseudonyms.js';

export interface FrameKept {
  readonly names: boolean;
  readonly addresses: boolean;
  readonly macs: boolean;
}

const TAGS: ReadonlySet<number> = new Set([
  EtherType.vlan,
  EtherType.providerBridge,
  EtherType.qinq9100,
]);
/** Hop-by-hop and destination options. */
const IPV6_OPTIONS: ReadonlySet<number> = new Set([
  IpProtocol.hopByHop,
  IpProtocol.destinationOptions,
]);
const IPV4_ADDRESSES = ipv4Header.source.byte;
const IPV4_CHECKSUM = ipv4Header.headerChecksum.byte;
const IPV6_ADDRESSES = ipv6Header.source.byte;
const TCP_CHECKSUM = tcp.checksum.byte;
/** M and the offset: not the first or not the only part of a datagram. */
const FRAGMENT = 0x3fff;

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
      cookedAddress(bytes, 6, pseudonyms, kept);
      return ethertype(bytes, 14, pseudonyms, kept);
    case LinkType.linuxSll2:
      cookedAddress(bytes, 12, pseudonyms, kept);
      return isIp(bytes, 0, 20, pseudonyms, kept);
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

/** Eight octets, of which a MAC address takes six: what is behind it means nothing. */
function cookedAddress(
  bytes: Uint8Array,
  at: number,
  pseudonyms: Pseudonyms,
  kept: FrameKept,
): void {
  if (at + 8 > bytes.length) return;
  bytes.fill(0, at + 6, at + 8);
  if (!kept.macs) pseudonyms.mac(bytes, at);
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
  return ethertype(bytes, at, pseudonyms, kept);
}

function ethertype(bytes: Uint8Array, at: number, pseudonyms: Pseudonyms, kept: FrameKept): number {
  return isIp(bytes, at, at + 2, pseudonyms, kept);
}

/** Where IP begins if the type at `at` says so; FIP is understood, too, and all else is zeroed. */
function isIp(
  bytes: Uint8Array,
  at: number,
  behind: number,
  pseudonyms: Pseudonyms,
  kept: FrameKept,
): number {
  const type = at + 2 <= bytes.length ? word(bytes, at) : 0;
  if (type === EtherType.ipv4 || type === EtherType.ipv6) return behind;
  if (type === FIP_ETHERTYPE) scrubFip(bytes, behind, pseudonyms, kept);
  else bytes.fill(0, Math.min(bytes.length, behind));
  return -1;
}

function ipv4(
  bytes: Uint8Array,
  at: number,
  pseudonyms: Pseudonyms,
  kept: FrameKept,
  frame: ScrubbedFrame,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = at < bytes.length ? get(view, at, ipv4Header.headerLength) * 4 : 0;
  if (length < IPV4_BYTES_MIN || at + length > bytes.length) {
    bytes.fill(0, at);
    return;
  }
  const total = get(view, at, ipv4Header.totalLength);
  if (total >= length) frame.end = Math.min(bytes.length, at + total);
  bytes.fill(0, frame.end);
  const checksumAt = at + IPV4_CHECKSUM;
  const before = sum(bytes, at, length) - word(bytes, checksumAt);
  const addresses = sum(bytes, at + IPV4_ADDRESSES, 8);
  if (!kept.addresses) {
    pseudonyms.ipv4(bytes, at + ipv4Header.source.byte);
    pseudonyms.ipv4(bytes, at + ipv4Header.destination.byte);
  }
  // Options route and record: they are addresses.
  bytes.fill(1, at + IPV4_BYTES_MIN, at + length);
  adjust(bytes, checksumAt, before, sum(bytes, at, length) - word(bytes, checksumAt));
  const moved = sum(bytes, at + IPV4_ADDRESSES, 8) - addresses;
  const fragment = (word(bytes, at + ipv4Header.moreFragments.byte) & FRAGMENT) !== 0;
  const protocol = fragment ? -1 : get(view, at, ipv4Header.protocol);
  transport(bytes, protocol, at + length, moved, pseudonyms, kept, frame);
}

function ipv6(
  bytes: Uint8Array,
  at: number,
  pseudonyms: Pseudonyms,
  kept: FrameKept,
  frame: ScrubbedFrame,
): void {
  if (at + IPV6_BYTES > bytes.length) {
    bytes.fill(0, at);
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const payload = get(view, at, ipv6Header.payloadLength);
  if (payload > 0) frame.end = Math.min(bytes.length, at + IPV6_BYTES + payload);
  bytes.fill(0, frame.end);
  const addresses = sum(bytes, at + IPV6_ADDRESSES, 32);
  if (!kept.addresses) {
    pseudonyms.ipv6(bytes, at + ipv6Header.source.byte);
    pseudonyms.ipv6(bytes, at + ipv6Header.destination.byte);
  }
  const moved = sum(bytes, at + IPV6_ADDRESSES, 32) - addresses;
  let next = get(view, at, ipv6Header.nextHeader);
  let behind = at + IPV6_BYTES;
  // Extension headers keep their kind and length; what they say becomes padding (RFC 8200 4.2).
  while (IPV6_OPTIONS.has(next) && behind + IPV6_EXTENSION_BYTES_MIN <= frame.end) {
    const length = 8 + 8 * get(view, behind, ipv6Extension.extensionLength);
    next = get(view, behind, ipv6Extension.nextHeader);
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
  if (protocol === IpProtocol.tcp && at + TCP_BYTES_MIN <= frame.end) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const header = get(view, at, tcp.dataOffset) * 4;
    const payload = at + header;
    if (header >= TCP_BYTES_MIN && payload <= frame.end) {
      const options = at + TCP_BYTES_MIN;
      const before = sum(bytes, options, payload - options);
      tcpOptions(bytes, options, payload);
      const after = sum(bytes, options, payload - options);
      adjust(bytes, at + TCP_CHECKSUM, 0, moved + after - before);
      frame.tcpAt = at;
      frame.payloadAt = payload;
      return;
    }
  }
  if (protocol === IpProtocol.udp && at + UDP_BYTES <= frame.end) {
    // What it carried is not understood: ports and length stay, and no checksum is 0 (RFC 768).
    bytes.fill(0, at + udp.checksum.byte);
    frame.udpAt = at;
    return;
  }
  if (protocol === IpProtocol.icmp && at + ICMP_BYTES <= frame.end) {
    icmp(bytes, at, frame.end, pseudonyms, kept);
    return;
  }
  if (protocol === IpProtocol.icmpv6 && at + ICMP_BYTES <= frame.end) {
    icmpv6(bytes, at, frame.end, moved, pseudonyms, kept);
    return;
  }
  bytes.fill(0, Math.min(at, bytes.length));
}

/** Behind its kind. */
const OPTION_LENGTH = 1;

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
    const length = at + 1 < to ? bytes[at + OPTION_LENGTH] : 0;
    if (length < 2 || at + length > to) break;
    if (![2, 3, 4, 5, 8].includes(kind)) bytes.fill(1, at, at + length);
    at += length;
  }
  bytes.fill(0, at, to);
}

function word(bytes: Uint8Array, at: number): number {
  return sum(bytes, at, 2);
}
