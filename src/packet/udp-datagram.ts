// hot: no allocation per packet
// One UDP datagram (RFC 768) that is no tunnel, as a cursor that is reused: iSNS (UDP 3205), RoCEv2
// (UDP 4791). It may have come in fragments, in tunnels, in IPv4 or IPv6.

import { asDoubles } from '../lib/double-fields.js';

const NONE = new Uint8Array(0);

export class UdpDatagram {
  bytes: Uint8Array = NONE;
  view: DataView = new DataView(NONE.buffer);
  /** Packet number from 1 (of fragments the one that made it whole), its time in ns. */
  frame = 0;
  timeNs = 0;
  /** Addresses as in Segment: four words each, IPv4 as ::ffff:a.b.c.d. */
  srcA = 0;
  srcB = 0;
  srcC = 0;
  srcD = 0;
  dstA = 0;
  dstB = 0;
  dstC = 0;
  dstD = 0;
  srcPort = 0;
  dstPort = 0;
  /** Payload in `bytes`: where, how many bytes by the lengths of UDP and IP, how many captured. */
  at = 0;
  length = 0;
  captured = 0;
  /** Where its UDP header lies; the IP header before it, -1 where fragments were joined. */
  udpAt = 0;
  ipAt = -1;
  /** DSCP (6 bits) and ECN (2 bits) of the innermost IP header, its TTL or hop limit. */
  trafficClass = 0;
  ttl = 0;
  /** Snaplen of the interface (0: none). */
  snaplen = 0;
}

/** Takes datagrams in the order of the wire. `datagram` is borrowed until the call returns. */
export interface DatagramSink {
  datagram(datagram: UdpDatagram): void;
}

asDoubles(new UdpDatagram(), ['timeNs']);
