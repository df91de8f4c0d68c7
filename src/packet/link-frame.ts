// hot: no allocation per packet
// A frame that is neither IP nor leads to it, as a cursor that is reused: FCoE (EtherType 0x8906),
// RoCE (0x8915), Fibre Channel itself (link types 224 and 225).

import { asDoubles } from '../lib/double-fields.js';

const NONE = new Uint8Array(0);

export class LinkFrame {
  bytes: Uint8Array = NONE;
  view: DataView = new DataView(NONE.buffer);
  /** Packet number from 1, and its time in ns since the capture's first packet. */
  frame = 0;
  timeNs = 0;
  /** The EtherType before it, else -1; the link type that it is of, else -1. */
  etherType = -1;
  linkType = -1;
  /**
   * What stands behind the EtherType, or all of the packet: where, how many bytes there were on the
   * wire (Ethernet's padding and a captured FCS included), how many were captured.
   */
  at = 0;
  length = 0;
  captured = 0;
  /** Snaplen of the interface (0: none). */
  snaplen = 0;
}

/**
 * Takes frames of the kinds it names, in the order of the wire. `frame` is borrowed until the call
 * returns.
 */
export interface FrameSink {
  readonly etherTypes: ReadonlySet<number>;
  readonly linkTypes: ReadonlySet<number>;
  frame(frame: LinkFrame): void;
}

asDoubles(new LinkFrame(), ['timeNs']);
