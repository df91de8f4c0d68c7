// hot: no allocation per packet
// Where a header does not say what follows it: whether IP, or Ethernet that leads to IP, begins at a
// place. An IPv4 header has a checksum, which chance passes once in 65,536; lengths have to agree too.

import { ETHERNET_BYTES, EtherType } from '../wire/net/ethernet.js';
import { IPV4_BYTES_MIN, IpProtocol } from '../wire/net/ipv4.js';
import { IPV6_BYTES } from '../wire/net/ipv6.js';
import { VLAN_BYTES } from '../wire/net/vlan.js';
import { onesSum } from './checksum.js';
import type { Walk } from './walk.js';

const TAGS_MAX = 2;

/** True where an IP packet of either version begins at `at` and ends within the packet around it. */
export function holdsIp(w: Walk, at: number): boolean {
  if (at >= w.end) return false;
  const version = w.bytes[at] >> 4;
  if (version === 4) return ipv4Length(w, at) > 0 && at + ipv4Length(w, at) <= w.wire;
  return version === 6 && ipv6Length(w, at) > 0 && at + ipv6Length(w, at) <= w.wire;
}

/** Total length of the IPv4 packet at `at`; 0 where its header contradicts itself or its checksum. */
export function ipv4Length(w: Walk, at: number): number {
  if (at + IPV4_BYTES_MIN > w.end) return 0;
  const header = (w.bytes[at] & 15) << 2;
  const total = w.view.getUint16(at + 2);
  if (w.bytes[at] >> 4 !== 4 || header < IPV4_BYTES_MIN || at + header > w.end) return 0;
  if (total < header || onesSum(w.view, at, at + header, 0) !== 0xffff) return 0;
  return total;
}

/** Length of the IPv6 packet at `at` with its header; 0 where that is none, or leads nowhere. */
export function ipv6Length(w: Walk, at: number): number {
  if (at + IPV6_BYTES > w.end || w.bytes[at] >> 4 !== 6) return 0;
  switch (w.bytes[at + 6]) {
    case IpProtocol.tcp:
    case IpProtocol.udp:
    case IpProtocol.icmpv6:
    case IpProtocol.fragment:
    case IpProtocol.hopByHop:
    case IpProtocol.destinationOptions:
      return IPV6_BYTES + w.view.getUint16(at + 4);
    default:
      return 0;
  }
}

/** True where an Ethernet frame begins at `at`, with an IP packet in it, behind two tags at most. */
export function holdsFrame(w: Walk, at: number): boolean {
  let next = at + ETHERNET_BYTES;
  for (let tags = 0; next <= w.end && tags <= TAGS_MAX; tags++) {
    const type = w.view.getUint16(next - 2);
    if (type === EtherType.ipv4 || type === EtherType.ipv6) return holdsIp(w, next);
    if (type !== EtherType.vlan && type !== EtherType.providerBridge) return false;
    next += VLAN_BYTES;
  }
  return false;
}
