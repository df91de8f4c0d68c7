// hot: no allocation per packet
// One captured packet, as a cursor that is reused: all it points to is borrowed and valid until
// the callback returns.

import { asDoubles } from '../lib/doubles.js';

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
}

/** Takes packets. `packet` is borrowed until the call returns. */
export interface PacketSink {
  packet(packet: Packet): void;
}

asDoubles(new Packet(), ['timeNs', 'fileOffset']);
