// hot: no allocation per packet
// What the bytes of one direction of a TCP connection waited for (stream/events.ts): holes that were filled late, bytes sent
// again, a receive window that was closed or full. Waits are rare, so that the last few are enough.

import { asDoubles } from '../lib/double-fields.js';
import { TcpCause } from './task.js';

/** Waits remembered of a kind and direction: those within one PDU of 256 KiB are seldom more. */
const KEPT = 16;
const COLUMNS = 5;
const NO_CELLS = new Float64Array(0);

/** The last waits of one kind, in the order in which they ended. */
export class WaitRing {
  count = 0;
  /** When the last of all ended. */
  lastNs = -1;
  /** Most connections wait for nothing. */
  #cells = NO_CELLS;

  add(cause: number, position: number, end: number, fromNs: number, toNs: number): void {
    if (this.count === 0) this.#cells = new Float64Array(KEPT * COLUMNS);
    const c = this.#cells;
    const at = (this.count++ % KEPT) * COLUMNS;
    c[at] = cause;
    c[at + 1] = position;
    c[at + 2] = end;
    c[at + 3] = fromNs;
    c[at + 4] = toNs;
    if (toNs > this.lastNs) this.lastNs = toNs;
  }

  /** How many are remembered; 0 is the oldest of them. */
  kept(): number {
    return this.count < KEPT ? this.count : KEPT;
  }

  /** The same, and 0 where all had ended by then. */
  keptAfter(timeNs: number): number {
    return this.lastNs > timeNs ? this.kept() : 0;
  }

  cause(i: number): number {
    return this.#cells[this.#at(i)];
  }

  /** Where in the stream the bytes lie that were waited for. */
  position(i: number): number {
    return this.#cells[this.#at(i) + 1];
  }

  end(i: number): number {
    return this.#cells[this.#at(i) + 2];
  }

  fromNs(i: number): number {
    return this.#cells[this.#at(i) + 3];
  }

  toNs(i: number): number {
    return this.#cells[this.#at(i) + 4];
  }

  #at(i: number): number {
    return ((this.count - this.kept() + i) % KEPT) * COLUMNS;
  }
}

/** Of what a direction never waited for: nobody adds to it. */
const NO_WAITS = new WaitRing();

/** The waits of one direction's bytes. */
export class DirectionWaits {
  /** When the last of any kind ended. */
  lastNs = -1;
  /** The last hole that was filled: bytes behind it were readable at filledNs. */
  serial = 0;
  position = 0;
  end = 0;
  openedNs = 0;
  filledNs = -1;
  holes = NO_WAITS;
  /** Bytes that were captured twice, since the receiver had lost the first. */
  resent = NO_WAITS;
  /** The sender might not send: the receiver's window was zero, or full. */
  zero = NO_WAITS;
  full = NO_WAITS;

  holeFilled(cause: number, position: number, end: number, openedNs: number, toNs: number): void {
    this.serial++;
    this.position = position;
    this.end = end;
    this.openedNs = openedNs;
    this.filledNs = toNs;
    if (this.holes === NO_WAITS) this.holes = new WaitRing();
    this.holes.add(cause, position, end, openedNs, toNs);
    if (toNs > this.lastNs) this.lastNs = toNs;
  }

  sentAgain(position: number, end: number, fromNs: number, toNs: number): void {
    if (this.resent === NO_WAITS) this.resent = new WaitRing();
    this.resent.add(TcpCause.retransmission, position, end, fromNs, toNs);
    if (toNs > this.lastNs) this.lastNs = toNs;
  }

  held(cause: number, fromNs: number, toNs: number): void {
    this.#ringOf(cause).add(cause, 0, 0, fromNs, toNs);
    if (toNs > this.lastNs) this.lastNs = toNs;
  }

  #ringOf(cause: number): WaitRing {
    if (cause === TcpCause.zeroWindow) {
      if (this.zero === NO_WAITS) this.zero = new WaitRing();
      return this.zero;
    }
    if (this.full === NO_WAITS) this.full = new WaitRing();
    return this.full;
  }
}

asDoubles(new WaitRing(), ['lastNs']);
asDoubles(new DirectionWaits(), ['lastNs', 'openedNs', 'filledNs', 'position', 'end']);
