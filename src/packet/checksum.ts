// hot: no allocation per packet
// The Internet checksum (RFC 1071), of TCP (RFC 9293 3.1; over IPv6 RFC 8200 8.1) and of IPv4.

import { IPV4_BYTES_MIN, IpProtocol } from '../wire/net/ipv4.js';
import { TCP_BYTES_MIN } from '../wire/net/tcp.js';
import type { Segment } from './segment.js';

export const SUM_RIGHT = 1;
/** Left to the network card: only the pseudo header was summed, with the length or without. */
export const SUM_OFFLOADED = 2;
export const SUM_WRONG = 3;
/** Not all of the segment was captured. */
export const SUM_UNKNOWN = 0;

const CHECKSUM = 16;
const MAPPED = 0xffff;

/**
 * One's complement sum (RFC 1071) of the bytes from `from` to `to` and of `start`, folded: 0xffff is
 * right where the checksum is among them.
 */
export function onesSum(view: DataView, from: number, to: number, start: number): number {
  let sum = start;
  let at = from;
  for (; at + 1 < to; at += 2) sum += view.getUint16(at);
  if (at < to) sum += view.getUint8(at) << 8;
  return folded(sum);
}

/** The pseudo header of TCP without its length, not folded: of IPv4 where the addresses are mapped ones. */
export function pseudoSum(s: Segment): number {
  let sum = IpProtocol.tcp + halves(s.srcD) + halves(s.dstD);
  if (s.srcA !== 0 || s.srcB !== 0 || s.srcC !== MAPPED) {
    sum += halves(s.srcA) + halves(s.srcB) + halves(s.srcC);
    sum += halves(s.dstA) + halves(s.dstB) + halves(s.dstC);
  }
  return sum;
}

export function sumOf(s: Segment): number {
  if (s.payloadCaptured < s.payloadLength || s.lengthUntold) return SUM_UNKNOWN;
  const { view, tcpOffset } = s;
  if (s.payloadOffset - tcpOffset < TCP_BYTES_MIN) return SUM_UNKNOWN;
  const end = s.payloadOffset + s.payloadLength;
  const pseudo = pseudoSum(s);
  const length = end - tcpOffset;
  if (onesSum(view, tcpOffset, end, pseudo + length) === 0xffff) return SUM_RIGHT;
  const told = view.getUint16(tcpOffset + CHECKSUM);
  const left = told === folded(pseudo + length) || told === folded(pseudo);
  return left ? SUM_OFFLOADED : SUM_WRONG;
}

/** True where the IPv4 header before the segment has another checksum than it says (RFC 791 3.1). */
export function headerWrong(s: Segment): boolean {
  const { view, tcpOffset } = s;
  const at = tcpOffset - IPV4_BYTES_MIN;
  if (at < 0 || s.srcC !== MAPPED || view.getUint8(at) !== 0x45) return false;
  // 0 was left to the network card.
  return view.getUint16(at + 10) !== 0 && onesSum(view, at, tcpOffset, 0) !== 0xffff;
}

function halves(word: number): number {
  return (word >>> 16) + (word & 0xffff);
}

/** One's complement: what is carried over is added again. */
function folded(sum: number): number {
  let n = sum;
  while (n > 0xffff) n = Math.floor(n / 0x10000) + (n & 0xffff);
  return n;
}
