// hot: no allocation per packet
// The plain road: Ethernet with at most one tag, IPv4 without options or IPv6 without extension
// headers, whole headers. Nearly every packet takes it, in half the time of the walk. What is unusual
// in any way is left to the walk, which alone judges and counts; a test proves that they agree.

import type { Packet } from '../capture/packet.js';
import { EtherType } from '../wire/net/ethernet.js';
import { IpProtocol } from '../wire/net/ipv4.js';
import type { Segment } from './segment.js';

/** Ethernet, IPv4 and TCP without options: what must be there before anything is read. */
const BYTES_MIN = 54;
const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const TCP_BYTES = 20;
const TAG_BYTES = 4;
/** The first byte of IPv4 without options. */
const VERSION_4_NO_OPTIONS = 0x45;

/** Fills the segment from an Ethernet packet; false where the walk has to look at it. */
export function plain(s: Segment, packet: Packet): boolean {
  const captured = packet.capturedLength;
  if (captured < BYTES_MIN) return false;
  const view = packet.view;
  const end = packet.offset + captured;
  let ip = packet.offset + 14;
  let type = view.getUint16(ip - 2);
  if (type === EtherType.vlan) {
    if (captured < BYTES_MIN + TAG_BYTES) return false;
    ip += TAG_BYTES;
    type = view.getUint16(ip - 2);
  }
  if (type === EtherType.ipv4) return plainIpv4(s, packet, ip, end);
  if (type !== EtherType.ipv6 || ip + IPV6_BYTES + TCP_BYTES > end) return false;
  return plainIpv6(s, packet, ip, end);
}

function plainIpv4(s: Segment, packet: Packet, ip: number, end: number): boolean {
  const view = packet.view;
  const head = view.getInt32(ip);
  const identity = view.getInt32(ip + 4);
  const life = view.getUint16(ip + 8);
  if (head >>> 24 !== VERSION_4_NO_OPTIONS || (identity & 0x3fff) !== 0) return false;
  if ((life & 0xff) !== IpProtocol.tcp) return false;
  const wire = ip + (head & 0xffff);
  if (!plainTcp(s, packet, ip + IPV4_BYTES, wire, end)) return false;
  s.srcA = 0;
  s.srcB = 0;
  s.srcC = 0xffff;
  s.srcD = view.getInt32(ip + 12);
  s.dstA = 0;
  s.dstB = 0;
  s.dstC = 0xffff;
  s.dstD = view.getInt32(ip + 16);
  s.ipId = identity >>> 16;
  s.ttl = life >> 8;
  s.trafficClass = (head >>> 16) & 0xff;
  return true;
}

function plainIpv6(s: Segment, packet: Packet, ip: number, end: number): boolean {
  const view = packet.view;
  const head = view.getInt32(ip);
  const next = view.getInt32(ip + 4);
  if (head >>> 28 !== 6 || ((next >>> 8) & 0xff) !== IpProtocol.tcp) return false;
  const wire = ip + IPV6_BYTES + (next >>> 16);
  if (!plainTcp(s, packet, ip + IPV6_BYTES, wire, end)) return false;
  s.srcA = view.getInt32(ip + 8);
  s.srcB = view.getInt32(ip + 12);
  s.srcC = view.getInt32(ip + 16);
  s.srcD = view.getInt32(ip + 20);
  s.dstA = view.getInt32(ip + 24);
  s.dstB = view.getInt32(ip + 28);
  s.dstC = view.getInt32(ip + 32);
  s.dstD = view.getInt32(ip + 36);
  s.ipId = 0;
  s.ttl = next & 0xff;
  s.trafficClass = (head >>> 20) & 0xff;
  return true;
}

/** `wire` is where IP's length says that the segment ends; 20 bytes at `at` are captured. */
function plainTcp(s: Segment, packet: Packet, at: number, wire: number, end: number): boolean {
  const view = packet.view;
  const control = view.getInt32(at + 12);
  const header = (control >>> 28) << 2;
  const payload = at + header;
  // Also here: a length of 0 (offload), a header that is cut or too short, a frame cut on its way.
  if (header < TCP_BYTES || payload > wire || payload > end) return false;
  if (wire > packet.offset + packet.originalLength) return false;
  const captured = wire < end ? wire - payload : end - payload;
  const ports = view.getInt32(at);
  s.bytes = packet.bytes;
  s.view = view;
  s.frame = packet.frame;
  s.timeNs = packet.timeNs;
  s.snaplen = packet.snaplen;
  s.srcPort = ports >>> 16;
  s.dstPort = ports & 0xffff;
  s.seq = view.getUint32(at + 4);
  s.ack = view.getUint32(at + 8);
  s.flags = (control >>> 16) & 0xff;
  s.window = control & 0xffff;
  s.tcpOffset = at;
  s.optionsOffset = at + TCP_BYTES;
  s.optionsLength = header - TCP_BYTES;
  s.payloadOffset = payload;
  s.payloadLength = wire - payload;
  s.payloadCaptured = captured;
  return true;
}
