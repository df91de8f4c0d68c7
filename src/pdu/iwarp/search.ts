// hot: no allocation per packet
// Where does an FPDU begin? Asked in mid-stream and after a loss. A candidate is a place whose header
// fits (header.ts); it becomes proof by its CRC, by the iSCSI PDU of an iSER message in it, by two
// more headers where the lengths say, or, with markers, by what they point to. Bytes are journalled
// until then, so that nothing after the boundary is lost.
//
// Invariant: `held` bytes are journalled, in entries that follow each other without a hole.

import { crc32c, digestWord } from '../../lib/crc32c.js';
import { FPDU_CANDIDATES_MAX, FPDU_SEARCH_BYTES } from '../../limits.js';
import type { GapKind } from '../../stream/sink.js';
import { get } from '../../wire/field.js';
import { BHS_BYTES as BHS } from '../../wire/iscsi/bhs.js';
import { FROM_NOBODY, plausible } from '../../wire/iscsi/header-check.js';
import { RdmaOpcode } from '../../wire/rdma/codes.js';
import { ddpUntagged } from '../../wire/rdma/ddp.js';
import {
  CONTROL_END,
  headerEnd,
  headerFits,
  isIserControl,
  markerPointer,
  mayBegin,
  UNTAGGED_END,
  ulpduLengthAt,
  untaggedOpcode,
} from '../../wire/rdma/header-check.js';
import { ISER_HEADER_BYTES } from '../../wire/rdma/iser.js';
import {
  FPDU_LENGTH_BYTES,
  fpduBytes,
  MARKER_BYTES,
  MARKER_INTERVAL,
  MPA_CRC_BYTES,
} from '../../wire/rdma/mpa.js';
import { markedBytes, markerIn } from './markers.js';
import { CRC_OFF, CRC_ON, type IwarpShared } from './shared.js';

/** Headers that follow each other and make a proof by themselves. */
const CHAIN_ENOUGH = 3;

export interface SearchEntry {
  readonly position: number;
  readonly length: number;
  readonly bytes: Uint8Array | undefined;
  readonly view: DataView | undefined;
  readonly at: number;
  readonly kind: GapKind;
  readonly timeNs: number;
  readonly frame: number;
  readonly readyNs: number;
}

/** Bytes without a gap, from `start`. */
interface Run {
  start: number;
  bytes: Uint8Array;
  view: DataView;
  length: number;
}

/** Runs of a journal looked at: those before them are too far back to be linked. */
const RUNS_MAX = 64;

const NO = 0;
const YES = 1;
/** More bytes may tell. */
const LATER = 2;

export class FpduSearch {
  /** Boundaries are not known since this place; of the bytes since then, those in gaps. */
  from = 0;
  absent = 0;
  held = 0;
  /** Where the next marker lies, -1 where there are none; as found, or as it was known. */
  markerAt = -1;
  private readonly connection: IwarpShared;
  private entries: SearchEntry[] = [];
  private runs: Run[] = [];
  private candidates: number[] = [];
  private scanned = 0;
  private align = -1;
  private failed = -1;
  /** Phase of the markers as known before the loss; -1 none, -2 not known. */
  private markerPhase = -2;
  private over = false;
  /** What follow() found. */
  private headers = 0;
  private next = 0;
  private before = 0;
  private broken = false;

  constructor(connection: IwarpShared) {
    this.connection = connection;
  }

  /**
   * Boundaries are lost at `from`. `markerAt`: where a marker lies, -1 there are none, -2 not known;
   * `align`: places modulo 4, -1 any; `failed`: a place that turned out to be none, -1 no such.
   */
  begin(from: number, markerAt: number, align: number, failed = -1): void {
    this.from = from;
    this.absent = 0;
    this.held = 0;
    this.entries = [];
    this.runs = [];
    this.candidates = [];
    this.scanned = failed >= from ? failed + 1 : from;
    this.failed = failed;
    this.align = align;
    this.markerPhase = markerAt >= 0 ? markerAt % MARKER_INTERVAL : markerAt;
    this.markerAt = -1;
    this.over = false;
  }

  data(
    bytes: Uint8Array,
    at: number,
    length: number,
    position: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    if (this.held + length > FPDU_SEARCH_BYTES) this.forget(position);
    let run = this.runs.at(-1);
    if (run === undefined || run.start + run.length !== position) {
      const room = new Uint8Array(Math.max(2048, length));
      run = { start: position, bytes: room, view: new DataView(room.buffer), length: 0 };
      this.runs.push(run);
    }
    if (run.length + length > run.bytes.length) {
      const more = new Uint8Array(Math.max(run.bytes.length * 2, run.length + length));
      more.set(run.bytes);
      run.bytes = more;
      run.view = new DataView(more.buffer);
    }
    for (let i = 0; i < length; i++) run.bytes[run.length + i] = bytes[at + i];
    run.length += length;
    this.held += length;
    const copy = bytes.slice(at, at + length);
    this.entries.push({
      position,
      length,
      bytes: copy,
      view: new DataView(copy.buffer),
      at: 0,
      kind: 'missing',
      timeNs,
      frame,
      readyNs,
    });
  }

  gap(
    position: number,
    length: number,
    kind: GapKind,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    this.absent += length;
    if (this.entries.length > FPDU_SEARCH_BYTES / 64) this.forget(position);
    const none = undefined;
    this.entries.push({
      position,
      length,
      bytes: none,
      view: none,
      at: 0,
      kind,
      timeNs,
      frame,
      readyNs,
    });
  }

  /** The bytes of a journal that another keeps: what is looked at grows from call to call. */
  look(run: Run): void {
    if (this.runs.at(-1) === run) return;
    this.runs.push(run);
    if (this.runs.length > RUNS_MAX) this.runs.shift();
  }

  /** Bytes before the last few may still be wanted. */
  get hopes(): boolean {
    return this.candidates.length > 0 || this.runs.length > 1;
  }

  /** No more bytes will come: what is likely must do. */
  last(): void {
    this.over = true;
  }

  /** Where an FPDU begins (its marker, where one is in front), -1 where that is not known yet. */
  seek(): number {
    if (this.markerPhase >= 0) return this.byMarkers();
    for (let i = 0; i < this.candidates.length; i++) {
      const p = this.candidates[i];
      const verdict = this.judge(p);
      if (verdict === YES) return this.earliest(p);
      if (verdict === NO) this.candidates.splice(i--, 1);
    }
    for (const run of this.runs) {
      const end = run.start + run.length;
      let p = Math.max(run.start, this.scanned);
      for (; p + UNTAGGED_END <= end; p++) {
        const at = p - run.start;
        if (!mayBegin(run.bytes, at)) continue;
        if (this.align >= 0 && (p & 3) !== this.align) continue;
        if (!headerFits(run.bytes, run.view, p - run.start, false)) continue;
        const verdict = this.judge(p);
        if (verdict === YES) return this.earliest(p);
        if (verdict === LATER) this.candidates.push(p);
        if (this.candidates.length > FPDU_CANDIDATES_MAX) this.candidates.shift();
      }
      if (p > this.scanned) this.scanned = p;
    }
    return -1;
  }

  /** A candidate that waited for its proof has it where its chain of lengths leads to a proven place. */
  private earliest(p: number): number {
    for (const q of this.candidates) {
      let next = q;
      let header = q;
      while (header < p) {
        const run = this.runAt(header, UNTAGGED_END);
        if (run === undefined || !headerFits(run.bytes, run.view, header - run.start, false)) break;
        const length = run.view.getUint16(header - run.start);
        const marked = this.markerAt >= 0;
        const first = marked ? firstMarker(this.markerAt, header) - header : 0;
        next = header + (marked ? markedBytes(length, first) : fpduBytes(length));
        const between = marked && (next - this.markerAt) % MARKER_INTERVAL === 0;
        header = between ? next + MARKER_BYTES : next;
      }
      if (q < p && (header === p || next === p)) {
        if (this.markerAt >= 0) this.markerAt = firstMarker(this.markerAt, q);
        return q;
      }
    }
    return p;
  }

  /** Everything journalled, which is forgotten here. */
  takeEntries(): readonly SearchEntry[] {
    const entries = this.entries;
    this.entries = [];
    this.runs = [];
    this.candidates = [];
    this.held = 0;
    return entries;
  }

  invariants(): void {
    let held = 0;
    let next = -1;
    for (const e of this.entries) {
      if (next >= 0 && e.position !== next) throw new Error('fpdu search: a hole in the journal');
      next = e.position + e.length;
      if (e.bytes !== undefined) held += e.length;
    }
    if (held !== this.held) throw new Error('fpdu search: the journal is not counted right');
  }

  /** The journal is full: what is in it is given up. */
  private forget(position: number): void {
    this.entries = [];
    this.runs = [];
    this.candidates = [];
    this.held = 0;
    if (position > this.scanned) this.scanned = position;
  }

  /** The run that holds `length` bytes from `position`, undefined where they are not there (yet). */
  private runAt(position: number, length: number): Run | undefined {
    for (const run of this.runs) {
      if (position >= run.start && position + length <= run.start + run.length) return run;
    }
    return undefined;
  }

  /** True where these bytes lie behind all that came. */
  private beyond(position: number, length: number): boolean {
    const entry = this.entries.at(-1);
    const run = this.runs.at(-1);
    const end =
      entry !== undefined
        ? entry.position + entry.length
        : run === undefined
          ? 0
          : run.start + run.length;
    return position + length > end;
  }

  private judge(p: number): number {
    const run = this.runAt(p, UNTAGGED_END);
    if (run === undefined) return NO;
    const unsure = this.markerPhase === -2;
    if (unsure) {
      const first = markerIn(run.bytes, run.view, p - run.start, run.length, this.connection);
      this.markerAt = first < 0 ? -1 : p + first;
      if (first >= 0) return YES;
    }
    const proof = this.proof(run, p);
    if (proof !== YES || !unsure) return proof;
    // A marker may have broken the chain of lengths behind what is proven.
    this.follow(p);
    if (this.broken) this.markedAfter(p);
    return YES;
  }

  /** Whether an FPDU begins at `p`, markers apart. */
  private proof(run: Run, p: number): number {
    const { bytes, view } = run;
    const at = p - run.start;
    const iser = this.iserIn(run, at);
    if (iser === YES) return YES;
    const whole = fpduBytes(ulpduLengthAt(bytes, at));
    const c = this.connection;
    if (c.crc !== CRC_OFF && at + whole <= run.length) {
      const word = view.getUint32(at + whole - MPA_CRC_BYTES);
      if (digestWord(crc32c(bytes, at, whole - MPA_CRC_BYTES, 0)) === word) {
        if (c.crc !== CRC_ON) c.crcInferred(true);
        return YES;
      }
    }
    this.follow(p);
    if (this.headers >= CHAIN_ENOUGH) return YES;
    if (this.broken) return iser === LATER ? LATER : NO;
    if (this.over) return this.headers >= 2 ? YES : NO;
    return LATER;
  }

  /**
   * Headers that follow each other from `p` on, as far as bytes are there (or enough of them):
   * `headers` of them, the next is due at `next`; `broken` where there is none, and the FPDU before
   * that place begins at `before`.
   */
  private follow(p: number): void {
    this.headers = 0;
    this.next = p;
    this.before = p;
    this.broken = false;
    while (this.headers < CHAIN_ENOUGH) {
      const run = this.runAt(this.next, CONTROL_END);
      if (run === undefined) {
        // Cut or missing: it cannot be looked at, and what was found so far must do.
        this.broken = !this.beyond(this.next, CONTROL_END) && this.headers < 2;
        return;
      }
      const at = this.next - run.start;
      if (at + headerEnd(run.bytes, at) > run.length) return;
      if (!headerFits(run.bytes, run.view, at, false)) {
        this.broken = true;
        return;
      }
      this.headers++;
      this.before = this.next;
      this.next += fpduBytes(ulpduLengthAt(run.bytes, at));
    }
  }

  /** The chain from `p` broke: a marker may stand before its next header, or in the FPDU before. */
  private markedAfter(p: number): void {
    const at = this.next;
    const run = this.runAt(at, MARKER_BYTES + UNTAGGED_END);
    if (run === undefined) return;
    const { view, bytes, start } = run;
    if (
      view.getUint32(at - start) === 0 &&
      headerFits(bytes, view, at - start + MARKER_BYTES, false)
    ) {
      this.markerAt = firstMarker(at, p);
      return;
    }
    if (this.before < start) return;
    for (let d = 4; this.before + d < at; d += 4) {
      if (view.getUint32(this.before + d - start) !== d) continue;
      if (!headerFits(bytes, view, at - start + MARKER_BYTES, false)) continue;
      this.markerAt = firstMarker(this.before + d, p);
      return;
    }
  }

  /** A Send's first segment with an iSER header and a PDU behind it. */
  private iserIn(run: Run, at: number): number {
    const { bytes, view } = run;
    const opcode = untaggedOpcode(bytes, at);
    if (opcode < RdmaOpcode.send || opcode > RdmaOpcode.sendSEInvalidate) return NO;
    if (get(view, at + FPDU_LENGTH_BYTES, ddpUntagged.messageOffset) !== 0) return NO;
    const iser = at + UNTAGGED_END;
    const length = ulpduLengthAt(bytes, at);
    if (length < UNTAGGED_END - FPDU_LENGTH_BYTES + ISER_HEADER_BYTES + BHS) return NO;
    const pdu = iser + ISER_HEADER_BYTES;
    if (pdu + BHS > run.length) {
      // Snaplen may cut the very end of the BHS: what is there, and zeros, must do.
      return this.cutIser(run, iser);
    }
    if (!isIserControl(bytes, iser)) return NO;
    return plausible(view, pdu) === FROM_NOBODY ? NO : YES;
  }

  private cutIser(run: Run, iser: number): number {
    const { bytes } = run;
    const pdu = iser + ISER_HEADER_BYTES;
    if (run.length < pdu + 32) return LATER;
    if (!isIserControl(bytes, iser)) return NO;
    if (!this.over && !this.endsInGap(run)) return LATER;
    const copy = new Uint8Array(BHS);
    for (let i = 0; pdu + i < run.length; i++) copy[i] = bytes[pdu + i];
    return plausible(new DataView(copy.buffer), 0) === FROM_NOBODY ? NO : YES;
  }

  private endsInGap(run: Run): boolean {
    const last = this.entries.at(-1);
    return last !== undefined && run.start + run.length < last.position + last.length;
  }

  /** Markers stand where they are known to: the first that is there says where its FPDU begins. */
  private byMarkers(): number {
    for (const run of this.runs) {
      const end = run.start + run.length;
      const phase = this.markerPhase;
      let m =
        run.start + ((phase - (run.start % MARKER_INTERVAL) + MARKER_INTERVAL) % MARKER_INTERVAL);
      for (; m + MARKER_BYTES <= end; m += MARKER_INTERVAL) {
        const back = markerPointer(run.view, m - run.start);
        if (back < 0) continue;
        const p = back === 0 ? m + MARKER_BYTES : m - back;
        if (p < this.from || p <= this.failed) continue;
        const header = this.runAt(p, UNTAGGED_END);
        if (header === undefined) continue;
        // Where a marker interrupts the header only its first part can be looked at.
        const fits =
          back > 0 && back < UNTAGGED_END
            ? back >= CONTROL_END
            : headerFits(header.bytes, header.view, p - header.start, true);
        if (!fits) continue;
        this.markerAt = firstMarker(m, back === 0 ? m : p);
        return back === 0 ? m : p;
      }
    }
    return -1;
  }
}

/** The first marker at or behind `p`, of those that stand at `marker` modulo their interval. */
function firstMarker(marker: number, p: number): number {
  return marker - Math.floor((marker - p) / MARKER_INTERVAL) * MARKER_INTERVAL;
}
