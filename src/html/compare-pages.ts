// sanscope points --html and diff --html: the comparisons as pages, with what is better seen than read.

import type { DiffReport } from '../diff/diff-report.js';
import { countText } from '../lib/number-text.js';
import type { PointsReport } from '../points/points-told.js';
import type { Block } from '../view/cells.js';
import { diffBlocks, groupName } from '../view/diff-view.js';
import { pointsBlocks } from '../view/points-view.js';
import { blocksMarkup } from './blocks.js';
import { changeChart, splitChart, waysChart } from './charts/split.js';
import { documentHtml, type Section } from './document.js';
import { html, type Markup, NO_MARKUP } from './markup.js';

export function pointsHtml(report: PointsReport, version: string): string {
  const charts = new Map<string, Markup>();
  for (const pair of report.pairs) {
    if (pair.connections === 0) continue;
    charts.set(
      `${pair.host} ↔ ${pair.array}`,
      html`${waysChart(pair)}${splitHead(splitChart(pair))}`,
    );
  }
  const [first, ...others] = sectionsOf(pointsBlocks(report), charts);
  return documentHtml({
    kind: 'the same traffic at several places',
    title: report.points.map(({ name }) => name).join(' · '),
    subtitle: `${countText(report.commandsTotal)} commands seen at both`,
    lead: NO_MARKUP,
    sections:
      report.findings.length === 0
        ? [first, ...others]
        : [{ ...first, body: findingsMarkup(report) }, ...others],
    version,
  });
}

function findingsMarkup({ findings }: PointsReport): Markup {
  return html`${findings.map(
    ({ severity, title, text, next }) => html`<article class="incident ${severity}">
<h3><span class="badge ${severity}">${severity}</span>${title}</h3>
<p class="prose">${text}</p>
<p class="prose next"><b>Next:</b> ${next}</p>
</article>
`,
  )}`;
}

function splitHead(chart: Markup): Markup {
  return chart === NO_MARKUP ? chart : html`<h3>Of the median command</h3>${chart}`;
}

export function diffHtml(report: DiffReport, version: string): string {
  const [before, after] = report.captures;
  const chart = changeChart([
    ['all commands', report.total],
    ...report.groups
      .filter(({ by }) => by === 'operation')
      .map((group) => [groupName(group), group] as const),
  ]);
  const legend = html`<p class="fact">Percentiles with their 95 % intervals; grey before, blue after.</p>`;
  const [whole, ...others] = sectionsOf(diffBlocks(report), new Map());
  const first = {
    ...whole,
    body: html`${whole.body}${chart === NO_MARKUP ? chart : html`${chart}${legend}`}`,
  };
  return documentHtml({
    kind: 'before and after',
    title: `${baseName(before.name)} → ${baseName(after.name)}`,
    subtitle: `${countText(before.commandCount)} and ${countText(after.commandCount)} commands`,
    lead: NO_MARKUP,
    sections: [first, ...others],
    version,
  });
}

function baseName(path: string): string {
  return path.replace(/^.*[\\/]/, '');
}

/** A section a heading; a chart goes before what else it holds. */
function sectionsOf(blocks: readonly Block[], charts: ReadonlyMap<string, Markup>): Section[] {
  const parts: { readonly title: string; readonly note?: string; readonly blocks: Block[] }[] = [];
  for (const block of blocks) {
    if (block.kind === 'heading') parts.push({ title: block.text, note: block.note, blocks: [] });
    // Lines of sparks are charts here.
    else if (block.kind !== 'line' || !block.cells.some(({ text }) => SPARKS.test(text)))
      parts.at(-1)?.blocks.push(block);
  }
  return parts.map(({ title, note, blocks: own }, i) => ({
    id: `part-${i + 1}`,
    title,
    note,
    body: html`${blocksMarkup(own)}${charts.get(title) ?? NO_MARKUP}`,
  }));
}

const SPARKS = /[▁▂▃▄▅▆▇█]/;
