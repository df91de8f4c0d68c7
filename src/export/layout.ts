// Which columns fit a width, and lines that wrap. Text only: colours come after.

import type { Cell, Column, TableBlock } from '../view/cells.js';

/** Between two columns. */
const GAP = 2;
/** Columns of this priority and more leave before a text is shortened. */
const DEAR = 3;

export interface FittedColumn {
  readonly column: Column;
  /** Its place among the block's columns. */
  readonly index: number;
  width: number;
}

/** The columns of a table that fit into `width`: the least important leave first. */
export function fitColumns(block: TableBlock, width: number): FittedColumn[] {
  let fitted = block.columns.map((column, index) => ({
    column,
    index,
    width: Math.max(column.head.length, ...block.rows.map((row) => row[index].text.length)),
  }));
  // A column that says nothing at all is no loss.
  fitted = fitted.filter(
    ({ column, index }) => column.priority === 0 || saysSomething(block, index),
  );
  for (;;) {
    let over = totalWidth(fitted) - width;
    if (over <= 0) return fitted;
    const last = fitted.reduce((a, b) => (b.column.priority > a.column.priority ? b : a));
    const slack = fitted.reduce((sum, f) => sum + slackOf(f), 0);
    const dear = last.column.priority < DEAR;
    if ((over <= slack && dear) || last.column.priority === 0) {
      for (const f of fitted) {
        const cut = Math.min(over, slackOf(f));
        f.width -= cut;
        over -= cut;
      }
      return fitted;
    }
    fitted = fitted.filter((f) => f !== last);
  }
}

function saysSomething(block: TableBlock, index: number): boolean {
  return block.rows.some((row) => !/^(0|–|)$/.test(row[index].text));
}

function slackOf({ column, width }: FittedColumn): number {
  return column.least === undefined ? 0 : Math.max(0, width - column.least);
}

function totalWidth(columns: readonly FittedColumn[]): number {
  return columns.reduce((sum, c) => sum + c.width + GAP, 0);
}

/** Shortened to `width` with an ellipsis. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  return width <= 1 ? text.slice(0, width) : `${text.slice(0, width - 1)}…`;
}

/** Words over lines of at most `width`; a word that is longer is broken. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = '';
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** Items over lines of at most `width`, `gap` characters apart, never broken but cut. */
export function flowItems(items: readonly Cell[], width: number, gap: number): Cell[][] {
  const lines: Cell[][] = [];
  let line: Cell[] = [];
  let used = 0;
  for (const item of items) {
    const short = { text: shorten(item.text, width), tone: item.tone };
    if (line.length > 0 && used + gap + short.text.length > width) {
      lines.push(line);
      line = [];
      used = 0;
    }
    used += short.text.length + (line.length > 0 ? gap : 0);
    line.push(short);
  }
  return line.length > 0 ? [...lines, line] : lines;
}
