// The values of one column until its row group is written. Most columns of most captures hold one value
// in all rows, or none: these take no memory, and are encoded once (row-groups.ts).

import type { Column, ColumnType } from './columns.js';

type Cell = number | string | bigint | boolean | undefined;

const TWO_32 = 2 ** 32;
const LEAST: Partial<Record<ColumnType, number>> = { INT32: -(2 ** 31), UINT32: 0 };
const MOST: Partial<Record<ColumnType, number>> = { INT32: 2 ** 31 - 1, UINT32: TWO_32 - 1 };

const WHOLE: ReadonlySet<ColumnType> = new Set(['INT32', 'UINT32', 'INT64', 'TIMESTAMP']);

/** The `count` values that are known, and a level a row: 1 where it is. */
export interface Integers {
  readonly values: Float64Array;
  readonly levels: Uint8Array;
  readonly count: number;
  readonly min: number;
  readonly max: number;
}

/** The same of text. */
export interface Texts {
  readonly values: readonly string[];
  readonly levels: Uint8Array;
  readonly count: number;
}

/** Doubles that grow as far as they must. */
class Doubles {
  #values = new Float64Array(0);

  set(at: number, value: number, room: number): void {
    if (at >= this.#values.length) this.#grow(at, room);
    this.#values[at] = value;
  }

  get(at: number): number {
    return this.#values[at];
  }

  fill(value: number, count: number, room: number): void {
    if (count === 0) return;
    if (count > this.#values.length) this.#grow(count - 1, room);
    this.#values.fill(value, 0, count);
  }

  #grow(at: number, room: number): void {
    const grown = new Float64Array(Math.min(room, Math.max(1024, (at + 1) * 2)));
    grown.set(this.#values);
    this.#values = grown;
  }
}

/** Invariant: while `constant`, all `count` rows hold `first` (and `firstHigh`); nothing else is kept. */
export class ColumnValues<R> {
  readonly column: Column<R>;
  count = 0;
  constant = true;
  readonly #room: number;
  readonly #least: number;
  readonly #most: number;
  #first: number | string | undefined = undefined;
  #firstHigh = 0;
  readonly #low: Doubles = new Doubles();
  readonly #high: Doubles = new Doubles();
  #texts: (string | undefined)[] = [];

  /** `room`: rows of a group. */
  constructor(column: Column<R>, room: number) {
    this.column = column;
    this.#room = room;
    this.#least = LEAST[column.type] ?? Number.NEGATIVE_INFINITY;
    this.#most = MOST[column.type] ?? Number.POSITIVE_INFINITY;
  }

  add(row: R): void {
    const { column } = this;
    // Its type says which it is: to look for a member takes longer.
    if (column.type === 'STRING') this.#addText(column.text(row));
    else if (column.type !== 'UINT64') this.#addNumber(this.#bounded(column.number(row)), 0);
    else if (column.known(row) && column.high(row) < TWO_32) {
      this.#addNumber(column.low(row), column.high(row));
    } else this.#addNumber(Number.NaN, 0);
    this.count++;
  }

  clear(): void {
    this.count = 0;
    this.constant = true;
    this.#texts = [];
  }

  /** What makes a constant column one of its kind. */
  get constantKey(): string {
    const first = this.#first;
    return typeof first === 'string' ? `"${first}` : `${first}/${this.#firstHigh}`;
  }

  /** Of a column of whole numbers that varies and whose values are no further from 0 than `most`; else undefined. */
  integers(most: number): Integers | undefined {
    const { type } = this.column;
    if (this.constant || !WHOLE.has(type)) return undefined;
    const values = new Float64Array(this.count);
    const levels = new Uint8Array(this.count);
    let n = 0;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.count; i++) {
      const value = Math.floor(this.#low.get(i));
      // NaN is not known.
      if (Number.isNaN(value)) continue;
      levels[i] = 1;
      values[n++] = value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    return n > 0 && min >= -most && max <= most
      ? { values, levels, count: n, min, max }
      : undefined;
  }

  /** Of a column of text that varies. */
  texts(): Texts | undefined {
    if (this.constant || this.column.type !== 'STRING') return undefined;
    const levels = new Uint8Array(this.count);
    const values: string[] = [];
    for (let i = 0; i < this.count; i++) {
      const text = this.#texts[i];
      if (text === undefined) continue;
      levels[i] = 1;
      values.push(text);
    }
    return { values, levels, count: values.length };
  }

  /** As the writer takes them; `epochNs` is what times count from. */
  cells(epochNs: bigint): Cell[] {
    const cells = new Array<Cell>(this.count);
    if (this.constant) return cells.fill(this.#cellOf(this.#first, this.#firstHigh, epochNs));
    if ('text' in this.column) {
      for (let i = 0; i < this.count; i++) cells[i] = this.#texts[i];
      return cells;
    }
    for (let i = 0; i < this.count; i++) {
      cells[i] = this.#cellOf(this.#low.get(i), this.#high.get(i), epochNs);
    }
    return cells;
  }

  #addText(text: string | undefined): void {
    if (this.constant) {
      if (this.count === 0) this.#first = text;
      if (text === this.#first) return;
      this.constant = false;
      this.#texts = new Array(this.count).fill(this.#first);
    }
    this.#texts.push(text);
  }

  #addNumber(low: number, high: number): void {
    if (this.constant) {
      if (this.count === 0) {
        this.#first = low;
        this.#firstHigh = high;
      }
      if (Object.is(low, this.#first) && high === this.#firstHigh) return;
      this.constant = false;
      this.#low.fill(this.#first as number, this.count, this.#room);
      if ('high' in this.column) this.#high.fill(this.#firstHigh, this.count, this.#room);
    }
    this.#low.set(this.count, low, this.#room);
    if ('high' in this.column) this.#high.set(this.count, high, this.#room);
  }

  /** What the type cannot hold is not known. */
  #bounded(value: number): number {
    if (!(value >= this.#least && value <= this.#most) || !Number.isFinite(value))
      return Number.NaN;
    return value === 0 ? 0 : value;
  }

  #cellOf(low: number | string | undefined, high: number, epochNs: bigint): Cell {
    if (typeof low !== 'number') return low;
    if (Number.isNaN(low)) return undefined;
    switch (this.column.type) {
      case 'BOOLEAN':
        return low === 1;
      case 'INT64':
        return BigInt(Math.floor(low));
      case 'TIMESTAMP':
        return epochNs + BigInt(Math.floor(low));
      case 'UINT64':
        return high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
      case 'DOUBLE':
        return low;
      default:
        return Math.floor(low);
    }
  }
}
