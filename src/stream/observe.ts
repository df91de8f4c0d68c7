// What TCP did, seen from outside: round trips, retransmissions and why, windows, duplicate ACKs.
// Called off the in-order path only. The facts stand in Connection and Flow, moments go to events.

import { REORDER_DOUBLED_MAX, REORDER_GRACE_NS } from '../limits.js';
import type { Segment } from '../packet/segment.js';
import { AckTimes } from './ack-times.js';
import { ackRttNs, synRttNs } from './connection.js';
import type { AgainKind, TcpEventSink } from './events.js';
import { type Half, type Link, WINDOW_UNKNOWN } from './half-connection.js';
import { duplicateSack, hasSack, sackedBytes, timestampValue } from './options.js';
import { Resent } from './resent.js';
import { jumpLimit } from './sequence.js';

/** A retransmission this long after the first sending was the timer's (RFC 6298; Linux: 200 ms least). */
const TIMEOUT_NS = 200e6;
/** RFC 5681 3.2: the third duplicate ACK makes the sender send again at once. */
const DUPLICATES_FOR_FAST = 3;
/** Least delay of a delayed ACK (Linux 40 ms, Windows 40 to 200 ms; RFC 1122 4.2.3.2: below 500 ms). */
const DELAYED_ACK_NS = 40e6;
const DELAYED_ACK_NS_MAX = 600e6;
/** A hole filled faster than this is reordering where no round trip is known (as Wireshark has it). */
const ROUND_TRIP_UNKNOWN_NS = 3e6;

export class Observer {
  /** Segments that came when their gap had been told, or was no longer waited for: this capture's order is worse than believed. */
  tooLate = 0;
  private readonly events: TcpEventSink;

  constructor(events: TcpEventSink) {
    this.events = events;
  }

  /** `s`, from the receiver `p`, acknowledges data of `h` first seen at `sentNs`. */
  roundTrip(h: Half, p: Half, s: Segment, sentNs: number): void {
    if (h.karnSet) {
      if (((s.ack - h.karn) | 0) >= 0) h.karnSet = false;
      return;
    }
    const rttNs = s.timeNs - sentNs;
    if (rttNs < 0) return;
    const rtt = h.facts.rtt;
    if (rttNs >= DELAYED_ACK_NS && rttNs < DELAYED_ACK_NS_MAX && s.payloadLength === 0) {
      const alone = h.log.taken === 1 && h.log.waiting() === 0 && p.windowRaw > 0;
      // On a long path every ACK takes this long: the delay must stand out.
      if (alone && (rtt.count === 0 || rttNs >= 2 * rtt.minNs)) {
        p.facts.delayedAcks++;
        if (rttNs > p.facts.delayedAckNsMax) p.facts.delayedAckNsMax = rttNs;
        this.events.delayedAck(h.direction, s.frame, s.timeNs, rttNs);
      }
    }
    rtt.add(rttNs, s.timeNs, h.log.taken === 1 && h.log.waiting() === 0);
  }

  /**
   * `s` acknowledges bytes of `h` that were not told yet. Returns false where the ACK is too far
   * ahead to be believed at once.
   */
  ackAhead(h: Half, p: Half, s: Segment): boolean {
    const ack = s.ack | 0;
    if (!h.started) {
      h.facts.ackedBeforeStartBytes += (ack - h.next) | 0;
      h.next = ack;
      h.highest = ack;
      h.acked = ack;
      return true;
    }
    const far = jumpLimit(p);
    if (((ack - h.highest) | 0) > far) {
      const again = h.farAckSet && Math.abs((ack - h.farAck) | 0) <= far;
      h.farAck = ack;
      h.farAckSet = true;
      if (!again) {
        p.facts.bogusAcks++;
        return false;
      }
    }
    // Duplicate ACKs say that the receiver lacked these bytes until now, the capture still does.
    if (h.dupAcks > 0 && h.pool.count > 0 && s.timeNs > h.readyNs) h.readyNs = s.timeNs;
    h.acked = ack;
    h.ackTimes ??= new AckTimes();
    h.ackTimes.note(ack, s.timeNs, h.next);
    h.dupAcks = 0;
    h.sacked = false;
    h.log.take(ack);
    if (h.fullNs >= 0) this.windowOpened(h, s.timeNs);
    return true;
  }

  /** The receiver `p` of `h`'s data acknowledges no more than before, with no data of its own. */
  sameAck(h: Half, p: Half, s: Segment): void {
    if (((h.highest - h.acked) | 0) <= 0) return;
    const sack = hasSack(s);
    if (sack) {
      p.facts.sackAcks++;
      h.sacked = true;
    }
    // RFC 5681 section 2: the same window, too; RFC 6675 section 2: or new SACK information.
    if (s.window !== p.windowRaw && !sack) return;
    // An answer to a probe of a closed window says nothing about loss.
    if (s.window === 0) return;
    p.facts.duplicateAcks++;
    h.dupAcks++;
  }

  /** `s`, of the receiver of `h`'s data, may tell of bytes that came twice: a copy of them was needless. */
  cameTwice(h: Half, s: Segment): void {
    const twice = duplicateSack(s);
    if (twice === undefined) return;
    if (h.resent?.cameTwice(twice[0], twice[1], h.facts) !== true) h.facts.doubledSacks++;
  }

  /** `s`, of the receiver of `h`'s data, has more options than most: by SACK it tells of a hole at its ACK. */
  holeTold(h: Half, s: Segment): void {
    const bytes = sackedBytes(s);
    if (bytes <= 0) return;
    const facts = h.facts;
    const seq = s.ack | 0;
    if (facts.sackHoleNs < 0 || facts.sackHoleSeq !== seq) {
      facts.sackHoleSeq = seq;
      facts.sackHoleNs = s.timeNs;
      facts.sackHoleBytes = bytes;
    } else if (bytes > facts.sackHoleBytes) facts.sackHoleBytes = bytes;
  }

  /** The opener's SYN was captured after its answer, `ns` later. */
  synAfterAnswer(h: Half, ns: number): void {
    h.facts.seenAfterAck++;
    if (ns > h.facts.seenAfterAckNsMax) h.facts.seenAfterAckNsMax = ns;
    if (ns >= REORDER_GRACE_NS / 16) this.tooLate += REORDER_DOUBLED_MAX;
  }

  /** New data of `h` that its receiver had acknowledged already, as the capture has it. */
  seenAfterAck(h: Half, s: Segment): void {
    const facts = h.facts;
    facts.seenAfterAck++;
    // Only what reaches that ACK proves it true: a damaged one lies ahead of all that comes.
    const behind = (h.excused - s.seq) | 0;
    if (h.excusedSet && behind > 0 && behind <= s.payloadLength) this.tooLate++;
    if (((h.graceAck - s.seq) | 0) <= 0) return;
    const ns = s.timeNs - h.graceNs;
    if (ns > facts.seenAfterAckNsMax) facts.seenAfterAckNsMax = ns;
  }

  /** `h` announces another window. */
  window(h: Half, p: Half, s: Segment, bytes: number): void {
    h.windowRaw = s.window;
    h.windowBytes = bytes;
    if (s.window === 0 && h.zeroNs < 0) {
      h.zeroNs = s.timeNs;
      h.zeroFrame = s.frame;
      h.facts.zeroWindows++;
    } else if (s.window > 0 && h.zeroNs >= 0) this.zeroOver(h, p, s.timeNs);
    if (p.fullNs >= 0 && ((p.highest - p.acked) | 0) < bytes) this.windowOpened(p, s.timeNs);
  }

  /** The zero window of `h` is over, or the connection is. */
  zeroOver(h: Half, p: Half, timeNs: number): void {
    if (h.zeroNs < 0) return;
    const ns = Math.max(0, timeNs - h.zeroNs);
    h.facts.zeroWindowNs += ns;
    if (ns > h.facts.zeroWindowNsMax) h.facts.zeroWindowNsMax = ns;
    this.events.zeroWindow(p.direction, h.zeroFrame, h.zeroNs, h.zeroNs + ns);
    h.zeroNs = -1;
  }

  /** Data of `h` fills the window of its receiver. */
  windowFilled(h: Half, s: Segment): void {
    h.fullNs = s.timeNs;
    h.fullFrame = s.frame;
    h.facts.windowFulls++;
  }

  windowOpened(h: Half, timeNs: number): void {
    const ns = Math.max(0, timeNs - h.fullNs);
    h.facts.windowFullNs += ns;
    this.events.windowFull(h.direction, h.fullFrame, h.fullNs, h.fullNs + ns);
    h.fullNs = -1;
  }

  /** No data, or one byte, just before what is next: is the other side still there? */
  keepAlive(h: Half, p: Half): void {
    if (p.zeroNs >= 0) h.facts.zeroWindowProbes++;
    else h.facts.keepAlives++;
  }

  /** A segment all of whose bytes were told already. */
  again(link: Link, h: Half, p: Half, s: Segment, seq: number, length: number): void {
    if (length === 1 && ((seq - h.highest) | 0) === -1) {
      this.keepAlive(h, p);
      return;
    }
    this.count(h, s, length);
    if (!h.facts.startKnown && ((seq - h.start) | 0) < 0) {
      h.facts.beforeStartSegments++;
      return;
    }
    this.lateBytes(h, seq, length);
    this.resent(link, h, s, seq, length, this.waitedSince(h, s, seq));
  }

  /**
   * A segment with bytes not told yet, from `from` on, before they are told or pooled. True where
   * it goes on where the data ended so far or further on, so that nothing of it can have come late.
   */
  arrived(h: Half, p: Half, s: Segment, seq: number, length: number, from: number): boolean {
    this.count(h, s, length);
    const end = (seq + length) | 0;
    const ahead = (seq + from - h.highest) | 0;
    if (((end - h.highest) | 0) > 0) {
      h.highest = end;
      h.log.push(end, s.timeNs);
      const flight = (end - h.acked) | 0;
      if (h.ackKnown && flight > h.facts.flightMax) h.facts.flightMax = flight;
      if (flight >= p.windowBytes && h.fullNs < 0 && p.windowRaw > 0) this.windowFilled(h, s);
    }
    if (ahead > 0) {
      h.facts.holes++;
      h.holeIpId = s.ipId;
      h.holeTsVal = timestampValue(s);
    }
    // The window's probe is one byte of new data; what follows begins with the same byte.
    if (p.zeroNs >= 0 && length === 1) h.facts.zeroWindowProbes++;
    return ahead >= 0 && from <= 1;
  }

  /** That segment, once sorted in: `fresh` of its bytes had not been seen before. */
  late(
    link: Link,
    h: Half,
    s: Segment,
    seq: number,
    length: number,
    fresh: number,
    openedNs: number,
  ): void {
    if (fresh === 0 || Number.isNaN(openedNs)) {
      // New data behind old: only the old was sent again.
      const old = fresh === 0 ? length : length - fresh;
      this.resent(link, h, s, seq, old, this.waitedSince(h, s, seq));
      return;
    }
    const waitedNs = Math.max(0, s.timeNs - openedNs);
    const proven = h.ackKnown && ((h.acked - seq) | 0) > 0;
    if (proven || this.overtaken(link, h, s, waitedNs)) {
      h.facts.outOfOrderSegments++;
      if (proven) h.facts.captureReordered++;
      this.tellAgain(h, s, seq, length, 'outOfOrder', waitedNs);
    } else this.resent(link, h, s, seq, length, waitedNs);
  }

  /**
   * Packets changed places: the late one was sent first, or came too soon to be sent again. Its IP identification
   * and its TSval (RFC 7323 3.2) tell whether it left before the one that opened the hole, where they differ.
   */
  private overtaken(link: Link, h: Half, s: Segment, waitedNs: number): boolean {
    if (h.ipIdVaries) {
      if (isOlder(s.ipId, h.holeIpId)) return true;
      if (isOlder(h.holeIpId, s.ipId)) return false;
    }
    const left = h.holeTsVal < 0 ? -1 : timestampValue(s);
    if (left >= 0 && left !== h.holeTsVal) return ((left - h.holeTsVal) | 0) < 0;
    return waitedNs < this.roundTripOf(link, h) && h.dupAcks < DUPLICATES_FOR_FAST;
  }

  /** The hole at the front is filled by `n` bytes of the segment that begins at `seq`. */
  holeFilled(link: Link, h: Half, s: Segment, seq: number, n: number, openedNs: number): void {
    h.facts.holesFilled++;
    const ns = Math.max(0, s.timeNs - openedNs);
    if (ns > h.facts.holeNsMax) h.facts.holeNsMax = ns;
    const position = h.facts.streamBytes;
    const again = !this.overtaken(link, h, s, ns);
    const kind = again ? this.kindOf(link, h, seq, s.payloadLength, ns) : 'outOfOrder';
    this.events.holeFilled(h.direction, s.frame, position, n, openedNs, openedNs + ns, kind);
  }

  /** Counts a segment's payload. */
  private count(h: Half, s: Segment, length: number): void {
    const facts = h.facts;
    facts.dataSegments++;
    facts.payloadBytes += length;
    if (length > facts.payloadMax) facts.payloadMax = length;
    if (length > h.superAbove) facts.superFrames++;
    h.lastDataNs = s.timeNs;
  }

  /** ns since the byte `seq` was first seen, as far as is known. */
  private waitedSince(h: Half, s: Segment, seq: number): number {
    const firstNs = h.log.firstSeen(seq);
    return Number.isNaN(firstNs) ? 0 : Math.max(0, s.timeNs - firstNs);
  }

  private resent(
    link: Link,
    h: Half,
    s: Segment,
    seq: number,
    length: number,
    waitedNs: number,
  ): void {
    const facts = h.facts;
    facts.retransmittedSegments++;
    facts.retransmittedBytes += length;
    if (waitedNs > facts.retransmissionWaitNsMax) facts.retransmissionWaitNsMax = waitedNs;
    const first = this.isFirstSending(h, s, seq, length);
    const kind = first ? 'spurious' : this.kindOf(link, h, seq, length, waitedNs);
    if (kind === 'fast') facts.retransmittedFast++;
    else if (kind === 'timeout') facts.retransmittedTimeout++;
    else if (kind === 'probe') facts.retransmittedProbe++;
    else if (kind === 'spurious') facts.retransmittedSpurious++;
    else facts.retransmittedUnknown++;
    h.karn = h.highest;
    h.karnSet = true;
    h.resent ??= new Resent();
    h.resent.note(seq, length, kind, s.ipId, timestampValue(s));
    this.tellAgain(h, s, seq, length, kind, waitedNs);
  }

  /** Its copy overtook it, as IP identification or TSval show (see `overtaken`): that was sent in vain. */
  private isFirstSending(h: Half, s: Segment, seq: number, length: number): boolean {
    if (h.resent === undefined) return false;
    const tsVal = timestampValue(s);
    const isNewer = (ipId: number, copyTsVal: number) => {
      if (h.ipIdVaries && isOlder(s.ipId, ipId)) return true;
      return tsVal >= 0 && copyTsVal >= 0 && ((tsVal - copyTsVal) | 0) < 0;
    };
    if (!h.resent.overtook(seq, length, isNewer, h.facts)) return false;
    h.facts.firstAfterCopy++;
    return true;
  }

  private kindOf(link: Link, h: Half, seq: number, length: number, waitedNs: number): AgainKind {
    if (h.ackKnown && ((h.acked - seq - length) | 0) >= 0) return 'spurious';
    const asked = h.dupAcks >= DUPLICATES_FOR_FAST || h.sacked;
    // The timer also runs out where duplicate ACKs came but the resent segment was lost again.
    if (waitedNs >= TIMEOUT_NS && !(asked && waitedNs < 2 * this.roundTripOf(link, h))) {
      return 'timeout';
    }
    if (asked) return 'fast';
    return ((seq + length) | 0) === h.highest ? 'probe' : 'unknown';
  }

  private tellAgain(
    h: Half,
    s: Segment,
    seq: number,
    length: number,
    kind: AgainKind,
    waitedNs: number,
  ): void {
    const position = h.facts.streamBytes + ((seq - h.next) | 0);
    this.events.retransmission(h.direction, s.frame, s.timeNs, position, length, kind, waitedNs);
  }

  /** Bytes of a gap that was told come after all: too late, and counted. */
  private lateBytes(h: Half, seq: number, length: number): void {
    if (!h.gaps) return;
    const from = h.facts.streamBytes + ((seq - h.next) | 0);
    for (let i = 0; i < h.gaps.length; i += 2) {
      const n = Math.min(from + length, h.gaps[i + 1]) - Math.max(from, h.gaps[i]);
      if (n <= 0) continue;
      h.facts.lateBytes += n;
      // Behind a damaged sequence number all that comes is late, and waiting longer is no help.
      if (from + length >= h.gaps[i + 1]) this.tooLate++;
    }
  }

  /** Round trip between the two ends, as far as the capture shows it. */
  private roundTripOf(link: Link, h: Half): number {
    const there = synRttNs(link.connection);
    const back = ackRttNs(link.connection);
    if (there >= 0 && back >= 0) return there + back;
    return h.facts.rtt.count > 0 ? h.facts.rtt.minNs : ROUND_TRIP_UNKNOWN_NS;
  }
}

/** True where IP identification `id` was given shortly before `other`: random ones are seldom near. */
function isOlder(id: number, other: number): boolean {
  const behind = ((other - id) << 16) >> 16;
  return id !== 0 && behind > 0 && behind < 1024;
}

/** The window of `h` in bytes: known only where both SYNs told their scale (RFC 7323 2.2). */
export function windowBytes(h: Half, p: Half, raw: number): number {
  if (!h.facts.synSeen || !p.facts.synSeen) return WINDOW_UNKNOWN;
  const scaled = h.facts.windowScale >= 0 && p.facts.windowScale >= 0;
  return scaled ? raw << Math.min(h.facts.windowScale, 14) : raw;
}
