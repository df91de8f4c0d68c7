// One Parquet file: rows gather in columns, and go out as a row group when there are enough of them. A chunk in
// which all rows are the same is encoded once and copied, and these are two columns in three; whole numbers and text,
// most of the others, are encoded by our own hand (column-chunk.ts), the rest by the library.

import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { PARQUET_GROUP_ROWS } from '../../limits.js';
import { integerChunk, textChunk } from './column-chunk.js';
import { ColumnValues } from './column-values.js';
import type { Column, ColumnType } from './columns.js';
import { EXACT_MAX } from './delta-pack.js';
import {
  ByteWriter,
  type Chunk,
  type Element,
  type Encoding,
  ParquetWriter,
  writeColumn,
} from './hyparquet.js';

const PAGE_BYTES = 1 << 20;
const ROOT = 'sanscope';

const ELEMENTS: Readonly<Record<ColumnType, Omit<Element, 'name'>>> = {
  BOOLEAN: { type: 'BOOLEAN' },
  INT32: { type: 'INT32' },
  // Their logical type would say the same, but is written in a way that DuckDB refuses.
  UINT32: { type: 'INT32', converted_type: 'UINT_32' },
  INT64: { type: 'INT64' },
  UINT64: { type: 'INT64', converted_type: 'UINT_64' },
  DOUBLE: { type: 'DOUBLE' },
  STRING: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  // UTC, but said to be without a zone: DuckDB keeps nanoseconds of these only.
  TIMESTAMP: {
    type: 'INT64',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'NANOS' },
  },
};

/** Of columns that vary. Numbers mostly grow, or are small: differences are short, and found without a dictionary. */
const ENCODINGS: Readonly<Partial<Record<ColumnType, Encoding>>> = {
  INT32: 'DELTA_BINARY_PACKED',
  UINT32: 'DELTA_BINARY_PACKED',
  INT64: 'DELTA_BINARY_PACKED',
  TIMESTAMP: 'DELTA_BINARY_PACKED',
  UINT64: 'PLAIN',
  DOUBLE: 'PLAIN',
};

/** A chunk as it would lie at offset 0. */
interface Encoded {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly chunk: Chunk;
}

export class ParquetFile<R> {
  rows = 0;
  readonly #fd: number;
  readonly #epochNs: bigint;
  readonly #columns: readonly ColumnValues<R>[];
  readonly #elements: readonly Element[];
  readonly #bytes: ByteWriter = new ByteWriter();
  readonly #parquet: ParquetWriter;
  /** By column: the last chunk whose rows were all the same. */
  readonly #known: (Encoded | undefined)[] = [];
  #waiting = 0;

  /** Opens `path`, which must not be there. Throws what the file system throws. */
  constructor(
    path: string,
    columns: readonly Column<R>[],
    epochNs: bigint,
    about: Readonly<Record<string, string>>,
  ) {
    this.#fd = openSync(path, 'wx', 0o666);
    this.#epochNs = epochNs;
    this.#columns = columns.map((column) => new ColumnValues(column, PARQUET_GROUP_ROWS));
    this.#elements = columns.map(({ name, type }) => ({
      name,
      repetition_type: 'OPTIONAL',
      ...ELEMENTS[type],
    }));
    this.#parquet = new ParquetWriter({
      writer: this.#bytes,
      schema: [{ name: ROOT, num_children: columns.length }, ...this.#elements],
      kvMetadata: Object.entries(about).map(([key, value]) => ({ key, value })),
      createdBy: 'sanscope',
    });
  }

  row(row: R): void {
    for (let i = 0; i < this.#columns.length; i++) this.#columns[i].add(row);
    this.rows++;
    this.#waiting++;
    if (this.#waiting === PARQUET_GROUP_ROWS) this.#group();
  }

  /** Writes what is left and the footer, to the disk. */
  close(): void {
    if (this.#waiting > 0) this.#group();
    this.#parquet.finish();
    this.#flush();
    fsyncSync(this.#fd);
    closeSync(this.#fd);
  }

  abandon(): void {
    closeSync(this.#fd);
  }

  #group(): void {
    const begin = this.#bytes.offset;
    const columns = this.#columns.map((values, i) => this.#chunk(values, i));
    let uncompressed = 0n;
    for (const { meta_data } of columns) uncompressed += meta_data?.total_uncompressed_size ?? 0n;
    this.#parquet.row_groups.push({
      columns,
      total_byte_size: uncompressed,
      num_rows: BigInt(this.#waiting),
      total_compressed_size: BigInt(this.#bytes.offset - begin),
    });
    this.#parquet.num_rows += BigInt(this.#waiting);
    this.#waiting = 0;
    this.#flush();
  }

  #chunk(values: ColumnValues<R>, at: number): Chunk {
    const chunk = values.constant
      ? this.#same(values, at)
      : (this.#own(values, at) ?? this.#encode(values, at, this.#bytes));
    values.clear();
    return chunk;
  }

  #same(values: ColumnValues<R>, at: number): Chunk {
    const key = `${values.count} ${values.constantKey}`;
    let known = this.#known[at];
    if (known?.key !== key) {
      const bytes = new ByteWriter();
      const chunk = this.#encode(values, at, bytes);
      known = { key, bytes: bytes.getBytes().slice(), chunk };
      this.#known[at] = known;
    }
    const base = BigInt(this.#bytes.offset);
    this.#bytes.appendBytes(known.bytes);
    return moved(known.chunk, base);
  }

  #own(values: ColumnValues<R>, at: number): Chunk | undefined {
    const element = this.#elements[at];
    const texts = values.texts();
    if (texts !== undefined) return textChunk(this.#bytes, element, texts, values.count);
    const integers = values.integers(EXACT_MAX);
    if (integers === undefined) return undefined;
    const base = values.column.type === 'TIMESTAMP' ? this.#epochNs : 0n;
    return integerChunk(this.#bytes, element, integers, values.count, base);
  }

  #encode(values: ColumnValues<R>, at: number, writer: ByteWriter): Chunk {
    const element = this.#elements[at];
    const cells = values.cells(this.#epochNs);
    const { chunk } = writeColumn({
      writer,
      column: {
        columnName: element.name,
        element,
        schemaPath: [{ name: ROOT }, element],
        codec: 'SNAPPY',
        compressors: this.#parquet.compressors,
        stats: true,
        pageSize: PAGE_BYTES,
        columnIndex: false,
        offsetIndex: false,
        encoding: values.constant ? undefined : ENCODINGS[values.column.type],
      },
      pageData: {
        values: cells,
        definitionLevels: cells.map((cell) => (cell === undefined ? 0 : 1)),
        repetitionLevels: [],
        maxDefinitionLevel: 1,
      },
    });
    return chunk;
  }

  #flush(): void {
    const bytes = this.#bytes.getBytes();
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
    this.#bytes.index = 0;
  }
}

/** The same chunk, so many bytes further on. */
function moved(chunk: Chunk, base: bigint): Chunk {
  const { meta_data } = chunk;
  if (meta_data === undefined) return chunk;
  const { data_page_offset, dictionary_page_offset } = meta_data;
  return {
    ...chunk,
    file_offset: chunk.file_offset + base,
    meta_data: {
      ...meta_data,
      data_page_offset: data_page_offset + base,
      dictionary_page_offset:
        dictionary_page_offset === undefined ? undefined : dictionary_page_offset + base,
    },
  };
}
