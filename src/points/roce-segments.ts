// RoCEv2 as the comparison of points knows it: each packet of a reliable connection as a segment. A packet
// sequence number takes a span of positions, its first part the request's or the response's, its last the
// acknowledgment's, so that copies are paired as those of TCP. What a side asks for and what answers it is one
// connection: an answer bears the number of what it answers (IBTA 9.7.3).

import type { PacketSink } from '../capture/packet.js';
import { PacketDecoder } from '../packet/decoder.js';
import { ACK, Segment, type SegmentSink } from '../packet/segment.js';
import type { DatagramSink, UdpDatagram } from '../packet/udp-datagram.js';
import type { PduSink } from '../pdu/pdu.js';
import type { RdmaSink } from '../pdu/rdma/events.js';
import type { RoceConnection } from '../pdu/roce/connection.js';
import { IbKind, type RocePacket } from '../pdu/roce/packet.js';
import { RoceStage } from '../pdu/roce/stage.js';
import type { ProblemLog } from '../problem.js';
import { Connection } from '../stream/connection.js';
import { get } from '../wire/field.js';
import { IPV4_BYTES_MIN, ipv4 } from '../wire/net/ipv4.js';
import { AethKind } from '../wire/rdma/infiniband.js';

/** Positions of a packet sequence number, which has 24 bits. */
const SPAN = 256;
const DATA_SPAN = 200;
/** Above all ports of TCP: the requester's is its connection and side, the responder's always this. */
const RESPONDER_PORT = 70_000;
const REQUESTER_PORTS = 100_000;

/** A segment that was made of something else. */
class MadeSegment extends Segment {
  /** Bytes that it has on the wire. */
  size = 0;
}

/** Nothing tells of its receiver that it came, but that nobody asks for it again. */
export function isRoce(port: number): boolean {
  return port === RESPONDER_PORT;
}

/** Bytes of payload, as they are told. */
export function sizeOf(s: Segment): number {
  return s instanceof MadeSegment ? s.size : s.payloadLength;
}

/** Packets of a capture as segments of TCP and of RoCE. */
export function pointDecoder(sink: SegmentSink, problems: ProblemLog): PacketSink {
  return new PacketDecoder(sink, problems, { datagramSink: new RoceSegments(sink) });
}

class RoceSegments implements DatagramSink {
  readonly #stage: RoceStage;
  readonly #sink: SegmentSink;
  readonly #made = new MadeSegment();
  #connections = 0;
  #datagram: UdpDatagram | undefined;

  constructor(sink: SegmentSink) {
    this.#sink = sink;
    this.#stage = new RoceStage({
      pdus: NO_PDUS,
      rdma: NO_RDMA,
      open: (timeNs, frame) => new Connection(this.#connections++, timeNs, frame),
      packets: (connection, side, packet) => this.#packet(connection, side, packet),
    });
  }

  datagram(d: UdpDatagram): void {
    this.#datagram = d;
    this.#stage.datagram(d);
  }

  #packet(connection: RoceConnection, side: number, p: RocePacket): void {
    const d = this.#datagram;
    if (d === undefined || p.kind === IbKind.other) return;
    const answers = p.kind === IbKind.ack || p.kind === IbKind.readResponse;
    const requester = answers ? 1 - side : side;
    const port = REQUESTER_PORTS + connection.id * 2 + requester;
    const s = this.#made;
    s.bytes = p.bytes;
    s.frame = d.frame;
    s.timeNs = d.timeNs;
    s.srcA = d.srcA;
    s.srcB = d.srcB;
    s.srcC = d.srcC;
    s.srcD = d.srcD;
    s.dstA = d.dstA;
    s.dstB = d.dstB;
    s.dstC = d.dstC;
    s.dstD = d.dstD;
    s.srcPort = answers ? RESPONDER_PORT : port;
    s.dstPort = answers ? port : RESPONDER_PORT;
    const bare = p.kind === IbKind.ack;
    s.seq = (p.psn * SPAN + (bare ? DATA_SPAN : 0)) >>> 0;
    s.payloadLength = bare ? SPAN - DATA_SPAN : DATA_SPAN;
    s.flags = answers && p.aethKind !== AethKind.rnr ? ACK : 0;
    // A NAK names the number that is missing: all before it came.
    const acked = p.aethKind === AethKind.nak || p.kind === IbKind.readResponse ? p.psn : p.psn + 1;
    s.ack = (acked * SPAN) >>> 0;
    s.window = p.opcode;
    s.payloadOffset = p.at;
    s.payloadCaptured = bare ? 0 : p.captured;
    s.size = bare ? 0 : p.length;
    const v4 = d.ipAt >= 0 && d.udpAt - d.ipAt === IPV4_BYTES_MIN;
    s.ipId = v4 ? get(d.view, d.ipAt, ipv4.identification) : 0;
    this.#sink.segment(s);
  }
}

const NO_PDUS: PduSink = {
  begin: () => 0,
  end() {},
  lost() {},
  ended() {},
};

const NO_RDMA: RdmaSink & { roce(): void } = {
  pieceBegins: () => 0,
  pieceEnds() {},
  started() {},
  hello() {},
  terminated() {},
  fellBack() {},
  fault() {},
  roce() {},
};
