// Where time went, as bars by who owed the next move.

import { durationText } from '../../lib/number-text.js';
import type { OperationReport } from '../../report/report.js';
import type { Phase } from '../../scsi/phase-names.js';
import { type Cell, cell } from '../../view/cells.js';
import { share } from '../../view/format.js';
import { phaseLegend } from '../../view/ladder/phase-bar.js';
import { cellMarkup } from '../blocks.js';
import { html, type Markup, NO_MARKUP } from '../markup.js';
import { rect, svg, WIDE, within, words } from './svg.js';

const HEIGHT = 18;

/** Widths of phases; of each a title with its words. */
function barRects(
  parts: readonly { readonly owes: Phase['owes']; readonly ns: number; readonly title: string }[],
  left: number,
  top: number,
  width: number,
): Markup[] {
  const whole = parts.reduce((sum, { ns }) => sum + ns, 0);
  let x = left;
  return parts.flatMap(({ owes, ns, title }) => {
    if (ns <= 0 || whole <= 0) return [];
    const w = (ns / whole) * width;
    const found = rect(x, top, Math.max(0.8, w - 0.8), HEIGHT, `p-${owes}`, title);
    x += w;
    return [found];
  });
}

/** One command's time: the bar, and a line a phase as in text. */
export function phaseChart(phases: readonly Phase[]): Markup {
  const parts = phases.map(({ name, owes, ns }) => ({
    owes,
    ns,
    title: `${name} ${durationText(ns)}`,
  }));
  if (parts.every(({ ns }) => ns <= 0)) return NO_MARKUP;
  const lines = phaseLegend(phases).map(
    ({ owes, cells }) =>
      html`<li><span class="key k-${owes}"></span>${cells.map(trimmed).map(spaced)}</li>`,
  );
  const bar = svg(WIDE, HEIGHT, 'Phases of its time', barRects(parts, 0, 0, WIDE));
  return html`${bar}<ul class="legend">${lines}</ul>`;
}

function trimmed({ text, tone }: Cell): Cell {
  return { text: text.trim().replace(/^, /, ''), tone };
}

function spaced(one: Cell): Markup {
  return html`${cellMarkup(one)} `;
}

const ROWS_SHOWN = 12;
const LABEL = 190;
const ROW = 26;

/** A bar an operation, all of the same length, with its whole time beside it. */
export function operationTimes(operations: readonly OperationReport[]): Markup {
  const timed = operations
    .map((o) => ({ o, phases: o.phases ?? [] }))
    .map(({ o, phases }) => ({ o, phases, ns: phases.reduce((sum, p) => sum + p.totalNs, 0) }))
    .filter(({ ns }) => ns > 0)
    .sort((a, b) => b.ns - a.ns)
    .slice(0, ROWS_SHOWN);
  if (timed.length === 0) return NO_MARKUP;
  const body = timed.flatMap(({ o, phases, ns }, i) => {
    const top = i * ROW;
    const parts = phases.map((p) => ({
      owes: p.owes,
      ns: p.totalNs,
      title: `${p.name} ${durationText(p.totalNs)} (${share(p.totalNs, ns)})`,
    }));
    return [
      words(LABEL - 8, top + 13, within(o.operation, LABEL - 8), 'cap end'),
      ...barRects(parts, LABEL, top, WIDE - LABEL - 84),
      words(WIDE, top + 13, durationText(ns), 'ax end'),
    ];
  });
  const chart = svg(WIDE, timed.length * ROW, 'Time of operations by who owed the next move', body);
  return html`${chart}${OWES_LEGEND}`;
}

const OWES_WORDS: readonly (readonly [Phase['owes'], Cell])[] = [
  ['target', cell('the target had to act')],
  ['initiator', cell('the initiator had to act')],
  ['both', cell('data flowed')],
];

const OWES_LEGEND = html`<ul class="legend in-line">${OWES_WORDS.map(
  ([owes, one]) => html`<li><span class="key k-${owes}"></span>${cellMarkup(one)}</li>`,
)}</ul>`;
