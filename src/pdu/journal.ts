// The first bytes and gaps of a connection that nobody knows yet, kept so that then the framings can
// be fed in the order of the wire and nothing is lost. Recognisers look at its runs.

import { JOURNAL_BYTES_PER_CONNECTION } from '../limits.js';
import type { GapKind } from '../stream/sink.js';

/** Bytes without a gap, of one direction, from stream offset `start`. */
export interface Run {
  start: number;
  bytes: Uint8Array;
  view: DataView;
  length: number;
}

/** One call of the stream stage, to be repeated; run is undefined for a gap. */
interface Entry {
  readonly side: number;
  readonly run: Run | undefined;
  readonly at: number;
  readonly length: number;
  readonly kind: GapKind;
  readonly timeNs: number;
  readonly frame: number;
  readonly readyNs: number;
}

/** What a journal is replayed to: a side's framing. */
interface Replayed {
  data(
    bytes: Uint8Array,
    view: DataView,
    at: number,
    length: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void;
  gap(length: number, kind: GapKind, timeNs: number, frame: number, readyNs: number): void;
}

/** A journal shorter than this is not worth trimming. */
const TRIM_ABOVE = 4096;

/** Invariant: `held` is the sum of the bytes of its entries' runs that are kept. */
export class Journal {
  /** Bytes taken, and bytes held, in both directions. */
  examined = 0;
  held = 0;
  /** What is kept of each side since its last gap. */
  readonly runs: (Run | undefined)[] = [undefined, undefined];
  /** Stream offset of the next byte, and of the first one that is kept, of each side. */
  readonly next = [0, 0];
  readonly start = [0, 0];
  /** True where a side is followed from its first byte. */
  readonly startKnown: readonly [boolean, boolean];
  /** Packets of a side so far. */
  readonly packets: (side: number) => number;
  private entries: Entry[] = [];

  constructor(startKnown: readonly [boolean, boolean], packets: (side: number) => number) {
    this.startKnown = startKnown;
    this.packets = packets;
  }

  /** True where so many bytes more (a gap: 0) are beyond the bound of one connection. */
  isFull(length: number): boolean {
    if (length === 0) return this.entries.length > JOURNAL_BYTES_PER_CONNECTION / 64;
    return this.held + length > JOURNAL_BYTES_PER_CONNECTION;
  }

  /** A side, of which nothing was kept yet, goes on at a stream offset. */
  begin(side: number, position: number): void {
    this.next[side] = position;
    this.start[side] = position;
  }

  /** Takes bytes; the run they lie in, whose `length` has grown by theirs. */
  data(
    side: number,
    bytes: Uint8Array,
    at: number,
    length: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): Run {
    const run = this.room(side, length);
    const from = run.length;
    for (let i = 0; i < length; i++) run.bytes[from + i] = bytes[at + i];
    run.length += length;
    this.entries.push({ side, run, at: from, length, kind: 'missing', timeNs, frame, readyNs });
    this.next[side] += length;
    this.held += length;
    this.examined += length;
    return run;
  }

  gap(
    side: number,
    length: number,
    kind: GapKind,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    const run = undefined;
    this.entries.push({ side, run, at: 0, length, kind, timeNs, frame, readyNs });
    this.next[side] += length;
    this.runs[side] = undefined;
  }

  /** What a side began with: undefined where nothing of it is kept, else its run or a gap. */
  first(side: number): { readonly run: Run | undefined } | undefined {
    return this.entries.find((e) => e.side === side);
  }

  /** Feeds both framings what was kept, in the order of the wire, and keeps it no longer. */
  replay(framings: readonly [Replayed, Replayed]): void {
    const entries = this.entries;
    this.entries = [];
    this.held = 0;
    for (const e of entries) {
      const framing = framings[e.side];
      if (e.run === undefined) framing.gap(e.length, e.kind, e.timeNs, e.frame, e.readyNs);
      else framing.data(e.run.bytes, e.run.view, e.at, e.length, e.timeNs, e.frame, e.readyNs);
    }
  }

  /** Drops all that is kept. */
  forget(): void {
    this.entries = [];
    this.held = 0;
    for (let side = 0; side < 2; side++) {
      this.runs[side] = undefined;
      this.start[side] = this.next[side];
    }
  }

  /** Nobody needs more than the last `needed` bytes of each side. */
  trim(needed: number): void {
    if (this.held < TRIM_ABOVE) return;
    const kept: Entry[] = [];
    const tails: (Run | undefined)[] = [undefined, undefined];
    for (let side = 0; side < 2; side++) {
      const run = this.runs[side];
      const n = run === undefined ? 0 : Math.min(run.length, needed);
      this.start[side] = this.next[side] - n;
      if (run === undefined || n === 0) continue;
      let last: Entry | undefined;
      for (const e of this.entries) if (e.side === side && e.run === run) last = e;
      // No other entry that is kept points into the run: its room is used again.
      run.bytes.copyWithin(0, run.length - n, run.length);
      run.start += run.length - n;
      run.length = n;
      tails[side] = run;
      if (last !== undefined) kept.push({ ...last, run, at: 0, length: n });
    }
    kept.sort((a, b) => a.frame - b.frame);
    this.entries = kept;
    this.runs[0] = tails[0];
    this.runs[1] = tails[1];
    this.held = (tails[0]?.length ?? 0) + (tails[1]?.length ?? 0);
  }

  private room(side: number, length: number): Run {
    let run = this.runs[side];
    if (run === undefined) {
      const bytes = new Uint8Array(Math.max(256, length * 2));
      run = { start: this.next[side], bytes, view: new DataView(bytes.buffer), length: 0 };
      this.runs[side] = run;
    } else if (run.length + length > run.bytes.length) {
      const bytes = new Uint8Array(Math.max(run.bytes.length * 2, run.length + length));
      bytes.set(run.bytes);
      run.bytes = bytes;
      run.view = new DataView(bytes.buffer);
    }
    return run;
  }
}
