// The IP packet inside a captured frame, and the same written anew: as IPv6, one router on, with the
// checksums left to a network card. What was cut or wrong before stays cut and wrong.

import { EtherType } from '../../src/wire/net/ethernet.js';
import {
  ICMP_BYTES,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_UNREACHABLE,
} from '../../src/wire/net/icmp.js';
import { IpProtocol, ipv4 } from '../../src/wire/net/ipv4.js';
import { IPV6_BYTES, ipv6 } from '../../src/wire/net/ipv6.js';
import { LinkType } from '../../src/wire/net/linktype.js';
import { tcp } from '../../src/wire/net/tcp.js';
import { concat, words } from './octets.js';
import { checksum } from './packet-builder.js';
import type { HeldPacket } from './road.js';

/** Bytes before the EtherType of the links whose packets are written anew, and of IP alone. */
const TYPE_AT: Readonly<Record<number, readonly [type: number, header: number]>> = {
  [LinkType.ethernet]: [12, 14],
  [LinkType.linuxSll]: [14, 16],
  [LinkType.linuxSll2]: [0, 20],
};
const BARE: Readonly<Record<number, number>> = {
  [LinkType.raw]: 0,
  [LinkType.null]: 4,
  [LinkType.loop]: 4,
};

/** Where the IP packet begins; -1 where the frame holds none, or its link is not known here. */
export function ipAt({ bytes, linkType }: HeldPacket): number {
  const known = TYPE_AT[linkType];
  if (known === undefined) return versionOf(bytes, BARE[linkType] ?? -1);
  let [at, header] = known;
  let type = word(bytes, at);
  while (type === EtherType.vlan || type === EtherType.providerBridge) {
    type = word(bytes, header + 2);
    header += 4;
    at = header - 2;
  }
  const isIp = type === EtherType.ipv4 || type === EtherType.ipv6;
  return isIp ? versionOf(bytes, header) : -1;
}

function versionOf(bytes: Uint8Array, at: number): number {
  const version = bytes[at] >> 4;
  return at >= 0 && (version === 4 || version === 6) ? at : -1;
}

/** The IP packet as far as it was captured, without what pads the frame; undefined where there is none. */
export function ipOf(packet: HeldPacket): Uint8Array | undefined {
  const at = ipAt(packet);
  if (at < 0) return undefined;
  const { bytes } = packet;
  if (bytes.length < at + IPV6_BYTES) return undefined;
  const four = bytes[at] >> 4 === 4;
  const told = four ? word(bytes, at + ipv4.totalLength.byte) : IPV6_BYTES + word(bytes, at + 4);
  return bytes.slice(at, told < IPV6_BYTES ? bytes.length : Math.min(bytes.length, at + told));
}

/** Where a TCP header begins in an IPv4 packet that is no later fragment; -1 where there is none. */
export function tcpAt(ip: Uint8Array): number {
  const isTcp = ip[0] >> 4 === 4 && ip[ipv4.protocol.byte] === IpProtocol.tcp;
  const header = (ip[0] & 15) * 4;
  return isTcp && !isFragment(ip) && ip.length >= header + 20 ? header : -1;
}

/** The same in IPv6 (as RFC 7915 translates); undefined for what is no IPv4, or a fragment. */
export function asIpv6(ip: Uint8Array): Uint8Array | undefined {
  if (ip[0] >> 4 !== 4 || isFragment(ip)) return undefined;
  const header = (ip[0] & 15) * 4;
  const protocol = ip[ipv4.protocol.byte];
  if (protocol === IpProtocol.icmp) return icmpAsIpv6(ip, header);
  const body = ip.slice(header);
  if (protocol === IpProtocol.tcp && body.length >= 20) {
    const before = pseudoOf(ip, ipv4.source.byte, 8);
    mend(body, before, before + 2 * MAPPED);
  }
  const told = word(ip, ipv4.totalLength.byte);
  return concat(ipv6Header(ip, protocol, told === 0 ? 0 : told - header), body);
}

/** IPv6 addresses here are fd00::a.b.c.d: the sum of two of them has that much more. */
const PREFIX = 0xfd00;
const MAPPED = PREFIX;

function ipv6Header(ip: Uint8Array, protocol: number, length: number): Uint8Array {
  const head = words(IPV6_BYTES, [
    [ipv6.version, 6],
    [ipv6.payloadLength, length],
    [ipv6.nextHeader, protocol],
    [ipv6.hopLimit, ip[ipv4.timeToLive.byte]],
  ]);
  for (const [to, from] of [
    [ipv6.source.byte, ipv4.source.byte],
    [ipv6.destination.byte, ipv4.destination.byte],
  ]) {
    head[to] = PREFIX >> 8;
    head.set(ip.subarray(from, from + 4), to + 12);
  }
  return head;
}

/** RFC 7915 4.2: unreachable, with the packet it is about; fragmentation needed is packet too big. */
function icmpAsIpv6(ip: Uint8Array, header: number): Uint8Array | undefined {
  const quoted = asIpv6(ip.slice(header + ICMP_BYTES));
  if (ip[header] !== ICMP_UNREACHABLE || quoted === undefined) return undefined;
  const code = ip[header + 1];
  const head = new Uint8Array(ICMP_BYTES);
  if (code === ICMP_FRAGMENTATION_NEEDED) {
    head[0] = 2;
    const mtu = word(ip, header + 6) + 20;
    head[6] = mtu >> 8;
    head[7] = mtu & 255;
  } else {
    head[0] = 1;
    head[1] = code === 3 ? 4 : code === 9 || code === 10 || code === 13 ? 1 : 0;
  }
  const body = concat(head, quoted);
  const outer = ipv6Header(ip, ICMPV6, body.length);
  const pseudo = concat(outer.subarray(8, 40), Uint8Array.of(0, 0, 0, 0, 0, ICMPV6));
  pseudo[32] = body.length >> 8;
  pseudo[33] = body.length & 255;
  const sum = checksum(concat(pseudo, body));
  body[2] = sum >> 8;
  body[3] = sum & 255;
  return concat(outer, body);
}

const ICMPV6 = 58;

/** One router on: TTL less by one, the header's checksum with it (RFC 1624), as IPv4 is routed. */
export function routed(ip: Uint8Array): Uint8Array {
  const copy = ip.slice();
  if (copy[0] >> 4 === 6) {
    copy[ipv6.hopLimit.byte]--;
    return copy;
  }
  copy[ipv4.timeToLive.byte]--;
  const sum = word(copy, ipv4.headerChecksum.byte) + 0x100;
  setWord(copy, ipv4.headerChecksum.byte, folded(sum));
  return copy;
}

/** Of TCP in IPv4: only the pseudo header was summed, as a host sees what its card is to send. */
export function offloaded(ip: Uint8Array): Uint8Array {
  const at = tcpAt(ip);
  if (at < 0) return ip;
  const copy = ip.slice();
  const length = word(ip, ipv4.totalLength.byte) - at;
  setWord(copy, at + tcp.checksum.byte, folded(pseudoOf(ip, ipv4.source.byte, 8) + length));
  return copy;
}

/** Of IPv4: the length is 0, as it stands in what a card is to cut (TSO). */
export function lengthLeft(ip: Uint8Array): Uint8Array {
  const copy = ip.slice();
  setWord(copy, ipv4.totalLength.byte, 0);
  setWord(copy, ipv4.headerChecksum.byte, 0);
  return copy;
}

/** The checksum fits its header again after the length was changed. */
export function withLength(ip: Uint8Array, length: number): Uint8Array {
  const header = (ip[0] & 15) * 4;
  setWord(ip, ipv4.totalLength.byte, length);
  setWord(ip, ipv4.headerChecksum.byte, 0);
  setWord(ip, ipv4.headerChecksum.byte, checksum(ip.subarray(0, header)));
  return ip;
}

/** Addresses and protocol, summed. */
function pseudoOf(ip: Uint8Array, from: number, bytes: number): number {
  let sum = IpProtocol.tcp;
  for (let at = from; at < from + bytes; at += 2) sum += word(ip, at);
  return sum;
}

/** Another pseudo header: one that was left to the card (its sum, not inverted) stays so. */
function mend(segment: Uint8Array, before: number, after: number): void {
  const at = tcp.checksum.byte;
  const told = word(segment, at);
  const length = segment.length;
  const left = told === folded(before + length) || told === folded(before);
  const change = left ? after - before : -(after - before);
  setWord(segment, at, folded(told + (change % 0xffff) + 0xffff));
}

function isFragment(ip: Uint8Array): boolean {
  return (word(ip, ipv4.moreFragments.byte) & 0x3fff) !== 0;
}

export function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

function setWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 255;
}

function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 0x10000);
  return rest;
}
