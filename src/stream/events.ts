// What TCP did at one moment, told off the in-order path, so that a command's wait can be traced to
// it. Positions are offsets in the direction's bytes as the framer counts them: 0 is the first byte
// handed on, gaps count. Times are ns since the capture's first packet.

/**
 * Why a segment came again: `fast` after three duplicate ACKs or a SACK, `timeout` 200 ms or more
 * after it was first sent, `probe` the last segment sent sooner than that (a tail loss probe, RFC
 * 8985 section 7), `spurious` though it had been acknowledged, or by the first sending that its copy overtook, `unknown` otherwise.
 * `outOfOrder` is not a retransmission: packets changed places on their way.
 */
export type AgainKind = 'fast' | 'timeout' | 'probe' | 'spurious' | 'unknown' | 'outOfOrder';

export interface TcpEventSink {
  /**
   * A segment came again, or late. `waitedNs` counts from its first sending, or, where that was not
   * captured, from the opening of the hole it fills (the least it can be). `position` may lie
   * before the bytes handed on last: those PDUs were told already, but arrived only now if the
   * receiver had not acknowledged them.
   */
  retransmission(
    direction: number,
    frame: number,
    timeNs: number,
    position: number,
    length: number,
    kind: AgainKind,
    waitedNs: number,
  ): void;
  /**
   * The bytes that all later ones waited for came: from `openedNs` to `filledNs` nothing could be
   * read. `kind` says why they came late.
   */
  holeFilled(
    direction: number,
    frame: number,
    position: number,
    length: number,
    openedNs: number,
    filledNs: number,
    kind: AgainKind,
  ): void;
  /** The receiver of `direction` kept its window at zero: this direction's sender had to wait. */
  zeroWindow(direction: number, frame: number, fromNs: number, toNs: number): void;
  /** The sender of `direction` had filled the receiver's window, from the packet that did to the ACK. */
  windowFull(direction: number, frame: number, fromNs: number, toNs: number): void;
  /** One segment of `direction` waited for an ACK that came late and alone (a delayed ACK). */
  delayedAck(direction: number, frame: number, timeNs: number, waitedNs: number): void;
}

/** For who asks for no events. */
export const NO_EVENTS: TcpEventSink = {
  retransmission() {},
  holeFilled() {},
  zeroWindow() {},
  windowFull() {},
  delayedAck() {},
};

/** Tells one, then the other. */
export class BothEvents implements TcpEventSink {
  readonly #first: TcpEventSink;
  readonly #second: TcpEventSink;

  constructor(first: TcpEventSink, second: TcpEventSink) {
    this.#first = first;
    this.#second = second;
  }

  retransmission(
    direction: number,
    frame: number,
    timeNs: number,
    position: number,
    length: number,
    kind: AgainKind,
    waitedNs: number,
  ): void {
    this.#first.retransmission(direction, frame, timeNs, position, length, kind, waitedNs);
    this.#second.retransmission(direction, frame, timeNs, position, length, kind, waitedNs);
  }

  holeFilled(
    direction: number,
    frame: number,
    position: number,
    length: number,
    openedNs: number,
    filledNs: number,
    kind: AgainKind,
  ): void {
    this.#first.holeFilled(direction, frame, position, length, openedNs, filledNs, kind);
    this.#second.holeFilled(direction, frame, position, length, openedNs, filledNs, kind);
  }

  zeroWindow(direction: number, frame: number, fromNs: number, toNs: number): void {
    this.#first.zeroWindow(direction, frame, fromNs, toNs);
    this.#second.zeroWindow(direction, frame, fromNs, toNs);
  }

  windowFull(direction: number, frame: number, fromNs: number, toNs: number): void {
    this.#first.windowFull(direction, frame, fromNs, toNs);
    this.#second.windowFull(direction, frame, fromNs, toNs);
  }

  delayedAck(direction: number, frame: number, timeNs: number, waitedNs: number): void {
    this.#first.delayedAck(direction, frame, timeNs, waitedNs);
    this.#second.delayedAck(direction, frame, timeNs, waitedNs);
  }
}
