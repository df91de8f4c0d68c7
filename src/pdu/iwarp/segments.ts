// hot: no allocation per packet
// DDP segments of one direction → pieces of RDMA messages (RFC 5041 5, RFC 5040 4): tagged ones are
// counted, Send Messages go on to the PDU in them, the short messages of the others are gathered.

import { get } from '../../wire/field.js';
import { RdmaOpcode, terminateWords } from '../../wire/rdma/codes.js';
import {
  ddpControl,
  ddpTagged,
  TAGGED_BYTES,
  taggedOffsetWords,
  UNTAGGED_BYTES,
} from '../../wire/rdma/ddp.js';
import {
  ATOMIC_REQUEST_BYTES,
  READ_REQUEST_BYTES,
  readRequest,
  readRequestWords,
  TERMINATE_BYTES,
  TERMINATED_LENGTH_BYTES,
  terminate,
} from '../../wire/rdma/rdmap.js';
import type { RdmaSink } from '../rdma/events.js';
import { RdmaKind, RdmaPiece } from '../rdma/events.js';
import type { SendMessage } from '../rdma/send-message.js';
import { msnWrong } from './faults.js';
import type { IwarpShared } from './shared.js';

/** The longest message that is gathered: a Terminate with both headers of a Read Request. */
const SHORT_MAX = Math.max(
  TERMINATE_BYTES + TERMINATED_LENGTH_BYTES + UNTAGGED_BYTES + READ_REQUEST_BYTES,
  ATOMIC_REQUEST_BYTES,
);

const WORD = 2 ** 32;
/** A hole in a message larger than this is none: RDMA Reads and Writes of iSER end at some MiB. */
const JUMP_MAX = 1 << 24;

/** Data kept of one piece: of control commands, whose answers are read. */
const PIECE_KEPT_MAX = 1024;

const NOTHING = 0;
const TAGGED = 1;
const SEND = 2;
const SHORT = 3;

export class Segments {
  /** How the body of a segment is taken. */
  static readonly COUNTED = 0;
  /** Messages that began, by opcode. */
  readonly messages = new Uint32Array(16);
  private readonly connection: IwarpShared;
  private readonly send: SendMessage;
  private readonly rdma: RdmaSink | undefined;
  readonly piece = new RdmaPiece();
  private mode = NOTHING;
  private last = false;
  private opcode = 0;
  private readonly short = new Uint8Array(SHORT_MAX);
  private readonly shortView = new DataView(this.short.buffer);
  private shortHave = 0;
  /** Bytes of a tagged piece that are kept until its end. */
  private wanted = 0;
  private shortWhole = true;
  /** The Send under way: its message number; the number that the next one should have. */
  private msn = 0;
  private nextMsn = 1;
  private msnKnown = true;
  /** The tagged message under way: where its next byte belongs; -1 none. */
  private openStag = -1;
  private openOpcode = -1;
  private openHigh = 0;
  private openLow = 0;
  /** Bytes that hide headers were missed since the last one. */
  private lossSince = false;

  constructor(
    connection: IwarpShared,
    direction: number,
    send: SendMessage,
    rdma: RdmaSink | undefined,
  ) {
    this.connection = connection;
    this.send = send;
    this.rdma = rdma;
    this.piece.connection = connection.id;
    this.piece.direction = direction;
  }

  /** An FPDU begins. */
  opens(begin: number, timeNs: number, frame: number, readyNs: number): void {
    const p = this.piece;
    p.streamOffset = begin;
    p.timeNs = timeNs;
    p.frame = frame;
    p.frameEnd = frame;
    p.endNs = readyNs;
    p.endBound = false;
    p.missing = 0;
    p.cut = 0;
    p.dataKept = 0;
    p.task = -1;
    p.session = -1;
    p.bufferOffset = 0;
    this.wanted = 0;
    this.mode = NOTHING;
  }

  /** Its header is not known whole: no more than where it ends. */
  unknown(): void {
    this.mode = NOTHING;
    this.lossSince = true;
    this.msnKnown = false;
  }

  tagged(
    opcode: number,
    last: boolean,
    stag: number,
    high: number,
    low: number,
    length: number,
  ): void {
    const p = this.piece;
    if (this.openStag < 0 || this.openOpcode !== opcode || this.openStag !== stag) {
      this.messages[opcode]++;
      p.first = true;
    } else {
      p.first = false;
      if (this.lossSince) this.bridge(high, low);
    }
    this.mode = TAGGED;
    this.opcode = opcode;
    this.last = last;
    p.opcode = opcode;
    p.length = length;
    p.last = last;
    p.read = 0;
    this.place(opcode, stag, high, low);
    this.openStag = last ? -1 : stag;
    this.openOpcode = opcode;
    this.openHigh = high + Math.floor((low + length) / WORD);
    this.openLow = (low + length) % WORD;
    this.lossSince = false;
    p.dataKept = 0;
    const wanted = this.rdma?.pieceBegins(p) ?? 0;
    this.wanted = Math.min(wanted, length, PIECE_KEPT_MAX);
    if (this.wanted > 0 && p.data.length === 0) p.data = new Uint8Array(PIECE_KEPT_MAX);
  }

  /** True while bytes of the data are to be kept. */
  get keeps(): boolean {
    return this.mode === TAGGED && this.piece.dataKept < this.wanted;
  }

  untagged(
    opcode: number,
    last: boolean,
    invalidateStag: number,
    msn: number,
    offset: number,
    length: number,
  ): void {
    this.opcode = opcode;
    this.last = last;
    this.lossSince = false;
    if (offset === 0) this.messages[opcode]++;
    if (opcode < RdmaOpcode.send || opcode > RdmaOpcode.sendSEInvalidate) {
      this.mode = SHORT;
      this.shortHave = 0;
      this.shortWhole = true;
      this.piece.length = length;
      return;
    }
    this.mode = SEND;
    const { send, piece } = this;
    if (offset === 0) {
      if (this.msnKnown && msn !== this.nextMsn) this.msnJumped(msn);
      this.msn = msn;
      this.nextMsn = (msn + 1) % WORD;
      this.msnKnown = true;
      send.begin(piece.streamOffset, piece.timeNs, piece.frame, piece.endNs);
      const se = opcode === RdmaOpcode.sendSE || opcode === RdmaOpcode.sendSEInvalidate;
      const inv = opcode === RdmaOpcode.sendInvalidate || opcode === RdmaOpcode.sendSEInvalidate;
      send.flags(se, inv, invalidateStag);
    } else if (!send.open || msn !== this.msn || offset < send.taken) {
      send.skip();
      this.msn = msn;
      this.nextMsn = (msn + 1) % WORD;
      send.taken = offset;
    } else if (offset > send.taken) {
      send.gap(offset - send.taken, false, piece.frame, piece.endNs);
    }
  }

  data(bytes: Uint8Array, at: number, n: number, frame: number, readyNs: number): void {
    this.touch(frame, readyNs);
    if (this.mode === SEND) this.send.data(bytes, at, n, frame, readyNs);
    else if (this.mode === SHORT) {
      const m = Math.min(n, SHORT_MAX - this.shortHave);
      for (let i = 0; i < m; i++) this.short[this.shortHave + i] = bytes[at + i];
      this.shortHave += m;
    } else if (this.mode === TAGGED && this.piece.dataKept < this.wanted) {
      const p = this.piece;
      const m = Math.min(n, this.wanted - p.dataKept);
      for (let i = 0; i < m; i++) p.data[p.dataKept + i] = bytes[at + i];
      p.dataKept += m;
    }
  }

  gap(n: number, cut: boolean, frame: number, readyNs: number): void {
    if (cut) this.touch(frame, readyNs);
    else this.touchBound(readyNs);
    if (this.mode === SEND) this.send.gap(n, cut, frame, readyNs);
    else if (this.mode === SHORT) this.shortWhole = false;
    else if (cut) this.piece.cut += n;
    else this.piece.missing += n;
    this.wanted = 0;
  }

  /** Data of a tagged segment, or of one that nobody wants, passed unseen. */
  counted(length: number, cut: number, frame: number, readyNs: number): void {
    const p = this.piece;
    p.frameEnd = frame;
    p.cut += cut;
    if (readyNs > p.endNs) p.endNs = readyNs;
    if (this.mode === SEND) this.send.gap(length, cut > 0, frame, readyNs);
  }

  touch(frame: number, readyNs: number): void {
    const p = this.piece;
    p.frameEnd = frame;
    p.endBound = false;
    if (readyNs > p.endNs) p.endNs = readyNs;
  }

  touchBound(readyNs: number): void {
    const p = this.piece;
    p.endBound = true;
    if (readyNs > p.endNs) p.endNs = readyNs;
  }

  /** The FPDU is over, or what came of it. */
  finish(whole: boolean, begin: number, streamBytes: number): void {
    const p = this.piece;
    p.streamOffset = begin;
    p.streamBytes = streamBytes;
    const mode = this.mode;
    this.mode = NOTHING;
    if (mode === TAGGED) {
      this.rdma?.pieceEnds(p);
      if (p.kind === RdmaKind.readData && this.last) {
        this.connection.readDone(p.direction, p.read);
      }
    } else if (mode === SEND) {
      if (p.endBound) this.send.touchBound(p.endNs);
      else this.send.touch(p.frameEnd, p.endNs);
      if (this.last || !whole) this.send.end(whole && this.last);
    } else if (mode === SHORT && whole) this.shortEnds();
  }

  /** Boundaries are lost: headers may be missing from here on. */
  lost(): void {
    if (this.mode === TAGGED) this.rdma?.pieceEnds(this.piece);
    this.mode = NOTHING;
    this.lossSince = true;
    this.msnKnown = false;
  }

  ended(): void {
    if (this.send.open) this.send.end(false);
  }

  /** A message of another connection's kind before all else: the capture begins in its midst. */
  midStream(): void {
    this.msnKnown = false;
    this.lossSince = true;
  }

  /** Segments of a message were missed whole: their data was placed, though nobody saw it. */
  private bridge(high: number, low: number): void {
    const jump = (high - this.openHigh) * WORD + (low - this.openLow);
    if (jump <= 0 || jump > JUMP_MAX) return;
    const p = this.piece;
    p.opcode = this.openOpcode;
    p.length = jump;
    p.missing = jump;
    p.last = false;
    this.place(this.openOpcode, this.openStag, this.openHigh, this.openLow);
    this.rdma?.pieceBegins(p);
    this.rdma?.pieceEnds(p);
    p.missing = 0;
    p.first = false;
  }

  /** Whose buffer a tagged segment is for: the receiver's, or the source's that a request named. */
  private place(opcode: number, stag: number, high: number, low: number): void {
    const p = this.piece;
    p.stagKnown = true;
    p.stag = stag;
    p.offsetHigh = high;
    p.offsetLow = low;
    if (opcode !== RdmaOpcode.readResponse) {
      p.kind = RdmaKind.write;
      return;
    }
    p.kind = RdmaKind.readData;
    const reads = this.connection.reads[1 - (p.direction & 1)];
    const i = reads.match(stag, high, low);
    p.stagKnown = i >= 0;
    p.read = 0;
    if (i < 0) return;
    const offset = reads.offsetIn(i, high, low);
    p.read = reads.serialOf(i);
    p.stag = reads.sourceStag(i);
    p.offsetHigh = reads.sourceHigh(i, offset);
    p.offsetLow = reads.sourceLow(i, offset);
  }

  private msnJumped(msn: number): void {
    const { connection, piece, rdma } = this;
    // Of another protocol's messages nothing is said.
    if (!connection.iser) return;
    const text = msnWrong(msn, this.nextMsn);
    rdma?.fault(piece.direction, 'msn', piece.frame, piece.timeNs, text);
  }

  private shortEnds(): void {
    const { opcode, rdma, piece } = this;
    if (!this.shortWhole || rdma === undefined) return;
    if (opcode === RdmaOpcode.readRequest && this.shortHave >= READ_REQUEST_BYTES) {
      this.readRequested();
    } else if (opcode === RdmaOpcode.terminate) this.terminated();
    else {
      piece.kind = RdmaKind.other;
      piece.opcode = opcode;
      piece.stagKnown = false;
      piece.stag = 0;
      rdma.pieceBegins(piece);
      rdma.pieceEnds(piece);
    }
  }

  private readRequested(): void {
    const { piece, shortView, connection } = this;
    const stag = get(shortView, 0, readRequest.sourceStag);
    const high = get(shortView, 0, readRequestWords.sourceHigh);
    const low = get(shortView, 0, readRequestWords.sourceLow);
    const size = get(shortView, 0, readRequest.messageSize);
    piece.kind = RdmaKind.readRequest;
    piece.opcode = RdmaOpcode.readRequest;
    piece.length = size;
    piece.stag = stag;
    piece.stagKnown = true;
    piece.offsetHigh = high;
    piece.offsetLow = low;
    piece.first = true;
    piece.last = true;
    piece.read = connection.reads[piece.direction & 1].add(
      get(shortView, 0, readRequest.sinkStag),
      get(shortView, 0, readRequestWords.sinkHigh),
      get(shortView, 0, readRequestWords.sinkLow),
      size,
      stag,
      high,
      low,
    );
    this.rdma?.pieceBegins(piece);
    this.rdma?.pieceEnds(piece);
  }

  private terminated(): void {
    const { shortView: view, piece } = this;
    if (this.shortHave < TERMINATE_BYTES) return;
    const ddp = TERMINATE_BYTES + TERMINATED_LENGTH_BYTES;
    const included = get(view, 0, terminate.ddpHeaderIncluded) === 1;
    const there = included && this.shortHave >= ddp + TAGGED_BYTES;
    const tagged = there && get(view, ddp, ddpControl.tagged) === 1;
    this.rdma?.terminated({
      connection: piece.connection,
      direction: piece.direction,
      frame: piece.frame,
      timeNs: piece.timeNs,
      words: terminateWords(
        get(view, 0, terminate.layer),
        get(view, 0, terminate.errorType),
        get(view, 0, terminate.errorCode),
      ),
      victimOpcode: there ? get(view, ddp, ddpControl.opcode) : undefined,
      victimStag: tagged ? get(view, ddp, ddpTagged.stag) : undefined,
      victimOffset: tagged
        ? [get(view, ddp, taggedOffsetWords.high), get(view, ddp, taggedOffsetWords.low)]
        : undefined,
    });
  }
}
