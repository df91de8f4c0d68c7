// hot: no allocation per packet
// What is not TCP and yet somebody's: handed on where the walk stopped, to who listens.

import type { Packet } from '../capture/packet.js';
import { UDP_BYTES, udpLength } from '../wire/net/udp.js';
import { type FrameSink, LinkFrame } from './link-frame.js';
import { type DatagramSink, UdpDatagram } from './udp-datagram.js';
import type { Walk } from './walk.js';

/** Who listens beside the TCP stages; nobody by default. */
export interface AsideSinks {
  readonly datagramSink?: DatagramSink;
  readonly frameSink?: FrameSink;
}

export class Aside {
  private readonly datagrams: DatagramSink | undefined;
  private readonly frames: FrameSink | undefined;
  private readonly datagram = new UdpDatagram();
  private readonly frame = new LinkFrame();

  constructor(sinks: AsideSinks) {
    this.datagrams = sinks.datagramSink;
    this.frames = sinks.frameSink;
  }

  /** The UDP header is at `at`, which the walk says is no tunnel's. */
  udp(w: Walk, at: number, packet: Packet): void {
    const payload = at + UDP_BYTES;
    if (this.datagrams === undefined || payload > w.end) return;
    const { view, segment: s } = w;
    const wire = w.wire - payload;
    const said = udpLength(view, at) - UDP_BYTES;
    // A length of 0 is that of a jumbogram, or of an offload; one that is too short is nobody's.
    if (said < 0 && said !== -UDP_BYTES) return;
    const d = this.datagram;
    d.bytes = w.bytes;
    d.view = view;
    d.frame = packet.frame;
    d.timeNs = packet.timeNs;
    d.srcA = s.srcA;
    d.srcB = s.srcB;
    d.srcC = s.srcC;
    d.srcD = s.srcD;
    d.dstA = s.dstA;
    d.dstB = s.dstB;
    d.dstC = s.dstC;
    d.dstD = s.dstD;
    d.srcPort = view.getUint16(at);
    d.dstPort = view.getUint16(at + 2);
    d.at = payload;
    d.length = said < 0 || said > wire ? wire : said;
    d.captured = Math.min(d.length, w.end - payload);
    d.udpAt = at;
    d.ipAt = w.bytes === packet.bytes ? w.ipAt : -1;
    d.trafficClass = s.trafficClass;
    d.ttl = s.ttl;
    d.snaplen = packet.snaplen;
    this.datagrams.datagram(d);
  }

  /** A frame of an EtherType that leads to no IP. */
  etherType(w: Walk, packet: Packet): void {
    if (this.frames?.etherTypes.has(w.code)) this.tell(w, packet, w.code, -1);
  }

  /** A packet of a link type that no walk reads; true where somebody does. */
  linkType(w: Walk, packet: Packet): boolean {
    if (!this.frames?.linkTypes.has(w.code)) return false;
    this.tell(w, packet, -1, w.code);
    return true;
  }

  private tell(w: Walk, packet: Packet, etherType: number, linkType: number): void {
    const f = this.frame;
    f.bytes = w.bytes;
    f.view = w.view;
    f.frame = packet.frame;
    f.timeNs = packet.timeNs;
    f.etherType = etherType;
    f.linkType = linkType;
    f.at = w.at;
    f.length = Math.max(w.wire - w.at, 0);
    f.captured = Math.max(Math.min(w.end, w.wire) - w.at, 0);
    f.snaplen = packet.snaplen;
    this.frames?.frame(f);
  }
}
