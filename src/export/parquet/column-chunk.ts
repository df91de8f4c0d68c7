// Chunks of a column that varies, without what a library for all types must do with each value: whole numbers as
// their differences, text with a dictionary where it pays (Parquet's Encodings.md and format).

import type { Integers, Texts } from './column-values.js';
import { packDeltas } from './delta-pack.js';
import {
  ByteWriter,
  type Chunk,
  type Element,
  type Encoding,
  type Statistics,
  snappyCompress,
  writePageHeader,
  writeRleBitPackedHybrid,
} from './hyparquet.js';

const LENGTH_BYTES = 4;

/** `base`: what the values count from. */
export function integerChunk(
  writer: ByteWriter,
  element: Element,
  of: Integers,
  rows: number,
  base: bigint,
): Chunk {
  const wrap = element.type === 'INT32';
  // UINT32 lies in 32 bits with a sign.
  const first = wrap ? BigInt(of.values[0] | 0) : base + BigInt(of.values[0]);
  const statistic = (value: number) => (wrap ? value : base + BigInt(value));
  const begin = writer.offset;
  const data = packDeltas(of.values, of.count, first, wrap);
  const size = writePage(writer, of.levels, of.count, data, 'DELTA_BINARY_PACKED');
  return chunkOf(element, {
    begin,
    end: writer.offset,
    dataAt: begin,
    uncompressed: size,
    encodings: ['DELTA_BINARY_PACKED'],
    rows,
    statistics: {
      min_value: statistic(of.min),
      max_value: statistic(of.max),
      null_count: BigInt(rows - of.count),
    },
  });
}

/** Undefined where it is not all ASCII: then its bytes sort otherwise than its characters. */
export function textChunk(
  writer: ByteWriter,
  element: Element,
  of: Texts,
  rows: number,
): Chunk | undefined {
  const distinct = new Map<string, number>();
  const indexes = new Uint32Array(of.count);
  let bytes = 0;
  let min = of.values[0];
  let max = min;
  for (let i = 0; i < of.count; i++) {
    const text = of.values[i];
    let index = distinct.get(text);
    if (index === undefined) {
      if (Buffer.byteLength(text) !== text.length) return undefined;
      index = distinct.size;
      distinct.set(text, index);
      if (text < min) min = text;
      if (text > max) max = text;
    }
    indexes[i] = index;
    bytes += LENGTH_BYTES + text.length;
  }
  const begin = writer.offset;
  let uncompressed = 0;
  let dataAt = begin;
  const encodings: Encoding[] = ['PLAIN'];
  const words = [...distinct.keys()];
  const pays = distinct.size * 2 <= of.count;
  if (pays) {
    uncompressed += writeDictionary(writer, words);
    dataAt = writer.offset;
    encodings.push('RLE_DICTIONARY');
    const data = packIndexes(indexes, distinct.size);
    uncompressed += writePage(writer, of.levels, of.count, data, 'RLE_DICTIONARY');
  } else {
    const data = plainText(of.values, of.count, bytes);
    uncompressed += writePage(writer, of.levels, of.count, data, 'PLAIN');
  }
  return chunkOf(element, {
    begin,
    end: writer.offset,
    dataAt,
    uncompressed,
    encodings,
    rows,
    statistics: { min_value: min, max_value: max, null_count: BigInt(rows - of.count) },
  });
}

interface Written {
  readonly begin: number;
  readonly end: number;
  /** Where the page of data begins: behind the dictionary, if there is one. */
  readonly dataAt: number;
  readonly uncompressed: number;
  readonly encodings: Encoding[];
  readonly rows: number;
  readonly statistics: Statistics;
}

function chunkOf({ type, name }: Element, w: Written): Chunk {
  if (type === undefined) throw new Error(`${name} has no type`);
  const last = w.encodings[w.encodings.length - 1];
  const withDictionary = w.dataAt > w.begin;
  return {
    file_offset: BigInt(w.begin),
    meta_data: {
      type,
      encodings: w.encodings,
      path_in_schema: [name],
      codec: 'SNAPPY',
      num_values: BigInt(w.rows),
      total_compressed_size: BigInt(w.end - w.begin),
      total_uncompressed_size: BigInt(w.uncompressed),
      data_page_offset: BigInt(w.dataAt),
      dictionary_page_offset: withDictionary ? BigInt(w.begin) : undefined,
      statistics: w.statistics,
      encoding_stats: [
        ...(withDictionary
          ? [{ page_type: 'DICTIONARY_PAGE', encoding: 'PLAIN', count: 1 } as const]
          : []),
        { page_type: 'DATA_PAGE_V2', encoding: last, count: 1 },
      ],
    },
  };
}

/** The one page of data; its size before it was compressed. `known`: how many of `levels` are 1. */
function writePage(
  writer: ByteWriter,
  levels: Uint8Array,
  known: number,
  data: Uint8Array,
  encoding: Encoding,
): number {
  const begin = writer.offset;
  const packed = snappyCompress(data);
  const level = new ByteWriter();
  const levelBytes = writeRleBitPackedHybrid(level, levels, 1);
  writePageHeader(writer, {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: levelBytes + data.length,
    compressed_page_size: levelBytes + packed.length,
    data_page_header_v2: {
      num_values: levels.length,
      num_nulls: levels.length - known,
      num_rows: levels.length,
      encoding,
      definition_levels_byte_length: levelBytes,
      repetition_levels_byte_length: 0,
      is_compressed: true,
    },
  });
  const header = writer.offset - begin;
  writer.appendBytes(level.getBytes());
  writer.appendBytes(packed);
  return header + levelBytes + data.length;
}

function writeDictionary(writer: ByteWriter, words: readonly string[]): number {
  let bytes = 0;
  for (const word of words) bytes += LENGTH_BYTES + word.length;
  const data = plainText(words, words.length, bytes);
  const packed = snappyCompress(data);
  const begin = writer.offset;
  writePageHeader(writer, {
    type: 'DICTIONARY_PAGE',
    uncompressed_page_size: data.length,
    compressed_page_size: packed.length,
    dictionary_page_header: { num_values: words.length, encoding: 'PLAIN' },
  });
  const header = writer.offset - begin;
  writer.appendBytes(packed);
  return header + data.length;
}

function packIndexes(indexes: Uint32Array, words: number): Uint8Array {
  const page = new ByteWriter();
  const width = words > 1 ? 32 - Math.clz32(words - 1) : 0;
  page.appendUint8(width);
  writeRleBitPackedHybrid(page, indexes, width);
  return page.getBytes();
}

/** ASCII, each behind its length. */
function plainText(texts: readonly string[], count: number, bytes: number): Uint8Array {
  const out = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (let i = 0; i < count; i++) {
    at = out.writeUInt32LE(texts[i].length, at);
    at += out.write(texts[i], at, 'latin1');
  }
  return out;
}
