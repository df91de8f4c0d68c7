// hot: no allocation per packet
// A packet of no connection known, because a bit of an address or port flipped on its way: its checksum is
// wrong, and right with that bit put back, and then it is of a connection that is known. No receiver took it
// (RFC 9293 3.10.7.4, RFC 1122 3.2.1.2), and it makes no connection. Asked for packets that would open one.

import { onesSum, pseudoSum, SUM_WRONG, sumOf } from '../packet/checksum.js';
import type { Segment } from '../packet/segment.js';
import { IPV4_BYTES_MIN } from '../wire/net/ipv4.js';
import type { ConnectionTable } from './table.js';

/** IPv4 addresses are kept as mapped ones. */
const MAPPED = 0xffff;
/** Version 4, header of 20 bytes. */
const PLAIN_IPV4 = 0x45;
const IPV4_CHECKSUM = 10;
/** One's complement arithmetic: sums are alike modulo this, and right where it leaves nothing. */
const ONES = 0xffff;

/** Where the connection is that it is meant for, as ConnectionTable.locate; -1 where nothing says so. */
export function meantFor(table: ConnectionTable, s: Segment): number {
  if (table.count === 0) return -1;
  const { view, tcpOffset } = s;
  const v4 = s.srcA === 0 && s.srcB === 0 && s.srcC === MAPPED;
  const header = tcpOffset - IPV4_BYTES_MIN;
  if (v4 && header >= 0 && view.getUint8(header) === PLAIN_IPV4) {
    const excess = onesSum(view, header, tcpOffset, 0) % ONES;
    // 0 was left to the network card; and the addresses of a header that is right are right.
    if (view.getUint16(header + IPV4_CHECKSUM) !== 0 && excess !== 0) {
      return byAddress(table, s, excess, true);
    }
  }
  if (sumOf(s) !== SUM_WRONG) return -1;
  const end = s.payloadOffset + s.payloadLength;
  const excess = onesSum(view, tcpOffset, end, pseudoSum(s) + end - tcpOffset) % ONES;
  let at = byPort(table, s, excess);
  if (at < 0 && !v4) at = byAddress(table, s, excess, false);
  return at >= 0 && isRight(table, at) ? at : -1;
}

/** Its other packets have checksums that are right: who rewrites addresses and leaves sums as they were has none. */
function isRight({ links }: ConnectionTable, at: number): boolean {
  const link = links[at >> 1];
  if (link === undefined) return false;
  return ((at & 1) === 0 ? link.a : link.b).sumsRight > 0;
}

/** The bit that is to be flipped in a 16-bit word of this value, 0 where none makes the sum right. */
function bitFor(word: number, excess: number): number {
  for (let bit = 1; bit < 0x10000; bit <<= 1) {
    const change = (word & bit) !== 0 ? ONES - (bit % ONES) : bit;
    if ((excess + change) % ONES === 0) return bit;
  }
  return 0;
}

function byPort(table: ConnectionTable, s: Segment, excess: number): number {
  const { srcPort, dstPort } = s;
  s.srcPort = srcPort ^ bitFor(srcPort, excess);
  let at = s.srcPort === srcPort ? -1 : table.locate(s);
  s.srcPort = srcPort;
  if (at >= 0) return at;
  s.dstPort = dstPort ^ bitFor(dstPort, excess);
  at = s.dstPort === dstPort ? -1 : table.locate(s);
  s.dstPort = dstPort;
  return at;
}

/** Of IPv4 one word of each address, of IPv6 all four. */
function byAddress(table: ConnectionTable, s: Segment, excess: number, v4: boolean): number {
  const last = v4 ? 1 : 4;
  for (let word = 0; word < last; word++) {
    for (let shift = 0; shift <= 16; shift += 16) {
      const src = addressWord(s, word);
      let bit = bitFor((src >>> shift) & 0xffff, excess) << shift;
      if (bit !== 0) {
        setWord(s, word, src ^ bit);
        const at = table.locate(s);
        setWord(s, word, src);
        if (at >= 0) return at;
      }
      const dst = addressWord(s, word + 4);
      bit = bitFor((dst >>> shift) & 0xffff, excess) << shift;
      if (bit === 0) continue;
      setWord(s, word + 4, dst ^ bit);
      const at = table.locate(s);
      setWord(s, word + 4, dst);
      if (at >= 0) return at;
    }
  }
  return -1;
}

/** Words of the source's address from its end, then of the destination's. */
function addressWord(s: Segment, word: number): number {
  switch (word) {
    case 0:
      return s.srcD;
    case 1:
      return s.srcC;
    case 2:
      return s.srcB;
    case 3:
      return s.srcA;
    case 4:
      return s.dstD;
    case 5:
      return s.dstC;
    case 6:
      return s.dstB;
    default:
      return s.dstA;
  }
}

function setWord(s: Segment, word: number, value: number): void {
  switch (word) {
    case 0:
      s.srcD = value;
      break;
    case 1:
      s.srcC = value;
      break;
    case 2:
      s.srcB = value;
      break;
    case 3:
      s.srcA = value;
      break;
    case 4:
      s.dstD = value;
      break;
    case 5:
      s.dstC = value;
      break;
    case 6:
      s.dstB = value;
      break;
    default:
      s.dstA = value;
  }
}
