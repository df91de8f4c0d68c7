// Questions about where a direction stands: what is next, what is too far, what has to wait.

import {
  HOLE_BYTES_MAX,
  POOL_BYTES_PER_DIRECTION,
  POOL_STRETCHES_MAX,
  SEQUENCE_JUMP_BYTES,
} from '../limits.js';
import { type Half, WINDOW_UNKNOWN } from './half-connection.js';
import type { Pool } from './out-of-order-queue.js';

/** The first byte of a stream joined in the middle. */
export function start(h: Half, seq: number): void {
  h.started = true;
  h.start = seq;
  h.facts.startSeq = seq;
  h.next = seq;
  h.highest = seq;
}

/** How far a segment or an ACK may jump without further proof; `p` is the data's receiver. */
export function jumpLimit(p: Half): number {
  if (p.windowBytes === WINDOW_UNKNOWN) return SEQUENCE_JUMP_BYTES;
  return Math.min(Math.max(SEQUENCE_JUMP_BYTES, 4 * p.windowBytes), HOLE_BYTES_MAX);
}

/** True where all that a packet acknowledges was told, or is no longer waited for. */
export function mayTell(ack: number, p: Half): boolean {
  const ahead = (ack - p.next) | 0;
  if (ahead <= 0) return true;
  // Bytes that are missing are not waited for, but those that wait behind them are.
  if (p.excusedSet && ((ack - p.excused) | 0) <= 0) {
    if (p.pool.count === 0 || ((ack - p.pool.head().seq) | 0) <= 0) return true;
  }
  // An ACK that is not believed is not waited for.
  return ahead > ((p.acked - p.next) | 0);
}

export function full(pool: Pool, more: number): boolean {
  return pool.bytes + more > POOL_BYTES_PER_DIRECTION || pool.count >= POOL_STRETCHES_MAX;
}

export function ready(h: Half, p: Half): boolean {
  if (h.pool.count === 0) return false;
  const head = h.pool.head();
  return head.seq === h.next && mayTell(head.ack, p);
}

export function overdue(h: Half, timeNs: number): boolean {
  return timeNs >= h.graceEndNs;
}

/** Of two that wait: what is ready, then what has a hole, then what waits for the other's bytes. */
export function rank(h: Half, p: Half): number {
  if (h.pool.count === 0) return 3;
  if (ready(h, p)) return 0;
  return h.pool.head().seq !== h.next ? 1 : 2;
}

/** When the next `length` bytes had come: before what follows them, and before the ACK that proves them. */
export function boundNs(h: Half, length: number, followedNs: number): number {
  const ackedNs = h.ackTimes?.since((h.next + length) | 0) ?? followedNs;
  return Math.min(ackedNs, followedNs);
}
