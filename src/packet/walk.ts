// hot: no allocation per packet
// The walk from a packet's first byte to its TCP header: a cursor that every layer moves on. A layer
// is a function that reads one header, moves `at` behind it and names the layer that follows.

import type { Segment } from './segment.js';

/** What comes next. From `delivered` on the walk is over. */
export const Layer = {
  tcp: 0,
  ipv4: 1,
  ipv6: 2,
  ethernet: 3,
  udp: 4,
  gre: 5,
  extension: 6,
  routing: 7,
  authentication: 8,
  fragmentHeader: 9,
  /** A fragment, described by `fragment…`: the store takes it. */
  fragment: 10,
  mpls: 11,
  ppp: 12,
  pppoe: 13,
  icmp: 14,
  icmpv6: 15,
  etherIp: 16,
  llc: 17,
  /** IP of the version that its first byte tells. */
  ip: 18,
  /** Link type and EtherType stand in `code`. */
  link: 19,
  etherType: 20,
  macsec: 21,
  trill: 22,
  fabricPath: 23,
  nsh: 24,
  esp: 25,
  l2tp: 26,
  /** The segment went to the sink. */
  delivered: 32,
  stopTruncated: 33,
  stopMalformed: 34,
  /** Not IP; `code` is the EtherType (or PPP protocol), below 1536 another kind of frame. */
  stopEtherType: 35,
  /** IP, but not TCP nor a tunnel; `code` is the protocol. */
  stopProtocol: 36,
  /** `code` is ESP's IP protocol or MACsec's EtherType. */
  stopEncrypted: 37,
  stopLinkType: 38,
  stopFragmentHeld: 39,
  stopFragmentAgain: 40,
  /** More headers, tags or labels than limits.ts allows. */
  stopTooDeep: 41,
} as const;

const NONE = new Uint8Array(0);

/**
 * Invariant: `at` never moves backwards, and nothing at or behind `end` is read. `end` is where the
 * captured bytes end, `wire` where the innermost header with a length says that its packet ends.
 */
export class Walk {
  bytes: Uint8Array = NONE;
  view: DataView = new DataView(NONE.buffer);
  at = 0;
  end = 0;
  wire = 0;
  /** Link type, EtherType, PPP protocol or IP protocol of what comes next. */
  code = 0;
  /** Where the innermost IP header lies. */
  ipAt = 0;
  /** IPv6 payload length 0 before hop-by-hop options: they may hold the jumbo length. */
  jumbo = false;
  /** The innermost IP header said length 0. */
  lengthUntold = false;
  fragmentId = 0;
  fragmentOffset = 0;
  fragmentMore = false;
  fragmentIpv6 = false;
  /** Set where a length goes beyond the frame that holds it. */
  beyondFrame = false;
  /** Why the walk stopped: the header, how many bytes it needed (0: `what` is the whole sentence). */
  what = '';
  needed = 0;
  readonly segment: Segment;

  constructor(segment: Segment) {
    this.segment = segment;
  }
}

/** The header at `at` needs more bytes than there are: cut by the capture, or never there. */
export function lacks(w: Walk, needed: number, what: string): number {
  w.what = what;
  w.needed = needed;
  return w.at + needed > w.wire ? Layer.stopMalformed : Layer.stopTruncated;
}

/** A header that contradicts itself or its standard. */
export function malformed(w: Walk, what: string): number {
  w.what = what;
  w.needed = 0;
  return Layer.stopMalformed;
}

export function otherEtherType(w: Walk, etherType: number): number {
  w.code = etherType;
  return Layer.stopEtherType;
}

export function otherProtocol(w: Walk, protocol: number): number {
  w.code = protocol;
  return Layer.stopProtocol;
}
