// A list is a table of columns: each has a name to choose and sort it by, a value for programs and a
// cell for people. Lists, their CSV and JSON, and the screens are made from these tables.

import { csvCell } from '../../lib/harmless.js';
import type { Cell, Cut } from '../cells.js';

/** Absent where it is not known. 64-bit numbers are decimal strings. */
export type ListValue = string | number | boolean | readonly object[] | undefined;

export interface ListColumn<Row> {
  /** The word for --columns and --sort. */
  readonly name: string;
  /** More words for --columns. */
  readonly also?: readonly string[];
  /** Its name in JSON and CSV. */
  readonly key: string;
  readonly head: string;
  readonly align: 'left' | 'right';
  /** Characters it takes; longer texts on the left are shortened. */
  readonly width: number;
  /** In the list where no columns are chosen: the largest leave first in a narrow one; 0: not in it. */
  readonly priority: number;
  /** Where a text is shortened: at its end unless this is said (names that begin alike). */
  readonly cut?: Cut;
  /** Takes what room is left over. */
  readonly grows?: boolean;
  readonly about: string;
  /** Where it is told if no columns are chosen: `json` is no table, `table` no JSON, `asked` nowhere. */
  readonly told?: 'json' | 'table' | 'asked';
  readonly value: (row: Row) => ListValue;
  readonly cell: (row: Row) => Cell;
}

/** Two blanks between columns. */
export const LIST_GAP = 2;

/** Of the usual columns those that fit a width, in their order. */
export function usualColumns<Row>(
  columns: readonly ListColumn<Row>[],
  width: number,
): ListColumn<Row>[] {
  const usual = columns.filter((column) => column.priority > 0);
  const fitting: ListColumn<Row>[] = [];
  let used = 0;
  for (const column of [...usual].sort((a, b) => a.priority - b.priority)) {
    if (used + column.width > width && fitting.length > 0) continue;
    used += column.width + LIST_GAP;
    fitting.push(column);
  }
  return usual.filter((column) => fitting.includes(column));
}

/** Those of a table for programs, and those of JSON, where no columns are chosen. */
export function tableColumns<Row>(columns: readonly ListColumn<Row>[]): ListColumn<Row>[] {
  return columns.filter(({ told }) => told === undefined || told === 'table');
}

export function jsonColumns<Row>(columns: readonly ListColumn<Row>[]): ListColumn<Row>[] {
  return columns.filter(({ told }) => told === undefined || told === 'json');
}

/** Characters of each column in a width: the growing one takes what is left, none less than its own. */
export function columnWidths<Row>(columns: readonly ListColumn<Row>[], width: number): number[] {
  const own = columns.map((column) => Math.max(column.width, column.head.length));
  const used = own.reduce((sum, w) => sum + w + LIST_GAP, -LIST_GAP);
  const growing = columns.findIndex((column) => column.grows);
  if (growing >= 0 && used < width) own[growing] += width - used;
  return own;
}

const CSV_END = '\r\n';

export function csvHead<Row>(columns: readonly ListColumn<Row>[]): string {
  return columns.map((column) => csvCell(column.key)).join(',') + CSV_END;
}

export function csvRow<Row>(columns: readonly ListColumn<Row>[], row: Row): string {
  return columns.map((column) => csvField(column.value(row))).join(',') + CSV_END;
}

function csvField(value: ListValue): string {
  if (value === undefined) return '';
  return csvCell(typeof value === 'object' ? JSON.stringify(value) : value);
}
