// hot: no allocation per packet
// Bytes of one direction → PDUs (RFC 7143 11.1: BHS, AHS, header digest, data, padding, data digest).
// Payload is counted, not assembled: only a header that straddles segments is copied, and data only
// where the sink asks for it. Where boundaries are lost the framer searches for a header that agrees
// with what the connection said before.
//
// Invariant: `left` is the number of bytes of the present phase still to come, never 0 between calls
// (but in `search`, where it is unused); `position` is the stream offset of the next byte.

import type { GapKind } from '../../stream/sink.js';
import {
  AHS_WORDS_SHIFT,
  BHS_LENGTH as BHS,
  DATA_LENGTH_MASK,
  LENGTHS,
  OPCODE,
  WINDOW_END,
} from '../../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../../wire/iscsi/codes.js';
import { FROM_NOBODY, sender } from '../../wire/iscsi/header-check.js';
import { MPA_REQUEST_KEY } from '../../wire/rdma/mpa.js';
import { beginsMpa } from '../mpa-key.js';
import { DIGEST_NONE, LARGE_BYTES, Pdu, type PduSink, SLOW_NS_PER_BYTE } from '../pdu.js';
import type { Framing, Heir } from '../protocol.js';
import { credible } from './boundary-check.js';
import { DIGEST_OFF, DIGEST_ON, DigestWatch } from './digests.js';
import { Parts } from './kept-parts.js';
import { Doubt } from './length-doubt.js';
import { HeaderSearch, IN_CARRY, NOT_FOUND } from './search.js';
import type { Shared } from './shared.js';

const HEADER = 0;
/** The rest of a header whose first part is known, inside a gap. */
const HEADER_REST = 1;
const AHS = 2;
const HEADER_DIGEST = 3;
const DATA = 4;
const PADDING = 5;
const DATA_DIGEST = 6;
/** Four bytes that are a digest, or else the beginning of what follows: not yet known which. */
const PEEK_HEADER = 7;
const PEEK_DATA = 8;
const PEEK_AFTER = 9;
const SEARCH = 10;
/** What comes is another protocol's. */
const LEFT = 11;

/** MPA's frames begin so; no PDU does (RFC 7143 11.2.1.2). */
const MPA_BYTE = MPA_REQUEST_KEY.charCodeAt(0);
/** Bytes that tell an MPA frame: both keys begin alike so far (RFC 5044 7.1.1). */
const MPA_KEY_ALIKE = 9;

const NO_BYTES = new Uint8Array(0);
const NO_VIEW = new DataView(NO_BYTES.buffer);

export class Framer implements Framing {
  readonly pdu = new Pdu();
  /** FROM_INITIATOR or FROM_TARGET once known. */
  role = FROM_NOBODY;
  /** Bytes of this direction that the search passed over, and PDUs told. */
  lostTotal = 0;
  private readonly connection: Shared;
  private readonly sink: PduSink;
  private phase = SEARCH;
  private left = 0;
  private position = -0;
  /** A header whose PDU goes on in the next segment; made when one does: in a login storm none may. */
  private scratch = NO_BYTES;
  private scratchView = NO_VIEW;
  private readonly parts: Parts;
  private readonly digests = new DigestWatch(this.pdu);
  private readonly doubt = new Doubt();
  /** When, and in which packet, the bytes at hand came; when they could be read. */
  private nowNs = -0; // doubles from the start (lib/double-fields.ts)
  private nowFrame = 0;
  private nowReadyNs = -0;
  /** The last large PDU came slowly: of the next it is asked whether it comes evenly. */
  private slow = false;
  /** A PDU was closed without its digest being known: its CRC, should the next four bytes be it. */
  private after = 0;
  private afterCrc = 0;
  private readonly search: HeaderSearch;
  /** A boundary was found again: from then on a header must prove itself. */
  private found = false;
  private refeeding = false;
  /** Whose the bytes behind the PDU under way are; then the framing that has them. */
  private heir: Heir | undefined = undefined;
  private next: Framing | undefined = undefined;
  /** They begin where a PDU of theirs does. */
  private clean = true;

  constructor(connection: Shared, direction: number, sink: PduSink) {
    this.connection = connection;
    this.sink = sink;
    this.search = new HeaderSearch(connection);
    this.parts = new Parts(this.pdu, connection.kept);
    this.pdu.connection = connection.id;
    this.pdu.direction = direction;
  }

  startAt(position: number, boundary: boolean): void {
    this.position = position;
    this.heir = undefined;
    this.next = undefined;
    this.after = 0;
    if (boundary) {
      this.search.align(position);
      this.setPhase(HEADER, BHS);
    } else this.beginSearch(position);
  }

  /**
   * The next byte is at `position`, and no boundary was known so far; `forced` is where one has been
   * proven (-1: nowhere).
   */
  searchAt(position: number, forced: number): void {
    this.position = position;
    this.beginSearch(0);
    this.search.forced = forced;
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
    while (p < end) {
      if (this.phase === HEADER) {
        if (this.left === BHS && bytes[p] === MPA_BYTE && this.mpaAt(bytes, p, end)) continue;
        if (this.left === BHS && this.after !== 0) this.setPhase(PEEK_AFTER, 4);
        else if (this.left === BHS && end - p >= BHS) {
          p = this.headerInPlace(bytes, view, p, end, base);
        } else p = this.gather(bytes, view, p, end, base);
      } else if (this.phase === SEARCH) {
        p = this.seek(bytes, view, p, end, base);
      } else if (this.phase === LEFT) {
        const next = this.inherit(base + p);
        next.data(bytes, view, p, end - p, timeNs, frame, readyNs);
        p = end;
      } else if (this.doubt.on && p === at && this.overrun(view, p, end)) {
        this.pdu.complete = false;
        this.sink.end(this.pdu);
        this.parts.over();
        this.lose(base + p);
      } else {
        p = this.body(bytes, p, end, base);
      }
    }
    this.position = base + end;
    // A sender writes a digest with what it covers: where the segment ends without one, the PDU is
    // told now, so that the order of the wire is kept, and the next four bytes settle the question.
    if ((this.phase === PEEK_HEADER || this.phase === PEEK_DATA) && !this.refeeding) {
      this.settleAtSegmentEnd();
    }
  }

  /** An MPA frame where a PDU is due: a login that was not captured whole agreed on it (RFC 7145 5.1). */
  private mpaAt(bytes: Uint8Array, p: number, end: number): boolean {
    if (end - p < MPA_KEY_ALIKE || !beginsMpa(bytes, p, end - p)) return false;
    this.connection.toMpa();
    // Nobody took it: it is a header that is none.
    return this.phase !== HEADER;
  }

  gap(length: number, kind: GapKind, timeNs: number, frame: number, readyNs: number): void {
    let rest = length;
    this.nowNs = timeNs;
    this.nowFrame = frame;
    this.nowReadyNs = readyNs;
    while (rest > 0) {
      if (this.phase === LEFT) {
        this.inherit(this.position).gap(rest, kind, timeNs, frame, readyNs);
        this.position += rest;
        return;
      }
      if (this.phase === SEARCH) {
        const s = this.search;
        if (kind === 'cut' && s.headerCut(this.position, rest, this.role)) {
          this.feedCarry(this.position);
          continue;
        }
        s.carryLength = 0;
        s.absent += rest;
        this.position += rest;
        return;
      }
      if (this.phase >= PEEK_HEADER && !this.peekIntoGap()) continue;
      if (this.phase === HEADER && !this.headerIntoGap()) continue;
      const n = Math.min(rest, this.left);
      if (this.phase === DATA) {
        if (kind === 'cut') this.pdu.dataCut += n;
        else this.pdu.dataMissing += n;
      }
      this.digests.whole = false;
      // A cut byte came with its packet. Of a missing one only the telling has a time: it is late.
      if (kind === 'cut') this.touch();
      else if (n === this.left) this.touchBound(readyNs);
      this.position += n;
      this.left -= n;
      rest -= n;
      if (this.left === 0) this.nextPhase();
    }
    // What snaplen cut reaches to the end of its segment.
    if (kind === 'cut' && this.phase === PEEK_DATA) this.settleAtSegmentEnd();
  }

  /** Bytes of payload that are neither kept nor covered by a digest: they need only be counted. */
  indifferent(): number {
    const { digests } = this;
    if (this.phase === LEFT) return this.next?.indifferent() ?? 0;
    if (this.phase !== DATA) return 0;
    const rest = this.slow && this.pdu.midNs < 0 ? this.untilHalf() : this.left;
    if (this.doubt.on || (digests.on && digests.whole)) return 0;
    return this.parts.keeping(this.left) ? 0 : rest;
  }

  /** Bytes up to the half of a slow PDU's data, whose time is wanted; behind it the rest. */
  private untilHalf(): number {
    const { left } = this;
    const half = this.pdu.dataSegmentLength >> 1;
    if (left > half) return left - half;
    this.pdu.midNs = this.nowReadyNs;
    return left;
  }

  /** So many of these passed, fewer than indifferent() said. */
  passed(length: number, cut: number, frame: number, readyNs: number): void {
    const pdu = this.pdu;
    this.position += length;
    if (this.phase === LEFT) {
      this.next?.passed(length, cut, frame, readyNs);
      return;
    }
    this.left -= length;
    pdu.frameEnd = frame;
    if (readyNs > pdu.endNs) pdu.endNs = readyNs;
    if (cut === 0) return;
    pdu.dataCut += cut;
    this.digests.whole = false;
  }

  ended(timeNs: number, frame: number): void {
    this.endOpen(timeNs, frame);
    this.sink.ended(this.pdu.direction, timeNs, frame);
  }

  leave(heir: Heir): void {
    this.heir = heir;
    this.next = undefined;
    const { phase, left } = this;
    if (phase === LEFT) return;
    if (phase === SEARCH) {
      this.tellLost(this.position - this.search.from, this.nowNs, this.nowFrame);
      this.beginSearch(this.position);
    } else if (phase === HEADER && left === BHS) this.boundary();
    else if (phase === HEADER && left > 0 && sender(this.scratch[0] & OPCODE) !== this.role) {
      this.leaveGathered(BHS - left);
    }
  }

  /** Bytes at a boundary that are no header came before it was known that they are another's. */
  private leaveGathered(have: number): void {
    this.boundary();
    const bytes = new Uint8Array(have);
    for (let i = 0; i < have; i++) bytes[i] = this.scratch[i];
    this.position -= have;
    this.again(bytes, 0, have, this.pdu.timeNs, this.pdu.frame);
  }

  /** The PDU is over: the next byte begins another, or is another protocol's. */
  private boundary(): void {
    if (this.heir === undefined || this.after !== 0) this.setPhase(HEADER, BHS);
    else {
      this.clean = true;
      this.setPhase(LEFT, 1);
    }
  }

  /** The framing of what comes, from `position` on. */
  private inherit(position: number): Framing {
    this.next ??= this.heir!(position, this.clean);
    return this.next;
  }

  /** What is open is told as incomplete. */
  private endOpen(timeNs: number, frame: number): void {
    const phase = this.phase;
    if (phase === LEFT) return;
    if (phase === SEARCH) this.tellLost(this.position - this.search.from, timeNs, frame);
    else if (phase !== HEADER && phase !== PEEK_AFTER) {
      const settled = (phase === PEEK_DATA || phase === PEEK_HEADER) && this.left === 4;
      this.pdu.complete = settled && (phase === PEEK_DATA || this.pdu.dataSegmentLength === 0);
      this.sink.end(this.pdu);
      this.parts.over();
    } else if (phase === HEADER && this.left < BHS) {
      this.connection.headersCut++;
      this.search.absent = 0;
      this.tellLost(BHS - this.left, timeNs, frame);
    }
    this.beginSearch(this.position);
  }

  /** Nothing more comes. */
  over(): void {
    this.parts.over();
  }

  /** Checks what must always hold; for tests and the fuzzer. */
  invariants(): void {
    if (this.phase !== SEARCH && this.left <= 0) throw new Error('framer: nothing left in a phase');
    if (this.pdu.dataKept > this.parts.wanted) throw new Error('framer: kept more than wanted');
    this.search.invariants();
  }

  private setPhase(phase: number, left: number): void {
    this.phase = phase;
    this.left = left;
  }

  /** The bytes that end a part of the PDU are missing: they came before what follows them. */
  private touchBound(readyNs: number): void {
    this.pdu.endBound = true;
    if (readyNs > this.pdu.endNs) this.pdu.endNs = readyNs;
  }

  /** The PDU has bytes of the packet at hand. */
  private touch(): void {
    this.pdu.frameEnd = this.nowFrame;
    this.pdu.endBound = false;
    if (this.nowReadyNs > this.pdu.endNs) this.pdu.endNs = this.nowReadyNs;
  }

  /** A header that lies whole in the segment: nothing is copied where the PDU does too. */
  private headerInPlace(
    bytes: Uint8Array,
    view: DataView,
    p: number,
    end: number,
    base: number,
  ): number {
    const pdu = this.pdu;
    if (!credible(this.connection, this.role, this.found, view, p, view, p + BHS, end)) {
      this.lose(base + p);
      return p;
    }
    pdu.streamOffset = base + p;
    pdu.frame = this.nowFrame;
    pdu.timeNs = this.nowNs;
    pdu.endNs = this.nowReadyNs;
    pdu.frameEnd = this.nowFrame;
    this.left = 0;
    this.open(bytes, view, p, BHS);
    const padding = pdu.paddingLength;
    const whole = p + BHS + pdu.dataSegmentLength + padding;
    if (pdu.ahsLength === 0 && this.parts.wanted === 0 && whole <= end && !this.digested()) {
      if (padding > 0) this.parts.keepPadding(bytes, whole - padding, padding);
      pdu.complete = true;
      this.boundary();
      this.sink.end(pdu);
      pdu.resynchronised = false;
      return whole;
    }
    if (this.scratch.length === 0) this.makeScratch();
    for (let i = 0; i < BHS; i += 4) this.scratchView.setInt32(i, view.getInt32(p + i));
    pdu.bytes = this.scratch;
    pdu.view = this.scratchView;
    pdu.at = 0;
    this.setPhase(HEADER, 0);
    this.nextPhase();
    return p + BHS;
  }

  /** A header that straddles segments: copied to the scratch. */
  private gather(bytes: Uint8Array, view: DataView, at: number, end: number, base: number): number {
    const pdu = this.pdu;
    let p = at;
    if (this.left === BHS) {
      pdu.streamOffset = base + p;
      pdu.frame = this.nowFrame;
      pdu.timeNs = this.nowNs;
      pdu.endNs = this.nowReadyNs;
    }
    const n = Math.min(end - p, this.left);
    const into = BHS - this.left;
    if (this.scratch.length === 0) this.makeScratch();
    for (let i = 0; i < n; i++) this.scratch[into + i] = bytes[p + i];
    p += n;
    this.left -= n;
    this.touch();
    if (this.left > 0) return p;
    const { scratchView } = this;
    if (credible(this.connection, this.role, this.found, scratchView, 0, view, p, end)) {
      this.open(this.scratch, this.scratchView, 0, BHS);
      this.nextPhase();
    } else this.loseGathered(base + p);
    return p;
  }

  private makeScratch(): void {
    this.scratch = new Uint8Array(BHS);
    this.scratchView = new DataView(this.scratch.buffer);
  }

  /** A gathered header was none: the search sees its bytes before it goes on. */
  private loseGathered(next: number): void {
    const bytes = new Uint8Array(BHS);
    for (let i = 0; i < BHS; i++) bytes[i] = this.scratch[i];
    this.lose(next - BHS);
    this.position = next - BHS;
    this.again(bytes, 0, BHS, this.pdu.timeNs, this.pdu.frame);
  }

  private open(bytes: Uint8Array, view: DataView, at: number, captured: number): void {
    const pdu = this.pdu;
    const lengths = view.getUint32(at + LENGTHS);
    pdu.bytes = bytes;
    pdu.view = view;
    pdu.at = at;
    pdu.headerCaptured = captured;
    pdu.opcode = view.getUint8(at) & OPCODE;
    pdu.fromInitiator = this.role === 1;
    pdu.ahsLength = (lengths >>> AHS_WORDS_SHIFT) * 4;
    pdu.dataSegmentLength = lengths & DATA_LENGTH_MASK;
    pdu.endBound = false;
    pdu.midNs = -1;
    pdu.headerDigest = DIGEST_NONE;
    pdu.dataDigest = DIGEST_NONE;
    this.doubt.begin(view, at, pdu.dataSegmentLength, captured === BHS, this.role);
    this.parts.clear();
    if (captured >= WINDOW_END) this.connection.context.learn(view, at, pdu.opcode);
    this.connection.pdus++;
    this.parts.want(this.sink.begin(pdu));
  }

  /** Login PDUs never carry digests (RFC 7143 13.1: they take effect with the full feature phase). */
  private digested(): boolean {
    const c = this.connection;
    const { opcode } = this.pdu;
    if (opcode === Opcode.loginRequest || opcode === Opcode.loginResponse) return false;
    return (c.headerDigest | c.dataDigest) !== 0;
  }

  /** What comes after the phase that has just ended. Ends the PDU where nothing does. */
  private nextPhase(): void {
    const pdu = this.pdu;
    const phase = this.phase;
    if (phase === DATA && pdu.paddingLength > 0) this.setPhase(PADDING, pdu.paddingLength);
    else if (phase === DATA || phase === PADDING) this.afterData();
    else if (phase === DATA_DIGEST || phase === PEEK_DATA) this.finish();
    else if (phase === HEADER_DIGEST || phase === PEEK_HEADER) this.afterHeader();
    else if (phase !== AHS && pdu.ahsLength > 0) {
      this.parts.beginAhs();
      this.setPhase(AHS, pdu.ahsLength);
    } else if (this.connection.headerDigest === DIGEST_OFF || !this.digested()) this.afterHeader();
    else {
      this.digests.coverHeader();
      if (this.connection.headerDigest === DIGEST_ON) this.setPhase(HEADER_DIGEST, 4);
      else if (this.digests.whole) this.setPhase(PEEK_HEADER, 4);
      else this.afterHeader();
    }
  }

  private afterHeader(): void {
    this.digests.beginData(this.connection.dataDigest !== DIGEST_OFF && this.digested());
    if (this.pdu.dataSegmentLength > 0) this.setPhase(DATA, this.pdu.dataSegmentLength);
    else this.finish();
  }

  private afterData(): void {
    if (!this.digests.on) this.finish();
    else if (this.connection.dataDigest === DIGEST_ON) this.setPhase(DATA_DIGEST, 4);
    else this.setPhase(PEEK_DATA, 4);
  }

  private finish(): void {
    const { pdu } = this;
    this.boundary();
    pdu.complete = true;
    this.doubt.came(pdu.dataSegmentLength);
    if (pdu.dataSegmentLength >= LARGE_BYTES) {
      this.slow = pdu.endNs - pdu.timeNs >= pdu.dataSegmentLength * SLOW_NS_PER_BYTE;
    }
    this.sink.end(pdu);
    this.parts.over();
    this.pdu.resynchronised = false;
  }

  /** In data of a doubted length another PDU begins. */
  private overrun(view: DataView, p: number, end: number): boolean {
    if (this.phase !== DATA) return false;
    return this.doubt.overrun(view, p, end, this.role, this.connection.context);
  }

  /** Everything of a PDU after its BHS. */
  private body(bytes: Uint8Array, at: number, end: number, base: number): number {
    const n = Math.min(end - at, this.left);
    const phase = this.phase;
    if (phase === DATA || phase === PADDING) {
      if (phase === DATA) this.parts.keepData(bytes, at, n, this.left);
      else this.parts.keepPadding(bytes, at, n);
      this.digests.cover(bytes, at, n);
    } else if (phase === AHS) this.parts.keepAhs(bytes, at, n, this.left);
    else if (phase !== HEADER_REST) return this.digestBytes(bytes, at, n, base);
    this.touch();
    this.left -= n;
    if (this.left === 0) this.nextPhase();
    return at + n;
  }

  private digestBytes(bytes: Uint8Array, at: number, n: number, base: number): number {
    const { digests } = this;
    digests.take(bytes, at, n, this.left, this.nowNs, this.nowFrame);
    this.left -= n;
    const phase = this.phase;
    if (phase === HEADER_DIGEST || phase === DATA_DIGEST) this.touch();
    if (this.left > 0) return at + n;
    if (phase === HEADER_DIGEST) digests.judgeHeader();
    else if (phase === DATA_DIGEST) digests.judgeData();
    else {
      this.position = base + at + n;
      this.peeked(phase);
      return at + n;
    }
    this.nextPhase();
    return at + n;
  }

  /** Four bytes after a header, after data, or after a PDU already told: a digest or not? */
  private peeked(phase: number): void {
    const { connection: c, digests } = this;
    const word = digests.value();
    if (phase === PEEK_AFTER) {
      const which = this.after;
      this.after = 0;
      if (word === this.afterCrc) {
        c.inferDigest(which === PEEK_HEADER, true);
        this.boundary();
        return;
      }
      c.inferDigest(which === PEEK_HEADER, false);
      this.boundary();
    } else {
      const header = phase === PEEK_HEADER;
      const is = digests.whole ? word === digests.crc : !digests.likelyHeader(this.role);
      if (digests.whole) c.inferDigest(header, is);
      if (is) {
        this.touch();
        if (header) digests.judgeHeader();
        else digests.judgeData();
        this.nextPhase();
        return;
      }
      this.nextPhase();
    }
    // No digest: the four bytes are the beginning of what follows.
    const bytes = new Uint8Array(4);
    for (let i = 0; i < 4; i++) bytes[i] = digests.word[i];
    const position = this.position;
    this.position = position - 4;
    this.again(bytes, 0, 4, digests.wordNs, digests.wordFrame);
    this.position = position;
  }

  /** Feeds bytes once more that were taken for something else, with the time they came at. */
  private again(bytes: Uint8Array, at: number, length: number, ns: number, frame: number): void {
    const view = new DataView(bytes.buffer);
    const nested = this.refeeding;
    const nowNs = this.nowNs;
    const nowFrame = this.nowFrame;
    this.refeeding = true;
    this.data(bytes, view, at, length, ns, frame, this.nowReadyNs);
    this.refeeding = nested;
    this.nowNs = nowNs;
    this.nowFrame = nowFrame;
  }

  private settleAtSegmentEnd(): void {
    if (this.left !== 4) return;
    if (this.phase === PEEK_HEADER && this.pdu.dataSegmentLength > 0) return;
    // Without a CRC there is nothing to compare: should a digest follow, the search steps over it.
    this.after = this.digests.whole ? this.phase : 0;
    this.afterCrc = this.digests.crc;
    this.finish();
  }

  /** A gap begins inside a header, or hides it. True where the PDU goes on (phase HEADER_REST). */
  private headerIntoGap(): boolean {
    const have = BHS - this.left;
    this.after = 0;
    if (have < 8) {
      if (have > 0) this.connection.headersCut++;
      this.beginSearch(this.position - have);
      return false;
    }
    for (let i = have; i < BHS; i++) this.scratch[i] = 0;
    this.touch();
    this.open(this.scratch, this.scratchView, 0, have);
    this.connection.headersCut++;
    this.setPhase(HEADER_REST, BHS - have);
    return true;
  }

  /** A gap hides the four bytes that would have told whether there is a digest: none is assumed. */
  private peekIntoGap(): boolean {
    const taken = 4 - this.left;
    if (this.phase === PEEK_AFTER) {
      this.after = 0;
      this.beginSearch(this.position - taken);
      return false;
    }
    this.nextPhase();
    if (taken === 0) return this.phase < PEEK_HEADER;
    if (this.phase !== DATA || this.left <= taken) {
      this.beginSearch(this.position - taken);
      return false;
    }
    this.left -= taken;
    this.digests.whole = false;
    return true;
  }

  /** What stands at a boundary is no header: the boundary was wrong, or the stream is damaged. */
  private lose(position: number): void {
    this.connection.boundariesLost++;
    this.connection.forgetInferred();
    this.search.alignment = -1;
    this.after = 0;
    this.beginSearch(position);
  }

  private beginSearch(position: number): void {
    this.search.begin(position);
    this.clean = false;
    if (this.heir === undefined) this.setPhase(SEARCH, 0);
    else this.setPhase(LEFT, 1);
  }

  private tellLost(bytes: number, timeNs: number, frame: number): void {
    if (bytes <= 0) return;
    this.lostTotal += bytes;
    this.sink.lost(this.pdu.direction, bytes, timeNs, frame, this.search.absent);
  }

  /** Looks for a header in [at, end) and in what the last call left over. Returns where to go on. */
  private seek(bytes: Uint8Array, view: DataView, at: number, end: number, base: number): number {
    const s = this.search;
    const p = s.scan(bytes, view, at, end, base + at, this.role);
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
    this.foundAt(position - length, s.carryTimeNs, s.carryFrame);
    this.position = position - length;
    this.again(s.carry, from, length, s.carryTimeNs, s.carryFrame);
  }

  private foundAt(position: number, timeNs: number, frame: number): void {
    const lost = position - this.search.from;
    this.tellLost(lost, timeNs, frame);
    // A direction followed from its first byte that never lost one has nothing to excuse.
    if (position > 0) {
      this.pdu.resynchronised = true;
      this.found = true;
    }
    this.search.align(position);
    this.setPhase(HEADER, BHS);
  }
}
