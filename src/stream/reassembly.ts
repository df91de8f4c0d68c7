// Where the sequence is not in order: what waits, what is trimmed, and when a hole is given up.
//
// Data behind a hole waits in its direction's pool until the hole is filled, or until the receiver's
// ACK proves that the bytes arrived though the capture does not have them. A capture may record an
// ACK shortly before the data, so that a proof is believed only after a grace of some packets or
// milliseconds. Until then what the receiver sent after having those bytes waits, too: a segment is
// told only after the bytes it acknowledges, so that both directions are told in the order in which
// the two ends saw them (else a command that reuses a task tag would overtake the tag's response).
//
// Overlaps: what came first is kept. Bytes that wait are compared with what comes again; bytes told
// already are gone and cannot be.

import {
  HOLE_BYTES_MAX,
  ONE_SIDED_POOL_BYTES,
  ONE_SIDED_WAIT_NS,
  POOL_BYTES_TOTAL,
  REORDER_DOUBLED_MAX,
  REORDER_GRACE_NS,
  REORDER_GRACE_PACKETS,
} from '../limits.js';
import type { Segment } from '../packet/segment.js';
import type { Teller } from './delivery.js';
import type { Half, Link } from './half-connection.js';
import type { Observer } from './observe.js';
import { PoolMemory } from './out-of-order-queue.js';
import { boundNs, full, jumpLimit, mayTell, overdue, rank, ready, start } from './sequence.js';

/** After so many packets of one side, none of the other will come. */
const SILENT_PACKETS = 256;

/**
 * Invariant: a pool whose first stretch is next in line waits for the other direction, and that one
 * is in its grace; a half is in `graces` exactly while it is in its grace, and a link in `holders`
 * exactly while a pool of it holds something.
 */
export class Holes {
  readonly memory = new PoolMemory();
  /** When the first grace ends: any connection's packet may then release it. */
  deadlineNs = Number.POSITIVE_INFINITY;
  private readonly teller: Teller;
  private readonly observer: Observer;
  /** In the order in which they began to wait: only the first need be looked at. */
  private readonly graces = new Map<Half, Link>();
  private readonly holders = new Set<Link>();

  constructor(teller: Teller, observer: Observer) {
    this.teller = teller;
    this.observer = observer;
  }

  /**
   * Payload that is not simply next: `seq` is its first byte's. Returns false where it is too far
   * away and starts a conversation of its own, so that the caller makes a new connection of it.
   */
  take(link: Link, h: Half, p: Half, s: Segment, seq: number, ack: number): boolean {
    if (!h.started) start(h, seq);
    const length = this.clipped(h, seq, s.payloadLength);
    if (length <= 0) return true;
    const d = (seq - h.next) | 0;
    const far = jumpLimit(p);
    if (d > far || d < -far) {
      const near = h.ackKnown && Math.abs((seq - h.acked) | 0) <= far;
      if (!(d > 0 && d < HOLE_BYTES_MAX && near)) {
        const again = h.straySet && h.strayEnd === seq;
        if (again && !(d > 0 && d < HOLE_BYTES_MAX)) return false;
        if (!again) return this.stray(h, seq, s.payloadLength);
      }
    }
    if (((seq + length - h.next) | 0) <= 0) this.observer.again(link, h, p, s, seq, length);
    else this.fresh(link, h, p, s, seq, length, ack);
    return true;
  }

  /** `h` is acknowledged beyond what was told of it: its grace begins. */
  prove(link: Link, h: Half, timeNs: number): void {
    // A grace that has what it waited for is over; another may begin.
    if (h.grace > 0 && ((h.graceAck - h.next) | 0) <= 0) h.grace = 0;
    if (h.grace > 0 || !h.started || ((h.acked - h.next) | 0) <= 0) return;
    if (h.pool.count === 0 && h.excusedSet && ((h.acked - h.excused) | 0) <= 0) return;
    // One more: the packet that brought the proof is counted by the same tick as later ones.
    const patience = this.patience(link, h);
    h.grace = REORDER_GRACE_PACKETS * patience + 1;
    h.graceNs = timeNs;
    h.graceEndNs = timeNs + REORDER_GRACE_NS * patience;
    h.graceAck = h.acked;
    link.waiting = true;
    this.graces.delete(h);
    this.graces.set(h, link);
    this.deadlineNs = Math.min(this.deadlineNs, h.graceEndNs);
  }

  /**
   * How many times the usual grace: doubled by whatever came after it was over. The first packets of
   * a side that was not heard of yet may all be late: two taps, two clocks.
   */
  private patience(link: Link, h: Half): number {
    const silent = h.facts.packets === 0 && link.other(h).facts.packets < SILENT_PACKETS;
    return (
      1 << (silent ? REORDER_DOUBLED_MAX : Math.min(this.observer.tooLate, REORDER_DOUBLED_MAX))
    );
  }

  /** One more packet of a link that waits. */
  tick(link: Link, timeNs: number): void {
    if (link.a.grace > 0 && (--link.a.grace === 0 || overdue(link.a, timeNs))) {
      this.expire(link, link.a, timeNs);
    }
    if (link.b.grace > 0 && (--link.b.grace === 0 || overdue(link.b, timeNs))) {
      this.expire(link, link.b, timeNs);
    }
    this.drain(link, timeNs);
  }

  /** Time has passed: graces that are over end, whichever connection's packet it was. */
  overdue(timeNs: number): void {
    this.deadlineNs = Number.POSITIVE_INFINITY;
    for (const [h, link] of this.graces) {
      if (!overdue(h, timeNs)) {
        this.deadlineNs = h.graceEndNs;
        return;
      }
      this.expire(link, h, timeNs);
    }
  }

  /** Hands on all that is in order and waits for nothing, both directions by packet number. */
  drain(link: Link, timeNs: number): void {
    const { a, b } = link;
    for (;;) {
      const fromA = ready(a, b);
      if (fromA && !(ready(b, a) && b.pool.head().frame < a.pool.head().frame))
        this.teller.tellHead(a);
      else if (ready(b, a)) this.teller.tellHead(b);
      else break;
    }
    this.reachedEnd(link, a, timeNs);
    this.reachedEnd(link, b, timeNs);
    this.prove(link, a, timeNs);
    this.prove(link, b, timeNs);
    this.settle(link);
  }

  /** No more packets: what waits is told with its gaps, in the order of the two ends. */
  flush(link: Link, timeNs: number, frame: number): void {
    const { a, b } = link;
    let missing = a.facts.missingBytes + b.facts.missingBytes;
    while (a.pool.count > 0 || b.pool.count > 0) {
      const rankA = rank(a, b);
      const rankB = rank(b, a);
      const first = rankA === rankB ? a.pool.head().frame <= b.pool.head().frame : rankA < rankB;
      const h = first ? a : b;
      if (h.pool.head().seq !== h.next) this.tellHole(h);
      else this.teller.tellHead(h);
    }
    this.tail(a, timeNs, frame);
    this.tail(b, timeNs, frame);
    missing = a.facts.missingBytes + b.facts.missingBytes - missing;
    link.connection.closedMissingBytes += missing;
    this.teller.finish(link, a, timeNs, frame);
    this.teller.finish(link, b, timeNs, frame);
    a.grace = 0;
    b.grace = 0;
    this.settle(link);
  }

  /** All before the FIN was told: the direction is over. */
  reachedEnd(link: Link, h: Half, timeNs: number): void {
    if (!h.finSeen || h.ended || h.pool.count > 0) return;
    const beyond = (h.next - h.finSeq) | 0;
    // Data after its own FIN: the FIN was not believed by the two ends, so neither here.
    if (beyond > 0) h.finSeen = false;
    if (beyond !== 0) return;
    h.next = (h.finSeq + 1) | 0;
    if (((h.next - h.highest) | 0) > 0) h.highest = h.next;
    this.teller.finish(link, h, timeNs, h.facts.finFrame);
  }

  /** Throws where the invariant is broken. */
  invariants(link: Link): void {
    for (const h of [link.a, link.b]) {
      h.pool.invariants();
      h.log.invariants();
      if (h.grace > 0 !== this.graces.has(h)) throw new Error('grace lost');
      const p = link.other(h);
      const head = h.pool.count > 0 ? h.pool.head() : undefined;
      const blocked = head && ((head.seq - h.next) | 0) <= 0;
      if (blocked && (head.seq !== h.next || p.grace === 0)) throw new Error('waits for nothing');
      if (h.started && ((h.highest - h.next) | 0) < 0) throw new Error('highest lags behind');
    }
    const waits = link.a.grace > 0 || link.b.grace > 0;
    const holds = link.a.pool.count > 0 || link.b.pool.count > 0;
    if (waits !== link.waiting) throw new Error('grace lost');
    if (holds !== this.holders.has(link)) throw new Error('holder lost');
  }

  /** Payload of which some bytes were not told yet. */
  private fresh(
    link: Link,
    h: Half,
    p: Half,
    s: Segment,
    seq: number,
    length: number,
    ack: number,
  ): void {
    const pool = h.pool;
    const told = (h.next - seq) | 0;
    let from = Math.max(told, 0);
    const news = this.observer.arrived(h, p, s, seq, length, from);
    const gap = pool.count > 0 ? (pool.head().seq - h.next) | 0 : length - from;
    const openedNs = pool.openedNs((seq + from) | 0);
    let fresh = 0;
    if (told >= 0 && gap > 0 && mayTell(ack, p)) {
      fresh = Math.min(gap, length - from);
      if (h.ackKnown && ((h.acked - seq - length) | 0) >= 0) this.observer.seenAfterAck(h, s);
      if (pool.count > 0) this.filled(link, h, p, s, seq, fresh);
      this.teller.tell(h, s, from, fresh);
      from += fresh;
    }
    if (from < length) fresh += this.pool(link, h, p, s, seq, length, from, ack);
    if (!news) this.observer.late(link, h, s, seq, length, fresh, openedNs);
    if (pool.count > 0 || p.pool.count > 0 || link.waiting) this.drain(link, s.timeNs);
  }

  /** The hole that all waits for is filled, at least in part: later bytes were readable only now. */
  private filled(link: Link, h: Half, p: Half, s: Segment, seq: number, n: number): void {
    const head = h.pool.head();
    // Acknowledged before it was captured: the capture changed the order, the receiver had it.
    if (h.ackKnown && ((h.acked - h.next) | 0) > 0 && p.facts.packets > 0) return;
    if (s.timeNs > h.readyNs) h.readyNs = s.timeNs;
    this.observer.holeFilled(link, h, s, seq, n, head.openedNs);
  }

  private pool(
    link: Link,
    h: Half,
    p: Half,
    s: Segment,
    seq: number,
    length: number,
    from: number,
    ack: number,
  ): number {
    const captured = s.payloadCaptured - from;
    this.makeRoom(link, h, Math.max(captured, 0), s.timeNs);
    h.pool.insert((seq + from) | 0, length - from, captured, s.payloadOffset + from, ack, s);
    this.holders.add(link);
    const { fresh, differing } = h.pool;
    if (differing > 0) {
      h.facts.overlapDiffers += differing;
      this.teller.say(
        'overlap-differs',
        `${differing} bytes came again with other values`,
        h,
        s.frame,
      );
    }
    this.prove(link, h, s.timeNs);
    this.prove(link, p, s.timeNs);
    this.oneSided(link, h, p, s);
    return fresh;
  }

  /** The other side is not captured: no ACK proves a hole, some bytes or some time must do. */
  private oneSided(link: Link, h: Half, p: Half, s: Segment): void {
    if (h.pool.count === 0) return;
    const head = h.pool.head();
    if (((head.seq - h.next) | 0) <= 0 || p.facts.lastNs >= head.openedNs) return;
    // A side that did speak is given time: its ACKs are a round trip away.
    const longNs = s.timeNs - Math.max(head.openedNs, p.facts.lastNs);
    const many = p.facts.packets === 0 && h.pool.bytes >= ONE_SIDED_POOL_BYTES;
    if (!many && longNs < ONE_SIDED_WAIT_NS) return;
    this.giveUpTo(h);
    this.drain(link, s.timeNs);
  }

  /** Makes room for one more segment: the hole is given up; then those that waited longest. */
  private makeRoom(link: Link, h: Half, more: number, timeNs: number): void {
    const pool = h.pool;
    if (full(pool, more)) {
      this.teller.say('limit-reached', `${pool.bytes} bytes wait behind a hole: given up`, h, 0);
      while (pool.count > 0 && full(pool, more)) this.giveUpTo(h);
      this.drain(link, timeNs);
    }
    if (this.memory.lent + more <= POOL_BYTES_TOTAL) return;
    for (const holder of this.holders) {
      if (this.memory.lent + more <= POOL_BYTES_TOTAL) return;
      if (holder === link) continue;
      this.teller.say(
        'limit-reached',
        'all pools are full: the oldest hole is given up',
        holder.a,
        0,
      );
      while (holder.a.pool.count > 0) this.giveUpTo(holder.a);
      while (holder.b.pool.count > 0) this.giveUpTo(holder.b);
      this.drain(holder, timeNs);
    }
  }

  /** The grace is over: what it proved and did not come is a gap. */
  private expire(link: Link, h: Half, timeNs: number): void {
    h.grace = 0;
    h.excused = h.graceAck;
    h.excusedSet = true;
    const p = link.other(h);
    while (((h.graceAck - h.next) | 0) > 0) {
      const proven = (h.graceAck - h.next) | 0;
      if (h.pool.count > 0) {
        const head = h.pool.head();
        const hole = (head.seq - h.next) | 0;
        if (hole > 0) {
          const n = Math.min(hole, proven);
          this.teller.tellMissing(h, n, boundNs(h, n, head.timeNs), head.frame, true);
        }
        if (hole > proven || !this.tellNext(h, p)) break;
      } else {
        const beforeFin = (h.finSeq - h.next) | 0;
        if (!h.finSeen || beforeFin <= 0 || beforeFin > proven) break;
        const { finNs, finFrame } = h.facts;
        this.teller.tellMissing(h, beforeFin, boundNs(h, beforeFin, finNs), finFrame, true);
      }
    }
    this.drain(link, timeNs);
  }

  /**
   * `h` stands at its pool's first stretch: that is told, and what of the other side comes before it.
   * False where it waits for bytes that are not there. What was sent again carries a later ACK than
   * it did at first: where two wait for each other, the first one captured is told.
   */
  private tellNext(h: Half, p: Half): boolean {
    const count = h.pool.count;
    while (h.pool.count === count) {
      const other = p.pool.count > 0 && p.pool.head().seq === p.next;
      const otherFirst = other && p.pool.head().frame < h.pool.head().frame;
      const mine = ready(h, p);
      const theirs = other && ready(p, h);
      if (!mine && !theirs && !other) return false;
      if (mine === theirs ? otherFirst : theirs) this.teller.tellHead(p);
      else this.teller.tellHead(h);
    }
    return true;
  }

  /** Tells the hole before the first stretch, and the stretch, whatever it waits for. */
  private giveUpTo(h: Half): void {
    if (h.pool.head().seq !== h.next) this.tellHole(h);
    this.teller.tellHead(h);
  }

  private tellHole(h: Half): void {
    const head = h.pool.head();
    const length = (head.seq - h.next) | 0;
    const proven = h.ackKnown && ((h.acked - head.seq) | 0) >= 0;
    // Its receiver said again and again where it stands: it never got them.
    if (!proven && h.ackKnown && (h.dupAcks > 0 || h.sacked)) {
      const { facts } = h;
      if (facts.lostBytes === 0) {
        facts.lostNs = head.timeNs;
        facts.lostFrame = head.frame;
      }
      facts.lostBytes += length;
      if (head.length > facts.lostBehindBytes) facts.lostBehindBytes = head.length;
    }
    this.teller.tellMissing(h, length, boundNs(h, length, head.timeNs), head.frame, proven);
  }

  /** What is known to have been sent after the last byte told: before a FIN, or acknowledged. */
  private tail(h: Half, timeNs: number, frame: number): void {
    if (!h.started || h.ended) return;
    const acked = h.ackKnown ? (h.acked - h.next) | 0 : 0;
    const sent = h.finSeen ? (h.finSeq - h.next) | 0 : 0;
    // One more than was sent is the FIN itself, captured or not.
    const length = h.finSeen ? sent : acked === 1 ? 0 : acked;
    if (length <= 0) return;
    this.teller.tellMissing(h, length, boundNs(h, length, timeNs), frame, acked >= length);
  }

  /** Of a segment, what lies before the FIN. */
  private clipped(h: Half, seq: number, length: number): number {
    if (!h.finSeen && !h.ended) return length;
    const room = (h.finSeq - seq) | 0;
    const n = h.finSeen ? Math.max(0, Math.min(length, room)) : 0;
    if (n === length) return length;
    h.facts.straySegments++;
    h.facts.strayBytes += length - n;
    return n;
  }

  /** A segment too far away: not believed until another follows on it. */
  private stray(h: Half, seq: number, length: number): true {
    h.straySet = true;
    h.strayEnd = (seq + length) | 0;
    h.facts.straySegments++;
    h.facts.strayBytes += length;
    return true;
  }

  /** Puts the link on, or takes it off, the lists of those that wait. */
  private settle(link: Link): void {
    const { a, b } = link;
    link.waiting = a.grace > 0 || b.grace > 0;
    if (a.grace === 0) this.graces.delete(a);
    if (b.grace === 0) this.graces.delete(b);
    if (a.pool.count === 0 && b.pool.count === 0) this.holders.delete(link);
  }
}
