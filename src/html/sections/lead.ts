// What stands before all else: the verdict in seven lines, and the numbers that people ask for first.

import { bytesText, countText, durationText } from '../../lib/number-text.js';
import type { Report } from '../../report/report.js';
import { megabytes, rate } from '../../view/format.js';
import { verdictLines } from '../../view/verdict-view.js';
import { cellMarkup } from '../blocks.js';
import { html, type Markup, NO_MARKUP } from '../markup.js';

/** Characters a line: as the text report has them on a wide terminal. */
const VERDICT_WIDTH = 120;

export function leadMarkup(report: Report): Markup {
  return html`${verdictMarkup(report)}${tilesMarkup(report)}`;
}

function verdictMarkup(report: Report): Markup {
  const [worst] = report.incidents;
  const wrong = worst !== undefined && worst.severity !== 'note';
  const lines = verdictLines(report, VERDICT_WIDTH);
  const quiet = lines[0]?.cells[0]?.tone === 'good' ? 'good' : 'note';
  const kind = wrong ? worst.severity : quiet;
  const body = lines.map(({ cells }) => {
    if (!wrong || cells.length < 2) return html`<p class="whole">${cells.map(cellMarkup)}</p>`;
    const [label, ...rest] = cells;
    return html`<p><span class="t-${label.tone}">${label.text.trim()}</span><span>${rest.map(cellMarkup)}</span></p>`;
  });
  return html`<div class="verdict ${kind}" role="status" aria-label="Verdict">
${body}</div>`;
}

function tilesMarkup(report: Report): Markup {
  const { totals, capture, load } = report;
  const { latency, queueDepth } = totals;
  const tiles: (readonly [string, string])[] = [
    [durationText(capture.spanNs), 'captured'],
    [countText(totals.sessionCount), totals.sessionCount === 1 ? 'session' : 'sessions'],
    [countText(totals.commandCount), 'commands'],
  ];
  if (totals.unanswered > 0) tiles.push([countText(totals.unanswered), 'without an answer']);
  if (totals.commandCount > 0) {
    tiles.push(
      [bytesText(totals.dataInBytes), 'read'],
      [bytesText(totals.dataOutBytes), 'written'],
    );
    tiles.push([rate(load.iopsMax), 'commands a second at most']);
    tiles.push([
      `${megabytes(load.readMBpsMax)} / ${megabytes(load.writeMBpsMax)}`,
      'MB/s read / written at most',
    ]);
  }
  if (latency !== null) {
    tiles.push([durationText(latency.p50Ns), 'latency, median']);
    tiles.push([durationText(latency.p99Ns), 'latency, p99']);
    tiles.push([durationText(latency.maxNs), 'latency, slowest']);
  }
  if (queueDepth !== null) {
    tiles.push([
      `${queueDepth.mean.toFixed(1)} / ${countText(queueDepth.max)}`,
      'queue depth, mean / most',
    ]);
  }
  if (totals.connectionCount === 0 && tiles.length === 0) return NO_MARKUP;
  return html`<div class="tiles">${tiles.map(
    ([value, what]) => html`<div class="tile"><b>${value}</b><span>${what}</span></div>\n`,
  )}</div>`;
}
