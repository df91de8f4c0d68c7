// hot: no allocation per packet
// One direction of a connection that carries encapsulated frames (RFC 3643), FCIP's or iFCP's: at any
// place of a segment, several in one, one over many. Boundaries that are lost are searched for as
// RFC 3821 5.6.2.3 asks. Payload is not assembled: it passes, and its CRC with it.

import { crc32, swapped32 } from '../../lib/crc32.js';
import { FC_FRAME_KEPT_MAX } from '../../limits.js';
import type { GapKind } from '../../stream/sink.js';
import { Carrier, HeaderFault } from '../../wire/fc/carriers.js';
import { delimiterOf, ENCAPSULATION_BYTES, FC_CRC_BYTES } from '../../wire/fc/encapsulation.js';
import { extendedHeaderBytes } from '../../wire/fc/extended-headers.js';
import { FC_HEADER_BYTES } from '../../wire/fc/frame-header.js';
import {
  copiesDelimiters,
  credible,
  headerFaults,
  isSpecial,
  LENGTH_END,
  lengthAt,
} from '../../wire/fc/header-check.js';
import { FRACTION, R_CTL, SECONDS, TYPE } from '../../wire/fc/header-offsets.js';
import {
  FcKind,
  frameKind,
  KIND_BYTES,
  kindByPayload,
  kindInPayload,
} from '../../wire/fc/kinds.js';
import type { Framing, Heir } from '../protocol.js';
import { CHECK_BAD, CHECK_GOOD, CHECK_NONE, CHECK_UNKNOWN, FcFrame, type FcSink } from './frame.js';
import { FrameSearch, IN_CARRY, NOT_FOUND } from './search.js';

const SEARCH = 0;
const HEADER = 1;
/** A header that was cut behind its length: its rest passes. */
const HEADER_REST = 2;
const PAYLOAD = 3;
const CRC = 4;
const EOF = 5;

/** Where the frame begins behind the encapsulation header and the SOF word. */
const FRAME_AT = ENCAPSULATION_BYTES + 4;
/** All headers of a frame without extended ones, and with all of them. */
const HEADERS = FRAME_AT + FC_HEADER_BYTES;
const HEADERS_MAX = HEADERS + 40;

/** What both directions of a connection know together. */
export class FcConnection {
  readonly id: number;
  readonly carrier: number;
  frames = 0;
  headersCut = 0;
  boundariesLost = 0;

  constructor(id: number, carrier: number) {
    this.id = id;
    this.carrier = carrier;
  }
}

/**
 * Invariant: in every phase but SEARCH `left` bytes are left of it, one at least, but for HEADER,
 * where `need - have` are.
 */
export class Framer implements Framing {
  lostTotal = 0;
  private readonly connection: FcConnection;
  private readonly sink: FcSink;
  private readonly frame = new FcFrame();
  private readonly search: FrameSearch;
  private phase = SEARCH;
  private left = 0;
  /** Stream offset of the next byte. */
  private position = 0;
  /** Headers that straddle segments. */
  private readonly scratch = new Uint8Array(HEADERS_MAX);
  private readonly scratchView = new DataView(this.scratch.buffer);
  private have = 0;
  private need = ENCAPSULATION_BYTES;
  /** Of what was gathered so much came with packets before this one. */
  private earlier = 0;
  /** First bytes of the payload, and how many of them are wanted. */
  private readonly kept = new Uint8Array(FC_FRAME_KEPT_MAX);
  private wanted = 0;
  /** CRC so far; of a frame with holes there is none. */
  private crc = 0;
  private whole = true;
  /** The CRC's and the delimiter's four bytes. */
  private word = 0;
  private wordWhole = true;
  private nowNs = 0.5;
  private nowFrame = 0;
  private nowReadyNs = 0.5;
  private refeeding = 0;
  private heir: Heir | undefined = undefined;
  private next: Framing | undefined = undefined;

  constructor(connection: FcConnection, direction: number, sink: FcSink) {
    this.connection = connection;
    this.sink = sink;
    this.frame.connection = connection.id;
    this.frame.direction = direction;
    this.frame.carrier = connection.carrier;
    this.frame.data = this.kept;
    this.frame.dataView = new DataView(this.kept.buffer);
    this.search = new FrameSearch(connection.carrier);
  }

  startAt(position: number, boundary: boolean): void {
    this.position = position;
    if (boundary) this.expectHeader();
    else this.beginSearch(position);
  }

  leave(heir: Heir): void {
    this.heir = heir;
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
    if (this.next !== undefined) {
      this.next.data(bytes, view, at, length, timeNs, frame, readyNs);
      return;
    }
    this.nowNs = timeNs;
    this.nowFrame = frame;
    this.nowReadyNs = readyNs;
    const base = this.position - at;
    const end = at + length;
    let p = at;
    while (p < end) {
      if (this.heir !== undefined && this.atBoundary()) {
        this.position = base + p;
        const next = this.inherit();
        next.data(bytes, view, p, end - p, timeNs, frame, readyNs);
        return;
      }
      switch (this.phase) {
        case HEADER:
          p =
            this.have === 0 && end - p >= HEADERS
              ? this.inPlace(bytes, view, p, end, base)
              : this.gather(bytes, p, end, base);
          break;
        case PAYLOAD:
          p = this.payload(bytes, p, end);
          break;
        case SEARCH:
          p = this.seek(bytes, view, p, end, base);
          break;
        case HEADER_REST:
          p = this.headerRest(p, end);
          break;
        default:
          p = this.trailer(bytes, p, end);
      }
    }
    this.position = base + end;
  }

  gap(length: number, kind: GapKind, timeNs: number, frame: number, readyNs: number): void {
    if (this.next !== undefined) {
      this.next.gap(length, kind, timeNs, frame, readyNs);
      return;
    }
    this.nowNs = timeNs;
    this.nowFrame = frame;
    this.nowReadyNs = readyNs;
    let rest = length;
    while (rest > 0) {
      if (this.heir !== undefined && this.atBoundary()) {
        this.inherit().gap(rest, kind, timeNs, frame, readyNs);
        return;
      }
      if (this.phase === SEARCH && !this.carryIntoGap()) {
        this.search.absent += rest;
        this.position += rest;
        return;
      }
      if (this.phase === HEADER && !this.headerIntoGap()) continue;
      const n = Math.min(rest, this.left);
      if (this.phase === PAYLOAD) {
        if (kind === 'cut') this.frame.dataCut += n;
        else this.frame.dataMissing += n;
      }
      this.whole = false;
      this.wordWhole = false;
      if (kind === 'cut') this.touch();
      else if (n === this.left) this.touchBound();
      this.position += n;
      this.left -= n;
      rest -= n;
      if (this.left === 0) this.nextPhase();
    }
  }

  /** Payload of which neither bytes nor CRC are wanted any more. */
  indifferent(): number {
    if (this.next !== undefined) return this.next.indifferent();
    if (this.phase !== PAYLOAD || this.whole) return 0;
    return this.frame.payloadLength - this.left < this.wanted ? 0 : this.left;
  }

  passed(length: number, cut: number, frame: number, readyNs: number): void {
    if (this.next !== undefined) {
      this.next.passed(length, cut, frame, readyNs);
      return;
    }
    this.position += length;
    this.left -= length;
    this.frame.frameEnd = frame;
    if (readyNs > this.frame.endNs) this.frame.endNs = readyNs;
    this.frame.dataCut += cut;
  }

  ended(timeNs: number, frame: number): void {
    const { phase } = this;
    if (this.next === undefined) {
      if (phase === SEARCH) this.tellLost(this.position - this.search.from, timeNs, frame);
      else if (phase === HEADER) {
        this.search.absent = 0;
        if (this.have > 0) this.connection.headersCut++;
        this.tellLost(this.have, timeNs, frame);
      } else this.tell(false);
      this.toSearch(this.position);
    }
    this.sink.ended(this.frame.direction, timeNs, frame);
  }

  invariants(): void {
    if (this.phase === HEADER && this.have >= this.need) throw new Error('framer: a header is due');
    if (this.phase > HEADER && this.left <= 0) throw new Error('framer: nothing left in a phase');
    if (this.frame.dataKept > FC_FRAME_KEPT_MAX) throw new Error('framer: kept too much');
  }

  private atBoundary(): boolean {
    return this.phase === SEARCH || (this.phase === HEADER && this.have === 0);
  }

  private inherit(): Framing {
    const boundary = this.phase === HEADER;
    if (!boundary) this.tellLost(this.position - this.search.from, this.nowNs, this.nowFrame);
    const next = this.heir!(this.position, boundary);
    this.next = next;
    return next;
  }

  private expectHeader(): void {
    this.phase = HEADER;
    this.have = 0;
    this.need = ENCAPSULATION_BYTES;
  }

  /** Headers of a frame that lies whole in the segment: nothing is copied. */
  private inPlace(bytes: Uint8Array, view: DataView, p: number, end: number, base: number): number {
    const { carrier } = this.connection;
    if (!credible(view, p, carrier)) {
      this.lose(base + p);
      return p;
    }
    const whole = p + lengthAt(view, p) * 4 <= end && !isSpecial(view, p, carrier);
    if (!whole || extendedHeaderBytes(bytes[p + FRAME_AT + R_CTL]) > 0) {
      return this.gather(bytes, p, end, base);
    }
    this.begin(base + p);
    this.open(bytes, view, p, HEADERS, 0, false);
    return p + HEADERS;
  }

  /** Headers that must outlive the segment, or are more than usual: copied to the scratch. */
  private gather(bytes: Uint8Array, at: number, end: number, base: number): number {
    let p = at;
    if (this.have === 0) this.begin(base + p);
    this.earlier = this.have;
    const { scratch, scratchView } = this;
    const { carrier } = this.connection;
    while (p < end) {
      const n = Math.min(end - p, this.need - this.have);
      for (let i = 0; i < n; i++) scratch[this.have + i] = bytes[p + i];
      p += n;
      this.have += n;
      this.touch();
      if (this.have < this.need) return p;
      if (this.need === ENCAPSULATION_BYTES) {
        if (!credible(scratchView, 0, carrier)) {
          this.loseGathered(base + p);
          return p;
        }
        if (isSpecial(scratchView, 0, carrier)) {
          this.open(scratch, scratchView, 0, ENCAPSULATION_BYTES, 0, true);
          return p;
        }
        this.need = HEADERS;
        continue;
      }
      const more = this.extendedMore();
      if (more === 0) {
        const extended = this.need - HEADERS;
        this.open(scratch, scratchView, 0, this.need, extended, false);
        return p;
      }
      this.need += more;
    }
    return p;
  }

  /** Extended headers stand before the frame header: so many more bytes of headers are due. */
  private extendedMore(): number {
    let at = FRAME_AT;
    for (let n = 0; n < 3; n++) at += extendedHeaderBytes(this.scratch[at + R_CTL]);
    const due = Math.min(at + FC_HEADER_BYTES, HEADERS_MAX) - this.need;
    return due > 0 ? due : 0;
  }

  private begin(position: number): void {
    const { frame } = this;
    frame.streamOffset = position;
    frame.frame = this.nowFrame;
    frame.timeNs = this.nowNs;
    frame.frameEnd = this.nowFrame;
    frame.endNs = this.nowReadyNs;
    frame.endBound = false;
  }

  /** The headers are there, or the first `real` bytes of them. */
  private open(
    bytes: Uint8Array,
    view: DataView,
    p: number,
    real: number,
    extended: number,
    special: boolean,
  ): void {
    const { frame, connection } = this;
    const captured = Math.min(Math.max(0, real - FRAME_AT - extended), FC_HEADER_BYTES);
    frame.bytes = bytes;
    frame.view = view;
    frame.encapsulationAt = p;
    frame.at = p + FRAME_AT + extended;
    frame.extendedBytes = extended;
    frame.headerCaptured = captured;
    frame.special = special;
    frame.wireLength = lengthAt(view, p) * 4;
    frame.stampSeconds = view.getUint32(p + SECONDS);
    frame.stampFraction = view.getUint32(p + FRACTION);
    frame.faults =
      real >= ENCAPSULATION_BYTES ? headerFaults(bytes, view, p, connection.carrier) : 0;
    frame.crc = CHECK_NONE;
    frame.eof = 0;
    frame.dataKept = 0;
    frame.dataCut = 0;
    frame.dataMissing = 0;
    this.crc = 0;
    this.whole = captured === FC_HEADER_BYTES || special;
    const rest = frame.wireLength - HEADERS - extended - FC_CRC_BYTES - 4;
    if (special) this.openSpecial();
    else {
      const sof = delimiterOf(view.getUint32(p + ENCAPSULATION_BYTES));
      frame.sof = real < FRAME_AT ? 0 : sof;
      if (frame.sof < 0) frame.faults |= HeaderFault.sof;
      frame.payloadLength = rest > 0 ? rest : 0;
      frame.kind =
        captured > TYPE
          ? frameKind(bytes[frame.at + R_CTL], bytes[frame.at + TYPE], 0)
          : FcKind.unknown;
      if (this.whole) this.crc = crc32(bytes, p + FRAME_AT, FC_HEADER_BYTES + extended);
    }
    connection.frames++;
    const wanted = this.sink.begin(frame);
    this.wanted = special ? frame.payloadLength : wanted;
    if (kindInPayload(frame.kind) && wanted < KIND_BYTES) this.wanted = KIND_BYTES;
    if (this.wanted > FC_FRAME_KEPT_MAX) this.wanted = FC_FRAME_KEPT_MAX;
    this.phase = PAYLOAD;
    this.left = frame.payloadLength;
    if (this.left === 0) this.nextPhase();
  }

  private openSpecial(): void {
    const { frame } = this;
    frame.sof = 0;
    frame.kind = FcKind.special;
    frame.payloadLength = frame.wireLength - ENCAPSULATION_BYTES;
    frame.at = frame.encapsulationAt + ENCAPSULATION_BYTES;
    frame.headerCaptured = 0;
  }

  private payload(bytes: Uint8Array, p: number, end: number): number {
    const n = Math.min(end - p, this.left);
    const { frame } = this;
    const from = frame.payloadLength - this.left;
    if (from < this.wanted) this.keep(bytes, p, Math.min(n, this.wanted - from), from);
    if (this.whole && !frame.special) this.crc = crc32(bytes, p, n, this.crc);
    this.touch();
    this.left -= n;
    if (this.left === 0) this.nextPhase();
    return p + n;
  }

  /** Only what is there from the first byte on is kept. */
  private keep(bytes: Uint8Array, p: number, n: number, from: number): void {
    if (this.frame.dataKept !== from) return;
    const { kept } = this;
    for (let i = 0; i < n; i++) kept[from + i] = bytes[p + i];
    this.frame.dataKept = from + n;
  }

  private headerRest(p: number, end: number): number {
    const n = Math.min(end - p, this.left);
    this.touch();
    this.left -= n;
    if (this.left === 0) this.nextPhase();
    return p + n;
  }

  /** The CRC's four bytes, and the delimiter's. */
  private trailer(bytes: Uint8Array, at: number, end: number): number {
    let p = at;
    while (p < end && this.left > 0) {
      this.word = ((this.word << 8) | bytes[p]) >>> 0;
      p++;
      this.left--;
    }
    this.touch();
    if (this.left === 0) this.nextPhase();
    return p;
  }

  private nextPhase(): void {
    const { phase, frame } = this;
    if (phase === HEADER_REST) {
      this.phase = PAYLOAD;
      this.left = frame.payloadLength;
      if (this.left > 0) return;
    }
    if (phase === PAYLOAD || this.phase === PAYLOAD) {
      if (frame.special) this.finish();
      else this.beginWord(CRC);
    } else if (phase === CRC) {
      this.judgeCrc();
      this.beginWord(EOF);
    } else {
      if (this.wordWhole) this.judgeEof();
      this.finish();
    }
  }

  private beginWord(phase: number): void {
    this.phase = phase;
    this.left = 4;
    this.word = 0;
    this.wordWhole = true;
  }

  private judgeCrc(): void {
    const { frame } = this;
    if (!this.whole || !this.wordWhole) {
      frame.crc = CHECK_UNKNOWN;
      return;
    }
    frame.crcWord = this.word;
    frame.crcRight = swapped32(this.crc);
    frame.crc = frame.crcWord === frame.crcRight ? CHECK_GOOD : CHECK_BAD;
  }

  private judgeEof(): void {
    const { frame, connection } = this;
    frame.eof = delimiterOf(this.word);
    if (connection.carrier !== Carrier.ifcp || frame.eof <= 0 || frame.sof <= 0) return;
    const { view, encapsulationAt: at, sof, eof } = frame;
    if (!copiesDelimiters(view, at, sof, eof)) frame.faults |= HeaderFault.delimiterCopies;
  }

  private finish(): void {
    this.tell(true);
    this.expectHeader();
  }

  private tell(complete: boolean): void {
    const { frame } = this;
    frame.complete = complete;
    if (kindInPayload(frame.kind)) this.learnKind();
    this.sink.end(frame);
    frame.resynchronised = false;
  }

  private learnKind(): void {
    const { frame, kept } = this;
    frame.kind = kindByPayload(frame.kind, kept, frame.dataKept, frame.payloadLength);
  }

  /** The last bytes are missing: they came before what follows them. */
  private touchBound(): void {
    this.frame.endBound = true;
    if (this.nowReadyNs > this.frame.endNs) this.frame.endNs = this.nowReadyNs;
  }

  private touch(): void {
    this.frame.frameEnd = this.nowFrame;
    this.frame.endBound = false;
    if (this.nowReadyNs > this.frame.endNs) this.frame.endNs = this.nowReadyNs;
  }

  /** A gap begins inside headers, or hides them. True where the frame goes on. */
  private headerIntoGap(): boolean {
    const { have, scratch } = this;
    if (have > 0) this.connection.headersCut++;
    if (have < LENGTH_END || !credible(this.scratchView, 0, this.connection.carrier)) {
      this.beginSearch(this.position - have);
      return false;
    }
    for (let i = have; i < HEADERS_MAX; i++) scratch[i] = 0;
    const special = isSpecial(this.scratchView, 0, this.connection.carrier);
    // Where extended headers were cut, the frame header behind them is not known.
    const real = have >= HEADERS ? FRAME_AT : have;
    this.open(scratch, this.scratchView, 0, real, 0, special);
    if (special) {
      this.left -= have - ENCAPSULATION_BYTES;
      return true;
    }
    this.phase = HEADER_REST;
    this.left = HEADERS - have;
    if (this.left > 0) return true;
    this.nextPhase();
    this.left -= Math.min(have - HEADERS, this.left);
    return this.left > 0;
  }

  /** What stands at a boundary is no header. */
  private lose(position: number): void {
    this.connection.boundariesLost++;
    this.beginSearch(position);
  }

  /** A gathered header was none: the search sees its bytes before it goes on. */
  private loseGathered(next: number): void {
    const { have, earlier } = this;
    const bytes = this.scratch.slice(0, have);
    const at = next - have;
    this.lose(at);
    if (earlier > 0) this.again(bytes, 0, earlier, at, this.frame.timeNs, this.frame.frame);
    this.again(bytes, earlier, have - earlier, at + earlier, this.nowNs, this.nowFrame);
  }

  private toSearch(position: number): void {
    this.phase = SEARCH;
    this.left = 0;
    this.search.begin(position);
  }

  private beginSearch(position: number): void {
    this.toSearch(position);
    this.sink.unframed(this.frame.direction);
  }

  private tellLost(bytes: number, timeNs: number, frame: number): void {
    if (bytes <= 0) return;
    this.lostTotal += bytes;
    this.sink.lost(this.frame.direction, bytes, timeNs, frame, this.search.absent);
  }

  /** Looks for a header in [at, end) and in what is left of the last call. Returns where to go on. */
  private seek(bytes: Uint8Array, view: DataView, at: number, end: number, base: number): number {
    const s = this.search;
    const p = s.scan(bytes, view, at, end);
    if (p === NOT_FOUND) {
      s.carryOver(bytes, at, end, this.nowNs, this.nowFrame);
      return end;
    }
    if (p !== IN_CARRY) {
      this.foundAt(base + p, this.nowNs, this.nowFrame);
      return p;
    }
    this.feedCarry(base + at);
    return at;
  }

  /** A header begins in the carried bytes, which end at `position`. */
  private feedCarry(position: number): void {
    const s = this.search;
    const from = s.foundInCarry;
    const length = s.carryLength - from;
    const bytes = s.carry.slice(from, from + length);
    const ns = s.foundNs();
    const frame = s.foundFrame();
    this.foundAt(position - length, ns, frame);
    this.again(bytes, 0, length, position - length, ns, frame);
  }

  /** A search meets a gap with the beginning of a header in its carry: its length is enough. */
  private carryIntoGap(): boolean {
    if (!this.search.carryHoldsLength()) {
      this.search.dropCarry();
      return false;
    }
    this.feedCarry(this.position);
    return this.phase !== SEARCH;
  }

  private foundAt(position: number, timeNs: number, frame: number): void {
    this.tellLost(position - this.search.from, timeNs, frame);
    if (position > 0) this.frame.resynchronised = true;
    this.expectHeader();
  }

  /** Feeds bytes once more that were taken for something else, with the time they came at. */
  private again(
    bytes: Uint8Array,
    at: number,
    length: number,
    position: number,
    ns: number,
    frame: number,
  ): void {
    if (this.refeeding > 1) return; // cannot be: a search begun on the same bytes finds none
    const { nowNs, nowFrame, nowReadyNs } = this;
    const behind = this.position;
    this.refeeding++;
    this.position = position;
    this.data(bytes, new DataView(bytes.buffer), at, length, ns, frame, nowReadyNs);
    this.refeeding--;
    this.position = behind;
    this.nowNs = nowNs;
    this.nowFrame = nowFrame;
    this.nowReadyNs = nowReadyNs;
  }
}
