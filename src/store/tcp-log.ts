// What TCP did, kept to be shown beside the commands it delayed: retransmissions, holes that were
// filled, closed windows, late ACKs. Bounded: what does not fit is counted.

import { TCP_EVENTS_KEPT } from '../limits.js';
import type { AgainKind, TcpEventSink } from '../stream/events.js';

export type TcpEventKind =
  | 'retransmission'
  | 'out of order'
  | 'hole filled'
  | 'zero window'
  | 'window full'
  | 'delayed ACK';

export interface TcpEvent {
  readonly kind: TcpEventKind;
  /** Of the bytes that were sent again, waited for, or held back (stream/sink.ts). */
  readonly direction: number;
  /** The packet that ended the wait. */
  readonly frame: number;
  /** The wait, as ns since the capture's first packet. */
  readonly fromNs: number;
  readonly toNs: number;
  /** Position in the direction's bytes, and how many: retransmissions and holes; -1 and 0 elsewhere. */
  readonly position: number;
  readonly bytes: number;
  /** Retransmissions: why (stream/events.ts). */
  readonly why?: AgainKind;
}

/** Invariant: events are in the order in which they were told, by the end of their wait. */
export class TcpLog implements TcpEventSink {
  readonly events: TcpEvent[] = [];
  dropped = 0;
  readonly #last: boolean;

  /** `last`: where not all can be kept the last ones are, else the first. */
  constructor(last = false) {
    this.#last = last;
  }

  retransmission(
    direction: number,
    frame: number,
    timeNs: number,
    position: number,
    bytes: number,
    why: AgainKind,
    waitedNs: number,
  ): void {
    const kind = why === 'outOfOrder' ? 'out of order' : 'retransmission';
    const fromNs = timeNs - Math.max(0, waitedNs);
    this.#keep({ kind, direction, frame, fromNs, toNs: timeNs, position, bytes, why });
  }

  holeFilled(
    direction: number,
    frame: number,
    position: number,
    bytes: number,
    fromNs: number,
    toNs: number,
  ): void {
    this.#keep({ kind: 'hole filled', direction, frame, fromNs, toNs, position, bytes });
  }

  zeroWindow(direction: number, frame: number, fromNs: number, toNs: number): void {
    this.#keep({ kind: 'zero window', direction, frame, fromNs, toNs, position: -1, bytes: 0 });
  }

  windowFull(direction: number, frame: number, fromNs: number, toNs: number): void {
    this.#keep({ kind: 'window full', direction, frame, fromNs, toNs, position: -1, bytes: 0 });
  }

  delayedAck(direction: number, frame: number, toNs: number, waitedNs: number): void {
    const fromNs = toNs - waitedNs;
    this.#keep({ kind: 'delayed ACK', direction, frame, fromNs, toNs, position: -1, bytes: 0 });
  }

  /** Events of a connection whose wait overlaps the time from `fromNs` to `toNs`, oldest first. */
  during(connection: number, fromNs: number, toNs: number): TcpEvent[] {
    const found = this.events.filter(
      (e) => e.direction >> 1 === connection && e.toNs >= fromNs && e.fromNs <= toNs,
    );
    return found.sort((a, b) => a.toNs - b.toNs || a.frame - b.frame);
  }

  #keep(event: TcpEvent): void {
    if (this.events.length >= TCP_EVENTS_KEPT) {
      if (!this.#last) {
        this.dropped++;
        return;
      }
      this.dropped += this.events.splice(0, TCP_EVENTS_KEPT >> 2).length;
    }
    this.events.push(event);
  }
}
