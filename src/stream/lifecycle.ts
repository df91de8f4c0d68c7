// How connections begin and end: SYN, FIN, RST, streams joined in the middle, ports used again,
// and the bound on how many are followed at once.

import {
  CLOSED_LINGER_NS,
  CONNECTIONS_MAX,
  EVICTED_IDLE_NS,
  FULL_RETRY_NS,
  LINGERING_MAX,
} from '../limits.js';
import { ACK, FIN, RST, type Segment, SYN, URG } from '../packet/segment.js';
import type { ProblemLog } from '../problem.js';
import { believable, believePending, close } from './closing.js';
import { type CloseHow, Connection } from './connection.js';
import type { Teller } from './delivery.js';
import { type FailedConnect, FailedConnects } from './failed-connects.js';
import { type Half, Link } from './half-connection.js';
import { type Observer, windowBytes } from './observe.js';
import { firstAck, isReuse, nameEnds, seenTtl, synFacts } from './opening.js';
import type { Holes } from './reassembly.js';
import { jumpLimit, start } from './sequence.js';
import type { StreamSink } from './sink.js';
import { ConnectionTable } from './table.js';

/** Of all connections, the part that makes room when there are too many: 1 in so many. */
const EVICTED_PART = 16;

/**
 * Invariant: the table's links are the connections told as opened and not as closed; closed ones
 * linger in the order in which they ended.
 */
export class Lifecycle {
  readonly table = new ConnectionTable();
  /** When the first closed connection is forgotten. */
  deadlineNs = Number.POSITIVE_INFINITY;
  /** Connections opened so far. */
  opened = 0;
  readonly failed = new FailedConnects();
  private readonly sink: StreamSink;
  private readonly holes: Holes;
  private readonly observer: Observer;
  private readonly problems: ProblemLog;
  private readonly lingering = new Map<Link, number>();
  private readonly ports: ReadonlySet<number>;
  /** The table was full of connections in use: since when, and packets not followed since. */
  private fullSinceNs = Number.NEGATIVE_INFINITY;
  private unfollowed = 0;

  constructor(
    sink: StreamSink,
    teller: Teller,
    holes: Holes,
    observer: Observer,
    problems: ProblemLog,
    ports: ReadonlySet<number> = new Set(),
  ) {
    this.ports = ports;
    this.sink = sink;
    this.holes = holes;
    this.observer = observer;
    this.problems = problems;
    teller.whenDone = (link, timeNs) => this.linger(link, timeNs);
  }

  /** The first segment of a connection that is not known. */
  first(s: Segment): void {
    // A reset of nothing known (a port scan's answer) opens nothing.
    if ((s.flags & RST) !== 0) return;
    if (this.table.count >= CONNECTIONS_MAX && !this.evict(s)) {
      this.unfollowed++;
      return;
    }
    // A SYN/ACK is the answer to a SYN that was not captured.
    const fromA = (s.flags & (SYN | ACK)) !== (SYN | ACK);
    const slot = this.table.add(s, fromA);
    const c = new Connection(this.opened++, s.timeNs, s.frame);
    nameEnds(c, s, fromA);
    c.openerKnown = (s.flags & SYN) !== 0;
    const link = new Link(c, slot, this.holes.memory);
    this.table.links[slot] = link;
    this.sink.opened(c);
    const h = fromA ? link.a : link.b;
    h.facts.packets = 1;
    if (s.lengthUntold) h.facts.lengthsUntold = 1;
    h.facts.lastNs = s.timeNs;
    h.ipId = s.ipId;
    this.odd(link, h, link.other(h), s);
  }

  /** Any segment that is not plain. */
  odd(link: Link, h: Half, p: Half, s: Segment): void {
    const { flags, timeNs } = s;
    seenTtl(h, s);
    if (h.facts.firstNs < 0) h.facts.firstNs = timeNs;
    if ((flags & URG) !== 0) h.facts.urgentSegments++;
    if ((flags & SYN) !== 0) {
      if (isReuse(link, h, p, s)) this.restart(link, s);
      else this.syn(link, h, p, s);
    } else if (link.done) this.afterClose(link, h, p, s);
    else if ((flags & RST) !== 0) this.rst(link, h, p, s);
    else this.established(link, h, p, s);
    settle(link.a, link.b, link);
    settle(link.b, link.a, link);
  }

  /** The ports are used again: the old connection ends, the segment opens a new one. */
  restart(link: Link, s: Segment): void {
    this.end(link, 'reused', s.timeNs, s.frame);
    this.first(s);
  }

  /** Closed connections are forgotten after a while. */
  overdue(timeNs: number): void {
    this.deadlineNs = Number.POSITIVE_INFINITY;
    for (const [link, endedNs] of this.lingering) {
      if (timeNs - endedNs < CLOSED_LINGER_NS) {
        this.deadlineNs = endedNs + CLOSED_LINGER_NS;
        return;
      }
      this.forget(link);
    }
  }

  finish(): void {
    if (this.unfollowed > 0) {
      const text = `more than ${CONNECTIONS_MAX} connections in use: ${this.unfollowed} packets of further ones were not followed`;
      this.problems.add({ kind: 'limit-reached', text });
    }
    const links = this.table.links.filter((link) => link !== undefined);
    links.sort((x, y) => x.connection.id - y.connection.id);
    for (const link of links) {
      const { lastNs, lastFrame } = link.connection;
      this.end(link, 'open', lastNs, lastFrame);
    }
  }

  /** Those that are closed and not forgotten yet are counted with the others: a refusal is one at once. */
  failedSoFar(): FailedConnect[] {
    const closed = Array.from(this.lingering.keys(), ({ connection }) => connection);
    return Array.from(this.failed.with(closed).all.values());
  }

  invariants(): void {
    this.table.invariants();
    for (const link of this.table.links) {
      if (!link) continue;
      this.holes.invariants(link);
      if (link.done !== (link.a.ended && link.b.ended)) throw new Error('done is not both ended');
      if (link.done !== this.lingering.has(link)) throw new Error('a closed one does not linger');
    }
  }

  private established(link: Link, h: Half, p: Half, s: Segment): void {
    const hasAck = (s.flags & ACK) !== 0;
    if (hasAck) this.acknowledge(link, h, p, s);
    if (s.window !== h.windowRaw) this.observer.window(h, p, s, windowBytes(h, p, s.window));
    const seq = s.seq | 0;
    if (s.payloadLength > 0) {
      const ack = hasAck ? s.ack | 0 : p.next;
      if (!this.holes.take(link, h, p, s, seq, ack)) {
        this.restart(link, s);
        return;
      }
    } else if (h.started && !h.ended && (s.flags & FIN) === 0 && ((seq - h.highest) | 0) === -1) {
      this.observer.keepAlive(h, p);
    }
    if ((s.flags & FIN) !== 0) this.fin(link, h, p, s);
    const waits = link.waiting || h.pool.count > 0 || p.pool.count > 0;
    if (waits || (h.finSeen && !h.ended)) this.holes.drain(link, s.timeNs);
  }

  private acknowledge(link: Link, h: Half, p: Half, s: Segment): void {
    const c = link.connection;
    const ack = s.ack | 0;
    if (c.handshakeAckNs < 0 && c.synAckNs >= 0 && h === link.a && ack === ((p.isn + 1) | 0)) {
      c.handshakeAckNs = s.timeNs;
    }
    if (!p.ackKnown) firstAck(h, p, s);
    const acks = (ack - p.acked) | 0;
    if (acks > 0) {
      if (((ack - p.next) | 0) > 0) this.observer.ackAhead(p, h, s);
      else {
        p.acked = ack;
        p.dupAcks = 0;
        p.sacked = false;
        const sentNs = p.log.take(ack);
        if (p.log.taken > 0) this.observer.roundTrip(p, h, s, sentNs);
        if (p.fullNs >= 0) this.observer.windowOpened(p, s.timeNs);
      }
    } else if (acks === 0 && s.payloadLength === 0 && (s.flags & FIN) === 0) {
      this.observer.sameAck(p, h, s);
    }
    this.holes.prove(link, p, s.timeNs);
  }

  private syn(link: Link, h: Half, p: Half, s: Segment): void {
    const c = link.connection;
    const isn = s.seq | 0;
    const hasAck = (s.flags & ACK) !== 0;
    const expected = !h.started || isn === ((h.start - 1) | 0);
    if (!expected) {
      // Near the sequence of a living connection: RFC 5961 section 4 answers it and goes on.
      h.facts.straySegments++;
      if (!hasAck) {
        h.synAgain = isn;
        h.synAgainSet = true;
      }
      return;
    }
    if (h.facts.synSeen) h.facts.synRetransmitted++;
    else {
      synFacts(h, p, s);
      // Another clock (or order) than its answer's: what is late from the first packet on stays so.
      if (!hasAck && c.synAckNs >= 0) this.observer.synAfterAnswer(h, s.timeNs - c.synAckNs);
    }
    c.openerKnown = true;
    if (hasAck) {
      if (c.synAckNs < 0) c.synAckNs = s.timeNs;
      if (!p.started) {
        start(p, s.ack | 0);
        p.facts.startKnown = true;
      }
      if (!p.ackKnown) {
        p.ackKnown = true;
        p.acked = s.ack | 0;
      }
    } else if (h === link.a && c.synAckNs < 0) c.synNs = s.timeNs;
    // TCP Fast Open (RFC 7413): data from the sequence number after the SYN's.
    if (s.payloadLength > 0) this.holes.take(link, h, p, s, (isn + 1) | 0, p.next);
  }

  private fin(link: Link, h: Half, p: Half, s: Segment): void {
    const c = link.connection;
    const finSeq = ((s.seq | 0) + s.payloadLength) | 0;
    if (h.ended || h.finSeen) return;
    if (!h.started) start(h, finSeq);
    const ahead = (finSeq - h.next) | 0;
    if (ahead < 0 || ahead > jumpLimit(p)) {
      h.facts.straySegments++;
      return;
    }
    h.finSeen = true;
    h.finSeq = finSeq;
    h.facts.finNs = s.timeNs;
    h.facts.finFrame = s.frame;
    if (c.closedBy === '') close(link, h, 'fin', s);
    this.holes.reachedEnd(link, h, s.timeNs);
  }

  private rst(link: Link, h: Half, p: Half, s: Segment): void {
    const facts = h.facts;
    const c = link.connection;
    if (!believable(h, p, s)) {
      facts.bogusRsts++;
      facts.straySegments++;
      // Bytes before it may not have been captured: believed after all if nothing follows it.
      h.rstPendingNs = s.timeNs;
      h.rstPendingFrame = s.frame;
      return;
    }
    facts.rstNs = s.timeNs;
    facts.rstFrame = s.frame;
    if (c.closedBy === '') close(link, h, 'rst', s);
    this.holes.flush(link, s.timeNs, s.frame);
  }

  /** Late packets of a closed connection. */
  private afterClose(link: Link, h: Half, p: Half, s: Segment): void {
    link.connection.packetsAfterClose++;
    const acked = ((s.ack | 0) - p.acked) | 0;
    const sent = p.ackKnown && (((s.ack | 0) - p.highest) | 0) <= 0;
    if ((s.flags & ACK) !== 0 && sent && acked > p.facts.ackedAfterClose) {
      p.facts.ackedAfterClose = acked;
    }
    const beyond = ((s.seq | 0) - h.next) | 0;
    const late = s.timeNs - link.connection.closedNs > 1e9;
    // Data that goes on long after a RST: the two ends did not believe it. The peer of who sent it may not have got it,
    // and goes on for itself.
    const closer = (link.connection.closedBy === 'a') === (h === link.a);
    const believed = closer || h.facts.ackedAfterClose > 0;
    if (
      link.connection.closedHow === 'rst' &&
      s.payloadLength > 0 &&
      beyond >= 0 &&
      late &&
      believed
    ) {
      this.restart(link, s);
    }
  }

  private linger(link: Link, timeNs: number): void {
    this.lingering.set(link, timeNs);
    if (this.lingering.size > LINGERING_MAX) this.forgetOldest();
    if (this.deadlineNs === Number.POSITIVE_INFINITY) this.deadlineNs = timeNs + CLOSED_LINGER_NS;
  }

  private forgetOldest(): void {
    for (const link of this.lingering.keys()) {
      this.forget(link);
      return;
    }
  }

  private end(link: Link, how: CloseHow, timeNs: number, frame: number): void {
    const c = link.connection;
    if (!link.done) {
      // Whoever is told that its directions end may forget it: at the end of a capture nothing is forgotten.
      if (how === 'evicted' && c.closedBy === '') c.closedHow = how;
      this.holes.flush(link, timeNs, frame);
      if (c.closedBy === '') c.closedHow = how;
      believePending(link, link.a, link.b);
      believePending(link, link.b, link.a);
    }
    this.forget(link);
  }

  /** The facts are final. */
  private forget(link: Link): void {
    const { a, b, connection } = link;
    // It lingered, and another's end made it go.
    if (this.table.links[link.slot] !== link) return;
    for (const h of [a, b]) {
      if (h.zeroNs >= 0) this.observer.zeroOver(h, link.other(h), connection.lastNs);
      if (h.fullNs >= 0) this.observer.windowOpened(h, connection.lastNs);
    }
    this.lingering.delete(link);
    this.table.remove(link.slot);
    this.failed.over(connection);
    this.sink.closed(connection);
  }

  /**
   * Makes room for the connection of `s`: closed connections first, then those without data, then
   * those idle longest. False where all are in use.
   */
  private evict(s: Segment): boolean {
    const sinceFullNs = s.timeNs - this.fullSinceNs;
    const wished = this.ports.has(s.srcPort) || this.ports.has(s.dstPort);
    if (!wished && sinceFullNs >= 0 && sinceFullNs < FULL_RETRY_NS) return false;
    const wanted = Math.max(1, Math.floor(CONNECTIONS_MAX / EVICTED_PART));
    for (const link of this.lingering.keys()) {
      this.forget(link);
      if (CONNECTIONS_MAX - this.table.count >= wanted) return true;
    }
    const idle = this.leastUsed(wanted, wished, s.timeNs);
    const room = idle.length > 0 || this.table.count < CONNECTIONS_MAX;
    this.fullSinceNs = room ? Number.NEGATIVE_INFINITY : s.timeNs;
    if (idle.length > 0) {
      const text = `more than ${CONNECTIONS_MAX} connections at once: ${idle.length} idle ones are forgotten`;
      this.problems.add({ kind: 'limit-reached', text });
    }
    for (const link of idle) this.end(link, 'evicted', s.timeNs, link.connection.lastFrame);
    return room;
  }

  private leastUsed(wanted: number, wished: boolean, timeNs: number): readonly Link[] {
    const links = this.table.links.filter((link) => link !== undefined);
    const bare = links.filter(({ a, b }) => a.facts.dataSegments + b.facts.dataSegments === 0);
    // A scan of ports must not push out those that carry data; half of it goes at once.
    if (bare.length > 2 * wanted) return idleLongest(bare, bare.length >> 1);
    if (!wished) {
      const oldest = idleLongest(links, wanted);
      return oldest.filter((link) => timeNs - link.connection.lastNs >= EVICTED_IDLE_NS);
    }
    const others = links.filter(
      ({ connection: c }) => !this.ports.has(c.aPort) && !this.ports.has(c.bPort),
    );
    return idleLongest(others.length > 0 ? others : links, wanted);
  }
}

function idleLongest(links: readonly Link[], wanted: number): Link[] {
  const times = new Float64Array(links.length);
  for (let i = 0; i < links.length; i++) times[i] = links[i].connection.lastNs;
  const idleSinceNs = times.sort()[Math.min(wanted, links.length) - 1];
  return links.filter((link) => link.connection.lastNs <= idleSinceNs).slice(0, wanted);
}

/** Whether packets of `h` may take the plain road from now on. */
function settle(h: Half, p: Half, link: Link): void {
  h.plain = h.started && p.ackKnown && !h.finSeen && !h.ended && !link.done && p.zeroNs < 0;
}
