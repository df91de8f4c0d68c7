// hot: no allocation per packet
// Columns of numbers that grow: typed arrays in chunks, so that growing copies nothing but a small
// first chunk, and a row costs its octets and nothing more.

/** Rows of a chunk: 2^14. */
export const CHUNK_BITS = 14;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const MASK = CHUNK_ROWS - 1;
/** The first chunk begins small: most captures are. */
const FIRST_ROWS = 64;

type Cells = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** Few rows are set behind others that lie so many chunks after them. */
const LATE_CHUNKS = 4;

/** Chunks of rows: which ones are forgotten is told in them. */
export type ChunkSet = ReadonlySet<number>;

/** True for a row whose chunk is forgotten: it lies before the chunk `end`, and is not in `keep`. */
export function isForgotten(row: number, end: number, keep: ChunkSet): boolean {
  return row >>> CHUNK_BITS < end && !keep.has(row >>> CHUNK_BITS);
}

/**
 * The chunks of a column. Invariant: all but the first have CHUNK_ROWS cells, and so has the first
 * where there is a second; those that were forgotten have none. Columns of each kind have their own
 * get and set: shared ones would see all kinds of arrays, and take 70 ns where these take 3.
 */
abstract class Chunks<T extends Cells> {
  protected readonly chunks: T[];
  readonly #make: (rows: number) => T;
  readonly #none: T;
  #bytes: number;
  /** Chunks before this one are forgotten, but for some. */
  #end: number;

  protected constructor(make: (rows: number) => T) {
    this.chunks = [];
    this.#make = make;
    this.#none = make(0);
    this.#bytes = 0;
    this.#end = 0;
  }

  /** Octets held. */
  bytes(): number {
    return this.#bytes;
  }

  /** Chunks before `end` that are not in `keep` hold nothing any more: 0 is read, what is set is lost. */
  forget(end: number, keep: ChunkSet): void {
    const { chunks } = this;
    for (let at = 0; at < end && at < chunks.length; at++) {
      if (keep.has(at) || chunks[at].length === 0) continue;
      this.#bytes -= chunks[at].byteLength;
      chunks[at] = this.#none;
    }
    this.#end = end;
  }

  /** Makes room for a row; its chunk. */
  protected grow(row: number): T {
    const at = row >>> CHUNK_BITS;
    const chunks = this.chunks;
    if (this.#end === 0 && chunks.length === 0) {
      this.#push(at > 0 ? CHUNK_ROWS : roomFor(row));
    } else if (this.#end === 0 && chunks[0].length < CHUNK_ROWS) {
      const more = this.#make(at > 0 ? CHUNK_ROWS : roomFor(row));
      more.set(chunks[0]);
      this.#bytes += more.byteLength - chunks[0].byteLength;
      chunks[0] = more;
    }
    while (chunks.length <= at) this.#push(CHUNK_ROWS);
    return chunks[at];
  }

  #push(rows: number): void {
    const chunk = this.chunks.length < this.#end ? this.#none : this.#make(rows);
    this.#bytes += chunk.byteLength;
    this.chunks.push(chunk);
  }
}

/**
 * Forgets what stands aside for rows that are forgotten. Rows come nearly in their order: what was
 * set behind much newer ones is found when these are forgotten.
 */
function forgetAside(aside: Map<number, number>, end: number, keep: ChunkSet): void {
  for (const row of aside.keys()) {
    if (row >>> CHUNK_BITS > end + LATE_CHUNKS) return;
    if (isForgotten(row, end, keep)) aside.delete(row);
  }
}

/** Rows of the first chunk so that there is room for `row`. */
function roomFor(row: number): number {
  let rows = FIRST_ROWS;
  while (rows <= row) rows *= 2;
  return Math.min(rows, CHUNK_ROWS);
}

export class Float64Column extends Chunks<Float64Array> {
  constructor() {
    super((rows) => new Float64Array(rows));
  }

  /** 0 for a row that was never set. */
  get(row: number): number {
    const chunk = this.chunks[row >>> CHUNK_BITS];
    return chunk === undefined ? 0 : (chunk[row & MASK] ?? 0);
  }

  set(row: number, value: number): void {
    let chunk = this.chunks[row >>> CHUNK_BITS];
    if (chunk === undefined || chunk.length <= (row & MASK)) chunk = this.grow(row);
    chunk[row & MASK] = value;
  }
}

export class Uint32Column extends Chunks<Uint32Array> {
  constructor() {
    super((rows) => new Uint32Array(rows));
  }

  /** 0 for a row that was never set. */
  get(row: number): number {
    const chunk = this.chunks[row >>> CHUNK_BITS];
    return chunk === undefined ? 0 : (chunk[row & MASK] ?? 0);
  }

  set(row: number, value: number): void {
    let chunk = this.chunks[row >>> CHUNK_BITS];
    if (chunk === undefined || chunk.length <= (row & MASK)) chunk = this.grow(row);
    chunk[row & MASK] = value;
  }
}

/** In a cell of 32 bits: the number is larger, and stands aside. */
const ASIDE = 0xffffffff;
const SELDOM_BYTES = CHUNK_ROWS * 4;

/** Numbers that are 0 in long runs of rows: chunks of nothing but 0 hold nothing. */
export class SeldomColumn {
  readonly #chunks: (Uint32Array | undefined)[];
  readonly #aside: Map<number, number>;
  #bytes: number;

  constructor() {
    this.#chunks = [];
    this.#aside = new Map();
    this.#bytes = 0;
  }

  get(row: number): number {
    const chunk = this.#chunks[row >>> CHUNK_BITS];
    if (chunk === undefined) return 0;
    const value = chunk[row & MASK];
    return value === ASIDE ? (this.#aside.get(row) ?? 0) : value;
  }

  set(row: number, value: number): void {
    const at = row >>> CHUNK_BITS;
    let chunk = this.#chunks[at];
    if (chunk === undefined) {
      if (value === 0) return;
      chunk = new Uint32Array(CHUNK_ROWS);
      this.#bytes += SELDOM_BYTES;
      while (this.#chunks.length < at) this.#chunks.push(undefined);
      this.#chunks[at] = chunk;
    }
    if (value >= ASIDE) this.#aside.set(row, value);
    chunk[row & MASK] = Math.min(value, ASIDE);
  }

  bytes(): number {
    return this.#aside.size * MAP_ENTRY_BYTES + this.#bytes;
  }

  forget(end: number, keep: ChunkSet): void {
    const chunks = this.#chunks;
    for (let at = 0; at < end && at < chunks.length; at++) {
      if (keep.has(at) || chunks[at] === undefined) continue;
      chunks[at] = undefined;
      this.#bytes -= SELDOM_BYTES;
    }
    forgetAside(this.#aside, end, keep);
  }
}

export class Uint16Column extends Chunks<Uint16Array> {
  constructor() {
    super((rows) => new Uint16Array(rows));
  }

  /** 0 for a row that was never set. */
  get(row: number): number {
    const chunk = this.chunks[row >>> CHUNK_BITS];
    return chunk === undefined ? 0 : (chunk[row & MASK] ?? 0);
  }

  set(row: number, value: number): void {
    let chunk = this.chunks[row >>> CHUNK_BITS];
    if (chunk === undefined || chunk.length <= (row & MASK)) chunk = this.grow(row);
    chunk[row & MASK] = value;
  }
}

export class Uint8Column extends Chunks<Uint8Array> {
  constructor() {
    super((rows) => new Uint8Array(rows));
  }

  /** 0 for a row that was never set. */
  get(row: number): number {
    const chunk = this.chunks[row >>> CHUNK_BITS];
    return chunk === undefined ? 0 : (chunk[row & MASK] ?? 0);
  }

  set(row: number, value: number): void {
    let chunk = this.chunks[row >>> CHUNK_BITS];
    if (chunk === undefined || chunk.length <= (row & MASK)) chunk = this.grow(row);
    chunk[row & MASK] = value;
  }
}

/** Octets of one entry of a Map from number to number, measured on Node 20: key, value, chain. */
const MAP_ENTRY_BYTES = 40;

/**
 * Integers from -1 on in a column of 16 or 32 bits; the few that do not fit stand aside. -1 is a
 * code of its own, and so is "look aside".
 */
export class WideColumn {
  readonly #cells: Uint16Column | Uint32Column;
  readonly #aside: Map<number, number>;
  readonly #none: number;
  readonly #wide: number;

  constructor(bits: 16 | 32) {
    this.#cells = bits === 16 ? new Uint16Column() : new Uint32Column();
    this.#aside = new Map();
    this.#none = bits === 16 ? 0xffff : 0xffffffff;
    this.#wide = this.#none - 1;
  }

  get(row: number): number {
    const value = this.#cells.get(row);
    if (value < this.#wide) return value;
    return value === this.#none ? -1 : (this.#aside.get(row) ?? -1);
  }

  set(row: number, value: number): void {
    if (value >= 0 && value < this.#wide) {
      this.#cells.set(row, value);
    } else if (value === -1) {
      this.#cells.set(row, this.#none);
    } else {
      this.#cells.set(row, this.#wide);
      this.#aside.set(row, value);
    }
  }

  bytes(): number {
    return this.#cells.bytes() + this.#aside.size * MAP_ENTRY_BYTES;
  }

  forget(end: number, keep: ChunkSet): void {
    this.#cells.forget(end, keep);
    forgetAside(this.#aside, end, keep);
  }
}

/** A number that most rows do not have (they have `absent`). */
export class SparseColumn {
  readonly #values: Map<number, number>;
  readonly #absent: number;

  constructor(absent: number) {
    this.#values = new Map();
    this.#absent = absent;
  }

  get(row: number): number {
    return this.#values.size === 0 ? this.#absent : (this.#values.get(row) ?? this.#absent);
  }

  set(row: number, value: number): void {
    if (value !== this.#absent) this.#values.set(row, value);
    else if (this.#values.size > 0) this.#values.delete(row);
  }

  bytes(): number {
    return this.#values.size * MAP_ENTRY_BYTES;
  }

  forget(end: number, keep: ChunkSet): void {
    forgetAside(this.#values, end, keep);
  }
}

/** Rows that share a base. */
const BASE_BITS = 6;
/** Values somewhat below their base fit too: rows are not always set in order. */
const BIAS = 2 ** 30;

/** Integers of 53 bits that lie near those of their neighbours, in 32 bits from a base of 64 rows. */
export class NearColumn {
  readonly #bases: Float64Column;
  readonly #cells: WideColumn;
  #based: number;

  constructor() {
    this.#bases = new Float64Column();
    this.#cells = new WideColumn(32);
    this.#based = 0;
  }

  get(row: number): number {
    return this.#bases.get(row >>> BASE_BITS) + this.#cells.get(row) - BIAS;
  }

  /** Blocks of rows are begun in order; within them rows come in any. */
  set(row: number, value: number): void {
    const block = row >>> BASE_BITS;
    for (; this.#based <= block; this.#based++) this.#bases.set(this.#based, value);
    this.#cells.set(row, value - this.#bases.get(block) + BIAS);
  }

  bytes(): number {
    return this.#bases.bytes() + this.#cells.bytes();
  }

  forget(end: number, keep: ChunkSet): void {
    this.#cells.forget(end, keep);
    const kept = new Set<number>();
    for (const at of keep) kept.add(at >>> BASE_BITS);
    this.#bases.forget(end >>> BASE_BITS, kept);
  }
}
