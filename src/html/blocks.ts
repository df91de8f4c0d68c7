// Blocks of cells, as the views make them for the terminal, as HTML: the same words and numbers.

import { countText } from '../lib/number-text.js';
import type { Block, Cell, TableBlock } from '../view/cells.js';
import { fitting, html, type Markup, NO_MARKUP } from './markup.js';

export function blocksMarkup(blocks: readonly Block[]): Markup {
  return html`${blocks.map(blockMarkup)}`;
}

export function cellMarkup({ text, tone }: Cell): Markup {
  return tone === 'plain' ? html`${text}` : html`<span class="t-${tone}">${text}</span>`;
}

function blockMarkup(block: Block): Markup {
  switch (block.kind) {
    case 'blank':
      return NO_MARKUP;
    case 'heading':
      return headingMarkup(block.text, block.note);
    case 'line':
      return html`<p class="line">${block.cells.map(cellMarkup)}</p>`;
    case 'flow':
      return flowMarkup(block.label, block.items, block.indent > 2);
    case 'prose':
      return html`<p class="prose">${labelMarkup(block.label)}${cellMarkup(block.cell)}</p>`;
    case 'table':
      return tableMarkup(block);
  }
}

function headingMarkup(text: string, note?: string): Markup {
  const small = note === undefined ? NO_MARKUP : html` <small>${note}</small>`;
  return html`<h3>${text}${small}</h3>`;
}

function labelMarkup(label: Cell | undefined): Markup {
  const text = label?.text.trim() ?? '';
  if (label === undefined || text === '') return NO_MARKUP;
  return html`<span class="label t-${label.tone}">${text}</span> `;
}

/** A label and items that flow over lines; an item that begins with an arrow goes on from its predecessor. */
function flowMarkup(label: Cell, items: readonly Cell[], nested = false): Markup {
  const parts = items.map((item, i) => {
    const joint = i === 0 ? NO_MARKUP : item.text.startsWith('→ ') ? html` ` : SEPARATOR;
    return html`${joint}<span class="item t-${item.tone}">${item.text}</span>`;
  });
  const text = label.text.trim();
  const head = html`<span class="label t-${label.tone}">${text}</span>`;
  return html`<div class="flow${nested ? ' nested' : ''}">${head}<span class="items">${parts}</span></div>`;
}

const SEPARATOR = html` <span class="dot">·</span> `;

/** What one table may take of the page. */
const TABLE_CHARS = 100_000;
/** Longer texts of a table wrap: a name of iSCSI has room, a sentence has not. */
const WRAPPED_CHARS = 44;

/** Columns that say nothing in any row are left out, as in text. */
export function tableMarkup({ columns, rows }: TableBlock, command = 'sanscope report'): Markup {
  const kept = columns.flatMap((column, index) =>
    column.priority === 0 || rows.some((row) => !/^(0|–|)$/.test(row[index].text))
      ? [{ column, index }]
      : [],
  );
  const side = (align: 'left' | 'right', text = '') =>
    align === 'right' ? 'r' : text.length > WRAPPED_CHARS ? 'w' : 'l';
  const heads = kept.map(
    ({ column }) => html`<th scope="col" class="${side(column.align)}">${column.head}</th>`,
  );
  const { shown, left } = fitting(rows, TABLE_CHARS, (row) => {
    const cells = kept.map(
      ({ column, index }) =>
        html`<td class="${side(column.align, row[index].text)}">${cellMarkup(row[index])}</td>`,
    );
    return html`<tr>${cells}</tr>\n`;
  });
  return html`<div class="scroll" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>
${shown}</tbody></table></div>${leftOut(left, left === 1 ? 'row' : 'rows', command)}`;
}

export function leftOut(left: number, what: string, how: string): Markup {
  if (left <= 0) return NO_MARKUP;
  return html`<p class="fact">… and ${countText(left)} ${what} (<code>${how}</code> lists all)</p>`;
}
