// hot: no allocation per packet
// Packets of RoCEv2 as messages, for those who list them (pdu/message.ts): their headers, and the
// connection manager's messages whole. Sent again or early, each packet is one: they are told as they pass.

import type { UdpDatagram } from '../../packet/udp-datagram.js';
import { BTH_BYTES, DETH_BYTES, EXTENDED_BYTES, ICRC_BYTES } from '../../wire/rdma/infiniband.js';
import { MAD_HEADER_BYTES } from '../../wire/rdma/infiniband-cm.js';
import { CHECK_BAD, CHECK_GOOD, CHECK_NONE } from '../fc/frame.js';
import type { MessageSink } from '../message.js';
import { MessageProtocol, Role } from '../message-codes.js';
import type { RdmaPiece } from '../rdma/events.js';
import { CM_KIND, RdmaMessage } from '../rdma/message.js';
import { ICRC_RIGHT, ICRC_WRONG, icrc } from './icrc.js';
import { IbKind, type RocePacket } from './packet.js';

/** A MAD is 256 bytes (IBTA 13.4.2). */
const MAD_BYTES = 256;

export class ToldPackets {
  private readonly message = new RdmaMessage(MessageProtocol.roce);
  private readonly sink: MessageSink;

  constructor(sink: MessageSink) {
    this.sink = sink;
  }

  /** A packet of a reliable connection, or a CNP. `connection` -1: of none that is known. */
  begins(d: UdpDatagram, p: RocePacket, connection: number, side: number, verdict: number): void {
    const m = this.message;
    m.renew(p.opcode, connection, connection * 2 + side, d.frame, d.timeNs);
    const extended = Math.max(0, EXTENDED_BYTES[p.opcode] ?? 0);
    this.headers(d, BTH_BYTES + extended);
    m.length = p.kind === IbKind.readRequest ? p.dmaLength : p.length;
    m.dataCut = p.length - p.captured;
    m.last = p.last;
    if (p.kind === IbKind.write) m.role = Role.dataIn;
    else if (p.kind === IbKind.readRequest) m.role = Role.transferReady;
    else if (p.kind === IbKind.readResponse) m.role = Role.dataOut;
    m.crc = checkOf(verdict);
    this.sink.messageBegins(m);
  }

  /** What the packet was to its command, where it was told so at once. */
  ends(piece: RdmaPiece | undefined, fromInitiator: boolean): void {
    const m = this.message;
    m.fromInitiator = fromInitiator;
    if (piece !== undefined && piece.frame === m.frame) {
      m.task = piece.task;
      m.session = piece.session;
      m.bufferOffset = piece.bufferOffset;
    }
    this.sink.messageEnds(m);
  }

  /** A message of the connection manager. */
  manages(d: UdpDatagram, attribute: number, connection: number, side: number): void {
    const m = this.message;
    m.renew(CM_KIND + attribute, connection, connection * 2 + side, d.frame, d.timeNs);
    // Who asks for a connection is the initiator.
    m.fromInitiator = side === 0;
    this.headers(d, BTH_BYTES + DETH_BYTES + MAD_BYTES);
    m.length = MAD_BYTES - MAD_HEADER_BYTES;
    m.crc = checkOf(icrc(d));
    this.sink.messageBegins(m);
    this.sink.messageEnds(m);
  }

  private headers(d: UdpDatagram, length: number): void {
    const m = this.message;
    m.bytes = d.bytes;
    m.view = d.view;
    m.at = d.at;
    m.wireLength = d.length;
    m.headerLength = Math.min(length, d.length - ICRC_BYTES);
    m.headerCaptured = Math.min(m.headerLength, d.captured);
    const crcAt = d.at + d.length - ICRC_BYTES;
    const there = d.captured >= d.length;
    m.crcWord = there ? d.view.getUint32(crcAt) : 0;
    m.streamOffset = 0;
  }
}

function checkOf(verdict: number): number {
  if (verdict === ICRC_RIGHT) return CHECK_GOOD;
  return verdict === ICRC_WRONG ? CHECK_BAD : CHECK_NONE;
}
