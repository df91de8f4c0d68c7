// What every reader of records offers: one packet after the other, pulled.

import type { Delivery, Packet, PlainSink } from './packet.js';

export interface RecordReader {
  /** The packet that next() filled; borrowed until the next call. */
  readonly packet: Packet;
  /** Its time, since 1970. Kept from the packet before where it has none of its own. */
  seconds: number;
  nanoseconds: number;
  /** False for a packet without a time of its own. */
  timed: boolean;
  /** Bytes that must be unread in the window before next() can go on. */
  needed: number;
  /** Nothing more will come. */
  done: boolean;
  /** Fills `packet`; false where more bytes are needed, or where nothing more will come. */
  next(): boolean;
  /**
   * Delivers the packets behind `packet` as long as they are in order and taken. True where the sink
   * did not take the next one.
   */
  deliver?(sink: PlainSink, delivery: Delivery): boolean;
}
