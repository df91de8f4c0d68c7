// hot: no allocation per packet
// Captured packet → TCP segment (RFC 9293 3.1), in one reused cursor. Everything else is counted.

import type { Packet, PacketSink } from '../capture/packet.js';
import { assert } from '../lib/assert.js';
import { PACKET_BYTES_MAX, PACKET_LAYERS_MAX } from '../limits.js';
import type { ProblemLog } from '../problem.js';
import {
  ICMP_BYTES,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_UNREACHABLE,
  ICMPV6_PACKET_TOO_BIG,
  icmp,
  icmpv6,
} from '../wire/net/icmp.js';
import { IpProtocol } from '../wire/net/ipv4.js';
import { LinkType } from '../wire/net/linktype.js';
import { TCP_BYTES_MIN } from '../wire/net/tcp.js';
import { Aside, type AsideSinks } from './aside.js';
import { PacketCounts } from './counts.js';
import type { Datagram } from './datagram.js';
import { esp } from './esp.js';
import { FragmentStore, type FragmentWatch, type MissingWhy } from './fragments.js';
import {
  authentication,
  byProtocol,
  extension,
  fragmentHeader,
  ipv4,
  ipv6,
  routing,
} from './ip.js';
import { ethernet, ipByVersion, link, llc, mpls, ppp, pppoe, typed } from './link.js';
import { plain } from './plain.js';
import { Segment, type SegmentSink } from './segment.js';
import { fabricPath, macsec, nsh, trill } from './shim.js';
import { PacketTrouble } from './trouble.js';
import { etherIp, gre } from './tunnel.js';
import { l2tpInIp, udp } from './udp-tunnel.js';
import { Unreachables } from './unreachable.js';
import { Layer, lacks, malformed, Walk } from './walk.js';

/** A bare ACK of 54 bytes fills the least frame of 60 (IEEE 802.3) with these: without IP's length they look like data. */
const ETHERNET_PADDING_MAX = 6;

/**
 * Invariant: after each packet, counts.packets = counts.segments + counts.notTcp(). The sink gets at
 * most one segment a packet, before `packet` returns.
 */
export class PacketDecoder implements PacketSink, FragmentWatch {
  readonly counts = new PacketCounts();
  readonly unreachables = new Unreachables();
  readonly #sink: SegmentSink;
  readonly #trouble: PacketTrouble;
  readonly #segment = new Segment();
  readonly #walk = new Walk(this.#segment);
  readonly #fragments = new FragmentStore(this);
  readonly #aside: Aside;
  #frame = 0;

  constructor(sink: SegmentSink, problems: ProblemLog, aside: AsideSinks = {}) {
    this.#sink = sink;
    this.#aside = new Aside(aside);
    this.#trouble = new PacketTrouble(problems);
  }

  packet(packet: Packet): void {
    this.counts.packets++;
    if (packet.linkType === LinkType.ethernet && plain(this.#segment, packet)) {
      this.counts.segments++;
      this.#sink.segment(this.#segment);
      return;
    }
    this.#walkThrough(packet);
  }

  /** The capture is over: datagrams that are not whole are reported as missing. */
  end(): void {
    this.#fragments.end();
  }

  missing(datagram: Datagram, why: MissingWhy): void {
    this.counts.datagramsMissing++;
    this.#trouble.missing(datagram, why);
  }

  overlap(differs: boolean): void {
    this.counts.fragmentsOverlapping++;
    if (differs) this.#trouble.overlap(this.#frame);
  }

  invariants(): void {
    const { packets, segments } = this.counts;
    assert(packets === segments + this.counts.notTcp(), 'a packet was not counted');
    this.#fragments.invariants();
  }

  #walkThrough(packet: Packet): void {
    const w = this.#walk;
    const at = packet.offset;
    const captured = packet.capturedLength;
    // A record that says it was shorter than what was captured is wrong about the former; one that
    // claims gigabytes is not believed where the frame's length has to serve as IP's.
    const length = Math.min(Math.max(packet.originalLength, captured), PACKET_BYTES_MAX);
    w.bytes = packet.bytes;
    w.view = packet.view;
    w.at = at;
    w.end = at + captured;
    w.wire = at + length;
    w.jumbo = false;
    w.beyondFrame = false;
    w.lengthUntold = false;
    this.#frame = packet.frame;
    let layer = link(w, packet.linkType);
    for (let layers = 0; layers < PACKET_LAYERS_MAX; layers++) {
      layer = this.#step(w, layer, packet);
      if (layer >= Layer.delivered) break;
    }
    if (w.beyondFrame) this.counts.beyondFrame++;
    if (layer !== Layer.delivered) this.#stopped(w, layer, packet);
  }

  #step(w: Walk, layer: number, packet: Packet): number {
    switch (layer) {
      case Layer.tcp:
        return this.#tcp(w, packet);
      case Layer.ipv4:
        return ipv4(w);
      case Layer.ipv6:
        return ipv6(w);
      case Layer.ethernet:
        return ethernet(w);
      case Layer.udp:
        return this.#udp(w, packet);
      case Layer.gre:
        return gre(w);
      case Layer.extension:
        return extension(w);
      case Layer.routing:
        return routing(w);
      case Layer.authentication:
        return authentication(w);
      case Layer.fragmentHeader:
        return fragmentHeader(w);
      case Layer.fragment:
        return this.#fragment(w, packet);
      case Layer.mpls:
        return mpls(w);
      case Layer.ppp:
        return ppp(w);
      case Layer.pppoe:
        return pppoe(w);
      case Layer.llc:
        return llc(w);
      case Layer.etherIp:
        return etherIp(w);
      case Layer.icmp:
        return this.#icmp(w, packet);
      case Layer.icmpv6:
        return this.#icmpv6(w, packet);
      default:
        return rare(w, layer);
    }
  }

  #tcp(w: Walk, packet: Packet): number {
    const at = w.at;
    const end = w.end;
    if (at + TCP_BYTES_MIN > end) return lacks(w, TCP_BYTES_MIN, 'TCP header');
    const bytes = w.bytes;
    const view = w.view;
    const header = (bytes[at + 12] >> 4) << 2;
    if (header < TCP_BYTES_MIN) return malformed(w, 'TCP data offset under 5 words');
    const payload = at + header;
    if (payload > w.wire) return malformed(w, 'TCP data offset beyond the end of its IP packet');
    const s = this.#segment;
    s.bytes = bytes;
    s.view = view;
    s.frame = packet.frame;
    s.timeNs = packet.timeNs;
    s.snaplen = packet.snaplen;
    s.srcPort = view.getUint16(at);
    s.dstPort = view.getUint16(at + 2);
    s.seq = view.getUint32(at + 4);
    s.ack = view.getUint32(at + 8);
    s.flags = bytes[at + 13];
    s.window = view.getUint16(at + 14);
    s.tcpOffset = at;
    s.optionsOffset = at + TCP_BYTES_MIN;
    const length = w.wire - payload;
    s.payloadLength = w.lengthUntold && length <= ETHERNET_PADDING_MAX ? 0 : length;
    if (payload <= end) {
      s.optionsLength = header - TCP_BYTES_MIN;
      s.payloadOffset = payload;
      s.payloadCaptured = Math.min(end - payload, s.payloadLength);
    } else {
      this.counts.optionsCut++;
      s.optionsLength = end - at - TCP_BYTES_MIN;
      s.payloadOffset = end;
      s.payloadCaptured = 0;
    }
    this.counts.segments++;
    s.lengthUntold = w.lengthUntold;
    this.#sink.segment(s);
    // The plain road, which never meets one, shares the cursor.
    s.lengthUntold = false;
    return Layer.delivered;
  }

  #udp(w: Walk, packet: Packet): number {
    const at = w.at;
    const next = udp(w);
    if (next === Layer.stopProtocol) this.#aside.udp(w, at, packet);
    return next;
  }

  /** Only what may lead to TCP is joined, or to UDP. */
  #fragment(w: Walk, packet: Packet): number {
    const protocol = w.code;
    const next = byProtocol(w, protocol);
    if (next === Layer.icmp || next === Layer.icmpv6) {
      w.code = protocol;
      return Layer.stopProtocol;
    }
    if (next > Layer.delivered) return next;
    return this.#fragments.add(w, packet.timeNs, packet.frame);
  }

  /** RFC 1191 4: the next hop's MTU stands in the last two bytes of the header. */
  #icmp(w: Walk, packet: Packet): number {
    const at = w.at;
    if (at + ICMP_BYTES <= w.end) {
      if (w.bytes[at] === ICMP_UNREACHABLE && w.bytes[at + 1] === ICMP_FRAGMENTATION_NEEDED) {
        const mtu = w.view.getUint16(at + icmp.nextHopMtu.byte);
        this.counts.fragmentationNeeded.add(this.#frame, mtu);
        this.unreachables.big(w, packet.timeNs, packet.frame);
      }
      this.unreachables.icmp(w, packet.timeNs, packet.frame);
    }
    w.code = IpProtocol.icmp;
    return Layer.stopProtocol;
  }

  #icmpv6(w: Walk, packet: Packet): number {
    const at = w.at;
    if (at + ICMP_BYTES <= w.end) {
      if (w.bytes[at] === ICMPV6_PACKET_TOO_BIG) {
        this.counts.packetTooBig.add(this.#frame, w.view.getUint32(at + icmpv6.mtu.byte));
        this.unreachables.big(w, packet.timeNs, packet.frame);
      }
      this.unreachables.icmpv6(w, packet.timeNs, packet.frame);
    }
    w.code = IpProtocol.icmpv6;
    return Layer.stopProtocol;
  }

  #stopped(w: Walk, layer: number, packet: Packet): void {
    const counts = this.counts;
    switch (layer) {
      case Layer.stopProtocol:
        counts.ipProtocolOther++;
        counts.byIpProtocol[w.code]++;
        return;
      case Layer.stopEtherType:
        this.#aside.etherType(w, packet);
        counts.etherTypeOther++;
        counts.byEtherType.set(w.code, (counts.byEtherType.get(w.code) ?? 0) + 1);
        return;
      case Layer.stopTruncated:
        counts.truncated++;
        this.#trouble.truncated(w, packet);
        return;
      case Layer.stopMalformed:
        counts.malformed++;
        this.#trouble.malformed(w, packet);
        return;
      case Layer.stopEncrypted:
        counts.encrypted++;
        if (w.code === IpProtocol.esp) counts.byIpProtocol[IpProtocol.esp]++;
        else counts.byEtherType.set(w.code, (counts.byEtherType.get(w.code) ?? 0) + 1);
        return;
      case Layer.stopLinkType:
        counts.linkTypeUnknown++;
        counts.byLinkType.set(w.code, (counts.byLinkType.get(w.code) ?? 0) + 1);
        if (!this.#aside.linkType(w, packet)) this.#trouble.linkType(w.code, packet.frame);
        return;
      case Layer.stopFragmentHeld:
        counts.fragmentsHeld++;
        return;
      case Layer.stopFragmentAgain:
        counts.fragmentsAgain++;
        return;
      default:
        counts.nestedTooDeep++;
        this.#trouble.tooDeep(packet);
        return;
    }
  }
}

/** The layers that few captures have. */
function rare(w: Walk, layer: number): number {
  switch (layer) {
    case Layer.ip:
      return ipByVersion(w);
    case Layer.link:
      return link(w, w.code);
    case Layer.etherType:
      return typed(w, w.code);
    case Layer.macsec:
      return macsec(w);
    case Layer.trill:
      return trill(w);
    case Layer.fabricPath:
      return fabricPath(w);
    case Layer.nsh:
      return nsh(w);
    case Layer.esp:
      return esp(w);
    case Layer.l2tp:
      return l2tpInIp(w);
    default:
      return layer;
  }
}
