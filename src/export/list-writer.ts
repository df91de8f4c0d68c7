// Rows of a list → lines, one at a time and without looking back: millions of rows need no memory.
// Text in columns of fixed width, CSV (RFC 4180), or NDJSON.

import { type Cell, cell } from '../view/cells.js';
import { shorten } from '../view/layout.js';
import { columnWidths, csvHead, csvRow, LIST_GAP, type ListColumn } from '../view/lists/list.js';
import type { Paint } from '../view/theme.js';

export type ListFormat = 'text' | 'csv' | 'json';

export interface ListStyle {
  readonly format: ListFormat;
  /** Text: characters a line; 0 as long as it is. */
  readonly width: number;
  readonly paint: Paint;
  /** JSON: what every row begins with. */
  readonly record?: RecordName;
}

export interface RecordName {
  readonly schema: string;
  readonly type: string;
}

const BLANKS = ' '.repeat(LIST_GAP);

/** Writes the head line where the format has one, then a line a row. */
export class ListWriter<Row> {
  readonly #columns: readonly ListColumn<Row>[];
  readonly #style: ListStyle;
  readonly #write: (text: string) => void;
  readonly #widths: readonly number[];
  readonly #keys: readonly string[];

  constructor(
    columns: readonly ListColumn<Row>[],
    style: ListStyle,
    write: (text: string) => void,
  ) {
    this.#columns = columns;
    this.#style = style;
    this.#write = write;
    this.#widths = columnWidths(columns, style.width);
    this.#keys = columns.map((column) => JSON.stringify(column.key));
    if (style.format === 'csv') write(csvHead(columns));
    else if (style.format === 'text') this.#line(columns.map((c) => cell(c.head, 'quiet')));
  }

  row(row: Row): void {
    switch (this.#style.format) {
      case 'text':
        this.#line(this.#columns.map((column) => column.cell(row)));
        break;
      case 'csv':
        this.#write(csvRow(this.#columns, row));
        break;
      case 'json':
        this.#write(`${this.#object(row)}\n`);
        break;
    }
  }

  #object(row: Row): string {
    const { record } = this.#style;
    let text = record === undefined ? '' : JSON.stringify(record).slice(1, -1);
    this.#columns.forEach((column, i) => {
      const value = column.value(row);
      if (value === undefined) return;
      const told = typeof value === 'number' ? String(value) : JSON.stringify(value);
      text += `${text === '' ? '' : ','}${this.#keys[i]}:${told}`;
    });
    return `{${text}}`;
  }

  #line(cells: readonly Cell[]): void {
    const { width, paint } = this.#style;
    let room = width > 0 ? width : Number.POSITIVE_INFINITY;
    let line = '';
    cells.forEach((one, i) => {
      const gap = i === 0 ? '' : BLANKS;
      const text = gap + padded(one.text, this.#widths[i], this.#columns[i]);
      const shown = shorten(text, room);
      room -= shown.length;
      if (shown !== '') line += paint({ text: shown, tone: one.tone });
    });
    this.#write(`${line.trimEnd()}\n`);
  }
}

/** Numbers that are too long stay whole: half a number is a wrong one. */
function padded(
  text: string,
  width: number,
  { align, cut }: Pick<ListColumn<never>, 'align' | 'cut'>,
): string {
  return align === 'right' ? text.padStart(width) : shorten(text, width, cut).padEnd(width);
}
