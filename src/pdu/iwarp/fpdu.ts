// hot: no allocation per packet
// Bytes of one direction → FPDUs, without MPA's markers and with its CRC (RFC 5044 4): their DDP
// segments are told as pieces of messages, those of Send Messages go to the PDUs in them. FPDUs may
// begin anywhere; payload is counted, not assembled.
//
// Invariant: `left` bytes of the present phase are still to come, markers not counted, never 0
// between calls (but in SEARCH and START); `position` is the stream offset of the next byte; where
// markers are on, the next one begins at `markerAt`, which is not before `position` - 3.

import { assert } from '../../lib/assert.js';
import { crc32c, digestWord } from '../../lib/crc32c.js';
import type { GapKind } from '../../stream/sink.js';
import { get } from '../../wire/field.js';
import { DdpQueue, QUEUE_OF_OPCODE, RdmaOpcode } from '../../wire/rdma/codes.js';
import { ddpControl, ddpTagged, ddpUntagged, taggedOffsetWords } from '../../wire/rdma/ddp.js';
import {
  CONTROL_END,
  controlFits,
  headerEnd,
  headerFits,
  UNTAGGED_END,
} from '../../wire/rdma/header-check.js';
import {
  FPDU_LENGTH_BYTES,
  fpdu,
  fpduBytes,
  MARKER_BYTES,
  MARKER_INTERVAL,
  MPA_CRC_BYTES,
  mpaPadding,
} from '../../wire/rdma/mpa.js';
import { CHECK_BAD, CHECK_GOOD, CHECK_NONE, CHECK_UNKNOWN } from '../fc/frame.js';
import type { MessageSink } from '../message.js';
import { beginsMpa, MPA_KEY_BYTES } from '../mpa-key.js';
import type { PduSink } from '../pdu.js';
import type { Framing, Heir } from '../protocol.js';
import type { RdmaSink } from '../rdma/events.js';
import { SendMessage } from '../rdma/send-message.js';
import { crcWrong, markerWrong } from './faults.js';
import { fits, markerIn } from './markers.js';
import { MpaStart } from './mpa-start.js';
import { FpduSearch } from './search.js';
import { Segments } from './segments.js';
import { CRC_OFF, CRC_UNDECIDED, type IwarpShared } from './shared.js';
import { ToldFpdus } from './told-fpdus.js';
import type { FpduWatch } from './watch.js';

const START = 0;
const HEADER = 1;
const BODY = 2;
const PAD = 3;
const CRC = 4;
const SEARCH = 5;
/** Nothing of this direction is looked at any more: the start-up failed. */
const OVER = 6;
/** What comes is another protocol's. */
const LEFT = 7;

/** How a body is taken, beside Segments.COUNTED: it is a Send's, or a short message's. */
const SENDS = 1;
const SHORT = 2;

/** Of a direction whose bytes nobody wants, so many are counted at once. */
const INDIFFERENT_MAX = 2 ** 30;

/** After so many CRCs that did not match, none having done so before, there are none. */
const MISMATCHES_OFF = 3;

export class FpduFramer implements Framing {
  readonly direction: number;
  /** FPDUs told, CRCs that did not match, and bytes passed over while boundaries were unknown. */
  fpdus = 0;
  crcBad = 0;
  lostTotal = 0;
  private start = new MpaStart();
  readonly send: SendMessage;
  readonly segments: Segments;
  private readonly connection: IwarpShared;
  private readonly sink: PduSink;
  private readonly rdma: RdmaSink | undefined;
  private readonly watch: FpduWatch | undefined;
  private readonly search: FpduSearch;
  private readonly told: ToldFpdus | undefined;
  private phase = START;
  private left = 0;
  private position = -0;
  private readonly header = new Uint8Array(UNTAGGED_END);
  private readonly headerView = new DataView(this.header.buffer);
  private headerHave = 0;
  /** What is left of the padding, and how the body is taken. */
  private padding = 0;
  private body = 0;
  /** Where the FPDU began; markers. */
  private begin = -0;
  private markers = false;
  private markerAt = -0;
  /** It is known whether there are any; or since where it is doubted, -1 not at all. */
  private markersSure = false;
  private doubted = -1;
  /** The other side's MPA frame said so; of those that are inferred, one has agreed with the chain. */
  private markersByMpa = false;
  private markersAgree = false;
  private markerWord = 0;
  /** CRC so far; false where bytes it covers are missing; where in the bytes at hand it goes on. */
  private crc = 0;
  private crcWhole = true;
  private crcFrom = -1;
  private crcWord = 0;
  private crcRight = 0;
  /** CHECK_ of the last one. */
  private crcState = CHECK_NONE;
  private mismatches = 0;
  /** Whose the bytes are, where they are another protocol's; then the framing that has them. */
  private heir: Heir | undefined = undefined;
  private heirs: Framing | undefined = undefined;
  private nowNs = -0;
  private nowFrame = 0;
  private nowReadyNs = -0;

  constructor(
    connection: IwarpShared,
    direction: number,
    sink: PduSink,
    rdma: RdmaSink | undefined,
    messages?: MessageSink,
    watch?: FpduWatch,
  ) {
    this.connection = connection;
    this.watch = watch;
    this.direction = direction;
    this.sink = sink;
    this.rdma = rdma;
    this.send = new SendMessage(connection, direction, sink, rdma);
    this.segments = new Segments(connection, direction, this.send, rdma);
    this.search = new FpduSearch(connection);
    this.told = messages && new ToldFpdus(connection, direction, messages);
  }

  /** The next byte is at `position`. `boundary`: it is the first of an MPA frame. */
  startAt(position: number, boundary: boolean): void {
    this.position = position;
    this.heir = undefined;
    this.heirs = undefined;
    if (boundary) {
      if (this.start.start === undefined) this.start = new MpaStart();
      this.phase = START;
    } else this.lose(position);
  }

  data(
    bytes: Uint8Array,
    view: DataView,
    at: number,
    length: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    const end = at + length;
    const base = this.position - at;
    this.nowNs = timeNs;
    this.nowFrame = frame;
    this.nowReadyNs = readyNs;
    let p = at;
    this.crcFrom = this.phase === CRC ? -1 : at;
    while (p < end) {
      const phase = this.phase;
      if (phase === START) p = this.starting(bytes, p, end, base);
      else if (phase === OVER) p = end;
      else if (phase === SEARCH) {
        if (this.startsHere(bytes, p, end)) {
          this.tellLost(base + p - this.search.from, timeNs, frame);
          this.search.begin(base + p, -2, -1);
          this.phase = START;
          continue;
        }
        this.position = base + end;
        this.searchOn(bytes, p, end - p, base + p);
        return;
      } else if (phase === LEFT) {
        this.inherit(base + p).data(bytes, view, p, end - p, timeNs, frame, readyNs);
        this.position = base + end;
        return;
      } else if (this.markers && base + p >= this.markerAt) {
        p = this.markerBytes(bytes, p, end, base);
      } else {
        if (this.doubted >= 0 && phase === HEADER && this.headerHave === 0) {
          this.settleMarkers(bytes, view, p, end, base);
          if (this.markers && base + p >= this.markerAt) continue;
        }
        p = this.take(bytes, p, this.markersLimit(p, end, base), base);
      }
    }
    if (this.crcFrom >= 0) this.cover(bytes, end);
    this.position = base + end;
  }

  gap(length: number, kind: GapKind, timeNs: number, frame: number, readyNs: number): void {
    let rest = length;
    this.nowNs = timeNs;
    this.nowFrame = frame;
    this.nowReadyNs = readyNs;
    while (rest > 0) {
      const phase = this.phase;
      if (phase === LEFT) {
        this.inherit(this.position).gap(rest, kind, timeNs, frame, readyNs);
        this.position += rest;
        return;
      }
      if (phase === START || phase === OVER || phase === SEARCH) {
        if (phase === START) this.lose(this.position);
        if (this.phase === SEARCH) {
          const at = this.position;
          this.position += rest;
          this.search.gap(at, rest, kind, timeNs, frame, readyNs);
          this.tryFound();
        } else this.position += rest;
        return;
      }
      if (phase === HEADER && !this.headerIntoGap()) continue;
      this.crcWhole = false;
      let n = rest;
      if (this.markers && this.position >= this.markerAt) {
        n = Math.min(n, this.markerAt + MARKER_BYTES - this.position);
        this.position += n;
        rest -= n;
        if (this.position === this.markerAt + MARKER_BYTES) this.markerAt += MARKER_INTERVAL;
        continue;
      }
      n = Math.min(n, this.left);
      if (this.markers) n = Math.min(n, this.markerAt - this.position);
      if (this.phase === BODY) {
        this.told?.gap();
        this.segments.gap(n, kind === 'cut', frame, readyNs);
      } else if (kind === 'cut') this.segments.touch(frame, readyNs);
      else this.segments.touchBound(readyNs);
      this.position += n;
      rest -= n;
      this.left -= n;
      if (this.left === 0) this.next(-1);
    }
  }

  /** Payload that is neither kept nor covered by a CRC: it need only be counted. */
  indifferent(): number {
    if (this.phase === OVER) return INDIFFERENT_MAX;
    if (this.phase === LEFT) return this.heirs?.indifferent() ?? 0;
    if (this.phase !== BODY || this.markers || this.body !== Segments.COUNTED) return 0;
    if (this.segments.keeps) return 0;
    return this.connection.crc !== CRC_OFF && this.crcWhole ? 0 : this.left;
  }

  passed(length: number, cut: number, frame: number, readyNs: number): void {
    this.position += length;
    if (this.phase === LEFT) this.heirs?.passed(length, cut, frame, readyNs);
    if (this.phase === OVER || this.phase === LEFT) return;
    this.left -= length;
    this.crcWhole = false;
    this.segments.counted(length, cut, frame, readyNs);
  }

  ended(timeNs: number, frame: number): void {
    const phase = this.phase;
    if (phase === SEARCH) {
      this.search.last();
      this.tryFound();
      if (this.phase === SEARCH) {
        this.tellLost(this.position - this.search.from, timeNs, frame);
      }
    }
    if (this.phase === BODY || this.phase === PAD || this.phase === CRC) {
      this.segments.finish(false, this.begin, this.position - this.begin);
      this.told?.ends(this.segments.piece, false, CHECK_UNKNOWN, 0, 0);
    }
    this.segments.ended();
    if (phase !== LEFT) this.phase = OVER;
    this.sink.ended(this.direction, timeNs, frame);
  }

  /** Only before the first FPDU: MPA does not end but with its connection (RFC 5044 7.3). */
  leave(heir: Heir): void {
    this.heir = heir;
    this.heirs = undefined;
    this.phase = LEFT;
    // What was taken for the beginning of an MPA frame comes first.
    const taken = this.start.taken();
    if (taken.length === 0) return;
    this.position -= taken.length;
    const view = new DataView(taken.buffer, taken.byteOffset, taken.length);
    const { nowNs, nowFrame, nowReadyNs } = this;
    this.inherit(this.position).data(taken, view, 0, taken.length, nowNs, nowFrame, nowReadyNs);
    this.position += taken.length;
  }

  private inherit(position: number): Framing {
    if (this.heirs === undefined) {
      assert(this.heir !== undefined, 'nobody has what comes');
      this.heirs = this.heir(position, true);
    }
    return this.heirs;
  }

  invariants(): void {
    const framed = this.phase >= HEADER && this.phase <= CRC;
    if (framed && this.left <= 0) throw new Error('fpdu framer: nothing left in a phase');
    if (framed && this.markers && this.markerAt < this.position - MARKER_BYTES + 1) {
      throw new Error('fpdu framer: a marker was passed over');
    }
    this.search.invariants();
  }

  /** How many bytes may be taken at once: up to the end of the phase, or the next marker. */
  private markersLimit(p: number, end: number, base: number): number {
    const n = Math.min(end - p, this.left);
    return this.markers ? Math.min(n, this.markerAt - base - p) : n;
  }

  /**
   * An FPDU begins at `p` in a stream of which nobody told whether it has markers: one shows between
   * FPDUs as a length of 0, or by the FPDU that it makes longer. A whole interval without one is proof.
   */
  private settleMarkers(
    bytes: Uint8Array,
    view: DataView,
    p: number,
    end: number,
    base: number,
  ): void {
    if (base + p - this.doubted >= MARKER_INTERVAL) {
      this.doubted = -1;
      this.markersSure = true;
      return;
    }
    if (end - p < MARKER_BYTES) return;
    let marker = -1;
    if (view.getUint32(p) === 0) marker = 0;
    else {
      const whole = fpduBytes(view.getUint16(p));
      if (p + whole <= end && fits(bytes, view, p, whole, end, this.connection)) return;
      marker = markerIn(bytes, view, p, end, this.connection);
    }
    if (marker < 0) return;
    this.doubted = -1;
    this.markersSure = true;
    this.markers = true;
    this.markersAgree = false;
    this.markerAt = base + p + marker;
  }

  private take(bytes: Uint8Array, p: number, n: number, base: number): number {
    switch (this.phase) {
      case HEADER:
        return this.headerBytes(bytes, p, n, base);
      case BODY:
        this.told?.data(bytes, p, n);
        this.segments.data(bytes, p, n, this.nowFrame, this.nowReadyNs);
        break;
      case CRC:
        for (let i = 0; i < n; i++) this.crcWord = ((this.crcWord << 8) | bytes[p + i]) >>> 0;
        this.segments.touch(this.nowFrame, this.nowReadyNs);
        break;
      default:
        this.segments.touch(this.nowFrame, this.nowReadyNs);
    }
    this.left -= n;
    if (this.left === 0) {
      if (this.phase !== CRC && this.crcFrom >= 0 && this.ends()) {
        this.cover(bytes, p + n);
        this.crcFrom = -1;
      }
      this.position = base + p + n;
      this.next(p + n);
    }
    return p + n;
  }

  /** The CRC's own bytes come next. */
  private ends(): boolean {
    return this.phase === PAD || (this.phase === BODY && this.padding === 0);
  }

  private headerBytes(bytes: Uint8Array, at: number, n: number, base: number): number {
    if (this.headerHave === 0) {
      this.begin = base + at;
      this.segments.opens(this.begin, this.nowNs, this.nowFrame, this.nowReadyNs);
    }
    const have = this.headerHave;
    const want = have < CONTROL_END ? CONTROL_END : headerEnd(this.header, 0);
    const m = Math.min(n, want - have);
    for (let i = 0; i < m; i++) this.header[have + i] = bytes[at + i];
    this.headerHave = have + m;
    this.left -= m;
    if (this.headerHave < want) return at + m;
    if (want === CONTROL_END) {
      if (!controlFits(this.header, 0, true)) {
        this.loseAt(at + m, base);
        return at + m;
      }
      this.left = headerEnd(this.header, 0) - CONTROL_END;
      return at + m;
    }
    if (!headerFits(this.header, this.headerView, 0, true)) {
      this.loseAt(at + m, base);
      return at + m;
    }
    this.open(true);
    if (this.left === 0) {
      if (this.crcFrom >= 0 && this.ends()) {
        this.cover(bytes, at + m);
        this.crcFrom = -1;
      }
      this.next(at + m);
    }
    return at + m;
  }

  /** The header is known; `whole` false where only its length and control field are. */
  private open(whole: boolean): void {
    const view = this.headerView;
    const at = FPDU_LENGTH_BYTES;
    const length = get(view, 0, fpdu.ulpduLength);
    const opcode = get(view, at, ddpControl.opcode);
    const last = get(view, at, ddpControl.last) === 1;
    const body = length + FPDU_LENGTH_BYTES - headerEnd(this.header, 0);
    this.fpdus++;
    this.padding = mpaPadding(length);
    this.phase = BODY;
    this.left = body;
    const { segments } = this;
    if (!whole) {
      this.body = Segments.COUNTED;
      segments.unknown();
    } else if (QUEUE_OF_OPCODE[opcode] < 0) {
      this.body = Segments.COUNTED;
      segments.tagged(
        opcode,
        last,
        get(view, at, ddpTagged.stag),
        get(view, at, taggedOffsetWords.high),
        get(view, at, taggedOffsetWords.low),
        body,
      );
    } else {
      const queue = get(view, at, ddpUntagged.queueNumber);
      this.body = queue === DdpQueue.send && opcode <= RdmaOpcode.sendSEInvalidate ? SENDS : SHORT;
      segments.untagged(
        opcode,
        last,
        get(view, at, ddpUntagged.invalidateStag),
        get(view, at, ddpUntagged.messageSequenceNumber),
        get(view, at, ddpUntagged.messageOffset),
        body,
      );
    }
    const header = headerEnd(this.header, 0);
    this.told?.begins(this.header, header, whole, opcode, last, body, segments.piece);
    if (body === 0) this.left = 0;
  }

  /** What comes after the phase that has just ended; `p` is where the bytes at hand go on (-1 a gap). */
  private next(p: number): void {
    if (this.phase === HEADER) {
      // Without its whole header an FPDU is stepped over by its length.
      this.open(false);
      if (this.left > 0) return;
    }
    if (this.phase === BODY) {
      if (this.padding > 0) {
        this.phase = PAD;
        this.left = this.padding;
        return;
      }
      this.phase = PAD;
    }
    if (this.phase === PAD) {
      this.phase = CRC;
      this.left = MPA_CRC_BYTES;
      this.crcWord = 0;
      return;
    }
    this.judgeCrc(p >= 0);
    // A Send comes before the PDU in it.
    const sends = this.body === SENDS;
    if (sends) this.tellFpdu();
    if (this.watch !== undefined) this.tellWatch(this.watch);
    this.segments.finish(true, this.begin, this.position - this.begin);
    if (!sends) this.tellFpdu();
    this.nextFpdu(p);
  }

  private tellFpdu(): void {
    this.told?.ends(this.segments.piece, true, this.crcState, this.crcWord, this.crcRight);
  }

  private tellWatch(watch: FpduWatch): void {
    const markerAt = this.markers ? this.markerAt : -1;
    const { direction, begin, position: end } = this;
    watch.fpdu({ direction, begin, end, markerAt });
  }

  private nextFpdu(p: number): void {
    this.phase = HEADER;
    this.left = CONTROL_END;
    this.headerHave = 0;
    this.crc = 0;
    this.crcWhole = true;
    this.crcFrom = p;
  }

  /** RFC 5044 4.4; one match of an undecided CRC is proof, it happens by chance once in 2^32. */
  private judgeCrc(there: boolean): void {
    const c = this.connection;
    this.crcState = c.crc === CRC_OFF ? CHECK_NONE : CHECK_UNKNOWN;
    if (c.crc === CRC_OFF || !this.crcWhole || !there) return;
    const right = digestWord(this.crc);
    this.crcRight = right;
    this.crcState = c.crc === CRC_UNDECIDED ? CHECK_NONE : CHECK_BAD;
    if (right === this.crcWord) {
      this.crcState = CHECK_GOOD;
      if (c.crc === CRC_UNDECIDED) c.crcInferred(true);
      return;
    }
    if (c.crc === CRC_UNDECIDED) {
      if (++this.mismatches >= MISMATCHES_OFF) c.crcInferred(false);
      return;
    }
    this.crcBad++;
    const text = crcWrong(this.crcWord, right);
    this.rdma?.fault(this.direction, 'crc', this.nowFrame, this.nowNs, text);
  }

  private cover(bytes: Uint8Array, end: number): void {
    const from = this.crcFrom;
    this.crcFrom = end;
    if (this.connection.crc === CRC_OFF || !this.crcWhole || end <= from) return;
    this.crc = crc32c(bytes, from, end - from, this.crc);
  }

  /** A marker, or a part of it (RFC 5044 4.2, 4.3). */
  private markerBytes(bytes: Uint8Array, at: number, end: number, base: number): number {
    const done = base + at - this.markerAt;
    const n = Math.min(MARKER_BYTES - done, end - at);
    if (done === 0) this.markerWord = 0;
    for (let i = 0; i < n; i++) this.markerWord = ((this.markerWord << 8) | bytes[at + i]) >>> 0;
    // Right behind the padding it belongs to this FPDU; between two of them to the one that follows.
    if (this.phase === CRC && this.crcWhole && this.connection.crc !== CRC_OFF) {
      this.crc = crc32c(bytes, at, n, this.crc);
    }
    if (done + n < MARKER_BYTES) return at + n;
    const between = this.phase === HEADER && this.headerHave === 0;
    const right = between ? 0 : this.markerAt - this.begin;
    // "The least significant two bits … receivers MUST always treat these as zero".
    const pointer = this.markerWord & 0xfffc;
    if (pointer === right) this.markersAgree = true;
    else if (!this.markersByMpa && !this.markersAgree) {
      // Markers that were only inferred, and none of them says what it should: there are none here.
      this.position = base + at + n;
      this.connection.boundariesLost++;
      this.markers = false;
      this.markersSure = false;
      this.lose(this.position);
      return at + n;
    } else {
      this.connection.markersWrong++;
      const text = markerWrong(pointer, right);
      this.rdma?.fault(this.direction, 'marker', this.nowFrame, this.nowNs, text);
    }
    this.markerAt += MARKER_INTERVAL;
    return at + n;
  }

  /** The MPA frame, and with its end the first FPDU. */
  private starting(bytes: Uint8Array, p: number, end: number, base: number): number {
    const { start, connection } = this;
    const { nowFrame, nowNs } = this;
    const n = start.take(bytes, p, end - p, nowFrame, nowNs, connection.id, this.direction);
    if (start.failed) {
      this.position = base + p + n;
      this.phase = OVER;
      connection.startFailed(this.direction, start, nowFrame, nowNs);
      // The connection may have gone back to what it spoke before: then leave() was told.
      return p + n;
    }
    if (start.start === undefined) return p + n;
    connection.started(start.start);
    if (this.told !== undefined) {
      const { reply, frame, timeNs } = start.start;
      const whole = start.whole();
      this.told.start(whole, whole.length, reply, frame, timeNs, nowFrame, this.nowReadyNs);
    }
    this.watch?.mpa(this.direction, base + p + n, start.whole());
    this.firstFpdu(p + n, base);
    return p + n;
  }

  /** Markers are as the other side asked (RFC 5044 7.1.1); where that is not known the bytes say it. */
  private firstFpdu(p: number, base: number): void {
    this.nextFpdu(p);
    this.position = base + p;
    this.markerAt = base + p;
    this.markers = this.connection.markersOf(this.direction);
    this.markersSure = true;
    this.markersByMpa = this.connection.markersKnown(this.direction);
    if (this.markersByMpa) return;
    // Nobody told: the first FPDUs do.
    this.markers = false;
    this.markersSure = false;
    this.doubted = base + p;
  }

  /** The frame that says whether this direction has markers came after its first FPDU was due. */
  markersTold(): void {
    if (this.phase === HEADER && this.headerHave === 0 && this.fpdus === 0) {
      this.markers = this.connection.markersOf(this.direction);
      this.markersByMpa = true;
      this.markersSure = true;
      this.doubted = -1;
    }
  }

  private headerIntoGap(): boolean {
    // The marker that is next lies before the header, or the gap begins inside it: all the same.
    if (this.headerHave >= CONTROL_END) return true;
    if (this.headerHave > 0) this.connection.headersCut++;
    const between = this.markers && this.headerHave === 0 && this.position >= this.markerAt;
    if (between) return true;
    this.lose(this.headerHave > 0 ? this.begin : this.position);
    return false;
  }

  /** No header is where one should be. */
  private loseAt(p: number, base: number): void {
    const have = this.headerHave;
    this.connection.boundariesLost++;
    this.position = base + p;
    this.lose(this.begin, this.begin);
    // The search sees the bytes of what was no header too, unless markers stood between them.
    if (this.position - this.begin === have) {
      this.search.data(
        this.header,
        0,
        have,
        this.begin,
        this.nowNs,
        this.nowFrame,
        this.nowReadyNs,
      );
    }
  }

  private lose(from: number, failed = -1): void {
    this.segments.lost();
    this.phase = SEARCH;
    const markers = this.markers ? this.markerAt : this.markersSure ? -1 : -2;
    this.search.begin(from, markers, this.fpdus > 0 ? from & 3 : -1, failed);
  }

  /** An MPA frame begins the segment, and none was seen: what came before it was missed. */
  private startsHere(bytes: Uint8Array, p: number, end: number): boolean {
    if (this.start.start !== undefined || end - p < MPA_KEY_BYTES) return false;
    return beginsMpa(bytes, p, end - p);
  }

  private searchOn(bytes: Uint8Array, at: number, length: number, position: number): void {
    this.search.data(bytes, at, length, position, this.nowNs, this.nowFrame, this.nowReadyNs);
    this.tryFound();
  }

  /** Where the search has found a boundary, the framer goes on from it through what was journalled. */
  private tryFound(): void {
    const found = this.search.seek();
    if (found < 0) return;
    const until = this.position;
    this.tellLost(found - this.search.from, this.nowNs, this.nowFrame);
    this.markers = this.search.markerAt >= 0;
    this.markersAgree = this.markersAgree && this.markersSure;
    this.markerAt = this.search.markerAt;
    this.doubted = this.markers || this.markersSure ? -1 : found;
    const doubted = this.doubted >= 0;
    this.markersSure = this.doubted < 0;
    this.nextFpdu(-1);
    // A marker that nobody knew of may stand before it, and belong to it.
    if (doubted) this.crcWhole = false;
    this.position = found;
    const entries = this.search.takeEntries();
    this.send.pdu.resynchronised = true;
    for (const e of entries) {
      const skip = Math.max(0, found - e.position);
      if (skip >= e.length) continue;
      const { bytes, view, kind, timeNs, frame, readyNs } = e;
      if (bytes === undefined || view === undefined) {
        this.gap(e.length - skip, kind, timeNs, frame, readyNs);
      } else this.data(bytes, view, e.at + skip, e.length - skip, timeNs, frame, readyNs);
    }
    if (this.position !== until && this.phase !== SEARCH) {
      throw new Error('fpdu framer: what was journalled is not what passed');
    }
  }

  private tellLost(length: number, timeNs: number, frame: number): void {
    if (length <= 0) return;
    this.lostTotal += length;
    this.sink.lost(this.direction, length, timeNs, frame, this.search.absent);
  }
}
