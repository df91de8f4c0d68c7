// Which columns fit a width, and lines that wrap. Text only: colours come after.

import { named } from '../lib/names.js';
import type { Cell, Column, Cut, TableBlock } from './cells.js';

/** Between two columns. */
const GAP = 2;
/** For columns of a smaller number than this, texts are shortened rather than the column left out. */
const DEAR = 3;

export interface FittedColumn {
  readonly column: Column;
  /** Its place among the block's columns. */
  readonly index: number;
  width: number;
}

/** The columns of a table that fit into `width`: the most important first, then what has room. */
export function fitColumns(block: TableBlock, width: number): FittedColumn[] {
  const all = block.columns.map((column, index) => ({
    column,
    index,
    width: Math.max(
      column.room ?? 0,
      column.head.length,
      ...block.rows.map((row) => row[index].text.length),
    ),
  }));
  let fitted = all.filter(({ column }) => column.priority === 0);
  const others = all.filter(
    ({ column, index }) =>
      column.priority > 0 && (column.room !== undefined || saysSomething(block, index)),
  );
  for (const next of others.sort((a, b) => a.column.priority - b.column.priority)) {
    const need = totalWidth([...fitted, next]);
    // For the dearer ones a long text may be shortened.
    const slack = next.column.priority < DEAR ? totalSlack([...fitted, next]) : 0;
    if (need - slack <= width) fitted.push(next);
  }
  while (fitted.length > 1 && totalWidth(fitted) - totalSlack(fitted) > width) {
    fitted = fitted.slice(0, -1);
  }
  shrink(fitted, width);
  return fitted.sort((a, b) => a.index - b.index);
}

/** Takes what is too much from the texts that may be shortened; from a lone column whatever it is. */
function shrink(fitted: readonly FittedColumn[], width: number): void {
  let over = totalWidth(fitted) - width;
  for (const f of fitted) {
    const cut = Math.max(0, Math.min(over, slackOf(f)));
    f.width -= cut;
    over -= cut;
  }
  if (over > 0 && fitted.length === 1) fitted[0].width = Math.max(1, fitted[0].width - over);
}

function saysSomething(block: TableBlock, index: number): boolean {
  return block.rows.some((row) => !/^(0|–|)$/.test(row[index].text));
}

function slackOf({ column, width }: FittedColumn): number {
  return column.least === undefined ? 0 : Math.max(0, width - column.least);
}

function totalSlack(columns: readonly FittedColumn[]): number {
  return columns.reduce((sum, c) => sum + slackOf(c), 0);
}

function totalWidth(columns: readonly FittedColumn[]): number {
  return columns.reduce((sum, c) => sum + c.width + GAP, 0);
}

/** As people who use them write them: what tells operations apart stands at their end. */
const SHORT_WORDS: readonly (readonly [word: string, short: string])[] = [
  ['PERSISTENT RESERVE', 'PR'],
  ['SYNCHRONIZE', 'SYNC'],
  ['MAINTENANCE', 'MAINT'],
  ['DIAGNOSTIC', 'DIAG'],
  ['MANAGEMENT', 'MGMT'],
];

/** Shortened to `width` with an ellipsis, at its end or its start. */
export function shorten(text: string, width: number, cut?: Cut): string {
  if (text.length <= width) return text;
  if (cut === 'words') {
    return shorten(
      SHORT_WORDS.reduce((t, [word, short]) => t.replace(word, short), text),
      width,
    );
  }
  if (cut === 'start' && width > 1) return `…${text.slice(1 - width)}`;
  return width <= 1 ? text.slice(0, width) : `${text.slice(0, width - 1)}…`;
}

/** Characters of a line. */
export function cellsLength(cells: readonly Cell[]): number {
  return cells.reduce((sum, { text }) => sum + text.length, 0);
}

/** "initiator → target" within `width`: of what is too long the ends, where names differ. */
export function pairText(fromSeen: string, toSeen: string, width: number): string {
  const [from, to] = [named(fromSeen), named(toSeen)];
  const room = Math.max(2, width - 3);
  const half = Math.floor(room / 2);
  const first = Math.max(half, room - to.length);
  const start = shorten(from, first, 'start');
  return `${start} → ${shorten(to, Math.max(1, room - start.length), 'start')}`;
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

/**
 * Items over lines of at most `width`, `gap` characters apart. Those that are longer than a line are told
 * word by word on lines of their own; one word that is longer is cut.
 */
export function flowItems(items: readonly Cell[], width: number, gap: number): Cell[][] {
  const lines: Cell[][] = [];
  let line: Cell[] = [];
  let used = 0;
  for (const item of items) {
    const pieces = piecesOf(item, width);
    if (pieces.length > 1) {
      if (line.length > 0) lines.push(line);
      for (const piece of pieces) lines.push([piece]);
      line = [];
      used = 0;
      continue;
    }
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

function piecesOf(item: Cell, width: number): Cell[] {
  const { text, tone } = item;
  if (text.length <= width || width <= 0) return [item];
  if (text.split(' ').some((word) => word.length > width)) return [item];
  return wrapWords(text, width).map((piece) => ({ text: piece, tone }));
}
