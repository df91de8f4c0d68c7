// hot: no allocation per packet
// RoCEv2 (UDP 4791): datagrams → connections, which are pairs of queue pairs. They are known from the
// connection manager's messages, or found in mid-stream: a packet says only whose queue pair it goes
// to, so the two directions are put together by their addresses and sequence numbers.

import { ROCE_CONNECTIONS_MAX } from '../../limits.js';
import type { DatagramSink, UdpDatagram } from '../../packet/udp-datagram.js';
import type { Connection } from '../../stream/connection.js';
import { IbOpcode, IbService, ROCE_PORT } from '../../wire/rdma/infiniband.js';
import { CmAttribute } from '../../wire/rdma/infiniband-cm.js';
import type { MessageSink } from '../message.js';
import type { PduSink } from '../pdu.js';
import type { RdmaSink } from '../rdma/events.js';
import { cmMessage } from './cm.js';
import { RoceConnection } from './connection.js';
import { psnDistance } from './half.js';
import { ICRC_RIGHT, ICRC_WRONG, icrc } from './icrc.js';
import { IbKind, RocePacket } from './packet.js';
import { ToldPackets } from './told-packets.js';

/** An answer whose number is so near what was asked for belongs to it. */
const NEAR = 4096;
/** CNP as the standard has it, and as some adapters send it. */
const CNP_OTHER = 0x80;

/** Ways found last, each in the place that its packets name. */
const PLACES = 4096;

/** Where packets go to: a queue pair of a host, from another host. */
interface Way {
  readonly queuePair: number;
  readonly connection: RoceConnection;
  readonly side: number;
}

/** A request of the connection manager that awaits its reply. */
interface Asked {
  readonly connection: RoceConnection;
  readonly from: string;
}

export interface RoceSinks {
  readonly pdus: PduSink;
  readonly rdma: RdmaSink & { roce(connection: number, facts: RoceConnection): void };
  /** Makes the facts of a connection, with a number of its own. */
  readonly open: (timeNs: number, frame: number) => Connection;
  /** Each packet of a connection. */
  readonly messages?: MessageSink | undefined;
  /** Told of each packet whose ICRC is not wrong, and which side of its connection sent it. */
  readonly packets?: (connection: RoceConnection, side: number, packet: RocePacket) => void;
}

export class RoceStage implements DatagramSink {
  /** By the number of their connection. */
  readonly connections: RoceConnection[] = [];
  /** Packets of more connections than are followed. */
  notFollowed = 0;
  private readonly sinks: RoceSinks;
  private readonly cursor = new RocePacket();
  private readonly ways = new Map<number, [string, Way][]>();
  private readonly places: (Way | undefined)[] = new Array(PLACES).fill(undefined);
  private readonly asked = new Map<string, Asked>();
  private readonly streams: (Connection | undefined)[] = [];
  private readonly told: ToldPackets | undefined;

  constructor(sinks: RoceSinks) {
    this.sinks = sinks;
    this.told = sinks.messages && new ToldPackets(sinks.messages);
  }

  /** The facts of a connection of RoCE, by its number; undefined where it is none. */
  connection(id: number): Connection | undefined {
    return this.streams[id];
  }

  datagram(d: UdpDatagram): void {
    if (d.dstPort !== ROCE_PORT) return;
    const p = this.cursor;
    if (!p.read(d)) return;
    const service = p.opcode >> 5;
    if (service === IbService.ud) this.manage(d);
    else if (service === IbService.rc) this.reliable(d, p);
    else if (p.opcode === IbOpcode.cnp || p.opcode === CNP_OTHER) this.notified(d, p);
  }

  /** The capture is over. */
  finish(): void {
    for (const c of this.connections) this.end(c, c.stream.lastNs, c.stream.lastFrame);
  }

  private reliable(d: UdpDatagram, p: RocePacket): void {
    if (p.kind === IbKind.other) return;
    const way = this.way(d, p) ?? this.found(d, p);
    if (way === undefined) return;
    const { connection: c, side } = way;
    const { stream } = c;
    stream.lastNs = d.timeNs;
    stream.lastFrame = d.frame;
    const flow = side === 0 ? stream.a : stream.b;
    flow.packets++;
    flow.payloadBytes += d.length;
    flow.lastNs = d.timeNs;
    if (flow.firstNs < 0) flow.firstNs = d.timeNs;
    const half = c.halves[side];
    const verdict = icrc(d);
    if (verdict === ICRC_RIGHT) half.icrcRight = true;
    // Where none was ever right something on the way to the file changes headers: that accuses nobody.
    const damaged = verdict === ICRC_WRONG && half.icrcRight;
    // What is another protocol's is followed, and not listed.
    const told = c.strangers > 0 && !c.iser ? undefined : this.told;
    told?.begins(d, p, c.id, side, damaged || verdict === ICRC_RIGHT ? verdict : -1);
    const fromInitiator = c.initiator >= 0 && side === c.initiator;
    // A Send comes before the PDU in it.
    const sends = p.kind === IbKind.send;
    if (sends) told?.ends(undefined, fromInitiator);
    if (damaged) this.damaged(c, side, d);
    else c.packet(side, p);
    if (!damaged) this.sinks.packets?.(c, side, p);
    if (!sends) told?.ends(damaged ? undefined : c.pieceOf(side), fromInitiator);
  }

  /** No receiver takes a packet whose ICRC is wrong: it comes again. */
  private damaged(c: RoceConnection, side: number, d: UdpDatagram): void {
    c.halves[side].icrcBad++;
    const text = 'the ICRC of a RoCEv2 packet does not match';
    this.sinks.rdma.fault(c.id * 2 + side, 'crc', d.frame, d.timeNs, text);
  }

  private notified(d: UdpDatagram, p: RocePacket): void {
    const way = this.way(d, p);
    if (way === undefined) return;
    way.connection.cnps++;
    this.told?.begins(d, p, way.connection.id, way.side, -1);
    this.told?.ends(undefined, false);
  }

  /** Hosts number their queue pairs alike, so that many may have the same number. */
  private way(d: UdpDatagram, p: RocePacket): Way | undefined {
    const place = placeOf(p.destinationQp, d.srcD, d.dstD);
    const known = this.places[place];
    if (known !== undefined && known.queuePair === p.destinationQp && goes(known, d)) return known;
    const ways = this.ways.get(p.destinationQp);
    if (ways === undefined) return undefined;
    for (let i = 0; i < ways.length; i++) {
      const way = ways[i][1];
      if (!goes(way, d)) continue;
      this.places[place] = way;
      return way;
    }
    return undefined;
  }

  /** A queue pair that nobody told of: the other side of one that is known, or the first of a new pair. */
  private found(d: UdpDatagram, p: RocePacket): Way | undefined {
    const answers = p.kind === IbKind.ack || p.kind === IbKind.readResponse;
    let best: RoceConnection | undefined;
    let several = false;
    for (const c of this.connections) {
      if (c.paired || !answersTo(c.stream, d)) continue;
      const half = c.halves[0];
      const near = half.known && Math.abs(psnDistance(p.psn, half.expected)) < NEAR;
      if (answers && half.known && !near) continue;
      several = best !== undefined;
      best = c;
    }
    if (best !== undefined && !(several && !answers)) {
      best.paired = true;
      return this.learn(best, 1, p.destinationQp);
    }
    if (this.connections.length >= ROCE_CONNECTIONS_MAX) {
      this.notFollowed++;
      return undefined;
    }
    const c = this.open(d);
    return this.learn(c, 0, p.destinationQp);
  }

  private open(d: UdpDatagram): RoceConnection {
    const stream = this.sinks.open(d.timeNs, d.frame);
    stream.a0 = d.srcA;
    stream.a1 = d.srcB;
    stream.a2 = d.srcC;
    stream.a3 = d.srcD;
    stream.aPort = d.srcPort;
    stream.b0 = d.dstA;
    stream.b1 = d.dstB;
    stream.b2 = d.dstC;
    stream.b3 = d.dstD;
    stream.bPort = d.dstPort;
    return this.make(stream);
  }

  private make(stream: Connection): RoceConnection {
    const c = new RoceConnection(stream, this.sinks.pdus, this.sinks.rdma);
    this.streams[stream.id] = stream;
    this.connections.push(c);
    this.sinks.rdma.roce(stream.id, c);
    return c;
  }

  /** Packets of `side` go to this queue pair. */
  private learn(connection: RoceConnection, side: number, queuePair: number): Way {
    const way = { queuePair, connection, side };
    connection.queuePairs[side] = queuePair;
    const ways = this.ways.get(queuePair) ?? [];
    const s = connection.stream;
    const key =
      side === 0 ? addressKey(s.b0, s.b1, s.b2, s.b3) : addressKey(s.a0, s.a1, s.a2, s.a3);
    for (let i = ways.length - 1; i >= 0; i--) {
      if (ways[i][0] !== key || !sameHosts(ways[i][1], way)) continue;
      // The number is used again: the pair that had it is over.
      this.end(ways[i][1].connection, s.openedNs, s.openedFrame);
      ways.splice(i, 1);
    }
    ways.push([key, way]);
    this.ways.set(queuePair, ways);
    // What was found may be gone, or no longer be the first one.
    this.places.fill(undefined);
    return way;
  }

  private manage(d: UdpDatagram): void {
    const m = cmMessage(d);
    if (m === undefined) return;
    const from = addressKey(d.srcA, d.srcB, d.srcC, d.srcD);
    const to = addressKey(d.dstA, d.dstB, d.dstC, d.dstD);
    if (m.attribute === CmAttribute.req) {
      if (this.asked.has(askedKey(from, m.localId))) return;
      if (this.connections.length >= ROCE_CONNECTIONS_MAX) {
        this.notFollowed++;
        return;
      }
      const c = this.open(d);
      c.paired = true;
      const { stream } = c;
      stream.openerKnown = true;
      if (m.sourcePort >= 0) stream.aPort = m.sourcePort;
      if (m.servicePort >= 0) stream.bPort = m.servicePort;
      stream.synNs = d.timeNs;
      c.mtu = m.mtu;
      c.halves[1].expected = m.startingPsn;
      c.halves[1].known = true;
      this.asked.set(askedKey(from, m.localId), { connection: c, from });
      this.learn(c, 1, m.queuePair);
      if (m.start) this.sinks.rdma.started({ ...m.start, connection: c.id, direction: c.id * 2 });
      this.told?.manages(d, m.attribute, c.id, 0);
      return;
    }
    const asked =
      this.asked.get(askedKey(to, m.remoteId)) ?? this.asked.get(askedKey(from, m.localId));
    if (asked === undefined) return;
    const c = asked.connection;
    const { stream } = c;
    stream.lastNs = d.timeNs;
    stream.lastFrame = d.frame;
    const side = from === asked.from ? 0 : 1;
    this.told?.manages(d, m.attribute, c.id, side);
    if (m.start) {
      this.sinks.rdma.started({ ...m.start, connection: c.id, direction: c.id * 2 + side });
    }
    if (m.attribute === CmAttribute.rep && side === 1) {
      stream.synAckNs = d.timeNs;
      c.halves[0].expected = m.startingPsn;
      c.halves[0].known = true;
      this.learn(c, 0, m.queuePair);
    } else if (m.attribute === CmAttribute.rtu) stream.handshakeAckNs = d.timeNs;
    else if (m.attribute === CmAttribute.dreq || m.attribute === CmAttribute.rej) {
      if (stream.closedBy === '') {
        stream.closedBy = side === 0 ? 'a' : 'b';
        stream.closedHow = 'fin';
        stream.closedNs = d.timeNs;
        stream.closedFrame = d.frame;
      }
      this.end(c, d.timeNs, d.frame);
    }
  }

  private end(c: RoceConnection, timeNs: number, frame: number): void {
    if (c.over) return;
    c.over = true;
    c.ended();
    this.sinks.pdus.ended(c.id * 2, timeNs, frame);
    this.sinks.pdus.ended(c.id * 2 + 1, timeNs, frame);
  }
}

/** The datagram goes from A to B, or from B to A, as those of this way do. */
function goes({ connection: { stream: s }, side }: Way, d: UdpDatagram): boolean {
  if (side === 0) {
    const toB = s.b3 === d.dstD && s.b2 === d.dstC && s.b1 === d.dstB && s.b0 === d.dstA;
    return toB && s.a3 === d.srcD && s.a2 === d.srcC && s.a1 === d.srcB && s.a0 === d.srcA;
  }
  return answersTo(s, d);
}

function placeOf(queuePair: number, src: number, dst: number): number {
  const mixed = Math.imul(queuePair ^ Math.imul(src, 0x85ebca6b) ^ (dst << 7), 0x9e3779b1);
  return (mixed >>> 16) & (PLACES - 1);
}

/** The datagram goes from the connection's B to its A. */
function answersTo(s: Connection, d: UdpDatagram): boolean {
  const toA = s.a3 === d.dstD && s.a2 === d.dstC && s.a1 === d.dstB && s.a0 === d.dstA;
  return toA && s.b3 === d.srcD && s.b2 === d.srcC && s.b1 === d.srcB && s.b0 === d.srcA;
}

function sameHosts(a: Way, b: Way): boolean {
  const s = a.connection.stream;
  const t = b.connection.stream;
  const aFrom = a.side === 0 ? s.a3 : s.b3;
  const bFrom = b.side === 0 ? t.a3 : t.b3;
  return aFrom === bFrom && a.connection !== b.connection;
}

function addressKey(a: number, b: number, c: number, d: number): string {
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0].join(':');
}

function askedKey(from: string, localId: number): string {
  return [from, localId].join('/');
}
