// Parameter data that takes several PDUs, joined by their buffer offsets (RFC 7143 11.7.4, 11.8.5):
// they may come in any order (DataPDUInOrder=No), twice (SNACK), or not be in the capture.

import { DATA_JOINED_MAX, DATA_JOINS_MAX, DATA_PARTS_MAX } from '../limits.js';
import type { Pdu } from '../pdu/pdu.js';
import { FINAL, FLAGS } from '../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../wire/iscsi/codes.js';
import type { Absence } from '../wire/scsi/walker.js';
import { absenceOf } from './absence.js';

const OFFSET_AT = 40;
const OFFSET_END = 44;

/** Data of a task in one direction, as far as it has passed. */
export interface JoinedData {
  /** From the task's first byte on. */
  readonly bytes: Uint8Array;
  /** Bytes at hand from the first on, without a gap. */
  readonly prefix: number;
  /** Bytes at hand in all, and behind the last byte that was sent. */
  readonly there: number;
  readonly end: number;
  readonly pdus: number;
  readonly isIn: boolean;
  /** Why what is not at hand is not. */
  readonly absence: Absence;
}

/** Where the data of a PDU stands in that of its task; -1 where that was not captured. */
export function dataOffset(pdu: Pdu): number {
  if (pdu.opcode === Opcode.scsiCommand) return 0;
  return pdu.headerCaptured >= OFFSET_END ? pdu.view.getUint32(pdu.at + OFFSET_AT) : -1;
}

export class DataJoins {
  /** By task and direction, the oldest first. */
  readonly #open: Map<number, Join> = new Map();

  /**
   * The data of a task's PDU, at its end. Returns what is joined where this PDU is the last of
   * several. `writeLength`: bytes that the command writes; -1 not known.
   */
  add(order: number, pdu: Pdu, writeLength: number): JoinedData | undefined {
    const offset = dataOffset(pdu);
    if (offset < 0 || pdu.dataSegmentLength === 0) return undefined;
    const isIn = pdu.opcode === Opcode.dataIn;
    const final = (pdu.view.getUint8(pdu.at + FLAGS) & FINAL) !== 0;
    const key = order * 2 + (isIn ? 1 : 0);
    const end = offset + pdu.dataSegmentLength;
    const found = this.#open.get(key);
    if (found === undefined && offset === 0 && (isIn ? final : end >= writeLength)) {
      return undefined;
    }
    const join = found ?? this.#begin(key, isIn);
    join.add(pdu, offset);
    // F ends a burst (RFC 7143 11.7.1): a write is whole when all that it announced has come.
    const ends = final && (isIn || join.end >= writeLength);
    const filled = join.there >= (isIn ? join.end : writeLength);
    // What was sent again, after a SNACK, may fill a gap behind the end.
    const completes = ends || (filled && (join.hadGap || (!isIn && writeLength > 0)));
    join.hadGap = ends && !filled;
    join.told ||= completes;
    return completes ? join : undefined;
  }

  /** What came of a task's data in pieces whose last one did not: its task has ended. */
  unfinished(order: number): JoinedData | undefined {
    const found = this.#open.get(order * 2 + 1) ?? this.#open.get(order * 2);
    return found !== undefined && !found.told && found.pdus > 1 ? found : undefined;
  }

  taskEnded(order: number): void {
    this.#open.delete(order * 2);
    this.#open.delete(order * 2 + 1);
  }

  #begin(key: number, isIn: boolean): Join {
    const join = new Join(isIn);
    this.#open.set(key, join);
    // Tasks whose end nobody saw would stay for ever.
    if (this.#open.size > DATA_JOINS_MAX) this.#open.delete(this.#open.keys().next().value ?? 0);
    return join;
  }
}

/** Invariant: `#ranges` are those at hand, in order; they neither overlap nor touch. */
class Join implements JoinedData {
  bytes: Uint8Array = new Uint8Array(0);
  end = 0;
  pdus = 0;
  /** Its end was there, and more was missing. */
  hadGap = false;
  /** It was whole once, and decoded then. */
  told = false;
  readonly isIn: boolean;
  /** Of pieces that have passed: snaplen cut one, and one was more than is kept. */
  #cut = false;
  #limited = false;
  #ranges: { readonly from: number; readonly to: number }[] = [];

  constructor(isIn: boolean) {
    this.isIn = isIn;
  }

  get prefix(): number {
    const first = this.#ranges[0];
    return first?.from === 0 ? first.to : 0;
  }

  get there(): number {
    return this.#ranges.reduce((sum, range) => sum + range.to - range.from, 0);
  }

  /** What begins beyond DATA_JOINED_MAX was captured, and is not kept. */
  get absence(): Absence {
    if (this.#limited || this.prefix >= DATA_JOINED_MAX) return 'limit';
    return this.#cut ? 'cut' : 'missing';
  }

  add(pdu: Pdu, offset: number): void {
    this.pdus++;
    if (pdu.dataCut > 0) this.#cut = true;
    if (absenceOf(pdu) === 'limit') this.#limited = true;
    this.end = Math.max(this.end, offset + pdu.dataSegmentLength);
    const kept = Math.min(pdu.dataKept, pdu.dataSegmentLength, DATA_JOINED_MAX - offset);
    if (kept <= 0 || !this.#take(offset, offset + kept)) return;
    this.#grow(offset + kept);
    this.bytes.set(pdu.data.subarray(0, kept), offset);
  }

  /** False where the data is in more pieces than are kept. */
  #take(start: number, stop: number): boolean {
    const apart = this.#ranges.filter(({ from, to }) => to < start || from > stop);
    if (apart.length >= DATA_PARTS_MAX) return false;
    let from = start;
    let to = stop;
    for (const range of this.#ranges) {
      if (range.to < start || range.from > stop) continue;
      from = Math.min(from, range.from);
      to = Math.max(to, range.to);
    }
    this.#ranges = [...apart, { from, to }].sort((a, b) => a.from - b.from);
    return true;
  }

  #grow(length: number): void {
    if (length <= this.bytes.length) return;
    const grown = new Uint8Array(
      Math.min(DATA_JOINED_MAX, Math.max(length, 2 * this.bytes.length)),
    );
    grown.set(this.bytes);
    this.bytes = grown;
  }
}
