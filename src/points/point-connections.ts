// The TCP connections of one capture point, and where in each direction's bytes a segment lies:
// positions are sequence numbers without their wrap (RFC 9293 3.4), counted from the first one seen.
// The same capture gives the same connections in the same order each time it is read.

import { POINT_CONNECTIONS_MAX } from '../limits.js';
import { ACK, FIN, RST, type Segment, SYN } from '../packet/segment.js';

const TWO_32 = 4294967296;
/** A SYN that was captured late is so near its data; another connection's number is anywhere. */
const NEAR = 65_536;
/** What is still on its way, or sent again, when a connection ends: no window is larger in practice. */
const IN_FLIGHT = 1 << 26;

/** One direction's sequence numbers, without their wrap. */
class Positions {
  known = false;
  /** The highest so far. */
  last = 0;

  /** True where nothing is known yet, or a sequence number lies near what is. */
  isNear(seq: number, near = NEAR): boolean {
    return !this.known || Math.abs((seq - modulo32(this.last)) | 0) <= near;
  }

  /** Position of a sequence number that is near the last one. */
  of(seq: number): number {
    if (!this.known) {
      this.known = true;
      this.last = seq;
      return seq;
    }
    const at = this.last + ((seq - modulo32(this.last)) | 0);
    if (at > this.last) this.last = at;
    return at;
  }
}

function modulo32(position: number): number {
  return ((position % TWO_32) + TWO_32) % TWO_32;
}

export class PointConnection {
  readonly id: number;
  /** Sender of the SYN, or who was seen first. */
  readonly a: readonly [number, number, number, number, number];
  readonly b: readonly [number, number, number, number, number];
  /** Bytes of a, bytes of b. */
  readonly positions: readonly [Positions, Positions] = [new Positions(), new Positions()];
  /** The SYN's sequence number by direction, -1 where none was seen. */
  readonly initialSeq: [number, number] = [-1, -1];
  /** A FIN or RST was seen. */
  ended = false;
  packets = 0;
  firstNs: number;
  lastNs: number;

  constructor(id: number, s: Segment) {
    this.id = id;
    this.a = [s.srcA, s.srcB, s.srcC, s.srcD, s.srcPort];
    this.b = [s.dstA, s.dstB, s.dstC, s.dstD, s.dstPort];
    this.firstNs = s.timeNs;
    this.lastNs = s.timeNs;
  }

  /** 0: sent by a, 1: by b, -1: neither. */
  directionOf(s: Segment): number {
    if (isEnd(this.a, s.srcA, s.srcB, s.srcC, s.srcD, s.srcPort)) {
      return isEnd(this.b, s.dstA, s.dstB, s.dstC, s.dstD, s.dstPort) ? 0 : -1;
    }
    if (!isEnd(this.b, s.srcA, s.srcB, s.srcC, s.srcD, s.srcPort)) return -1;
    return isEnd(this.a, s.dstA, s.dstB, s.dstC, s.dstD, s.dstPort) ? 1 : -1;
  }
}

function isEnd(
  end: PointConnection['a'],
  a: number,
  b: number,
  c: number,
  d: number,
  port: number,
): boolean {
  return end[3] === d && end[4] === port && end[2] === c && end[1] === b && end[0] === a;
}

export class PointConnections {
  readonly all: PointConnection[] = [];
  /** Segments of connections beyond the bound: not followed. */
  beyond = 0;
  /** Of the connection found last: 0 sent by a, 1 by b. */
  direction = 0;
  readonly #byHash = new Map<number, PointConnection[]>();
  #last: PointConnection | undefined;

  /** The connection of a segment, begun where it is new; `direction` is set. */
  find(s: Segment): PointConnection | undefined {
    const last = this.#last;
    if (last !== undefined && (s.flags & SYN) === 0) {
      const direction = last.directionOf(s);
      if (direction >= 0 && !goesOnAnew(last, direction, s)) {
        return this.#found(last, direction, s);
      }
    }
    const hash = hashOf(s.srcD, s.dstD, s.srcC, s.dstC, s.srcPort, s.dstPort);
    let chain = this.#byHash.get(hash);
    if (chain === undefined) {
      chain = [];
      this.#byHash.set(hash, chain);
    }
    for (let i = chain.length - 1; i >= 0; i--) {
      const direction = chain[i].directionOf(s);
      if (direction < 0) continue;
      if (startsAnew(chain[i], direction, s) || goesOnAnew(chain[i], direction, s)) break;
      return this.#found(chain[i], direction, s);
    }
    if (this.all.length >= POINT_CONNECTIONS_MAX) {
      this.beyond++;
      return undefined;
    }
    const made = new PointConnection(this.all.length, s);
    this.all.push(made);
    // The newest one of a port pair stands last and is found first.
    chain.push(made);
    return this.#found(made, 0, s);
  }

  /** The newest connection between two ends; `swapped` where its a is `b`. */
  between(
    a: PointConnection['a'],
    b: PointConnection['a'],
  ): { connection: PointConnection; swapped: boolean } | undefined {
    const chain = this.#byHash.get(hashOf(a[3], b[3], a[2], b[2], a[4], b[4])) ?? [];
    for (let i = chain.length - 1; i >= 0; i--) {
      const connection = chain[i];
      if (same(connection.a, a) && same(connection.b, b)) return { connection, swapped: false };
      if (same(connection.a, b) && same(connection.b, a)) return { connection, swapped: true };
    }
    return undefined;
  }

  #found(connection: PointConnection, direction: number, s: Segment): PointConnection {
    this.#last = connection;
    this.direction = direction;
    connection.packets++;
    // Whoever reads: where numbers are decides which connection the next segment is of.
    connection.positions[direction].of(s.seq);
    connection.lastNs = s.timeNs;
    if ((s.flags & SYN) !== 0) connection.initialSeq[direction] = s.seq;
    if ((s.flags & (FIN | RST)) !== 0) connection.ended = true;
    return connection;
  }
}

function same(a: PointConnection['a'], b: PointConnection['a']): boolean {
  return isEnd(a, b[0], b[1], b[2], b[3], b[4]);
}

/** The same whichever end is named first. */
function hashOf(
  d1: number,
  d2: number,
  c1: number,
  c2: number,
  port1: number,
  port2: number,
): number {
  return (d1 ^ d2 ^ c1 ^ c2) + (port1 ^ port2) * 65599;
}

/** A SYN with another sequence number uses the ports again; a SYN sent again, or its answer, does not. */
function startsAnew(known: PointConnection, direction: number, s: Segment): boolean {
  if ((s.flags & SYN) === 0) return false;
  const said = known.initialSeq[direction];
  if (said >= 0) return said !== s.seq;
  // What it acknowledges may have been captured before it.
  return !known.positions[direction].isNear(s.seq);
}

/** The ports are used again and the SYN was not captured: the old connection had ended, and no number is like its own. */
function goesOnAnew(known: PointConnection, direction: number, s: Segment): boolean {
  if (!known.ended || (s.flags & SYN) !== 0) return false;
  if (known.positions[direction].isNear(s.seq, IN_FLIGHT)) return false;
  return (s.flags & ACK) === 0 || !known.positions[1 - direction].isNear(s.ack, IN_FLIGHT);
}
