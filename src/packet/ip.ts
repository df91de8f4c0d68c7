// hot: no allocation per packet
// IPv4 (RFC 791) and IPv6 (RFC 8200) with every extension header, up to TCP or the next tunnel.

import { PACKET_BYTES_MAX } from '../limits.js';
import { IPV4_BYTES_MIN, IpProtocol } from '../wire/net/ipv4.js';
import {
  AH_BYTES_MIN,
  IPV6_BYTES,
  IPV6_EXTENSION_BYTES_MIN,
  IPV6_FRAGMENT_BYTES,
  OPTION_JUMBO_PAYLOAD,
  OPTION_PAD1,
} from '../wire/net/ipv6.js';
import { Layer, lacks, malformed, otherProtocol, type Walk } from './walk.js';

export function ipv4(w: Walk): number {
  const at = w.at;
  if (at + IPV4_BYTES_MIN > w.end) return lacks(w, IPV4_BYTES_MIN, 'IPv4 header');
  const view = w.view;
  const first = w.bytes[at];
  if (first >> 4 !== 4) return malformed(w, 'IPv4 header with another version');
  const header = (first & 15) << 2;
  if (header < IPV4_BYTES_MIN) return malformed(w, 'IPv4 header length under 20 bytes');
  const total = view.getUint16(at + 2);
  // Segmentation offload leaves a total length of 0 in what a sender captures of itself: the frame
  // is then all that tells the length.
  w.lengthUntold = total === 0;
  if (total !== 0) {
    if (total < header) return malformed(w, 'IPv4 total length shorter than its header');
    bound(w, at + total);
  }
  w.ipAt = at;
  const s = w.segment;
  s.srcA = 0;
  s.srcB = 0;
  s.srcC = 0xffff;
  s.srcD = view.getInt32(at + 12);
  s.dstA = 0;
  s.dstB = 0;
  s.dstC = 0xffff;
  s.dstD = view.getInt32(at + 16);
  s.ipId = view.getUint16(at + 4);
  s.ttl = w.bytes[at + 8];
  s.trafficClass = w.bytes[at + 1];
  w.at = at + header;
  const word = view.getUint16(at + 6);
  const protocol = w.bytes[at + 9];
  if ((word & 0x3fff) !== 0) {
    w.code = protocol;
    w.fragmentIpv6 = false;
    w.fragmentId = s.ipId;
    w.fragmentOffset = (word & 0x1fff) << 3;
    w.fragmentMore = (word & 0x2000) !== 0;
    return Layer.fragment;
  }
  return protocol === IpProtocol.tcp ? Layer.tcp : byProtocol(w, protocol);
}

export function ipv6(w: Walk): number {
  const at = w.at;
  if (at + IPV6_BYTES > w.end) return lacks(w, IPV6_BYTES, 'IPv6 header');
  const view = w.view;
  const first = view.getUint16(at);
  if (first >> 12 !== 6) return malformed(w, 'IPv6 header with another version');
  const length = view.getUint16(at + 4);
  const next = w.bytes[at + 6];
  if (length !== 0) bound(w, at + IPV6_BYTES + length);
  w.jumbo = length === 0 && next === IpProtocol.hopByHop;
  w.lengthUntold = length === 0 && !w.jumbo;
  w.ipAt = at;
  const s = w.segment;
  s.srcA = view.getInt32(at + 8);
  s.srcB = view.getInt32(at + 12);
  s.srcC = view.getInt32(at + 16);
  s.srcD = view.getInt32(at + 20);
  s.dstA = view.getInt32(at + 24);
  s.dstB = view.getInt32(at + 28);
  s.dstC = view.getInt32(at + 32);
  s.dstD = view.getInt32(at + 36);
  s.ipId = 0;
  s.ttl = w.bytes[at + 7];
  s.trafficClass = (first >> 4) & 0xff;
  w.at = at + IPV6_BYTES;
  return next === IpProtocol.tcp ? Layer.tcp : byProtocol(w, next);
}

/** What an IP protocol number (or IPv6 next header) names. */
export function byProtocol(w: Walk, protocol: number): number {
  w.code = protocol;
  switch (protocol) {
    case IpProtocol.tcp:
      return Layer.tcp;
    case IpProtocol.udp:
      return Layer.udp;
    case IpProtocol.icmp:
      return Layer.icmp;
    case IpProtocol.icmpv6:
      return Layer.icmpv6;
    case IpProtocol.gre:
      return Layer.gre;
    case IpProtocol.ipv4:
      return Layer.ipv4;
    case IpProtocol.ipv6:
      return Layer.ipv6;
    case IpProtocol.hopByHop:
    case IpProtocol.destinationOptions:
    case IpProtocol.mobility:
    case IpProtocol.hip:
    case IpProtocol.shim6:
      return Layer.extension;
    case IpProtocol.routing:
      return Layer.routing;
    case IpProtocol.fragment:
      return Layer.fragmentHeader;
    case IpProtocol.ah:
      return Layer.authentication;
    case IpProtocol.esp:
      return Layer.esp;
    case IpProtocol.l2tp:
      return Layer.l2tp;
    case IpProtocol.mpls:
      return Layer.mpls;
    case IpProtocol.etherIp:
      return Layer.etherIp;
    default:
      return otherProtocol(w, protocol);
  }
}

/** An extension header that only says what follows it, and may hold the jumbo length (RFC 2675). */
export function extension(w: Walk): number {
  const at = w.at;
  if (at + IPV6_EXTENSION_BYTES_MIN > w.end) {
    return lacks(w, IPV6_EXTENSION_BYTES_MIN, 'IPv6 extension header');
  }
  const size = (w.bytes[at + 1] + 1) << 3;
  if (w.jumbo) jumboLength(w, at, size);
  if (at + size > w.end) return lacks(w, size, 'IPv6 extension header');
  w.at = at + size;
  return byProtocol(w, w.bytes[at]);
}

/** While segments are left the real destination stands in the routing header (RFC 8200 4.4). */
export function routing(w: Walk): number {
  const at = w.at;
  if (at + IPV6_EXTENSION_BYTES_MIN > w.end) {
    return lacks(w, IPV6_EXTENSION_BYTES_MIN, 'IPv6 routing header');
  }
  const units = w.bytes[at + 1];
  const size = (units + 1) << 3;
  if (at + size > w.end) return lacks(w, size, 'IPv6 routing header');
  const type = w.bytes[at + 2];
  if (w.bytes[at + 3] > 0 && units >= 2) {
    // Segment routing (RFC 8754 2.1) lists the last segment first, type 0 (RFC 2460 4.4) last.
    if (type === 4 || type === 2) destination(w, at + 8);
    else if (type === 0) destination(w, at + 8 + (((units >> 1) - 1) << 4));
  }
  w.at = at + size;
  return byProtocol(w, w.bytes[at]);
}

/** RFC 4302 2.2: the length counts 4-byte words, minus 2. */
export function authentication(w: Walk): number {
  const at = w.at;
  if (at + AH_BYTES_MIN > w.end) return lacks(w, AH_BYTES_MIN, 'AH header');
  const size = (w.bytes[at + 1] + 2) << 2;
  if (size < AH_BYTES_MIN) return malformed(w, 'AH length under 12 bytes');
  if (at + size > w.end) return lacks(w, size, 'AH header');
  w.at = at + size;
  return byProtocol(w, w.bytes[at]);
}

/** RFC 8200 4.5. A fragment that is the whole packet (RFC 6946) is no fragment. */
export function fragmentHeader(w: Walk): number {
  const at = w.at;
  if (at + IPV6_FRAGMENT_BYTES > w.end)
    return lacks(w, IPV6_FRAGMENT_BYTES, 'IPv6 fragment header');
  const word = w.view.getUint16(at + 2);
  const next = w.bytes[at];
  w.at = at + IPV6_FRAGMENT_BYTES;
  if ((word & 0xfff9) === 0) return byProtocol(w, next);
  w.code = next;
  w.fragmentIpv6 = true;
  w.fragmentId = w.view.getInt32(at + 4);
  w.fragmentOffset = word & 0xfff8;
  w.fragmentMore = (word & 1) !== 0;
  return Layer.fragment;
}

/** The packet ends where its header says, even behind the end of a frame that was cut on its way. */
function bound(w: Walk, wire: number): void {
  if (wire > w.wire) w.beyondFrame = true;
  w.wire = wire;
  if (wire < w.end) w.end = wire;
}

/** A length beyond the longest packet is not believed; the frame's stands. */
function jumboLength(w: Walk, at: number, size: number): void {
  w.jumbo = false;
  const end = Math.min(at + size, w.end);
  for (let p = at + 2; p + 6 <= end; ) {
    const type = w.bytes[p];
    if (type === OPTION_JUMBO_PAYLOAD) {
      const length = w.view.getUint32(p + 2);
      if (length <= PACKET_BYTES_MAX) bound(w, at + length);
      return;
    }
    p += type === OPTION_PAD1 ? 1 : w.bytes[p + 1] + 2;
  }
}

function destination(w: Walk, at: number): void {
  const s = w.segment;
  s.dstA = w.view.getInt32(at);
  s.dstB = w.view.getInt32(at + 4);
  s.dstC = w.view.getInt32(at + 8);
  s.dstD = w.view.getInt32(at + 12);
}
