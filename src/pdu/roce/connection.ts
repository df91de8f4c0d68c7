// hot: no allocation per packet
// A pair of queue pairs: packets in order → the pieces of RDMA messages that iWARP tells too, and the
// PDUs in Sends. Data of a Read Response is placed by its packet sequence number (IBTA 9.7.5.1).

import type { Connection } from '../../stream/connection.js';
import { RdmaOpcode } from '../../wire/rdma/codes.js';
import { AethKind, NakCode } from '../../wire/rdma/infiniband.js';
import type { PduSink } from '../pdu.js';
import { RdmaKind, RdmaPiece, type RdmaSink } from '../rdma/events.js';
import { ReadQueue } from '../rdma/read-queue.js';
import { SendMessage, type SendShared } from '../rdma/send-message.js';
import { Half, type HalfSink, psnDistance } from './half.js';
import { LateAnswers } from './late-answers.js';
import { IbKind, type RocePacket } from './packet.js';
import { nakWords } from './words.js';

const WORD = 2 ** 32;
const PIECE_KEPT_MAX = 1024;
/** Where no packet has told the path MTU: InfiniBand's smallest that RoCE networks use. */
const MTU_DEFAULT = 1024;

/** Of one direction: the RDMA Write under way. */
class Write {
  open = false;
  rKey = 0;
  high = 0;
  low = 0;
  /** Bytes placed so far. */
  placed = 0;
}

export class RoceConnection implements SendShared, HalfSink {
  readonly id: number;
  readonly stream: Connection;
  readonly halves: readonly [Half, Half];
  readonly sends: readonly [SendMessage, SendMessage];
  readonly reads: readonly [ReadQueue, ReadQueue] = [new ReadQueue(), new ReadQueue()];
  iser = false;
  initiator = -1;
  pdus = 0;
  headersCut = 0;
  strangers = 0;
  /** Payload of full packets; 0 while not known. */
  mtu = 0;
  naks = 0;
  naksFrame = 0;
  rnrs = 0;
  rnrsFrame = 0;
  cnps = 0;
  /** Where the packets of each side go to: -1 not known. */
  readonly queuePairs: [number, number] = [-1, -1];
  /** Both of its queue pairs are known. */
  paired = false;
  over = false;
  private readonly sink: PduSink;
  private readonly rdma: RdmaSink | undefined;
  private readonly pieces: readonly [RdmaPiece, RdmaPiece] = [new RdmaPiece(), new RdmaPiece()];
  /** Read Responses of each side whose request is not known yet. */
  private readonly late: readonly [LateAnswers, LateAnswers] = [
    new LateAnswers(),
    new LateAnswers(),
  ];
  private readonly writes: readonly [Write, Write] = [new Write(), new Write()];
  /** Packets of the Send under way of each side were missed: how long it is, is not sure. */
  private readonly uncertain = [false, false];
  /** Of the oldest reads of each side: bytes of it that came, by the number of the read. */
  private readonly answered: readonly [Answered, Answered] = [new Answered(), new Answered()];

  constructor(stream: Connection, sink: PduSink, rdma: RdmaSink | undefined) {
    this.id = stream.id;
    this.stream = stream;
    this.sink = sink;
    this.rdma = rdma;
    this.halves = [new Half(0, this), new Half(1, this)];
    this.sends = [
      new SendMessage(this, this.id * 2, sink, rdma),
      new SendMessage(this, this.id * 2 + 1, sink, rdma),
    ];
    for (let side = 0; side < 2; side++) {
      this.pieces[side].connection = this.id;
      this.pieces[side].direction = this.id * 2 + side;
    }
  }

  /** What was told last of a side's packets. */
  pieceOf(side: number): RdmaPiece {
    return this.pieces[side];
  }

  /** A packet of a side: a request of its own, or an answer to the other's. */
  packet(side: number, p: RocePacket): void {
    const half = this.halves[side];
    const [a, b] = this.halves;
    const late = a.tick(p.frame, p.timeNs) || b.tick(p.frame, p.timeNs);
    if (late) this.drain(0);
    const waits = this.halves[1 - side].inGrace;
    half.packets++;
    half.bytes += p.wireLength;
    if (p.congested) {
      half.congested++;
      if (half.congestedFrame === 0) half.congestedFrame = p.frame;
    }
    if ((p.kind === IbKind.send || p.kind === IbKind.write) && !p.last && p.length > this.mtu) {
      this.mtu = p.length;
    }
    switch (p.kind) {
      case IbKind.ack:
        this.acknowledged(side, p);
        break;
      case IbKind.readResponse:
        if (this.readOf(side, p) >= 0 || !this.late[side].hold(p)) this.answer(side, p);
        break;
      case IbKind.readRequest:
        half.take(p, this.numbersOf(p.dmaLength), waits);
        break;
      case IbKind.send:
      case IbKind.write:
      case IbKind.atomic:
        half.take(p, 1, waits);
        break;
    }
    if (a.waiting || b.waiting) this.drain(waits || half.inGrace ? 0 : p.timeNs);
    if (this.late[0].count > 0) this.lateAnswers(0, false);
    if (this.late[1].count > 0) this.lateAnswers(1, false);
  }

  inOrder(half: Half, p: RocePacket, readyNs: number): void {
    const side = half.direction;
    if (p.kind === IbKind.send) this.send(side, p, readyNs);
    else if (p.kind === IbKind.write) this.write(side, p, readyNs);
    else if (p.kind === IbKind.readRequest) this.readRequest(side, p, readyNs);
    else this.other(side, p, readyNs);
    half.position += p.wireLength;
  }

  missing(half: Half, packets: number, frame: number, readyNs: number): void {
    const side = half.direction;
    const send = this.sends[side];
    // Of a message that goes on some packets may be missing, and of others all.
    if (send.open) {
      send.gap(packets * this.mtuOrDefault(), false, frame, readyNs);
      this.uncertain[side] = true;
    }
    const w = this.writes[side];
    if (w.open) this.writeMissing(side, packets, frame, readyNs);
    const bytes = packets * this.mtuOrDefault();
    this.sink.lost(this.id * 2 + side, bytes, readyNs, frame, bytes);
  }

  ended(): void {
    for (let side = 0; side < 2; side++) {
      this.halves[side].settle(this.stream.lastFrame, this.stream.lastNs);
      this.drain(0);
      this.lateAnswers(1 - side, true);
      if (this.sends[side].open) this.sends[side].end(false);
    }
  }

  /**
   * What waited and is in order now, of both sides as they lie in the capture: a command before the answer to
   * it. It could be read from `timeNs` on, where the missing came late.
   */
  private drain(timeNs: number): void {
    const [a, b] = this.halves;
    while (a.waiting || b.waiting) {
      const ofA = !b.inGrace || a.inGrace ? a.nextHeldFrame() : 0;
      const ofB = !a.inGrace || b.inGrace ? b.nextHeldFrame() : 0;
      if (ofA === 0 && ofB === 0) return;
      const half = ofB === 0 || (ofA > 0 && ofA <= ofB) ? a : b;
      const p = half.nextHeld();
      if (p === undefined) return;
      half.pass(p, p.kind === IbKind.readRequest ? this.numbersOf(p.dmaLength) : 1);
      this.inOrder(half, p, Math.max(p.timeNs, timeNs));
    }
  }

  /** ACK, NAK or RNR (IBTA 9.7.5.1.2, 9.7.5.2): the numbers are the other side's. */
  private acknowledged(side: number, p: RocePacket): void {
    const other = this.halves[1 - side];
    if (p.aethKind === AethKind.nak) {
      this.naks++;
      if (this.naksFrame === 0) this.naksFrame = p.frame;
      if (p.aethValue === NakCode.sequenceError) {
        other.dropHeld();
        return;
      }
      this.refused(side, p);
      return;
    }
    if (p.aethKind === AethKind.rnr) {
      this.rnrs++;
      if (this.rnrsFrame === 0) this.rnrsFrame = p.frame;
      other.dropHeld();
      return;
    }
    other.acknowledged(p.psn, p.timeNs);
  }

  /** What was requested is refused: the queue pair is broken (9.7.5.2). */
  private refused(side: number, p: RocePacket): void {
    this.rdma?.terminated({
      connection: this.id,
      direction: this.id * 2 + side,
      frame: p.frame,
      timeNs: p.timeNs,
      words: nakWords(p.aethValue),
      victimStag: this.writes[1 - side].rKey,
    });
  }

  private send(side: number, p: RocePacket, readyNs: number): void {
    const message = this.sends[side];
    if (this.reads[side].count > 0) this.readsBefore(side, p);
    if (p.first) {
      message.begin(this.halves[side].position, p.timeNs, p.frame, readyNs);
      this.uncertain[side] = false;
    } else if (!message.open) message.skip();
    if (p.last) message.flags(p.solicited, p.invalidates, p.invalidateKey);
    message.data(p.bytes, p.at, p.captured, p.frame, readyNs);
    if (p.captured < p.length) {
      message.gap(p.length - p.captured, true, p.frame, readyNs);
    }
    message.touch(p.frame, readyNs);
    if (p.last) message.end(!this.uncertain[side]);
  }

  private write(side: number, p: RocePacket, readyNs: number): void {
    const w = this.writes[side];
    if (p.first) {
      w.open = true;
      w.rKey = p.rKey;
      w.high = p.vaHigh;
      w.low = p.vaLow;
      w.placed = 0;
    } else if (!w.open) return;
    const piece = this.piece(side, p, readyNs);
    piece.kind = RdmaKind.write;
    piece.opcode = RdmaOpcode.write;
    piece.stag = w.rKey;
    piece.stagKnown = true;
    this.place(piece, w.high, w.low, w.placed);
    piece.length = p.length;
    piece.first = p.first;
    piece.last = p.last;
    piece.read = 0;
    w.placed += p.length;
    if (p.last) w.open = false;
    this.tell(piece, p);
  }

  private writeMissing(side: number, packets: number, frame: number, readyNs: number): void {
    const w = this.writes[side];
    const piece = this.pieces[side];
    piece.kind = RdmaKind.write;
    piece.opcode = RdmaOpcode.write;
    piece.stag = w.rKey;
    piece.stagKnown = true;
    piece.length = packets * this.mtuOrDefault();
    piece.missing = piece.length;
    piece.cut = 0;
    piece.first = false;
    piece.last = false;
    piece.frame = frame;
    piece.frameEnd = frame;
    piece.timeNs = readyNs;
    piece.endNs = readyNs;
    piece.endBound = true;
    piece.dataKept = 0;
    this.place(piece, w.high, w.low, w.placed);
    w.placed += piece.length;
    this.rdma?.pieceBegins(piece);
    this.rdma?.pieceEnds(piece);
  }

  private readRequest(side: number, p: RocePacket, readyNs: number): void {
    const piece = this.piece(side, p, readyNs);
    piece.kind = RdmaKind.readRequest;
    piece.opcode = RdmaOpcode.readRequest;
    piece.stag = p.rKey;
    piece.stagKnown = true;
    piece.offsetHigh = p.vaHigh;
    piece.offsetLow = p.vaLow;
    piece.length = p.dmaLength;
    piece.first = true;
    piece.last = true;
    const { rKey, vaHigh, vaLow, dmaLength } = p;
    piece.read = this.reads[side].add(0, 0, 0, dmaLength, rKey, vaHigh, vaLow, p.psn);
    this.rdma?.pieceBegins(piece);
    this.rdma?.pieceEnds(piece);
  }

  /** Which read of the other side a packet of a Read Response answers, -1 none that is known. */
  private readOf(side: number, p: RocePacket): number {
    const reads = this.reads[1 - side];
    let i = reads.count - 1;
    for (; i >= 0; i--) {
      const over = psnDistance(p.psn, reads.psn(i));
      if (over >= 0 && over < this.packetsOf(reads.size(i))) break;
    }
    return i;
  }

  /** Answers whose request has come meanwhile, or never will. */
  private lateAnswers(side: number, all: boolean): void {
    const late = this.late[side];
    for (let i = 0; i < late.count; ) {
      const due = all || late.tick(i) || this.readOf(side, late.at(i)) >= 0;
      if (due) this.answer(side, late.take(i));
      else i++;
    }
  }

  /** A packet of a Read Response: which read, and where in it, its number says. */
  private answer(side: number, p: RocePacket): void {
    const reads = this.reads[1 - side];
    const requester = this.halves[1 - side];
    // It acknowledges what was requested before it (9.7.5.1.3).
    if (p.aethKind === AethKind.ack) requester.acknowledged((p.psn - 1) & 0xffffff, p.timeNs);
    this.drain(0);
    if (!p.last && p.length > this.mtu) this.mtu = p.length;
    const mtu = this.mtuOrDefault();
    const i = this.readOf(side, p);
    const half = this.halves[side];
    const piece = this.piece(side, p, p.timeNs);
    half.position += p.wireLength;
    piece.kind = RdmaKind.readData;
    piece.opcode = RdmaOpcode.readResponse;
    piece.length = p.length;
    piece.stagKnown = i >= 0;
    piece.read = 0;
    if (i < 0) {
      piece.first = p.first;
      piece.last = p.last;
      this.tell(piece, p);
      return;
    }
    const answered = this.answered[1 - side];
    const number = psnDistance(p.psn, reads.psn(i));
    const serial = reads.serialOf(i);
    // Bytes that came before are not moved again.
    if (!answered.mark(serial, number)) {
      half.again++;
      if (half.againFrame === 0) half.againFrame = p.frame;
      return;
    }
    const offset = number * mtu;
    piece.read = serial;
    piece.stag = reads.sourceStag(i);
    piece.offsetHigh = reads.sourceHigh(i, offset);
    piece.offsetLow = reads.sourceLow(i, offset);
    piece.first = number === 0;
    const packets = this.packetsOf(reads.size(i));
    const whole = answered.count(serial) >= packets;
    piece.last = whole;
    if (number === packets - 1) answered.ends(serial);
    // Reads are answered in their order: those before are over.
    if (i > 0) {
      this.readsDone(1 - side, i, p);
      this.piece(side, p, p.timeNs);
      piece.length = p.length;
      piece.read = serial;
      piece.stag = reads.sourceStag(0);
      piece.offsetHigh = reads.sourceHigh(0, offset);
      piece.offsetLow = reads.sourceLow(0, offset);
      piece.first = number === 0;
      piece.last = whole;
    }
    this.tell(piece, p);
    if (whole) reads.drop(1);
  }

  /** The first `n` reads of a side are over: what the capture missed of them was moved all the same. */
  private readsDone(side: number, n: number, p: RocePacket): void {
    const reads = this.reads[side];
    const answered = this.answered[side];
    const piece = this.piece(1 - side, p, p.timeNs);
    for (let i = 0; i < n; i++) {
      const serial = reads.serialOf(i);
      const missing = reads.size(i) - answered.count(serial) * this.mtuOrDefault();
      if (missing <= 0) continue;
      piece.kind = RdmaKind.readData;
      piece.opcode = RdmaOpcode.readResponse;
      piece.stagKnown = true;
      piece.read = serial;
      piece.stag = reads.sourceStag(i);
      piece.offsetHigh = reads.sourceHigh(i, 0);
      piece.offsetLow = reads.sourceLow(i, 0);
      piece.length = missing;
      piece.missing = missing;
      piece.cut = 0;
      piece.first = false;
      piece.last = true;
      piece.endBound = true;
      this.rdma?.pieceBegins(piece);
      this.rdma?.pieceEnds(piece);
      this.halves[1 - side].lost += Math.ceil(missing / this.mtuOrDefault());
      if (this.halves[1 - side].lostFrame === 0) this.halves[1 - side].lostFrame = p.frame;
    }
    reads.drop(n);
  }

  /** A Send of the side: its reads that have come to their ends are over. */
  private readsBefore(side: number, p: RocePacket): void {
    const reads = this.reads[side];
    let n = 0;
    while (n < reads.count && this.answered[side].ended(reads.serialOf(n))) n++;
    if (n > 0) this.readsDone(side, n, p);
  }

  private other(side: number, p: RocePacket, readyNs: number): void {
    const piece = this.piece(side, p, readyNs);
    piece.kind = RdmaKind.other;
    piece.opcode = RdmaOpcode.atomicRequest;
    piece.stagKnown = false;
    piece.length = p.length;
    this.rdma?.pieceBegins(piece);
    this.rdma?.pieceEnds(piece);
  }

  private piece(side: number, p: RocePacket, readyNs: number): RdmaPiece {
    const piece = this.pieces[side];
    piece.frame = p.frame;
    piece.frameEnd = p.frame;
    piece.timeNs = p.timeNs;
    piece.endNs = readyNs;
    piece.endBound = false;
    piece.missing = 0;
    piece.cut = p.length - p.captured;
    piece.dataKept = 0;
    piece.task = -1;
    piece.session = -1;
    piece.bufferOffset = 0;
    piece.streamOffset = this.halves[side].position;
    piece.streamBytes = p.wireLength;
    return piece;
  }

  private tell(piece: RdmaPiece, p: RocePacket): void {
    const wanted = Math.min(this.rdma?.pieceBegins(piece) ?? 0, p.captured, PIECE_KEPT_MAX);
    if (wanted > 0) {
      if (piece.data.length === 0) piece.data = new Uint8Array(PIECE_KEPT_MAX);
      for (let i = 0; i < wanted; i++) piece.data[i] = p.bytes[p.at + i];
      piece.dataKept = wanted;
    }
    this.rdma?.pieceEnds(piece);
  }

  private place(piece: RdmaPiece, high: number, low: number, offset: number): void {
    piece.offsetHigh = (high + Math.floor((low + offset) / WORD)) % WORD;
    piece.offsetLow = (low + offset) % WORD;
  }

  /** Numbers that a Read Request takes; 0 where no packet has told the path MTU yet. */
  private numbersOf(length: number): number {
    return this.mtu > 0 ? this.packetsOf(length) : 0;
  }

  private packetsOf(length: number): number {
    return Math.max(1, Math.ceil(length / this.mtuOrDefault()));
  }

  private mtuOrDefault(): number {
    return this.mtu > 0 ? this.mtu : MTU_DEFAULT;
  }
}

/** Which packets of the last few reads were answered. */
class Answered {
  private serials = NO_READS;
  private counts = NO_READS;
  private lasts = NO_READS;
  private readonly bits: (Uint32Array | undefined)[] = [];

  /** Packet `number` of a read has come; false where it had before. */
  mark(serial: number, number: number): boolean {
    if (this.serials.length === 0) this.begin();
    const at = serial % READS;
    if (this.serials[at] !== serial) {
      this.serials[at] = serial;
      this.counts[at] = 0;
      this.bits[at]?.fill(0);
    }
    let bits = this.bits[at];
    const word = number >>> 5;
    if (bits === undefined || word >= bits.length) {
      const more = new Uint32Array(Math.max(8, word * 2 + 2));
      if (bits !== undefined) more.set(bits);
      bits = more;
      this.bits[at] = bits;
    }
    const bit = 1 << (number & 31);
    if ((bits[word] & bit) !== 0) return false;
    bits[word] |= bit;
    this.counts[at]++;
    return true;
  }

  /** The last packet of a read has come. */
  ends(serial: number): void {
    if (this.serials.length === 0) this.begin();
    this.lasts[serial % READS] = serial;
  }

  ended(serial: number): boolean {
    return this.lasts[serial % READS] === serial;
  }

  count(serial: number): number {
    const at = serial % READS;
    return this.serials[at] === serial ? this.counts[at] : 0;
  }

  /** Room from the first answer on: most sides read nothing. */
  private begin(): void {
    this.serials = new Float64Array(READS);
    this.counts = new Float64Array(READS);
    this.lasts = new Float64Array(READS);
  }
}

/** Reads whose answers are remembered: more are not outstanding (RFC 6581's depths, IBTA's 8 bits). */
const READS = 256;
const NO_READS = new Float64Array(0);
