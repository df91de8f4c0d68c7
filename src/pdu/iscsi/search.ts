// hot: no allocation per packet
// Finds the next header of one direction after boundaries were lost: strict as plausible() is, and in
// agreement with the connection's sequence numbers, an open task tag, the segment's edges, or a
// candidate before it. PDUs are padded to 4 bytes (RFC 7143 11.2.3) and digests are 4 bytes long, so
// once one header's place is known all others lie at the same offset modulo 4.

import {
  BHS_LENGTH as BHS,
  EXP_CMD_SN,
  FLAGS,
  INITIATOR_TASK_TAG,
  OPCODE,
  TAG_END,
  WINDOW_END,
} from '../../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../../wire/iscsi/codes.js';
import { mayBegin, pduLength, plausible } from '../../wire/iscsi/header-check.js';
import { AGREEMENT_ENOUGH, tagBits } from './sequence-context.js';
import type { Shared } from './shared.js';

export const NOT_FOUND = -1;
export const IN_CARRY = -2;

/** What a place is worth: a PDU often begins where a segment begins, and ends where one ends. */
const PLACE_BITS = 8;
/** Candidates remembered whose successor is awaited. */
const PENDING = 8;
/** Where a header is looked at that is only there in part: within one call. */
const PROBE = new Uint8Array(BHS);
const PROBE_VIEW = new DataView(PROBE.buffer);
const NO_BYTES = new Uint8Array(0);
const NO_VIEW = new DataView(NO_BYTES.buffer);
const NO_PLACES = new Float64Array(0);

export class HeaderSearch {
  /** Stream offset from which boundaries are unknown. */
  from = 0;
  /** Of the bytes since: those in gaps. */
  absent = 0;
  /** Offset of headers modulo 4, -1 while unknown. */
  alignment = -1;
  /** A place that is proven already (-1: none). */
  forced = -1;
  /** The last bytes seen, too few for a header; and when they came. Most directions never search. */
  carry = NO_BYTES;
  private carryView = NO_VIEW;
  carryLength = 0;
  carryTimeNs = 0;
  carryFrame = 0;
  foundInCarry = 0;
  /** True where the carried bytes are a whole segment, as far as it was captured. */
  private carrySegment = false;
  private readonly connection: Shared;
  private pendingNext = NO_PLACES;
  private pendingCount = 0;

  constructor(connection: Shared) {
    this.connection = connection;
  }

  begin(position: number): void {
    this.from = position;
    this.absent = 0;
    this.carryLength = 0;
    this.pendingCount = 0;
  }

  /** A header lies at `position`. */
  align(position: number): void {
    this.alignment = position % 4;
    this.forced = -1;
  }

  /**
   * Where in [at, end) the first acceptable header of `role` begins (`position` is the stream offset
   * of `at`); IN_CARRY where it begins in the carried bytes (foundInCarry); NOT_FOUND.
   */
  scan(
    bytes: Uint8Array,
    view: DataView,
    at: number,
    end: number,
    position: number,
    role: number,
  ): number {
    if (this.carryLength > 0 && this.scanCarry(bytes, at, end, position, role)) return IN_CARRY;
    const step = this.alignment < 0 ? 1 : 4;
    let p = at;
    if (step === 4) p += (this.alignment - (position % 4) + 4) & 3;
    for (; p + BHS <= end; p += step) {
      if (!mayBegin(bytes[p], bytes[p + FLAGS])) continue;
      if (this.accepts(view, p, position + p - at, p === at, end - p, role)) return p;
    }
    return NOT_FOUND;
  }

  /** Keeps the last bytes of a call that held no header, for the next one. */
  carryOver(bytes: Uint8Array, at: number, end: number, timeNs: number, frame: number): void {
    const n = Math.min(end - at, BHS - 1);
    if (this.carry.length === 0) this.makeCarry();
    this.carrySegment = this.carryLength === 0 && end - at === n;
    const total = this.carryLength + n;
    const drop = total > BHS - 1 ? total - BHS + 1 : 0;
    const kept = this.carryLength - drop;
    for (let i = 0; i < kept; i++) this.carry[i] = this.carry[i + drop];
    for (let i = 0; i < n; i++) this.carry[kept + i] = bytes[end - n + i];
    this.carryLength = kept + n;
    this.carryTimeNs = timeNs;
    this.carryFrame = frame;
  }

  /**
   * Snaplen cut the segment that was carried, `cut` bytes of it, inside what may be a header. Where it
   * cut the sequence numbers, the task tag and the segment's edges must do.
   */
  headerCut(position: number, cut: number, role: number): boolean {
    const have = this.carryLength;
    if (!this.carrySegment || have < TAG_END || have + cut < BHS) return false;
    if (this.alignment >= 0 && (position - have) % 4 !== this.alignment) return false;
    // What was cut is taken for quiet, a window of which only a part is there too; an R2T asks for
    // something (RFC 7143 11.8.4).
    const known = have < WINDOW_END ? Math.min(have, EXP_CMD_SN) : have;
    for (let i = 0; i < BHS; i++) PROBE[i] = i < known ? this.carry[i] : 0;
    const view = PROBE_VIEW;
    if ((PROBE[0] & OPCODE) === Opcode.r2t) PROBE[BHS - 1] = 1;
    if (plausible(view, 0) !== role) return false;
    const over = have + cut - pduLength(view, 0);
    const tag = view.getUint32(INITIATOR_TASK_TAG);
    let bits = PLACE_BITS;
    if (over === 0 || over === 4 || over === 8) bits += PLACE_BITS;
    if (this.connection.isOpen(tag)) bits += tagBits(tag);
    if (have >= WINDOW_END) bits += this.connection.context.agreement(view, 0, role);
    this.foundInCarry = 0;
    return bits >= AGREEMENT_ENOUGH;
  }

  private makeCarry(): void {
    this.carry = new Uint8Array(2 * BHS);
    this.carryView = new DataView(this.carry.buffer);
  }

  invariants(): void {
    if (this.carryLength >= BHS) throw new Error('search: carries a whole header');
  }

  /** Headers that begin in the carried bytes and end in [at, end). */
  private scanCarry(
    bytes: Uint8Array,
    at: number,
    end: number,
    position: number,
    role: number,
  ): boolean {
    const have = this.carryLength;
    const more = Math.min(end - at, BHS);
    for (let i = 0; i < more; i++) this.carry[have + i] = bytes[at + i];
    const first = position - have;
    for (let c = 0; c < have && c + BHS <= have + more; c++) {
      if (this.alignment >= 0 && (first + c) % 4 !== this.alignment) continue;
      if (!mayBegin(this.carry[c], this.carry[c + FLAGS])) continue;
      const room = have + (end - at) - c;
      if (!this.accepts(this.carryView, c, first + c, c === 0, room, role)) continue;
      this.foundInCarry = c;
      return true;
    }
    return false;
  }

  /** Is the candidate at `p` (stream offset `position`) a header? `room` bytes follow in the segment. */
  private accepts(
    view: DataView,
    p: number,
    position: number,
    atSegmentStart: boolean,
    room: number,
    role: number,
  ): boolean {
    if (plausible(view, p) !== role) return false;
    if (position === this.forced) return true;
    const next = position + pduLength(view, p);
    let bits = this.connection.context.agreement(view, p, role);
    const tag = view.getUint32(p + INITIATOR_TASK_TAG);
    if (this.connection.isOpen(tag)) bits += tagBits(tag);
    if (atSegmentStart) bits += PLACE_BITS;
    const over = position + room - next;
    if (over === 0 || over === 4 || over === 8) bits += PLACE_BITS;
    if (bits >= AGREEMENT_ENOUGH) return true;
    for (let i = 0; i < this.pendingCount; i++) {
      const d = position - this.pendingNext[i];
      if (d === 0 || d === 4 || d === 8) return true;
    }
    if (this.pendingNext.length === 0) this.pendingNext = new Float64Array(PENDING);
    if (this.pendingCount < PENDING) this.pendingNext[this.pendingCount++] = next;
    else this.pendingNext[position % PENDING] = next;
    return false;
  }
}
