// hot: no allocation per packet
// TCP segments → ordered bytes and gaps of each direction. Here is the plain road: a segment of a
// known connection, next in line, nothing waiting: its bytes go on without a copy. All else is odd:
// opening and closing in lifecycle.ts, disorder in holes.ts, facts in observe.ts.

import type { Packet } from '../capture/packet.js';
import { PROBLEMS_KEPT_PER_KIND, SEQUENCE_JUMP_BYTES } from '../limits.js';
import { ACK, FIN, RST, type Segment, type SegmentSink, SYN, URG } from '../packet/segment.js';
import { ProblemLog } from '../problem.js';
import { LinkType } from '../wire/net/linktype.js';
import { Connection } from './connection.js';
import { damaged } from './damaged.js';
import { Teller } from './delivery.js';
import { Mirror } from './duplicate-packets.js';
import { NO_EVENTS, type TcpEventSink } from './events.js';
import { Express, inLine } from './express.js';
import type { FailedConnect } from './failed-connects.js';
import type { Half, Link } from './half-connection.js';
import { Lifecycle } from './lifecycle.js';
import { meantFor } from './misdirected.js';
import { Observer, windowBytes } from './observe.js';
import { Holes } from './reassembly.js';
import type { StreamSink } from './sink.js';

export interface StreamOptions {
  readonly problems?: ProblemLog;
  /** Told what TCP did at the moment it is seen. */
  readonly events?: TcpEventSink;
  /** Connections to these ports are followed also where others are as many as can be. */
  readonly ports?: ReadonlySet<number>;
}

/** A segment without ACK, or with one of these, leaves the plain road. */
const ODD = SYN | FIN | RST | URG;

/**
 * Invariant: every byte of a direction from its first one on is told exactly once, as data or in a
 * gap, in the order of the sequence; Flow.streamBytes counts them.
 */
export class StreamStage implements SegmentSink {
  private readonly observer: Observer;
  private readonly teller: Teller;
  private readonly holes: Holes;
  private readonly life: Lifecycle;
  private readonly mirror = new Mirror();
  /** Takes packets of the plainest kind where they lie. */
  readonly express: Express;

  constructor(sink: StreamSink, options: StreamOptions = {}) {
    const events = options.events ?? NO_EVENTS;
    const problems = options.problems ?? new ProblemLog(PROBLEMS_KEPT_PER_KIND);
    this.observer = new Observer(events);
    this.teller = new Teller(sink, problems);
    this.holes = new Holes(this.teller, this.observer);
    this.life = new Lifecycle(
      sink,
      this.teller,
      this.holes,
      this.observer,
      problems,
      options.ports,
    );
    const { teller, holes, life, observer, mirror } = this;
    this.express = new Express(teller, holes, life, observer, mirror);
  }

  /** True where the packet is of the plainest kind and was taken; else it must come as a segment. */
  take(packet: Packet): boolean {
    const { bytes, view, offset, capturedLength, originalLength, timeNs, frame } = packet;
    if (packet.linkType !== LinkType.ethernet) return false;
    return this.express.take(bytes, view, offset, capturedLength, originalLength, timeNs, frame);
  }

  segment(s: Segment): void {
    if (s.timeNs >= this.holes.deadlineNs) this.holes.overdue(s.timeNs);
    if (s.timeNs >= this.life.deadlineNs) this.life.overdue(s.timeNs);
    const at = this.life.table.locate(s);
    if (at < 0) {
      this.mirror.seen(s, false);
      const meant = meantFor(this.life.table, s);
      if (meant < 0) this.life.first(s);
      else {
        const link = this.life.table.links[meant >> 1]!;
        this.teller.say('packet-malformed', FLIPPED, (meant & 1) === 0 ? link.a : link.b, s.frame);
      }
      return;
    }
    const link = this.life.table.links[at >> 1]!;
    const fromA = (at & 1) === 0;
    const h = fromA ? link.a : link.b;
    const p = fromA ? link.b : link.a;
    const c = link.connection;
    if (damaged(h, p, s)) {
      this.teller.say('packet-malformed', DAMAGED, h, s.frame);
      return;
    }
    if (isNews(h, p, s)) this.note(h, s);
    else if (this.again(h, p, s) && isCopy(h, p, s, this.mirror.sinceNs, c.duplicatePackets)) {
      c.duplicatePackets++;
      return;
    }
    c.lastNs = s.timeNs;
    c.lastFrame = s.frame;
    const facts = h.facts;
    facts.packets++;
    facts.lastNs = s.timeNs;
    if (s.lengthUntold) facts.lengthsUntold++;
    if (s.ipId !== h.ipId) {
      if (h.ipId >= 0) h.ipIdVaries = true;
      h.ipId = s.ipId;
    }
    if (s.optionsLength >= TIMESTAMPS_BYTES && (s.flags & ACK) !== 0) {
      if (mayTellTwice(p, s)) this.observer.cameTwice(p, s);
      if (s.optionsLength > TIMESTAMPS_BYTES) this.observer.holeTold(p, s);
    }
    if (!h.plain || (s.flags & (ODD | ACK)) !== ACK || s.ttl !== h.ttl)
      this.life.odd(link, h, p, s);
    else {
      this.plain(link, h, p, s);
      this.express.admit(h, s);
    }
    if (link.waiting) this.holes.tick(link, s.timeNs);
  }

  /** The capture is over: what waits is told, and every connection is closed. */
  finish(): void {
    this.life.finish();
  }

  /** Facts of a connection that is no TCP connection (RoCE), numbered among these. */
  adopt(timeNs: number, frame: number): Connection {
    return new Connection(this.life.opened++, timeNs, frame);
  }

  /** Tries to connect that failed, of connections that are over, or closed so far. */
  get failedConnects(): FailedConnect[] {
    return this.life.failedSoFar();
  }

  /** Connections seen so far. */
  get connectionsTotal(): number {
    return this.life.opened;
  }

  /** Throws where an invariant of this stage is broken: for tests and the fuzzer. */
  invariants(): void {
    this.life.invariants();
  }

  private note(h: Half, s: Segment): void {
    this.mirror.noteSegment(s);
    if (s.payloadLength > 0) return;
    h.newAck = s.ack | 0;
    h.newAckId = s.ipId;
  }

  /** True where the same headers came a moment ago. */
  private again(h: Half, p: Half, s: Segment): boolean {
    if ((s.flags & (ODD | ACK)) !== ACK) return this.mirror.seen(s, false);
    // Of ACKs alike the first one is noted; that it is the same is told by what changes with each.
    const likeFirst = (s.ack | 0) === h.newAck && s.ipId === h.newAckId;
    const bare = s.payloadLength === 0 && (s.ack | 0) === p.acked;
    return this.mirror.seen(s, !bare || likeFirst);
  }

  private plain(link: Link, h: Half, p: Half, s: Segment): void {
    const length = s.payloadLength;
    const ack = s.ack | 0;
    const acks = (ack - p.acked) | 0;
    if (acks > 0) {
      if (((ack - p.next) | 0) > 0) {
        if (this.observer.ackAhead(p, h, s)) this.holes.prove(link, p, s.timeNs);
      } else {
        p.acked = ack;
        if (p.dupAcks !== 0) {
          p.dupAcks = 0;
          p.sacked = false;
        }
        const sentNs = p.log.take(ack);
        if (p.log.taken > 0) this.observer.roundTrip(p, h, s, sentNs);
        if (p.fullNs >= 0) this.observer.windowOpened(p, s.timeNs);
      }
    } else if (acks === 0 && length === 0) this.observer.sameAck(p, h, s);
    if (s.window !== h.windowRaw) {
      const bytes = windowBytes(h, p, s.window);
      if (s.window === 0 || h.zeroNs >= 0 || p.fullNs >= 0) {
        this.observer.window(h, p, s, bytes);
        p.plain = h.zeroNs < 0 && p.plain;
      } else {
        h.windowRaw = s.window;
        h.windowBytes = bytes;
      }
    }
    const seq = s.seq | 0;
    if (length === 0) {
      if (((seq - h.highest) | 0) === -1) this.observer.keepAlive(h, p);
      return;
    }
    if (seq === h.next && h.pool.count === 0 && ((ack - p.next) | 0) <= 0) {
      this.inOrder(h, p, s, length);
    } else if (!this.holes.take(link, h, p, s, seq, ack)) this.life.restart(link, s);
  }

  /** The payload is next in line: handed on as it lies in the packet. */
  private inOrder(h: Half, p: Half, s: Segment, length: number): void {
    const { bytes, view, payloadOffset, payloadCaptured, timeNs, frame } = s;
    if (h.ackKnown && ((h.acked - h.next - length) | 0) >= 0) this.observer.seenAfterAck(h, s);
    inLine(h, p, length, timeNs, frame);
    if (length < h.indifferent && (payloadCaptured === length || h.facts.cutGaps > 0)) {
      this.teller.count(h, payloadCaptured, length, frame, timeNs);
    } else {
      const at = payloadOffset;
      this.teller.give(h, bytes, view, at, payloadCaptured, length, timeNs, frame, timeNs);
    }
  }
}

/** Timestamps and their padding (RFC 7323 appendix A): what has more may have SACK blocks, and one block alone is as long. */
const TIMESTAMPS_BYTES = 12;

const DAMAGED =
  'a checksum is wrong, of a side whose checksums were right: no receiver believes it';
const FLIPPED =
  'a checksum is wrong, and right with one bit of an address or port put back: no receiver believes it';

/** True where nothing like it can have come before: bytes beyond all that came, or an ACK of more. */
function isNews(h: Half, p: Half, s: Segment): boolean {
  if (!h.plain || (s.flags & (ODD | ACK)) !== ACK) return false;
  if (s.payloadLength === 0) {
    return (((s.ack | 0) - p.acked) | 0) > 0 && (((s.ack | 0) - p.next) | 0) <= 0;
  }
  const beyond = ((s.seq | 0) - h.highest) | 0;
  return beyond >= 0 && beyond < SEQUENCE_JUMP_BYTES;
}

/** What the express road never takes: there nobody looks for SACK blocks. */
function mayTellTwice(p: Half, s: Segment): boolean {
  if (s.payloadLength > 0) return false;
  return s.optionsLength > TIMESTAMPS_BYTES || p.karnSet || (((s.ack | 0) - p.acked) | 0) <= 0;
}

/** Below this, packets whose IP identification says nothing are taken for copies. */
const COPY_WITHOUT_ID_NS = 1e6;

/**
 * The same headers came `sinceNs` ago. With an IP identification that counts, that is proof. Without
 * one, data is sent again so soon only where duplicate ACKs asked for it; and a bare ACK is repeated
 * exactly where data is outstanding, so that it is believed to be a copy only where copies are known.
 */
function isCopy(h: Half, p: Half, s: Segment, sinceNs: number, known: number): boolean {
  if (s.ipId !== 0 && h.ipIdVaries) return true;
  if (sinceNs >= COPY_WITHOUT_ID_NS) return false;
  if (s.payloadLength > 0 || (s.flags & (SYN | FIN | RST)) !== 0) return h.dupAcks === 0;
  return known > 0 || ((p.highest - p.acked) | 0) <= 0;
}
