// sanscope report --html: a whole capture as one file to send. What it says comes from the report and its
// views; only how it is drawn is here.

import { countText } from '../lib/number-text.js';
import type { Report } from '../report/report.js';
import { captureBlocks } from '../view/capture-view.js';
import type { Block } from '../view/cells.js';
import { discoveryBlocks, isnsBlocks } from '../view/discovery-view.js';
import { failedConnectionBlocks } from '../view/failed-connections-view.js';
import { fibreChannelBlocks } from '../view/fibre-channel-view.js';
import { problemBlocks } from '../view/findings-view.js';
import { wallClock } from '../view/format.js';
import { depthBlocks } from '../view/load-view.js';
import { operationBlocks } from '../view/operations-view.js';
import { accessBlocks, timeBlocks } from '../view/time-view.js';
import { unitBlocks } from '../view/units-view.js';
import { blocksMarkup } from './blocks.js';
import { heatChart } from './charts/heat.js';
import { histogramChart } from './charts/histogram.js';
import { loadChart } from './charts/load.js';
import { operationTimes } from './charts/phases.js';
import { documentHtml, type Section } from './document.js';
import { html, type Markup, NO_MARKUP } from './markup.js';
import { incidentsMarkup, notesMarkup, provingFrames } from './sections/incidents.js';
import { leadMarkup } from './sections/lead.js';
import { lunsMarkup, negotiationMarkup, sessionsMarkup, tcpMarkup } from './sections/sessions.js';
import { slowestMarkup } from './sections/slowest.js';
import { Ladders, type ReportSource } from './source.js';

const HISTOGRAMS_SHOWN = 8;
/** Of fewer commands a distribution says nothing that the table does not. */
const HISTOGRAM_LEAST = 8;

export function reportHtml(source: ReportSource): string {
  const { report, version } = source;
  return documentHtml({
    kind: 'report of a capture',
    title: titleOf(report),
    subtitle: subtitleOf(report),
    lead: html`${filterMarkup(report)}${leadMarkup(report)}`,
    sections: sectionsOf(source),
    version,
  });
}

function sectionsOf(source: ReportSource): Section[] {
  const { report } = source;
  const ladders = new Ladders(source, provingFrames(report));
  return [
    { id: 'incidents', title: 'What went wrong', body: incidentsMarkup(source, ladders) },
    { id: 'notes', title: 'Good to know', body: notesMarkup(source, ladders) },
    { id: 'latency', title: 'Latency', note: LATENCY_NOTE, body: latencyMarkup(source) },
    { id: 'time', title: 'Where the time went', note: TIME_NOTE, body: timeMarkup(report) },
    { id: 'load', title: 'Load over time', body: loadMarkup(source) },
    { id: 'slowest', title: 'Slowest commands', body: slowestMarkup(source, ladders) },
    { id: 'sessions', title: 'Sessions', body: sessionsMarkup(report) },
    {
      id: 'luns',
      title: 'Logical units',
      body: html`${lunsMarkup(report)}${blocks(unitBlocks(report))}${blocks(accessBlocks(report))}`,
    },
    {
      id: 'negotiation',
      title: 'Negotiation',
      note: 'what each side said, and what came of it',
      body: negotiationMarkup(report),
    },
    { id: 'tcp', title: 'TCP', body: tcpMarkup(report) },
    ofBlocks('fibre-channel', fibreChannelBlocks(report)),
    ofBlocks('failed', failedConnectionBlocks(report)),
    ofBlocks('discovery', discoveryBlocks(report.discovery, false)),
    ofBlocks('isns', isnsBlocks(report.isns)),
    ofBlocks('capture', captureBlocks(report)),
    ofBlocks(
      'problems',
      problemBlocks(report.problems).filter(({ kind }) => kind !== 'blank'),
    ),
  ];
}

const LATENCY_NOTE = 'from the command’s first byte to its status’ last';
const TIME_NOTE = 'latency of all commands by who owed the next move';

/** A section whose first heading is its title. */
function ofBlocks(id: string, all: readonly Block[]): Section {
  const [head, ...rest] = all;
  if (head?.kind !== 'heading') return { id, title: id, body: blocks(all) };
  return { id, title: head.text, note: head.note, body: blocks(rest) };
}

function blocks(all: readonly Block[]): Markup {
  return all.length === 0 ? NO_MARKUP : blocksMarkup(all);
}

function latencyMarkup({ report, overTime }: ReportSource): Markup {
  const mostFirst = [...report.operationTotals].sort((a, b) => b.commandCount - a.commandCount);
  const many = mostFirst.filter(({ latency }) => (latency?.count ?? 0) >= HISTOGRAM_LEAST);
  const charts = many.slice(0, HISTOGRAMS_SHOWN).flatMap((o) => histogramChart(o) ?? []);
  const heat = heatChart(overTime, report.capture.spanNs);
  if (charts.length === 0 && heat === undefined) return blocks(operationBlocks(report));
  const map =
    heat === undefined
      ? NO_MARKUP
      : html`<h3>Over time <small>when commands ended, and how long they had taken</small></h3>${heat}`;
  return html`<div class="charts">${charts}</div>${map}${blocks(operationBlocks(report))}`;
}

function timeMarkup(report: Report): Markup {
  const [, ...table] = timeBlocks(report);
  return table.length === 0
    ? NO_MARKUP
    : html`${operationTimes(report.operationTotals)}${blocks(table)}`;
}

function loadMarkup({ report, overTime }: ReportSource): Markup {
  if (report.load.commandsByBucket.length === 0) return NO_MARKUP;
  const chart = loadChart(report.load, overTime, report.capture.spanNs);
  return html`${chart}${blocks(depthBlocks(report.totals))}`;
}

function filterMarkup({ filter }: Report): Markup {
  if (filter === undefined) return NO_MARKUP;
  return html`<p>Only commands for which <code>${filter}</code></p>`;
}

/** The name of the file; of several the first one’s, and how many more. */
function titleOf({ capture }: Report): string {
  const [first, ...others] = capture.files;
  if (first === undefined) return 'capture';
  const name = first.path === '-' ? 'standard input' : first.path.replace(/^.*[\\/]/, '');
  return others.length === 0 ? name : `${name} and ${countText(others.length)} more`;
}

function subtitleOf({ capture }: Report): string {
  const when =
    capture.start === undefined || capture.end === undefined
      ? ''
      : `${wallClock(capture.start)} to ${wallClock(capture.end)} · `;
  return `${when}${countText(capture.packets)} packets`;
}
