// Packets in, packets out: each waits until what its payload belongs to is understood, and goes on with
// names replaced and user data zeroed. What is not understood by the time that too much waits goes on as zeros.

import type { Packet, PacketSink } from '../capture/packet.js';
import type { PcapngWriter } from '../capture/pcapng-writer.js';
import type { Epoch } from '../capture/time.js';
import { type MessageFacts, MessageReader } from '../decode/messages.js';
import { addressText } from '../lib/address.js';
import { adjust, sum } from '../lib/checksum-edit.js';
import { SCRUB_HELD_BYTES } from '../limits.js';
import { PacketDecoder } from '../packet/decoder.js';
import type { Segment, SegmentSink } from '../packet/segment.js';
import { UdpDatagram } from '../packet/udp-datagram.js';
import { MessageProtocol } from '../pdu/message-codes.js';
import { icrcOf } from '../pdu/roce/icrc.js';
import { type PointConnection, PointConnections } from '../points/point-connections.js';
import type { ProblemLog } from '../problem.js';
import type { SessionQuery } from '../session/session-query.js';
import { flowOf } from '../stream/connection.js';
import { get } from '../wire/field.js';
import { ISNS_HEADER_BYTES, ISNS_PORT, isnsHeader } from '../wire/isns/header.js';
import { ICRC_BYTES, ROCE_PORT } from '../wire/rdma/infiniband.js';
import { FcScrub } from './fc-scrub.js';
import { FpduScrub } from './fpdu-scrub.js';
import { type FrameKept, scrubFrame } from './frame-scrub.js';
import { IsnsScrub, IsnsTexts, scrubIsns } from './isns-scrub.js';
import { type DirectionEdits, type PduKept, PduScrub } from './pdu-scrub.js';
import type { Pseudonyms } from './pseudonyms.js';
import { RoceScrub } from './roce-scrub.js';
import { StreamEdits } from './stream-edits.js';

export interface ScrubKept extends PduKept, FrameKept {}

interface Held {
  readonly packet: Packet;
  readonly bytes: Uint8Array;
  /** Payload: where, how long; position and edits of its direction. */
  readonly payloadAt: number;
  readonly length: number;
  readonly tcpAt: number;
  readonly position: number;
  readonly edits: StreamEdits | undefined;
}

/** A datagram, what its payload becomes, and its ICRC as it should be (-1: not known). */
interface Understood {
  readonly of: UdpDatagram;
  readonly payload: Uint8Array;
  readonly icrc: number;
}

/** Something that lies in a direction's bytes. */
interface PlacedInStream {
  readonly connection: number;
  readonly direction: number;
  readonly streamOffset: number;
}

/** Where a segment belongs. */
interface Place {
  readonly connection: PointConnection;
  readonly direction: number;
  readonly position: number;
}

export class Scrubber implements PacketSink, SegmentSink {
  written = 0;
  /** Bytes of payload that became zeros, and that stayed or became others. */
  payloadBytes = 0;
  /** Packets with payload that went on before they were understood. */
  notUnderstood = 0;
  readonly pdus: PduScrub;
  readonly fc: FcScrub;
  /** Messages of other protocols than iSCSI. */
  readonly messages: MessageReader;
  readonly #isns: IsnsScrub;
  /** The sender of the last datagrams of iSNS: a message's parts follow each other. */
  #isnsFrom: { readonly key: string; readonly texts: IsnsTexts } | undefined;
  readonly fpdus: FpduScrub;
  readonly #roce: RoceScrub;
  readonly #pseudonyms: Pseudonyms;
  readonly #kept: ScrubKept;
  readonly #writer: PcapngWriter;
  readonly #epoch: () => Epoch;
  readonly #decoder: PacketDecoder;
  readonly #connections = new PointConnections();
  readonly #edits: [StreamEdits, StreamEdits][] = [];
  /** What has gone on is undefined: its bytes are needed by nobody. */
  readonly #queue: (Held | undefined)[] = [];
  #head = 0;
  #heldBytes = 0;
  #segment: Place | undefined;
  #datagram: Understood | undefined;
  /** The packet under way, where the road may still say what it holds. */
  #awaited: Held | undefined;
  #payload = { at: -1, length: 0 };
  look: SessionQuery | undefined = undefined;

  constructor(
    pseudonyms: Pseudonyms,
    kept: ScrubKept,
    writer: PcapngWriter,
    epoch: () => Epoch,
    problems: ProblemLog,
  ) {
    this.#pseudonyms = pseudonyms;
    this.#kept = kept;
    this.#writer = writer;
    this.#epoch = epoch;
    this.#decoder = new PacketDecoder(this, problems, { datagramSink: this });
    const editsOf = (pdu: PlacedInStream) => this.#editsOf(pdu);
    this.pdus = new PduScrub(pseudonyms, kept, editsOf);
    this.fc = new FcScrub(pseudonyms, kept, editsOf);
    this.#isns = new IsnsScrub(pseudonyms, kept, editsOf);
    this.messages = new MessageReader({ take: (facts) => this.#message(facts) });
    this.fpdus = new FpduScrub(pseudonyms, kept, editsOf);
    this.#roce = new RoceScrub(pseudonyms, kept);
  }

  packet(packet: Packet): void {
    // What the road made of the packet before is known by now.
    this.#awaited = undefined;
    this.fc.captured = undefined;
    this.#segment = undefined;
    this.#datagram = undefined;
    this.#payload = { at: -1, length: 0 };
    this.#decoder.packet(packet);
    const bytes = Uint8Array.from(
      packet.bytes.subarray(packet.offset, packet.offset + packet.capturedLength),
    );
    const frame = scrubFrame(bytes, packet.linkType, this.#pseudonyms, this.#kept);
    // Set by the decoder, which calls segment() meanwhile.
    const segment = this.#segment as Place | undefined;
    const { at, length } = this.#payload;
    const payloadAt = at - packet.offset;
    // Both readers of the packet must mean the same place: else (a tunnel, a fragment) it is zeroed.
    const same = segment !== undefined && frame.payloadAt === payloadAt;
    if (frame.payloadAt >= 0 && !same) bytes.fill(0, frame.payloadAt);
    this.#understoodDatagram(packet, bytes, frame.udpAt);
    this.#hold({
      packet: Object.assign(Object.create(Object.getPrototypeOf(packet)) as Packet, packet),
      bytes,
      payloadAt,
      length: same ? length : 0,
      tcpAt: frame.tcpAt,
      position: segment?.position ?? 0,
      edits: same ? this.#edits[segment.connection.id][segment.direction] : undefined,
    });
  }

  /** Datagrams of RoCE and iSNS, where both readers of the packet mean the same place. */
  datagram(d: UdpDatagram): void {
    if (d.dstPort !== ROCE_PORT && d.dstPort !== ISNS_PORT && d.srcPort !== ISNS_PORT) return;
    if (d.ipAt < 0) return;
    const payload = d.dstPort === ROCE_PORT ? this.#roce.payload(d) : this.#isnsDatagram(d);
    if (payload !== undefined) this.#datagram = { of: d, payload, icrc: icrcOf(d) };
  }

  #isnsDatagram(d: UdpDatagram): Uint8Array | undefined {
    if (d.captured < ISNS_HEADER_BYTES) return undefined;
    const made = d.bytes.slice(d.at, d.at + d.captured);
    const view = new DataView(made.buffer);
    const payload = made.slice(ISNS_HEADER_BYTES);
    const functionId = get(view, 0, isnsHeader.functionId);
    const sequenceId = get(view, 0, isnsHeader.sequenceId);
    const length = get(view, 0, isnsHeader.pduLength);
    made.fill(0, ISNS_HEADER_BYTES);
    const transactionId = get(view, 0, isnsHeader.transactionId);
    const pdu = { payload: payload.subarray(0, length), functionId, transactionId, sequenceId };
    const key = addressText(d.srcA, d.srcB, d.srcC, d.srcD);
    if (this.#isnsFrom?.key !== key) this.#isnsFrom = { key, texts: new IsnsTexts() };
    const { texts } = this.#isnsFrom;
    made.set(scrubIsns(pdu, texts, this.#pseudonyms, this.#kept), ISNS_HEADER_BYTES);
    return made;
  }

  #understoodDatagram(packet: Packet, bytes: Uint8Array, udpAt: number): void {
    const datagram = this.#datagram;
    if (datagram === undefined) {
      // A captured frame is told by the road, which has the packet next.
      this.fc.captured = { window: packet.bytes, offset: packet.offset, made: bytes };
      return;
    }
    const { of: d, payload, icrc } = datagram;
    if (udpAt < 0 || udpAt !== d.udpAt - packet.offset) return;
    bytes.set(payload, d.at - packet.offset);
    if (d.dstPort !== ROCE_PORT) return;
    const word = icrc < 0 ? 0 : d.view.getUint32(d.at + d.length - ICRC_BYTES);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const moved = Object.assign(new UdpDatagram(), d, {
      bytes,
      view,
      at: d.at - packet.offset,
      udpAt,
      ipAt: d.ipAt - packet.offset,
    });
    this.#roce.checked(moved, word, icrc);
  }

  segment(s: Segment): void {
    const connection = this.#connections.find(s);
    if (connection === undefined) return;
    const direction = this.#connections.direction;
    if (this.#edits[connection.id] === undefined) {
      this.#edits[connection.id] = [new StreamEdits(), new StreamEdits()];
    }
    const position = connection.positions[direction].of(s.seq);
    this.#segment = { connection, direction, position: position + ((s.flags & 2) !== 0 ? 1 : 0) };
    this.#payload = { at: s.payloadOffset, length: s.payloadCaptured };
  }

  #message(facts: MessageFacts): void {
    const { message } = facts;
    if (message.protocol === MessageProtocol.isns) this.#isns.isns(message);
    else if (message.protocol === MessageProtocol.fc) {
      this.fc.frame({ frame: message, tree: facts.tree() });
    }
  }

  /** All that waits goes on; nothing more comes. */
  finish(): void {
    this.#awaited = undefined;
    while (this.#head < this.#queue.length) this.#release();
    this.#writer.flush();
  }

  /** What is understood by now goes on. */
  release(): void {
    for (;;) {
      const held = this.#queue[this.#head];
      if (held === undefined) break;
      const { edits, position, length } = held;
      if (held === this.#awaited) break;
      const ready = length === 0 || edits === undefined || position + length <= edits.decidedTo;
      if (!ready && this.#heldBytes <= SCRUB_HELD_BYTES) break;
      if (!ready) this.notUnderstood++;
      this.#release();
    }
  }

  #hold(held: Held): void {
    this.#queue.push(held);
    if (held.length > 0) held.edits?.waiting.push(held);
    else if (this.fc.captured !== undefined) this.#awaited = held;
    this.#heldBytes += held.bytes.length;
    this.release();
  }

  #release(): void {
    const held = this.#queue[this.#head];
    this.#queue[this.#head++] = undefined;
    if (held === undefined) return;
    this.#heldBytes -= held.bytes.length;
    const { bytes, payloadAt, length, tcpAt, position, edits } = held;
    if (length > 0 && edits !== undefined) {
      edits.released(held);
      const before = sum(bytes, payloadAt, length);
      edits.write(position, length, bytes, payloadAt);
      adjust(bytes, tcpAt + 16, before, sum(bytes, payloadAt, length));
      this.payloadBytes += length;
    }
    this.#writer.packet(held.packet, this.#epoch(), [], bytes);
    this.written++;
    if (this.#head < 4096) return;
    this.#queue.splice(0, this.#head);
    this.#head = 0;
  }

  /** The edits of a PDU's direction: the newest connection between its ends. */
  #editsOf(pdu: PlacedInStream): DirectionEdits | undefined {
    const connection = this.look?.connection(pdu.connection);
    if (connection === undefined) return undefined;
    const found = this.#connections.between(
      [connection.a0, connection.a1, connection.a2, connection.a3, connection.aPort],
      [connection.b0, connection.b1, connection.b2, connection.b3, connection.bPort],
    );
    if (found === undefined) return undefined;
    const ofA = (pdu.direction & 1) === 0;
    const direction = found.swapped === ofA ? 1 : 0;
    const positions = found.connection.positions[direction];
    const flow = flowOf(connection, pdu.direction);
    // Where the stream's byte 0 lies among the positions: near what was seen last, less what was read.
    const base = nearest(positions.last - pdu.streamOffset, flow.startSeq >>> 0);
    return { edits: this.#edits[found.connection.id][direction], base };
  }
}

/** The position that is `seq` modulo 2^32 and lies nearest to `about`. */
function nearest(about: number, seq: number): number {
  const two32 = 4294967296;
  return seq + Math.round((about - seq) / two32) * two32;
}
