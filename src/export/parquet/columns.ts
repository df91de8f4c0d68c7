// What a table's columns are: name, type, one sentence, and how a row's value is read. No value is null.

/**
 * INT64 where a count or a time may pass 2^32; UINT64 for what the wire has as 64 bits (LBAs);
 * `TIMESTAMP` is ns since 1970, UTC, from ns since the capture's first packet.
 */
export type ColumnType =
  | 'BOOLEAN'
  | 'INT32'
  | 'UINT32'
  | 'INT64'
  | 'UINT64'
  | 'DOUBLE'
  | 'STRING'
  | 'TIMESTAMP';

interface ColumnBase {
  readonly name: string;
  readonly about: string;
}

export interface NumberColumn<R> extends ColumnBase {
  readonly type: Exclude<ColumnType, 'STRING' | 'UINT64'>;
  /** NaN where it is not known; BOOLEAN: 1 or 0. */
  readonly number: (row: R) => number;
}

export interface TextColumn<R> extends ColumnBase {
  readonly type: 'STRING';
  readonly text: (row: R) => string | undefined;
}

/** Two unsigned words. */
export interface WideColumn<R> extends ColumnBase {
  readonly type: 'UINT64';
  readonly known: (row: R) => boolean;
  readonly high: (row: R) => number;
  readonly low: (row: R) => number;
}

export type Column<R> = NumberColumn<R> | TextColumn<R> | WideColumn<R>;

/** How the engines call the types: docs/ENGINES.md has this table. */
export const TYPE_WORDS: Readonly<Record<ColumnType, string>> = {
  BOOLEAN: 'BOOLEAN',
  INT32: 'INT32',
  UINT32: 'INT32, UINT_32',
  INT64: 'INT64',
  UINT64: 'INT64, UINT_64',
  DOUBLE: 'DOUBLE',
  STRING: 'BYTE_ARRAY, STRING',
  TIMESTAMP: 'INT64, TIMESTAMP(NANOS)',
};

export function numberColumn<R>(
  name: string,
  type: NumberColumn<R>['type'],
  about: string,
  number: (row: R) => number | undefined,
): NumberColumn<R> {
  return { name, type, about, number: (row) => number(row) ?? Number.NaN };
}

export function textColumn<R>(
  name: string,
  about: string,
  text: (row: R) => string | undefined,
): TextColumn<R> {
  return { name, type: 'STRING', about, text };
}

export function flagColumn<R>(
  name: string,
  about: string,
  flag: (row: R) => boolean | undefined,
): NumberColumn<R> {
  return numberColumn(name, 'BOOLEAN', about, (row) => {
    const value = flag(row);
    return value === undefined ? undefined : Number(value);
  });
}

/** Lists and objects as JSON text: engines take them apart by their JSON functions. */
export function jsonColumn<R>(
  name: string,
  about: string,
  value: (row: R) => unknown,
): TextColumn<R> {
  return textColumn(name, `${about} (JSON)`, (row) => {
    const found = value(row);
    return found === undefined ? undefined : JSON.stringify(found);
  });
}
