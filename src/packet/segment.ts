// hot: no allocation per packet
// One TCP segment, as a cursor that is reused. Addresses are four 32-bit big-endian words each,
// IPv4 as ::ffff:a.b.c.d (words 0, 0, 0xffff, address). Words are kept signed (`| 0`): only
// equality matters to the road, and small integers do not allocate.

import { asDoubles } from '../lib/double-fields.js';

const NONE = new Uint8Array(0);

export class Segment {
  bytes: Uint8Array = NONE;
  view: DataView = new DataView(NONE.buffer);
  /** Packet number from 1, and its time in ns since the capture's first packet. */
  frame = 0;
  timeNs = 0;
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
  /** Unsigned 32 bits. */
  seq = 0;
  ack = 0;
  /** TCP flags, the low 8 bits: CWR ECE URG ACK PSH RST SYN FIN. */
  flags = 0;
  /** As in the header, not scaled. */
  window = 0;
  /** Where the TCP header begins in `bytes`: the tables of wire/net/tcp.ts read the rest of it there. */
  tcpOffset = 0;
  /** TCP options in `bytes`: where, and how many were captured. */
  optionsOffset = 0;
  optionsLength = 0;
  /** Payload in `bytes`: where, how many bytes of sequence space (by IP's length), how many captured. */
  payloadOffset = 0;
  payloadLength = 0;
  payloadCaptured = 0;
  /** IP said length 0 (segmentation offload): the frame's length was taken. */
  lengthUntold = false;
  /** Snaplen of the interface (0: none). */
  snaplen = 0;
  /** IPv4 identification (0 for IPv6) and TTL or hop limit: tell a mirror's copy from a retransmission. */
  ipId = 0;
  ttl = 0;
  /** DSCP (6 bits) and ECN (2 bits) of the innermost IP header. */
  trafficClass = 0;
}

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const URG = 0x20;

/** Takes TCP segments. `segment` is borrowed until the call returns. */
export interface SegmentSink {
  segment(segment: Segment): void;
}

asDoubles(new Segment(), ['timeNs', 'seq', 'ack']);
