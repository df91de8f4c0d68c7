// hot: no allocation per packet
// Columns of what a task moved, and in how many PDUs.

import {
  type ChunkSet,
  SeldomColumn,
  SparseColumn,
  Uint8Column,
  Uint32Column,
  WideColumn,
} from '../lib/columns.js';
import type { Task } from '../scsi/task.js';
import { bytesOf, forgetIn, type Held } from './group.js';

const OUTSTANDING_MAX = 255;

export class DataColumns {
  readonly expected = new Uint32Column();
  readonly dataIn = new WideColumn(32);
  readonly dataOut = new WideColumn(32);
  readonly r2ts = new WideColumn(16);
  readonly #bidi = new SparseColumn(0);
  readonly #immediate = new SeldomColumn();
  readonly #unsolicited = new SeldomColumn();
  readonly #dataInPdus = new WideColumn(16);
  readonly #dataOutPdus = new WideColumn(16);
  /** R2Ts usually ask for just what was sent on their behalf: only the difference stands here. */
  readonly #askedApart = new SparseColumn(0);
  /** At most 255. */
  readonly #outstanding = new Uint8Column();
  /** Of a capture cut by snaplen all tasks have some. */
  readonly #missing = new WideColumn(32);
  readonly #residual = new SparseColumn(0);

  write(row: number, t: Task): void {
    this.expected.set(row, t.expectedLength);
    this.dataIn.set(row, t.dataInBytes);
    this.dataOut.set(row, t.dataOutBytes);
    this.r2ts.set(row, t.r2ts);
    this.#bidi.set(row, t.bidiReadExpectedLength);
    this.#immediate.set(row, t.immediateBytes);
    this.#unsolicited.set(row, t.unsolicitedBytes);
    this.#dataInPdus.set(row, t.dataInPdus);
    this.#dataOutPdus.set(row, t.dataOutPdus);
    this.#askedApart.set(row, t.r2tBytes - solicited(t));
    this.#outstanding.set(row, Math.min(OUTSTANDING_MAX, t.r2tsOutstandingMax));
    this.#missing.set(row, t.dataMissing);
    this.#residual.set(row, t.residualCount);
  }

  read(row: number, out: Task): void {
    out.expectedLength = this.expected.get(row);
    out.dataInBytes = this.dataIn.get(row);
    out.dataOutBytes = this.dataOut.get(row);
    out.r2ts = this.r2ts.get(row);
    out.bidiReadExpectedLength = this.#bidi.get(row);
    out.immediateBytes = this.#immediate.get(row);
    out.unsolicitedBytes = this.#unsolicited.get(row);
    out.dataInPdus = this.#dataInPdus.get(row);
    out.dataOutPdus = this.#dataOutPdus.get(row);
    out.r2tBytes = this.#askedApart.get(row) + solicited(out);
    out.r2tsOutstandingMax = this.#outstanding.get(row);
    out.dataMissing = this.#missing.get(row);
    out.residualCount = this.#residual.get(row);
  }

  bytes(): number {
    return bytesOf(this.#all());
  }

  forget(end: number, keep: ChunkSet): void {
    forgetIn(this.#all(), end, keep);
  }

  #all(): Held[] {
    return [
      this.expected,
      this.dataIn,
      this.dataOut,
      this.r2ts,
      this.#bidi,
      this.#immediate,
      this.#unsolicited,
      this.#dataInPdus,
      this.#dataOutPdus,
      this.#askedApart,
      this.#outstanding,
      this.#missing,
      this.#residual,
    ];
  }
}

/** Bytes that R2Ts must have asked for, by what was sent. */
function solicited(t: Task): number {
  return t.r2ts === 0 ? 0 : t.dataOutBytes - t.immediateBytes - t.unsolicitedBytes;
}
