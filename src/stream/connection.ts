// One TCP connection: who, when, and what TCP did, as plain facts. The stream stage fills them; all
// that follows reads them. Times are ns since the capture's first packet, -1 for "never seen";
// everything else is a count from 0 unless its comment says otherwise.

import { addressText as address, endText } from '../lib/address.js';
import { asDoubles } from '../lib/double-fields.js';
import { RttSeries } from './rtt.js';

/** A is the opener: who sent the SYN, or who was seen first where no SYN was captured. */
export type Side = 'a' | 'b';

/** How a connection ended: `open` at the end of the capture; `reused` and `evicted` by us. */
export type CloseHow = 'open' | 'fin' | 'rst' | 'reused' | 'evicted';

/** What one side sent, and what the other side's answers say about it. */
export class Flow {
  /** Packets and payload bytes as captured (lengths by IP), a mirror's copies not counted. */
  packets = 0;
  payloadBytes = 0;
  /** Segments that carried payload. */
  dataSegments = 0;
  /** Bytes of the stream handed on so far, gaps included: the position of the next byte. */
  streamBytes = 0;
  /** Of these: in gaps, by reason (sink.ts). */
  missingBytes = 0;
  missingGaps = 0;
  cutBytes = 0;
  cutGaps = 0;
  /** Of the missing: acknowledged by the receiver, so the capture lost them, not the network. */
  ackedUnseenBytes = 0;
  /**
   * Of the missing: never acknowledged, though the receiver was heard after what follows them came: they
   * were lost on the way before the capture point, not by the capture.
   */
  lostBytes = 0;
  /** The packet behind the first such hole. */
  lostNs = -1;
  lostFrame = 0;
  /** Of the longest stretch that came behind such a hole: the bytes. */
  lostBehindBytes = 0;
  /**
   * The last hole of this side's bytes that its receiver told of by SACK: the sequence number it stands at
   * (signed), since when, and the bytes of the longest stretch behind it.
   */
  sackHoleSeq = 0;
  sackHoleNs = -1;
  sackHoleBytes = 0;
  /** Acknowledged before a first byte was seen: the direction was not captured, or not from the start. */
  ackedBeforeStartBytes = 0;
  /** False where the stream's first byte was not seen: bytes are counted from the first one seen. */
  startKnown = false;
  /** Sequence number of the stream's first byte (signed, as in half-connection.ts). */
  startSeq = 0;
  /** SYN's facts; mss and windowScale are -1 where no SYN was seen or it did not say. */
  synSeen = false;
  mss = -1;
  windowScale = -1;
  sackPermitted = false;
  timestamps = false;
  synRetransmitted = 0;
  /** Largest payload of one segment, and how many were above the MSS (offload's super-frames). */
  payloadMax = 0;
  superFrames = 0;
  /** Packets whose IP length was 0, as a sender that offloads segmentation captures its own. */
  lengthsUntold = 0;
  /** IP's TTL or hop limit: lowest and highest seen (0: none seen). */
  ttlMin = 0;
  ttlMax = 0;
  /** Segments and bytes that came again, all kinds; of the segments, by why they came again: */
  retransmittedSegments = 0;
  retransmittedBytes = 0;
  /** … after three duplicate ACKs or a SACK. */
  retransmittedFast = 0;
  /** … 200 ms or more after they were first sent. */
  retransmittedTimeout = 0;
  /** … sooner, as the last segment sent: a tail loss probe (RFC 8985 section 7). */
  retransmittedProbe = 0;
  /** … though they had been acknowledged already. */
  retransmittedSpurious = 0;
  /** … for another reason, or one the capture does not show. */
  retransmittedUnknown = 0;
  /**
   * Of these, those that were in vain, by why they were sent: the receiver got both copies, by its DSACK (RFC
   * 2883), or the first copy came later.
   */
  vainTimeout = 0;
  vainFast = 0;
  vainProbe = 0;
  vainUnknown = 0;
  /** First sendings that came after a copy of theirs. */
  firstAfterCopy = 0;
  /** DSACKs of bytes that were not seen to be sent again: the way doubles packets. */
  doubledSacks = 0;
  /** Longest time from a segment's first sending (or its hole's opening) to its retransmission. */
  retransmissionWaitNsMax = 0;
  /** Bytes that the other side acknowledged only when the connection had been closed: they had arrived. */
  ackedAfterClose = 0;
  /** Retransmissions that brought bytes of a gap already told: too late to be used. */
  lateBytes = 0;
  /** Segments that came after later ones by the network's or the capture's reordering. */
  outOfOrderSegments = 0;
  /** Of these: their bytes had been acknowledged before they were captured (the capture reordered). */
  captureReordered = 0;
  /** Segments captured after the other side's ACK of them, and how long after at most. */
  seenAfterAck = 0;
  seenAfterAckNsMax = 0;
  /** Holes in the sequence, and the longest time one stayed open before it was filled. */
  holes = 0;
  holesFilled = 0;
  holeNsMax = 0;
  /** Overlapping bytes that differed from those already waiting: the first were kept. */
  overlapDiffers = 0;
  /** This side's duplicate ACKs (RFC 5681 section 2), and its ACKs with SACK blocks. */
  duplicateAcks = 0;
  sackAcks = 0;
  /** This side's receive window was zero: times, ns in all, longest. */
  zeroWindows = 0;
  zeroWindowNs = 0;
  zeroWindowNsMax = 0;
  /** Times this side's data filled the other's window (only where both window scales are known). */
  windowFulls = 0;
  windowFullNs = 0;
  zeroWindowProbes = 0;
  keepAlives = 0;
  /** This side's ACKs of one segment that came 40 ms or more after it while the sender was idle. */
  delayedAcks = 0;
  delayedAckNsMax = 0;
  urgentSegments = 0;
  /** Most bytes sent and not yet acknowledged. */
  flightMax = 0;
  /** From this side's data to the other's ACK (Karn's rule), as seen where the capture was taken. */
  readonly rtt = new RttSeries();
  /** Data before the first byte of a stream that was joined in the middle. */
  beforeStartSegments = 0;
  /** Segments too far from the sequence to belong to it, data after the FIN, RSTs not believed. */
  straySegments = 0;
  strayBytes = 0;
  bogusRsts = 0;
  bogusAcks = 0;
  /** First FIN and first believed RST. */
  finNs = -1;
  finFrame = 0;
  rstNs = -1;
  rstFrame = 0;
  /** First and last packet. */
  firstNs = -1;
  lastNs = -1;
}

export class Connection {
  /** From 0, dense, in the order of first sight. Directions are id * 2 (A's bytes) and + 1 (B's). */
  readonly id: number;
  /** Addresses as in Segment: four words each, IPv4 as ::ffff:a.b.c.d. */
  a0 = 0;
  a1 = 0;
  a2 = 0;
  a3 = 0;
  aPort = 0;
  b0 = 0;
  b1 = 0;
  b2 = 0;
  b3 = 0;
  bPort = 0;
  /** True where A is known to be the opener (a SYN or SYN/ACK was captured). */
  openerKnown = false;
  openedNs: number;
  openedFrame: number;
  lastNs: number;
  lastFrame: number;
  /** Handshake: when its three packets were captured (the last SYN before the SYN/ACK). */
  synNs = -1;
  synAckNs = -1;
  handshakeAckNs = -1;
  /** What A and B sent. */
  readonly a = new Flow();
  readonly b = new Flow();
  /** A mirror's copies of packets: not counted anywhere else. */
  duplicatePackets = 0;
  /** Packets after the connection was closed, other than the last ACKs. */
  packetsAfterClose = 0;
  /** Who sent the first FIN or the RST; '' while nobody did. */
  closedBy: Side | '' = '';
  closedHow: CloseHow = 'open';
  /** When the first FIN or the RST was captured. */
  closedNs = -1;
  closedFrame = 0;
  /** Bytes that were known to be missing when the end was reached (holes and unseen tail). */
  closedMissingBytes = 0;
  /** Bytes of the other side that who closed had not acknowledged by then: where captured at their sender, not arrived. */
  closedUnackedBytes = 0;

  constructor(id: number, timeNs: number, frame: number) {
    this.id = id;
    this.openedNs = timeNs;
    this.openedFrame = frame;
    this.lastNs = timeNs;
    this.lastFrame = frame;
  }
}

/** What the side sent whose bytes a direction carries (see StreamSink). */
export function flowOf(connection: Connection, direction: number): Flow {
  return (direction & 1) === 0 ? connection.a : connection.b;
}

/** SYN to SYN/ACK: round trip from the capture to B and back, B's kernel included; -1 unknown. */
export function synRttNs(connection: Connection): number {
  const { synNs, synAckNs } = connection;
  return synNs >= 0 && synAckNs >= synNs ? synAckNs - synNs : -1;
}

/** SYN/ACK to ACK: round trip from the capture to A and back; -1 unknown. */
export function ackRttNs(connection: Connection): number {
  const { synAckNs, handshakeAckNs } = connection;
  return synAckNs >= 0 && handshakeAckNs >= synAckNs ? handshakeAckNs - synAckNs : -1;
}

/** "10.0.0.1:3260" or "[fe80::1]:3260" (RFC 5952). Made on demand: not for the hot road. */
export function endpointText(connection: Connection, side: Side): string {
  const c = connection;
  return side === 'a'
    ? addressPort(c.a0, c.a1, c.a2, c.a3, c.aPort)
    : addressPort(c.b0, c.b1, c.b2, c.b3, c.bPort);
}

/** The address without its port: "10.0.0.1" or "fe80::1". */
export function addressText(connection: Connection, side: Side): string {
  const c = connection;
  return side === 'a' ? address(c.a0, c.a1, c.a2, c.a3) : address(c.b0, c.b1, c.b2, c.b3);
}

function addressPort(w0: number, w1: number, w2: number, w3: number, port: number): string {
  return endText(address(w0, w1, w2, w3), port);
}

asDoubles(new Connection(0, 0, 0), [
  'openedNs',
  'lastNs',
  'closedNs',
  'synNs',
  'synAckNs',
  'handshakeAckNs',
]);
asDoubles(new Flow(), [
  'lostNs',
  'sackHoleNs',
  'firstNs',
  'lastNs',
  'finNs',
  'payloadBytes',
  'streamBytes',
  'cutBytes',
]);
