// hot: no allocation per packet
// The FPDUs of one direction as messages, for those who list them (pdu/message.ts): header, and the
// first bytes of what is RDMAP's own. A connection that turns out to carry another protocol's is left out.

import { RdmaOpcode } from '../../wire/rdma/codes.js';
import { CONTROL_END, UNTAGGED_END } from '../../wire/rdma/header-check.js';
import { ISER_HEADER_BYTES } from '../../wire/rdma/iser.js';
import { FPDU_LENGTH_BYTES, fpduBytes, MPA_FRAME_BYTES } from '../../wire/rdma/mpa.js';
import { READ_REQUEST_BYTES } from '../../wire/rdma/rdmap.js';
import type { MessageSink } from '../message.js';
import { MessageProtocol, Role, type RoleCode } from '../message-codes.js';
import type { RdmaPiece } from '../rdma/events.js';
import {
  FPDU_UNKNOWN_KIND,
  MPA_REPLY_KIND,
  MPA_REQUEST_KIND,
  RdmaMessage,
} from '../rdma/message.js';
import type { IwarpShared } from './shared.js';

/** Behind the header of an untagged segment: a Terminate with what it returns, an atomic request. */
const KEPT_MAX = 80;

const ROLES: readonly RoleCode[] = [Role.dataIn, Role.transferReady, Role.dataOut];

export class ToldFpdus {
  private readonly message = new RdmaMessage(MessageProtocol.iwarp);
  private readonly sink: MessageSink;
  private readonly connection: IwarpShared;
  private readonly direction: number;
  private readonly header = new Uint8Array(UNTAGGED_END);
  private readonly headerView = new DataView(this.header.buffer);
  private readonly kept = new Uint8Array(KEPT_MAX);
  private readonly keptView = new DataView(this.kept.buffer);
  private wanted = 0;
  private open = false;

  constructor(connection: IwarpShared, direction: number, sink: MessageSink) {
    this.connection = connection;
    this.direction = direction;
    this.sink = sink;
    this.message.data = this.kept;
    this.message.dataView = this.keptView;
  }

  /** A header of `length` bytes, `captured` of which are there, begins an FPDU with `body` bytes behind it. */
  begins(
    header: Uint8Array,
    length: number,
    whole: boolean,
    opcode: number,
    last: boolean,
    body: number,
    piece: RdmaPiece,
  ): void {
    const { message: m, connection: c } = this;
    this.open = false;
    if (c.strangers > 0 && !c.iser) return;
    this.open = true;
    const kind = whole ? opcode : FPDU_UNKNOWN_KIND;
    m.renew(kind, c.id, this.direction, piece.frame, piece.timeNs);
    for (let i = 0; i < length; i++) this.header[i] = header[i];
    m.bytes = this.header;
    m.view = this.headerView;
    m.at = 0;
    m.headerLength = length;
    m.headerCaptured = whole ? length : CONTROL_END;
    m.wireLength = fpduBytes(length - FPDU_LENGTH_BYTES + body);
    m.streamOffset = piece.streamOffset;
    m.last = last;
    m.length = body;
    this.wanted = whole ? wantedOf(opcode, body) : 0;
    if (whole) m.role = ROLES[opcode] ?? Role.other;
    this.whose(piece);
    this.sink.messageBegins(m);
  }

  data(bytes: Uint8Array, at: number, n: number): void {
    const { message: m } = this;
    const more = Math.min(n, this.wanted - m.dataKept);
    for (let i = 0; i < more; i++) this.kept[m.dataKept + i] = bytes[at + i];
    if (more > 0) m.dataKept += more;
  }

  /** Bytes of the body are missing: what comes after them is not kept. */
  gap(): void {
    this.wanted = 0;
  }

  ends(piece: RdmaPiece, whole: boolean, crc: number, crcWord: number, crcRight: number): void {
    if (!this.open) return;
    this.open = false;
    const { message: m } = this;
    m.frameEnd = piece.frameEnd;
    m.endNs = piece.endNs;
    m.complete = whole;
    m.dataMissing = piece.missing;
    m.dataCut = piece.cut;
    m.crc = crc;
    m.crcWord = crcWord;
    m.crcRight = crcRight;
    // What a Read Request asks for is known with its body.
    if (m.kind === RdmaOpcode.readRequest && whole) m.length = piece.length;
    this.whose(piece);
    this.sink.messageEnds(m);
  }

  /** MPA's start-up frame of this side. */
  start(
    bytes: Uint8Array,
    length: number,
    reply: boolean,
    frame: number,
    timeNs: number,
    frameEnd: number,
    endNs: number,
  ): void {
    const { message: m, connection: c } = this;
    m.renew(reply ? MPA_REPLY_KIND : MPA_REQUEST_KIND, c.id, this.direction, frame, timeNs);
    m.fromInitiator = !reply;
    m.bytes = bytes;
    m.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    m.at = 0;
    m.headerLength = length;
    m.headerCaptured = length;
    m.wireLength = length;
    m.length = length - MPA_FRAME_BYTES;
    m.streamOffset = 0;
    m.frameEnd = frameEnd;
    m.endNs = endNs;
    this.sink.messageBegins(m);
    this.sink.messageEnds(m);
  }

  private whose(piece: RdmaPiece): void {
    const { message: m, connection: c } = this;
    m.task = piece.task;
    m.session = piece.session;
    m.bufferOffset = piece.bufferOffset;
    m.fromInitiator = c.initiator >= 0 && (this.direction & 1) === c.initiator;
  }
}

/** Of Sends the iSER header, of which the PDU's own bytes are told by the PDU. */
function wantedOf(opcode: number, body: number): number {
  if (opcode === RdmaOpcode.write || opcode === RdmaOpcode.readResponse) return 0;
  if (opcode === RdmaOpcode.readRequest) return Math.min(body, READ_REQUEST_BYTES);
  const send = opcode >= RdmaOpcode.send && opcode <= RdmaOpcode.sendSEInvalidate;
  return Math.min(body, send ? ISER_HEADER_BYTES : KEPT_MAX);
}
