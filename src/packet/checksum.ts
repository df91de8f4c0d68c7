// hot: no allocation per packet
// TCP's checksum (RFC 9293 3.1, RFC 1071; over IPv6 RFC 8200 8.1).

import type { Segment } from './segment.js';

export const SUM_RIGHT = 1;
/** Left to the network card: only the pseudo header was summed, with the length or without. */
export const SUM_OFFLOADED = 2;
export const SUM_WRONG = 3;
/** Not all of the segment was captured. */
export const SUM_UNKNOWN = 0;

const TCP = 6;
const CHECKSUM = 16;
const HEADER = 20;
const IPV4 = 20;
const MAPPED = 0xffff;

export function sumOf(s: Segment): number {
  if (s.payloadCaptured < s.payloadLength || s.lengthUntold) return SUM_UNKNOWN;
  const { view, tcpOffset } = s;
  if (s.payloadOffset - tcpOffset < HEADER) return SUM_UNKNOWN;
  const end = s.payloadOffset + s.payloadLength;
  const v4 = s.srcA === 0 && s.srcB === 0 && s.srcC === MAPPED;
  let pseudo = TCP + halves(s.srcD) + halves(s.dstD);
  if (!v4) {
    pseudo += halves(s.srcA) + halves(s.srcB) + halves(s.srcC);
    pseudo += halves(s.dstA) + halves(s.dstB) + halves(s.dstC);
  }
  const length = end - tcpOffset;
  let sum = pseudo + length;
  let at = tcpOffset;
  for (; at + 1 < end; at += 2) sum += view.getUint16(at);
  if (at < end) sum += view.getUint8(at) << 8;
  if (folded(sum) === 0xffff) return SUM_RIGHT;
  const told = view.getUint16(tcpOffset + CHECKSUM);
  const left = told === folded(pseudo + length) || told === folded(pseudo);
  return left ? SUM_OFFLOADED : SUM_WRONG;
}

/** True where the IPv4 header before the segment has another checksum than it says (RFC 791 3.1). */
export function headerWrong(s: Segment): boolean {
  const { view, tcpOffset } = s;
  const at = tcpOffset - IPV4;
  if (at < 0 || s.srcC !== MAPPED || view.getUint8(at) !== 0x45) return false;
  let sum = 0;
  for (let i = 0; i < IPV4; i += 2) sum += view.getUint16(at + i);
  // 0 was left to the network card.
  return view.getUint16(at + 10) !== 0 && folded(sum) !== 0xffff;
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
