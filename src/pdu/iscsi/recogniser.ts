// Is this connection iSCSI, who is the initiator, and where does a PDU begin? Asked once for each
// connection, from its bytes and not from its port.
//
// A candidate is a place that plausible() lets pass. It becomes proof by a login's text, by its
// successor (a header where its lengths say), or by agreeing with another candidate's sequence
// numbers and task tag. Random bytes pass plausible() once in some 2^40 places.

import { CANDIDATES_MAX } from '../../limits.js';
import type { GapKind } from '../../stream/sink.js';
import {
  BHS_LENGTH as BHS,
  EXP_CMD_SN,
  FLAGS,
  IMMEDIATE,
  INITIATOR_TASK_TAG,
  NO_TAG,
  OPCODE,
  TAG_END,
  WINDOW_END,
} from '../../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../../wire/iscsi/codes.js';
import {
  FROM_INITIATOR,
  FROM_NOBODY,
  FROM_TARGET,
  mayBegin,
  pduLength,
  plausible,
} from '../../wire/iscsi/header-check.js';
import { loginRequest } from '../../wire/iscsi/login-request.js';
import type { Journal, Run } from '../journal.js';
import { type ConnectionFraming, HOPELESS, LOOKING, PROVEN, type Recogniser } from '../protocol.js';
import type { PduConnection } from './connection.js';
import { SequenceContext, tagBits } from './sequence-context.js';

/** Agreement of two candidates that makes them proof: on iSCSI's ports, and on others. */
const PROOF_ON_PORT = 8;
const PROOF_ELSEWHERE = 30;
const PLACE_BITS = 8;
/** Byte 0 of a Login Request, with I and (wrongly) without, a Login Response, a Reject. */
const FIRST_OPCODES: readonly number[] = [
  IMMEDIATE | Opcode.loginRequest,
  Opcode.loginRequest,
  Opcode.loginResponse,
  Opcode.reject,
];
/** Bytes that tell a login from text; the drafts' versions went up to 3. */
const FIRST_BYTES = 4;
const VERSION_HIGHEST = loginRequest.versionMax.byte;
const VERSION_LOWEST = loginRequest.versionMin.byte;
const VERSION_MAX = 0x0f;
/** Headers that follow each other and make a proof by themselves. */
const CHAIN_ENOUGH = 3;
/** What a target answers to a command, and how well the two must fill their segments. */
const ANSWERS: readonly number[] = [Opcode.scsiResponse, Opcode.dataIn, Opcode.r2t];
const CUT_PLACES = 3 * PLACE_BITS;

/** After so many packets of one side and none of the other, that one is taken for not captured. */
const ONE_SIDED_PACKETS = 64;

interface Candidate {
  readonly side: number;
  readonly from: number;
  readonly position: number;
  readonly opcode: number;
  /** Stream offset behind the PDU, without digests. */
  readonly next: number;
  readonly tag: number;
  /** 16 where it fills whole segments, 8 where it begins one. */
  readonly place: number;
  readonly context: SequenceContext;
}

export class IscsiRecogniser implements Recogniser {
  verdict = LOOKING;
  /** Set with the proof: which side is the initiator. */
  private initiator = -1;
  private readonly journal: Journal;
  private readonly onPort: boolean;
  private readonly accepted: (initiator: number) => PduConnection;
  /** First stream offset of each side that was not yet looked at. */
  private readonly scanned = [0, 0];
  private candidates: Candidate[] = [];
  /** Places whose header snaplen cut, each a command that may be answered. */
  private cutOnes: Candidate[] = [];
  private proof: Candidate | undefined;
  /** Whose headers each side showed, as far as single places say. */
  private readonly showed = [FROM_NOBODY, FROM_NOBODY];
  private over = false;

  /** `accepted` makes the connection that its framing needs, once it is proven. */
  constructor(journal: Journal, onPort: boolean, accepted: (initiator: number) => PduConnection) {
    this.journal = journal;
    this.onPort = onPort;
    this.accepted = accepted;
  }

  data(side: number, run: Run, from: number): number {
    if (from < FIRST_BYTES && this.beginsOtherwise(side, run)) this.verdict = HOPELESS;
    else this.judge(side, run, from);
    return this.verdict;
  }

  gap(side: number, run: Run | undefined, kind: GapKind, length: number): number {
    if (kind !== 'cut' || this.proof !== undefined) return this.verdict;
    this.loginCut(side, run);
    if (this.proof === undefined && run !== undefined) this.headerCut(side, run, length);
    return this.verdict;
  }

  /** Nothing in the journal could be a header: only the bytes that may begin one are kept. */
  needs(): number {
    return this.candidates.length + this.cutOnes.length === 0 ? BHS - 1 : Number.POSITIVE_INFINITY;
  }

  forget(): void {
    this.candidates = [];
    this.cutOnes = [];
    for (let side = 0; side < 2; side++) this.scanned[side] = this.journal.next[side];
  }

  /** Snaplen cut the very first header of a connection to iSCSI's port: what is there says login. */
  private loginCut(side: number, run: Run | undefined): void {
    if (!this.onPort || !this.journal.startKnown[side] || run === undefined) return;
    if (run.start !== 0 || run.length < 8 || run.length >= BHS) return;
    const header = new DataView(new ArrayBuffer(BHS));
    for (let i = 0; i < run.length; i++) header.setUint8(i, run.bytes[i]);
    const opcode = header.getUint8(0) & OPCODE;
    const from = plausible(header, 0);
    if (!isLoginPdu(opcode) || from === FROM_NOBODY) return;
    const context = new SequenceContext();
    const next = nextHeader(header, 0, 0);
    this.prove({ side, from, position: 0, opcode, next, tag: 0, place: PLACE_BITS, context });
  }

  /**
   * Snaplen cut a header in mid-stream, behind its tag: a command that fills its segment, and what
   * the other side answers to its tag, prove each other on iSCSI's port.
   */
  private headerCut(side: number, run: Run, length: number): void {
    if (!this.onPort || run.length + length < BHS) return;
    const header = cutHeader(run);
    const from = header === undefined ? FROM_NOBODY : plausible(header, 0);
    if (header === undefined || from === FROM_NOBODY) return;
    const position = run.start;
    const opcode = header.getUint8(0) & OPCODE;
    const tag = header.getUint32(INITIATOR_TASK_TAG);
    const next = nextHeader(header, 0, position);
    if (tag === NO_TAG || tag === 0) return;
    const over = position + run.length + length - next;
    const place = over === 0 || over === 4 || over === 8 ? 2 * PLACE_BITS : PLACE_BITS;
    if (from === FROM_INITIATOR) {
      // Unsolicited data may follow its command in the segment, or the segment is one of several.
      if (opcode !== Opcode.scsiCommand) return;
      const context = new SequenceContext();
      if (this.cutOnes.length >= CANDIDATES_MAX) this.cutOnes.shift();
      this.cutOnes.push({ side, from, position, opcode, next, tag, place, context });
      return;
    }
    if (!ANSWERS.includes(opcode)) return;
    const asked = this.cutOnes.find((c) => c.side !== side && c.tag === tag);
    if (asked === undefined || asked.position < this.journal.start[asked.side]) return;
    if (asked.place + place >= CUT_PLACES) this.prove(asked);
  }

  /** No more bytes will come: a shorter chain than usual, or a lone place on iSCSI's port, must do. */
  lastChance(): boolean {
    this.over = true;
    for (const c of this.candidates) {
      const run = this.journal.runs[c.side];
      if (this.proof !== undefined || run === undefined || c.position < run.start) continue;
      if (this.chain(c, run) >= 2 && this.answered(c)) this.prove(c);
    }
    return this.proof !== undefined;
  }

  framing(): ConnectionFraming {
    const { journal, proof } = this;
    const connection = this.accepted(this.initiator);
    if (proof === undefined) return connection;
    connection.shared.context.take(proof.context);
    for (let side = 0; side < 2; side++) {
      const start = journal.start[side];
      const forced = side === proof.side ? proof.position : -1;
      const framer = connection.directions[side];
      if (start === 0 && journal.startKnown[side] && this.headerAtStart(side)) {
        framer.startAt(0, true);
      } else framer.searchAt(start, forced);
    }
    return connection;
  }

  /**
   * Every connection begins with a login (RFC 7143 6.3). What begins otherwise may carry iSCSI as
   * data, a capture that is downloaded, and that is not to be told as PDUs.
   */
  private beginsOtherwise(side: number, run: Run): boolean {
    if (!this.journal.startKnown[side] || run.start !== 0) return false;
    const { bytes, length } = run;
    if (!FIRST_OPCODES.includes(bytes[0])) return true;
    if (length < FIRST_BYTES) return false;
    // A Reject may come instead of a Login Response; logins say small version numbers.
    const versions = Math.max(bytes[VERSION_HIGHEST], bytes[VERSION_LOWEST]);
    return bytes[0] !== Opcode.reject && versions > VERSION_MAX;
  }

  /** A stream followed from its first byte begins with a PDU, where what is there looks like one. */
  private headerAtStart(side: number): boolean {
    const first = this.journal.first(side);
    if (first === undefined) return true;
    const run = first.run;
    if (run === undefined || run.start !== 0) return false;
    return run.length < BHS || plausible(run.view, 0) !== FROM_NOBODY;
  }

  private judge(side: number, run: Run, from: number): void {
    const end = run.start + run.length;
    for (const c of this.candidates) if (c.side === side && this.chained(c, run)) return;
    let p = Math.max(this.scanned[side], run.start);
    for (; p + BHS <= end; p++) {
      const at = p - run.start;
      if (!mayBegin(run.bytes[at], run.bytes[at + FLAGS])) continue;
      const who = plausible(run.view, at);
      if (who === FROM_NOBODY) continue;
      this.consider(this.candidate(side, who, p, run, run.start + from));
      if (this.proof !== undefined) return;
    }
    this.scanned[side] = p;
  }

  private candidate(
    side: number,
    from: number,
    position: number,
    run: Run,
    segment: number,
  ): Candidate {
    const at = position - run.start;
    const next = nextHeader(run.view, at, position);
    const over = run.start + run.length - next;
    let place = position === segment || position === run.start ? PLACE_BITS : 0;
    if (place > 0 && (over === 0 || over === 4 || over === 8)) place += PLACE_BITS;
    const context = new SequenceContext();
    const opcode = run.view.getUint8(at) & OPCODE;
    context.learn(run.view, at, opcode);
    const tag = run.view.getUint32(at + INITIATOR_TASK_TAG);
    return { side, from, position, opcode, next, tag, place, context };
  }

  private consider(c: Candidate): void {
    const run = this.journal.runs[c.side];
    if (run === undefined) return;
    if (this.isLogin(c, run)) {
      this.showed[c.side] |= c.from;
      if (this.journal.startKnown[c.side] || this.answered(c)) {
        this.prove(c);
        return;
      }
    }
    const chain = this.chain(c, run);
    if (chain < 0) return;
    this.showed[c.side] |= c.from;
    for (const other of this.candidates) {
      const there = this.journal.runs[other.side];
      if (other.side === c.side || there === undefined || other.position < there.start) continue;
      if (this.chained(other, there)) return;
    }
    const enough = chain >= CHAIN_ENOUGH || this.agrees(c, run);
    if (enough && this.answered(c)) this.prove(c);
    else if (this.onPort && c.place > 0 && chain > 0) this.prove(c);
    else if (this.candidates.length < CANDIDATES_MAX) this.candidates.push(c);
  }

  private prove(c: Candidate): void {
    this.proof = c;
    this.verdict = PROVEN;
    this.initiator = c.from === FROM_INITIATOR ? c.side : 1 - c.side;
  }

  /** A candidate that waited for its successors: true where enough have come. */
  private chained(c: Candidate, run: Run): boolean {
    if (this.chain(c, run) < CHAIN_ENOUGH || !this.answered(c)) return false;
    this.prove(c);
    return true;
  }

  /**
   * Elsewhere than on iSCSI's port, joined in mid-stream: PDUs of one side that travel as data (a
   * download of what was recorded) are told from a conversation by the other side, which has PDUs
   * too, or was not captured.
   */
  private answered(c: Candidate): boolean {
    const other = 1 - c.side;
    const wanted = c.from === FROM_INITIATOR ? FROM_TARGET : FROM_INITIATOR;
    if (this.onPort || (this.showed[other] & wanted) !== 0) return true;
    const { packets } = this.journal;
    return packets(other) === 0 && (this.over || packets(c.side) >= ONE_SIDED_PACKETS);
  }

  /**
   * How many headers of the same sender follow each other from the candidate on, each where the
   * lengths of the one before say, with or without digests; -1 where one of them is none. An
   * iSCSI stream that travels as data has such chains too, but they break with its packets.
   */
  private chain(c: Candidate, run: Run): number {
    if (c.next < run.start) return 1;
    const end = run.start + run.length;
    let next = c.next;
    for (let headers = 1; ; headers++) {
      let found = -1;
      for (let digests = 0; digests <= 8 && found < 0; digests += 4) {
        const p = next + digests;
        if (p + BHS > end) return headers;
        if (plausible(run.view, p - run.start) !== c.from) continue;
        const bits = c.context.agreement(run.view, p - run.start, c.from);
        if (this.onPort || bits >= 3) found = p;
      }
      if (found < 0) return -1;
      if (headers + 1 >= CHAIN_ENOUGH) return headers + 1;
      next = nextHeader(run.view, found - run.start, found);
    }
  }

  /**
   * A login names its initiator (RFC 7143 6.3), and text is no chance; but a capture that travels as
   * data holds logins too: only one that begins a segment counts.
   */
  private isLogin(c: Candidate, run: Run): boolean {
    if (!isLoginPdu(c.opcode) || c.place === 0) return false;
    if (this.onPort) return true;
    let equals = false;
    let i = c.position - run.start + BHS;
    const end = Math.min(run.length, i + 64, c.next - run.start);
    if (end - i < 4) return false;
    for (; i < end; i++) {
      const b = run.bytes[i];
      if (b === 0x3d) equals = true;
      if (b === 0 && equals) break;
      if (b < 0x20 || b > 0x7e) return false;
    }
    return equals;
  }

  private agrees(c: Candidate, run: Run): boolean {
    const enough = this.onPort ? PROOF_ON_PORT : PROOF_ELSEWHERE;
    if (c.place === 0) return false;
    for (const other of this.candidates) {
      if (other.place === 0) continue;
      const same = other.side === c.side;
      if (same !== (other.from === c.from)) continue;
      if (same && c.position < other.next) continue;
      let bits = other.context.agreement(run.view, c.position - run.start, c.from);
      if (bits === 0) continue;
      if (c.tag === other.tag && c.tag !== NO_TAG && c.tag !== 0) bits += tagBits(c.tag);
      if (bits + c.place + other.place >= enough) return true;
    }
    return false;
  }
}

/** A segment's first bytes as a header: what was cut is taken for quiet; undefined where too few. */
function cutHeader(run: Run): DataView | undefined {
  const have = run.length;
  if (have < TAG_END || have >= BHS) return undefined;
  const known = have < WINDOW_END ? Math.min(have, EXP_CMD_SN) : have;
  const header = new DataView(new ArrayBuffer(BHS));
  for (let i = 0; i < known; i++) header.setUint8(i, run.bytes[i]);
  // An R2T asks for something (RFC 7143 11.8.4).
  if ((header.getUint8(0) & OPCODE) === Opcode.r2t) header.setUint8(BHS - 1, 1);
  return header;
}

function isLoginPdu(opcode: number): boolean {
  return opcode === Opcode.loginRequest || opcode === Opcode.loginResponse;
}

/** Where the PDU at `position` ends by its lengths, digests not counted. */
function nextHeader(view: DataView, at: number, position: number): number {
  return position + pduLength(view, at);
}
