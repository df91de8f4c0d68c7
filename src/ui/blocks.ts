// Blocks of the views → lines of a page, at a width. The same words as in the report.

import type { Block, Cell, TableBlock } from '../view/cells.js';
import { fitColumns, flowItems, shorten, wrapWords } from '../view/layout.js';
import type { Line, Span } from './terminal/line.js';
import { fit } from './terminal/width.js';

const SEPARATOR: Span = { text: ' · ', tone: 'quiet' };
const MARGIN = 2;
const PROSE_WIDTH = 110;

export function blockLines(blocks: readonly Block[], width: number): Line[] {
  const lines = blocks.flatMap((block) => linesOf(block, width));
  while (lines.length > 0 && lines[lines.length - 1].length === 0) lines.pop();
  return lines;
}

function linesOf(block: Block, width: number): Line[] {
  switch (block.kind) {
    case 'blank':
      return [[]];
    case 'heading':
      return [heading(block.text, block.note)];
    case 'line':
      return [[blanks(block.indent), ...block.cells]];
    case 'flow':
      return flowLines(block.indent, block.label, block.items, width);
    case 'prose':
      return proseLines(block.indent, block.label, block.cell, width);
    case 'table':
      return tableLines(block, width);
  }
}

export function heading(text: string, note = ''): Line {
  return [
    { text, tone: 'title' },
    { text: note === '' ? '' : `  ${note}`, tone: 'quiet' },
  ];
}

export function blanks(count: number): Span {
  return { text: ' '.repeat(count), tone: 'plain' };
}

function flowLines(indent: number, label: Cell, items: readonly Cell[], width: number): Line[] {
  const start = indent + label.text.length;
  return flowItems(items, width - start, SEPARATOR.text.length).map((line, i) => [
    blanks(indent),
    i === 0 ? label : blanks(label.text.length),
    ...line.flatMap((item, k) => (k === 0 ? [item] : [between(item), item])),
  ]);
}

function between(item: Cell): Span {
  return item.text.startsWith('→ ') ? { text: ' ', tone: 'plain' } : SEPARATOR;
}

function proseLines(indent: number, label: Cell | undefined, cell: Cell, width: number): Line[] {
  const start = indent + (label?.text.length ?? 0);
  const lines = wrapWords(cell.text, Math.max(10, Math.min(width, PROSE_WIDTH) - start));
  return lines.map((text, i) => [
    blanks(indent),
    i === 0 && label !== undefined ? label : blanks(start - indent),
    { text, tone: cell.tone },
  ]);
}

export function tableLines(block: TableBlock, width: number): Line[] {
  const columns = fitColumns(block, width - MARGIN);
  const head = columns.map(({ column, width: room }): Span => {
    return { text: `${fit(column.head, room, column.align === 'right')}  `, tone: 'quiet' };
  });
  const rows = block.rows.map((row) => [
    blanks(MARGIN),
    ...columns.map(({ column, index, width: room }): Span => {
      const text = fit(shorten(row[index].text, room, column.cut), room, column.align === 'right');
      return { text: `${text}  `, tone: row[index].tone };
    }),
  ]);
  return [[blanks(MARGIN), ...head], ...rows];
}
