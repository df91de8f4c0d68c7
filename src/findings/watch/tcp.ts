// What TCP did in one direction that a command's wait is traced to: why segments came again, whether
// recovery crept from one delayed ACK to the next, and whether one segment never got through.

import { WATCHED_CONNECTIONS_MAX } from '../../limits.js';
import type { Pdu } from '../../pdu/pdu.js';
import { flowOf } from '../../stream/connection.js';
import type { AgainKind } from '../../stream/events.js';
import { entry, keepFrame, Occurrences } from '../groups.js';
import type { Watched, WatchKind } from '../watch.js';

/** A delayed ACK waits 40 to 500 ms (Linux 40, Windows 200, RFC 1122 4.2.3.2: below 500). */
const DELAYED_NS_LEAST = 35e6;
const DELAYED_NS_MOST = 550e6;
/** A retransmission timer doubles (RFC 6298 5.5); half again as long shows it. */
const BACKED_OFF = 1.5;
/** Segments sent again for one reason come together: nearer than this they are one round. */
const ROUND_NS = 5e6;

/** A sender that was only waiting for an ACK goes on so soon: scheduling takes less. */
const AT_ONCE_NS = 2e6;

/** A segment that is sent again and again. */
export class StuckSegment {
  readonly position: number;
  readonly length: number;
  /** First sending; how often it came again, with how many pauses that had grown; the last time. */
  readonly firstNs: number;
  times = 0;
  doubled = 0;
  lastNs = -1;
  readonly frames: number[] = [];
  /** Packets of the other side when it was first sent again, and since. */
  peerBefore = 0;
  peerSince = 0;
  /** What its receiver said by SACK that came behind it: bytes of the longest stretch, 0 nothing. */
  behindBytes = 0;

  constructor(position: number, length: number, firstNs: number) {
    this.position = position;
    this.length = length;
    this.firstNs = firstNs;
  }
}

export class TcpWatch {
  readonly direction: number;
  /** Segments sent again, and why (as TCP's events call it). */
  readonly again: Map<AgainKind, number> = new Map();
  /** The longest wait of one that was sent again, and its packet. */
  waitNsMax = 0;
  waitFrame = 0;
  /** Recovery one segment at a time, each a delayed ACK after the one before: the longest run. */
  readonly creeping: Occurrences = new Occurrences();
  creepingSegments = 0;
  creepingNs = 0;
  /** Late ACKs after which the sender went on at once: it had waited for them. */
  readonly delayedAcks: Occurrences = new Occurrences();
  /** How long it had waited for them, in all. */
  delayedNs = 0;
  /** The last of these ACKs, should it turn out to be one, and how late it was. */
  ackFrame = 0;
  ackLateNs = 0;
  readonly zeroWindows: Occurrences = new Occurrences();
  readonly fullWindows: Occurrences = new Occurrences();
  fullNs = 0;
  fullNsMax = 0;
  #roundNs: number;
  #end: number;
  #run: number;
  #runFromNs: number;
  #runFrames: number[];
  #waitedNs: number;
  #again: StuckSegment;
  #worst: StuckSegment;

  constructor(direction: number) {
    this.direction = direction;
    this.#roundNs = -1;
    this.#end = -1;
    this.#run = 0;
    this.#runFromNs = -1;
    this.#runFrames = [];
    this.#waitedNs = 0;
    this.#again = new StuckSegment(-1, 0, -1);
    this.#worst = this.#again;
  }

  retransmission(
    frame: number,
    timeNs: number,
    position: number,
    length: number,
    kind: AgainKind,
    waitedNs: number,
  ): void {
    this.again.set(kind, (this.again.get(kind) ?? 0) + 1);
    if (kind === 'outOfOrder' || kind === 'spurious') return;
    if (waitedNs > this.waitNsMax) {
      this.waitNsMax = waitedNs;
      this.waitFrame = frame;
    }
    this.#creep(frame, timeNs, position, length, timeNs - waitedNs);
    this.#stuck(frame, timeNs, position, length, waitedNs);
  }

  /** Packets that the other side had sent at a retransmission. */
  heard(packets: number): void {
    const one = this.#again;
    if (one.times <= 1) one.peerBefore = packets;
    one.peerSince = packets - one.peerBefore;
  }

  /** By then the receiver told of a hole at `position`, and of so many bytes behind it. */
  behind(position: number, bytes: number): void {
    const one = this.#again;
    // Of a stream beyond 4 GiB sequence numbers have gone round.
    if (((one.position - position) | 0) === 0 && bytes > one.behindBytes) one.behindBytes = bytes;
  }

  /** The segment that was sent again most often in a row. */
  stuckest(): StuckSegment {
    return this.#again.times > this.#worst.times ? this.#again : this.#worst;
  }

  /** The sender went on at once after the last late ACK. */
  heldBack(ackedNs: number): void {
    this.delayedAcks.saw(this.ackFrame, ackedNs);
    this.delayedNs += this.ackLateNs;
  }

  windowFull(frame: number, fromNs: number, toNs: number): void {
    const ns = toNs - fromNs;
    this.fullNs += ns;
    if (ns > this.fullNsMax) this.fullNsMax = ns;
    this.fullWindows.saw(frame, fromNs);
  }

  /**
   * The next segment, a delayed ACK later; several at once are a sender that does not creep. It was
   * lost together with the first: one first sent later is another loss.
   */
  #creep(frame: number, timeNs: number, position: number, length: number, sentNs: number): void {
    const pause = timeNs - this.#roundNs;
    const further =
      position >= this.#end && sentNs <= (this.#run > 0 ? this.#runFromNs : this.#roundNs);
    if (pause < ROUND_NS) this.#run = 0;
    else if (further && pause >= DELAYED_NS_LEAST && pause <= DELAYED_NS_MOST) {
      if (this.#run === 0) {
        this.#runFromNs = this.#roundNs;
        this.#runFrames = [];
      }
      this.#run++;
      if (this.#runFrames.length < 20) this.#runFrames.push(frame);
      this.#longest(timeNs);
    } else this.#run = 0;
    this.#roundNs = timeNs;
    this.#end = position + length;
  }

  #longest(timeNs: number): void {
    if (this.#run <= this.creepingSegments) return;
    this.creepingSegments = this.#run;
    this.creepingNs = timeNs - this.#runFromNs;
    this.creeping.firstNs = this.#runFromNs;
    this.creeping.lastNs = timeNs;
    this.creeping.showFrames(this.#runFrames);
  }

  #stuck(frame: number, timeNs: number, position: number, length: number, waitedNs: number): void {
    if (position !== this.#again.position) {
      if (this.#again.times > this.#worst.times) this.#worst = this.#again;
      this.#again = new StuckSegment(position, length, timeNs - waitedNs);
      this.#waitedNs = 0;
    }
    const one = this.#again;
    const stepNs = one.times === 0 ? waitedNs : timeNs - one.lastNs;
    if (one.times > 0 && stepNs >= this.#waitedNs * BACKED_OFF) one.doubled++;
    this.#waitedNs = stepNs;
    one.times++;
    one.lastNs = timeNs;
    keepFrame(one.frames, frame);
  }
}

/** By direction. */
class TcpWatches {
  readonly byDirection: Map<number, TcpWatch> = new Map();
  readonly #watched: Watched;
  /** The last delayed ACK: of which direction, when, and for whom. */
  #ackedDirection: number;
  #ackedNs: number;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#ackedDirection = -1;
    this.#ackedNs = 0.5; // a double from the start (lib/double-fields.ts)
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
    const watch = this.#of(direction);
    if (watch === undefined) return;
    watch.retransmission(frame, timeNs, position, length, kind, waitedNs);
    const connection = this.#watched.look?.story(direction >> 1)?.connection;
    if (connection === undefined) return;
    watch.heard(flowOf(connection, direction ^ 1).packets);
    const { sackHoleNs, sackHoleSeq, sackHoleBytes, startSeq } = flowOf(connection, direction);
    if (sackHoleNs >= 0) watch.behind((sackHoleSeq - startSeq) | 0, sackHoleBytes);
  }

  zeroWindow(direction: number, frame: number, fromNs: number): void {
    this.#of(direction)?.zeroWindows.saw(frame, fromNs);
  }

  windowFull(direction: number, frame: number, fromNs: number, toNs: number): void {
    this.#of(direction)?.windowFull(frame, fromNs, toNs);
  }

  delayedAck(direction: number, frame: number, timeNs: number, waitedNs: number): void {
    const watch = this.#of(direction);
    if (watch === undefined) return;
    watch.ackFrame = frame;
    watch.ackLateNs = waitedNs;
    this.#ackedDirection = direction;
    this.#ackedNs = timeNs;
  }

  /** What its sender had held back until the delayed ACK came: it waited for it. */
  pdu(pdu: Pdu): void {
    if (pdu.direction !== this.#ackedDirection) return;
    const ns = pdu.endNs - this.#ackedNs;
    if (ns < 0) return;
    if (ns < AT_ONCE_NS) {
      const watch = this.#of(this.#ackedDirection);
      if (watch !== undefined) watch.heldBack(this.#ackedNs);
    }
    this.#ackedDirection = -1;
  }

  #of(direction: number): TcpWatch | undefined {
    const make = () => new TcpWatch(direction);
    return entry(this.byDirection, direction, WATCHED_CONNECTIONS_MAX, make);
  }
}

export const tcpWatches: WatchKind<TcpWatches> = {
  name: 'what TCP did',
  make: (watched) => new TcpWatches(watched),
};
