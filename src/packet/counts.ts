// What became of every packet. Each is counted once: packets = segments + notTcp().

import {
  ETHER_TYPE_NAMES,
  EtherType,
  IEEE_802_3_LENGTH_MAX,
  SAP_NAMES,
} from '../wire/net/ethernet.js';
import { IP_PROTOCOL_NAMES, IpProtocol } from '../wire/net/ipv4.js';

/** "Does not fit" as routers say it: how often, who said it first, and the smallest size they named. */
class TooBig {
  count = 0;
  /** Frame of the first, 0 where there was none. */
  frame = 0;
  /** Smallest next-hop MTU told, 0 where none was. */
  mtuMin = 0;

  add(frame: number, mtu: number): void {
    if (this.count++ === 0) this.frame = frame;
    if (mtu > 0 && (this.mtuMin === 0 || mtu < this.mtuMin)) this.mtuMin = mtu;
  }
}

export class PacketCounts {
  packets = 0;
  segments = 0;
  /** Cut by snaplen before 20 bytes of TCP (or of the header that leads there) were captured. */
  truncated = 0;
  malformed = 0;
  linkTypeUnknown = 0;
  etherTypeOther = 0;
  ipProtocolOther = 0;
  /** ESP and MACsec: nothing to see without their keys. */
  encrypted = 0;
  /** Deeper than limits.ts walks. */
  nestedTooDeep = 0;
  /** Fragments kept until their datagram was whole, and second copies of those that were. */
  fragmentsHeld = 0;
  fragmentsAgain = 0;

  /** Packets by the last IP protocol reached, by EtherType and by link type where those were the end. */
  readonly byIpProtocol = new Float64Array(256);
  readonly byEtherType = new Map<number, number>();
  readonly byLinkType = new Map<number, number>();

  /** Not apart from the above: datagrams never whole, and fragments that brought bytes again. */
  datagramsMissing = 0;
  fragmentsOverlapping = 0;
  /** Packets whose IP length goes beyond the frame: cut before the capture (a mirror's own snaplen). */
  beyondFrame = 0;
  /** Segments whose TCP options were cut by snaplen. */
  optionsCut = 0;
  /** ICMP "fragmentation needed" (RFC 1191) and ICMPv6 "packet too big" (RFC 4443 3.2). */
  readonly fragmentationNeeded = new TooBig();
  readonly packetTooBig = new TooBig();

  /** `count` packets were found to be segments by others (stream/express.ts). */
  taken(count: number): void {
    this.packets += count;
    this.segments += count;
  }

  notTcp(): number {
    return (
      this.truncated +
      this.malformed +
      this.linkTypeUnknown +
      this.etherTypeOther +
      this.ipProtocolOther +
      this.encrypted +
      this.nestedTooDeep +
      this.fragmentsHeld +
      this.fragmentsAgain
    );
  }
}

/** What routers said of both IP versions, as one. */
export function tooBig({ fragmentationNeeded: four, packetTooBig: six }: PacketCounts): TooBig {
  const all = new TooBig();
  all.count = four.count + six.count;
  all.frame =
    four.frame > 0 && (six.frame === 0 || four.frame < six.frame) ? four.frame : six.frame;
  const least = [four.mtuMin, six.mtuMin].filter((mtu) => mtu > 0);
  all.mtuMin = least.length > 0 ? Math.min(...least) : 0;
  return all;
}

/** Packets that were not TCP: reason in words → count, only where there were any. */
export function notTcpByReason(counts: PacketCounts): Record<string, number> {
  const reasons: Record<string, number> = {
    'cut before TCP': counts.truncated,
    malformed: counts.malformed,
    'nested too deep': counts.nestedTooDeep,
    'IP fragment': counts.fragmentsHeld,
    'IP fragment, again': counts.fragmentsAgain,
  };
  const add = (reason: string, n: number) => {
    reasons[reason] = (reasons[reason] ?? 0) + n;
  };
  for (const [type, n] of counts.byEtherType) add(etherTypeText(type), n);
  for (const [protocol, n] of counts.byIpProtocol.entries()) {
    if (n === 0) continue;
    if (protocol === IpProtocol.esp) add('ESP (encrypted)', n);
    else add(IP_PROTOCOL_NAMES[protocol] ?? `IP protocol ${protocol}`, n);
  }
  for (const [type, n] of counts.byLinkType) add(`link type ${type}`, n);
  return Object.fromEntries(Object.entries(reasons).filter(([, n]) => n > 0));
}

/** Numbers up to 1,500 are no EtherTypes but service access points of 802.2 (link.ts). */
function etherTypeText(type: number): string {
  if (type === EtherType.macsec) return 'MACsec (encrypted)';
  if (type <= IEEE_802_3_LENGTH_MAX) return SAP_NAMES[type] ?? `802.2 SAP 0x${type.toString(16)}`;
  return ETHER_TYPE_NAMES[type] ?? `EtherType 0x${type.toString(16).padStart(4, '0')}`;
}
