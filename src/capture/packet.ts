// hot: no allocation per packet
// One captured packet, as a cursor that is reused: all it points to is borrowed and valid until
// the callback returns.

import { asDoubles } from '../lib/double-fields.js';

const NONE = new Uint8Array(0);

export class Packet {
  /** The window that holds the packet, and a view over the same bytes. */
  bytes: Uint8Array = NONE;
  view: DataView = new DataView(NONE.buffer);
  /** Where the packet's first byte lies in `bytes`. */
  offset = 0;
  /** Bytes captured, and bytes that were on the wire. */
  capturedLength = 0;
  originalLength = 0;
  /** Nanoseconds since the capture's first packet (negative for an older one). */
  timeNs = 0;
  /** Number of the packet, from 1, over all files in time order. */
  frame = 0;
  /** LINKTYPE_ value, without the FCS bits. */
  linkType = 1;
  /** Snaplen of the packet's interface, 0 where there is none. */
  snaplen = 0;
  /** Which file (index) and where in it (offset of the packet's bytes; -1 on a pipe or compressed). */
  file = 0;
  fileOffset = -1;
  /** The sink's `plain` was asked, and did not take it. */
  refused = false;
}

/** Takes packets. `packet` is borrowed until the call returns. */
export interface PacketSink {
  packet(packet: Packet): void;
  /** Where packets of Ethernet may be tried first, as they lie in the window. */
  readonly plain?: PlainSink;
  /** `plain` took `count` packets since, the last one at `timeNs`. */
  plainTook?(count: number, timeNs: number): void;
}

/** Takes what is plain of the packets of Ethernet, with neither a cursor nor a stage between. */
export interface PlainSink {
  /** True where it was taken; else nothing has changed, and it must come as a Packet. */
  take(
    bytes: Uint8Array,
    view: DataView,
    at: number,
    capturedLength: number,
    originalLength: number,
    timeNs: number,
    frame: number,
  ): boolean;
}

/** How far a lane has come: moved on by its reader while it delivers plain packets on its own. */
export class Delivery {
  /** The capture's epoch; only packets before `untilNs` may be delivered, none older than `timeNs`. */
  epochSeconds = 0;
  epochNanoseconds = 0;
  untilNs = 0;
  /** Of the last packet delivered. */
  timeNs = 0;
  frame = 0;
  /** Of the packets delivered by the last call. */
  capturedBytes = 0;
  originalBytes = 0;
  packetsTruncated = 0;
  /** What was captured of the longest of these. */
  cutLength = 0;

  /** The last packet delivered, and what this call's amount to. */
  moved(
    timeNs: number,
    frame: number,
    capturedBytes: number,
    originalBytes: number,
    packetsTruncated: number,
  ): void {
    this.timeNs = timeNs;
    this.frame = frame;
    this.capturedBytes = capturedBytes;
    this.originalBytes = originalBytes;
    this.packetsTruncated = packetsTruncated;
  }
}

asDoubles(new Packet(), ['timeNs', 'fileOffset']);
asDoubles(new Delivery(), ['untilNs', 'timeNs']);
