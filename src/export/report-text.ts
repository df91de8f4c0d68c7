// Blocks of cells → text for people, at a width. The only importer of cli-table3.

import Table from 'cli-table3';
import { type Block, type Cell, cell, type TableBlock } from '../view/cells.js';
import { fitColumns, flowItems, shorten, wrapWords } from '../view/layout.js';
import type { Paint } from '../view/theme.js';

const SEPARATOR = ' · ';
const MARGIN = 2;
/** Longer lines of prose are hard to read. */
const PROSE_WIDTH = 110;
const PROSE_LEAST = 10;

/** The library takes quadratic time: 10,000 rows took 21 s as one table, in pieces 2 s. */
const ROWS_AT_ONCE = 32;

/** No frame: a rule under the heads, two blanks between columns. */
const CHARS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '─',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

/** The text, each line at most `width` long (colours not counted), ending with a newline. */
export function blocksText(blocks: readonly Block[], width: number, paint: Paint): string {
  const lines = blocks.flatMap((block) => blockLines(block, width, paint));
  while (lines.length > 0 && lines[lines.length - 1] === '') lines.pop();
  return lines.map((line) => `${line}\n`).join('');
}

function blockLines(block: Block, width: number, paint: Paint): string[] {
  switch (block.kind) {
    case 'blank':
      return [''];
    case 'heading':
      return headingLines(block.text, block.note ?? '', width, paint);
    case 'line':
      return [' '.repeat(block.indent) + paintLine(block.cells, width - block.indent, paint)];
    case 'flow':
      return flowLines(block, width, paint);
    case 'prose':
      return proseLines(block, width, paint);
    case 'table':
      return tableLines(block, width, paint);
  }
}

function headingLines(text: string, note: string, width: number, paint: Paint): string[] {
  const title = paint(cell(text, 'title'));
  if (note === '') return [title];
  const room = width - text.length - MARGIN;
  if (note.length <= room) return [`${title}  ${paint(cell(note, 'quiet'))}`];
  return [title, `  ${paint(cell(shorten(note, width - MARGIN), 'quiet'))}`];
}

function paintLine(cells: readonly Cell[], width: number, paint: Paint): string {
  let room = width;
  let line = '';
  for (const { text, tone } of cells) {
    if (room <= 0) break;
    const short = shorten(text, room);
    room -= short.length;
    line += paint({ text: short, tone });
  }
  return line.trimEnd();
}

function flowLines(block: Block & { kind: 'flow' }, width: number, paint: Paint): string[] {
  const start = block.indent + block.label.text.length;
  const lines = flowItems(block.items, width - start, SEPARATOR.length);
  return lines.map((items, i) => {
    const label = i === 0 ? paint(block.label) : ' '.repeat(block.label.text.length);
    return ' '.repeat(block.indent) + label + joinItems(items, paint);
  });
}

function joinItems(items: readonly Cell[], paint: Paint): string {
  const separator = paint(cell(SEPARATOR, 'quiet'));
  let line = '';
  items.forEach((item, i) => {
    if (i > 0) line += item.text.startsWith('→ ') ? ' ' : separator;
    line += paint(item);
  });
  return line;
}

function proseLines(block: Block & { kind: 'prose' }, width: number, paint: Paint): string[] {
  const { indent, label = cell('') } = block;
  const start = indent + label.text.length;
  const { text, tone } = block.cell;
  const lines = wrapWords(text, Math.max(PROSE_LEAST, Math.min(width, PROSE_WIDTH) - start));
  if (lines.length === 0)
    return [' '.repeat(indent) + paint({ ...label, text: label.text.trimEnd() })];
  return lines.map((line, i) => {
    const before = i === 0 ? paint(label) : ' '.repeat(label.text.length);
    return ' '.repeat(indent) + before + paint({ text: line, tone });
  });
}

function tableLines(block: TableBlock, width: number, paint: Paint): string[] {
  const columns = fitColumns(block, width - MARGIN);
  const lines: string[] = [];
  for (let from = 0; from === 0 || from < block.rows.length; from += ROWS_AT_ONCE) {
    const table = new Table({
      head: from > 0 ? [] : columns.map(({ column }) => paint(cell(column.head, 'quiet'))),
      colAligns: columns.map(({ column }) => column.align),
      colWidths: columns.map((column) => column.width + 2),
      chars: CHARS,
      style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 2 },
    });
    for (const row of block.rows.slice(from, from + ROWS_AT_ONCE)) {
      table.push(
        columns.map(({ column, index, width: room }) =>
          paint({ text: shorten(row[index].text, room, column.cut), tone: row[index].tone }),
        ),
      );
    }
    lines.push(...table.toString().split('\n'));
  }
  const indent = ' '.repeat(MARGIN);
  return lines.map((line) => (indent + line).trimEnd());
}
