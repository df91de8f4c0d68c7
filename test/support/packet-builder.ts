// Packets for tests, written through the field tables that also read them: a TCP segment in IPv4 or
// IPv6, in tunnels, in any link type, whole or in fragments. IPv4 and TCP checksums are right.

import { IPV4_BYTES_MIN, IpProtocol, ipv4 } from '../../src/wire/net/ipv4.js';
import { IPV6_BYTES, IPV6_FRAGMENT_BYTES, ipv6, ipv6Fragment } from '../../src/wire/net/ipv6.js';
import { LinkType } from '../../src/wire/net/linktype.js';
import { TCP_BYTES_MIN, tcp } from '../../src/wire/net/tcp.js';
import { concat, words } from './octets.js';
import { type LinkName, linkFrame, type Shims } from './packet-link.js';
import { ODD_LINKS } from './packet-odd-link.js';
import { type Tunnel, tunnelled } from './packet-tunnel.js';

export type { LinkName, Tunnel };

/** The segment. Addresses are text; what is left out has a quiet default. */
export interface TcpSpec {
  src?: string;
  dst?: string;
  srcPort?: number;
  dstPort?: number;
  seq?: number;
  ack?: number;
  /** CWR ECE URG ACK PSH RST SYN FIN, as in segment.ts; ACK by default. */
  flags?: number;
  window?: number;
  payload?: Uint8Array;
  /** TCP options, padded to words here. */
  options?: Uint8Array;
  urgentPointer?: number;
}

/** What is around the segment, from the link inwards. */
export interface WrapSpec extends Shims {
  link?: LinkName;
  /** Outermost first. */
  tunnel?: Tunnel | readonly Tunnel[];
  ip?: 4 | 6;
  ipId?: number;
  ttl?: number;
  /** DSCP and ECN together. */
  trafficClass?: number;
  /** IPv4 options, padded to words here. */
  ipOptions?: Uint8Array;
  /** IPv6 extension headers (or AH) in order: protocol and whole header; its first byte is set here. */
  extensions?: readonly (readonly [number, Uint8Array])[];
  /** IPv4 total length or IPv6 payload length 0, as segmentation offload leaves it. */
  lengthZero?: boolean;
  /** Bytes behind the IP packet: Ethernet padding or a trailer. */
  padding?: number;
}

/** LINKTYPE_ values of the links that linkFrame writes. */
export const LINK_TYPES: Readonly<Record<LinkName, number>> = {
  ethernet: LinkType.ethernet,
  'llc-snap': LinkType.ethernet,
  'llc-ip': LinkType.ethernet,
  sll: LinkType.linuxSll,
  sll2: LinkType.linuxSll2,
  'null-le': LinkType.null,
  'null-be': LinkType.null,
  loop: LinkType.loop,
  raw: LinkType.raw,
  raw12: LinkType.raw12,
  raw14: LinkType.raw14,
  ipv4: LinkType.ipv4,
  ipv6: LinkType.ipv6,
  ppp: LinkType.ppp,
  'ppp-hdlc': LinkType.pppHdlc,
  'ppp-ether': LinkType.pppEther,
  'cisco-hdlc': LinkType.ciscoHdlc,
  mpls: LinkType.mpls,
  ...Object.fromEntries(Object.entries(ODD_LINKS).map(([name, [linkType]]) => [name, linkType])),
};

/** One packet with one TCP segment. */
export function tcpPacket(spec: TcpSpec = {}, wrap: WrapSpec = {}): Uint8Array {
  return enclosed(ipPacket(spec, wrap), wrap);
}

/** The same packet cut by IP into fragments of `size` bytes of payload (a multiple of 8). */
export function tcpFragments(spec: TcpSpec, wrap: WrapSpec, size: number): Uint8Array[] {
  const whole = ipPacket(spec, wrap);
  const head = wrap.ip === 6 ? IPV6_BYTES : (whole[0] & 15) * 4;
  const body = whole.length - head;
  const parts: Uint8Array[] = [];
  for (let at = 0; at < body; at += size) {
    const end = Math.min(at + size, body);
    const part = whole.slice(head + at, head + end);
    parts.push(enclosed(fragment(whole.slice(0, head), part, at, end < body, wrap), wrap));
  }
  return parts;
}

/** One fragment of the caller's making: `at` is its offset in bytes, `more` its flag. */
export function fragmentPacket(
  part: Uint8Array,
  at: number,
  more: boolean,
  spec: TcpSpec = {},
  wrap: WrapSpec = {},
): Uint8Array {
  const whole = ipPacket(spec, wrap);
  const head = wrap.ip === 6 ? IPV6_BYTES : (whole[0] & 15) * 4;
  return enclosed(fragment(whole.slice(0, head), part, at, more, wrap), wrap);
}

/** TCP header and payload, with its checksum. */
export function tcpBytes(spec: TcpSpec, ip: 4 | 6 = 4): Uint8Array {
  const options = padded(spec.options ?? new Uint8Array(0), 4);
  const header = TCP_BYTES_MIN + options.length;
  const flags = spec.flags ?? 0x10;
  const head = words(TCP_BYTES_MIN, [
    [tcp.sourcePort, spec.srcPort ?? 40_000],
    [tcp.destinationPort, spec.dstPort ?? 3260],
    [tcp.sequenceNumber, spec.seq ?? 1],
    [tcp.acknowledgmentNumber, spec.ack ?? (flags & 0x10 ? 1 : 0)],
    [tcp.dataOffset, header / 4],
    [tcp.cwr, (flags >> 7) & 1],
    [tcp.ece, (flags >> 6) & 1],
    [tcp.urg, (flags >> 5) & 1],
    [tcp.ack, (flags >> 4) & 1],
    [tcp.psh, (flags >> 3) & 1],
    [tcp.rst, (flags >> 2) & 1],
    [tcp.syn, (flags >> 1) & 1],
    [tcp.fin, flags & 1],
    [tcp.window, spec.window ?? 65_535],
    [tcp.urgentPointer, spec.urgentPointer ?? 0],
  ]);
  const bytes = concat(head, options, spec.payload ?? new Uint8Array(0));
  const [src, dst] = addresses(spec, ip);
  const pseudo = concat(src, dst, lengthAndProtocol(bytes.length, IpProtocol.tcp));
  const sum = checksum(concat(pseudo, bytes));
  bytes[tcp.checksum.byte] = sum >> 8;
  bytes[tcp.checksum.byte + 1] = sum & 255;
  return bytes;
}

/** An IP header of either version before `body`. */
export function ipBytes(
  protocol: number,
  body: Uint8Array,
  spec: TcpSpec = {},
  wrap: WrapSpec = {},
): Uint8Array {
  return wrap.ip === 6
    ? ipv6Bytes(protocol, body, spec, wrap)
    : ipv4Bytes(protocol, body, spec, wrap);
}

/** 4 or 16 octets of an address as text (`10.0.0.1`, `fd00::1`). */
export function parseAddress(text: string): Uint8Array {
  if (!text.includes(':')) return Uint8Array.from(text.split('.'), Number);
  const [before, after] = text.split('::');
  const left = before === '' ? [] : before.split(':');
  const right = after === undefined || after === '' ? [] : after.split(':');
  const groups = [...left, ...Array(8 - left.length - right.length).fill('0'), ...right];
  return Uint8Array.from(
    groups.flatMap((g) => {
      const value = Number.parseInt(g, 16);
      return [value >> 8, value & 255];
    }),
  );
}

/** The Internet checksum (RFC 1071). */
export function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i] << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

function ipPacket(spec: TcpSpec, wrap: WrapSpec): Uint8Array {
  const extensions = wrap.extensions ?? [];
  const protocols = [...extensions.map(([protocol]) => protocol), IpProtocol.tcp];
  const headers = extensions.map(([, header], i) => {
    const copy = header.slice();
    copy[0] = protocols[i + 1];
    return copy;
  });
  return ipBytes(protocols[0], concat(...headers, tcpBytes(spec, wrap.ip)), spec, wrap);
}

function enclosed(packet: Uint8Array, wrap: WrapSpec): Uint8Array {
  const tunnels = typeof wrap.tunnel === 'string' ? [wrap.tunnel] : (wrap.tunnel ?? []);
  let inner = packet;
  for (let i = tunnels.length - 1; i >= 0; i--) inner = tunnelled(tunnels[i], inner);
  const frame = linkFrame(wrap.link ?? 'ethernet', inner, wrap);
  return concat(frame, new Uint8Array(wrap.padding ?? 0));
}

function addresses(spec: TcpSpec, ip: 4 | 6): [Uint8Array, Uint8Array] {
  const [src, dst] = ip === 6 ? ['fd00::1', 'fd00::2'] : ['10.0.0.1', '10.0.0.2'];
  return [parseAddress(spec.src ?? src), parseAddress(spec.dst ?? dst)];
}

function ipv4Bytes(protocol: number, body: Uint8Array, spec: TcpSpec, wrap: WrapSpec): Uint8Array {
  const options = padded(wrap.ipOptions ?? new Uint8Array(0), 4);
  const header = IPV4_BYTES_MIN + options.length;
  const head = words(IPV4_BYTES_MIN, [
    [ipv4.version, 4],
    [ipv4.headerLength, header / 4],
    [ipv4.differentiatedServices, (wrap.trafficClass ?? 0) >> 2],
    [ipv4.congestion, (wrap.trafficClass ?? 0) & 3],
    [ipv4.totalLength, wrap.lengthZero ? 0 : header + body.length],
    [ipv4.identification, wrap.ipId ?? 1],
    [ipv4.timeToLive, wrap.ttl ?? 64],
    [ipv4.protocol, protocol],
  ]);
  const [src, dst] = addresses(spec, 4);
  head.set(src, ipv4.source.byte);
  head.set(dst, ipv4.destination.byte);
  return concat(withHeaderChecksum(concat(head, options)), body);
}

function ipv6Bytes(protocol: number, body: Uint8Array, spec: TcpSpec, wrap: WrapSpec): Uint8Array {
  const head = words(IPV6_BYTES, [
    [ipv6.version, 6],
    [ipv6.differentiatedServices, (wrap.trafficClass ?? 0) >> 2],
    [ipv6.congestion, (wrap.trafficClass ?? 0) & 3],
    [ipv6.payloadLength, wrap.lengthZero ? 0 : body.length],
    [ipv6.nextHeader, protocol],
    [ipv6.hopLimit, wrap.ttl ?? 64],
  ]);
  const [src, dst] = addresses(spec, 6);
  head.set(src, ipv6.source.byte);
  head.set(dst, ipv6.destination.byte);
  return concat(head, body);
}

function fragment(
  head: Uint8Array,
  part: Uint8Array,
  at: number,
  more: boolean,
  wrap: WrapSpec,
): Uint8Array {
  if (wrap.ip !== 6) {
    const length = head.length + part.length;
    head[ipv4.totalLength.byte] = length >> 8;
    head[ipv4.totalLength.byte + 1] = length & 255;
    const word = (more ? 0x2000 : 0) | (at >> 3);
    head[ipv4.moreFragments.byte] = word >> 8;
    head[ipv4.moreFragments.byte + 1] = word & 255;
    return concat(withHeaderChecksum(head), part);
  }
  const extra = words(IPV6_FRAGMENT_BYTES, [
    [ipv6Fragment.nextHeader, head[ipv6.nextHeader.byte]],
    [ipv6Fragment.fragmentOffset, at >> 3],
    [ipv6Fragment.moreFragments, more ? 1 : 0],
    [ipv6Fragment.identification, wrap.ipId ?? 1],
  ]);
  head[ipv6.nextHeader.byte] = IpProtocol.fragment;
  const length = extra.length + part.length;
  head[ipv6.payloadLength.byte] = length >> 8;
  head[ipv6.payloadLength.byte + 1] = length & 255;
  return concat(head, extra, part);
}

function withHeaderChecksum(head: Uint8Array): Uint8Array {
  const copy = head.slice();
  copy.fill(0, ipv4.headerChecksum.byte, ipv4.headerChecksum.byte + 2);
  const sum = checksum(copy);
  copy[ipv4.headerChecksum.byte] = sum >> 8;
  copy[ipv4.headerChecksum.byte + 1] = sum & 255;
  return copy;
}

function padded(bytes: Uint8Array, to: number): Uint8Array {
  return concat(bytes, new Uint8Array((to - (bytes.length % to)) % to));
}

function lengthAndProtocol(length: number, protocol: number): Uint8Array {
  return Uint8Array.of(0, 0, (length >> 8) & 255, length & 255, 0, 0, 0, protocol);
}
