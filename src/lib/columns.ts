// hot: no allocation per packet
// Columns of numbers that grow: typed arrays in chunks, so that growing copies nothing but a small
// first chunk, and a row costs its octets and nothing more.

/** Rows of a chunk: 2^14. */
const CHUNK_BITS = 14;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const MASK = CHUNK_ROWS - 1;
/** The first chunk begins small: most captures are. */
const FIRST_ROWS = 64;

type Cells = Float64Array | Uint32Array | Int32Array | Uint16Array | Int16Array | Uint8Array;

/** Rows that a column must have room for so that row `row` exists. */
function roomFor(row: number): number {
  let rows = FIRST_ROWS;
  while (rows <= row) rows *= 2;
  return Math.min(rows, CHUNK_ROWS);
}

/** Invariant: all chunks but the first have CHUNK_ROWS cells; so has the first where there is a second. */
export class Column<T extends Cells> {
  readonly #make: (rows: number) => T;
  readonly #chunks: T[];

  constructor(make: (rows: number) => T) {
    this.#make = make;
    this.#chunks = [];
  }

  /** 0 for a row that was never set. */
  get(row: number): number {
    const chunk = this.#chunks[row >>> CHUNK_BITS];
    return chunk === undefined ? 0 : (chunk[row & MASK] ?? 0);
  }

  set(row: number, value: number): void {
    const at = row >>> CHUNK_BITS;
    let chunk = this.#chunks[at];
    if (chunk === undefined || chunk.length <= (row & MASK)) chunk = this.#grow(row);
    chunk[row & MASK] = value;
  }

  /** Octets held. */
  bytes(): number {
    let sum = 0;
    for (let i = 0; i < this.#chunks.length; i++) sum += this.#chunks[i].byteLength;
    return sum;
  }

  #grow(row: number): T {
    const at = row >>> CHUNK_BITS;
    const first = this.#chunks[0];
    if (first !== undefined && first.length < CHUNK_ROWS) {
      this.#chunks[0] = this.#grown(first, at > 0 ? CHUNK_ROWS : roomFor(row));
    }
    while (this.#chunks.length <= at) {
      const small = this.#chunks.length === 0 && at === 0;
      this.#chunks.push(this.#make(small ? roomFor(row) : CHUNK_ROWS));
    }
    return this.#chunks[at];
  }

  #grown(chunk: T, rows: number): T {
    const more = this.#make(rows);
    more.set(chunk);
    return more;
  }
}

export function float64Column(): Column<Float64Array> {
  return new Column((rows) => new Float64Array(rows));
}

export function uint32Column(): Column<Uint32Array> {
  return new Column((rows) => new Uint32Array(rows));
}

export function uint16Column(): Column<Uint16Array> {
  return new Column((rows) => new Uint16Array(rows));
}

export function int16Column(): Column<Int16Array> {
  return new Column((rows) => new Int16Array(rows));
}

export function uint8Column(): Column<Uint8Array> {
  return new Column((rows) => new Uint8Array(rows));
}

/** Octets of one entry of a Map from number to number, measured on Node 20: key, value, chain. */
const MAP_ENTRY_BYTES = 40;

/**
 * Integers from -1 on in a column of 16 or 32 bits; the few that do not fit stand aside. -1 is a
 * code of its own, and so is "look aside".
 */
export class WideColumn {
  readonly #cells: Column<Uint16Array> | Column<Uint32Array>;
  readonly #aside: Map<number, number>;
  readonly #none: number;
  readonly #wide: number;

  constructor(bits: 16 | 32) {
    this.#cells = bits === 16 ? uint16Column() : uint32Column();
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
}
