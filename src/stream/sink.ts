// What the stream stage hands on: ordered bytes and gaps, per direction of a connection.

import type { Connection } from './connection.js';

/**
 * Why bytes are not there: `cut` by snaplen (their packet was captured, their time is known) or
 * `missing` (never captured, or dropped at a bound).
 */
export type GapKind = 'cut' | 'missing';

/**
 * A direction has a small number, dense from 0: connection.id * 2 for the opener's bytes (who sent
 * the SYN, or who was seen first), + 1 for the other's. Stages keep their state in arrays by it.
 */
export interface StreamSink {
  /** A new connection; its directions are connection.id * 2 and + 1. */
  opened(connection: Connection): void;
  /**
   * `length` bytes in order, in `bytes` from `at`, borrowed until the call returns. `timeNs` is the
   * arrival of their packet, `frame` its number. `readyNs` is when the receiver could read them:
   * later than timeNs where they waited behind a hole that a retransmission filled.
   */
  data(
    direction: number,
    bytes: Uint8Array,
    view: DataView,
    at: number,
    length: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void;
  /** `length` bytes of sequence space that the capture does not hold. */
  gap(
    direction: number,
    length: number,
    kind: GapKind,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void;
  /**
   * How many of the direction's next bytes need only be counted; 0 where each is wanted. Asked after
   * data() and gap(). Absent where all bytes are wanted.
   */
  indifferent?(direction: number): number;
  /**
   * Fewer than so many bytes have passed since, told as one: `length` bytes, of which `cut` were
   * cut by snaplen; `frame` is the last packet with one of them, `readyNs` when all could be read.
   */
  passed?(direction: number, length: number, cut: number, frame: number, readyNs: number): void;
  /** No more bytes will come in this direction (FIN, RST, port reused, end of the capture). */
  ended(direction: number, timeNs: number, frame: number): void;
  /** Both directions are done; the connection's facts are final. */
  closed(connection: Connection): void;
}
