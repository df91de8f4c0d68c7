// ICMP errors about built packets: what a router or host says of one that did not get there.

import type { BuiltPacket } from './build.js';
import { concat } from './octets.js';
import { ipBytes } from './packet-builder.js';

const ETHERNET_BYTES = 14;
/** What is quoted of the packet behind its IP header. */
const QUOTED_BYTES = 8;
const IPV4 = 0x0800;

/** `by` says of `about`, which is IPv4 or IPv6 on Ethernet, that it did not get there: type and code of ICMP or ICMPv6. */
export function icmpAbout(
  about: BuiltPacket,
  by: string,
  type: number,
  code: number,
  afterNs: number,
): BuiltPacket {
  const link = about.bytes.subarray(0, ETHERNET_BYTES);
  const four = link[12] * 256 + link[13] === IPV4;
  const header = four ? 20 : 40;
  const quoted = about.bytes.subarray(ETHERNET_BYTES, ETHERNET_BYTES + header + QUOTED_BYTES);
  const body = concat(Uint8Array.of(type, code, 0, 0, 0, 0, 0, 0), quoted);
  const spec = { src: by, dst: about.tcp.src };
  const ip = ipBytes(four ? 1 : 58, body, spec, { ip: four ? 4 : 6 });
  const bytes = concat(link, ip);
  return { ...about, bytes, timeNs: about.timeNs + afterNs, originalLength: bytes.length };
}
