// Latency: percentiles by session, LUN and operation; histogram and heat map over time of all, or
// of the row that Enter was pressed on.

import type { Case } from '../../case/case.js';
import { hex64 } from '../../lib/hex.js';
import { countText, durationText, percentText } from '../../lib/number-text.js';
import type { OperationReport, Report } from '../../report/report.js';
import { OUTCOME_NAMES } from '../../scsi/task.js';
import { type CommandRecord, operationText, outcomeTone } from '../../scsi/task-facts.js';
import { type Cell, type Column, cell } from '../../view/cells.js';
import { bytes, count, duration, NOTHING, secondsText } from '../../view/format.js';
import { shorten } from '../../view/layout.js';
import { accessBlocks, timeBlocks } from '../../view/time-view.js';
import { lunTextOf } from '../../wire/scsi/lun.js';
import { tableLines } from '../blocks.js';
import { COMPARE, MARK } from '../keys.js';
import { type Page, pageOf } from '../page.js';
import { axisText, bar, shade, stepNs, stepOf } from '../plot.js';
import type { Screen } from '../screen.js';
import type { Sources } from '../sources.js';
import type { Only, State } from '../state.js';
import type { Span } from '../terminal/line.js';
import { fit } from '../terminal/width.js';
import { type Making, madeBy } from '../work.js';
import { Lines, placeOfFrame } from './lines.js';
import { freshOf, ROWS_A_STEP } from './time-series.js';

const COLUMNS: readonly Column[] = [
  { head: 'S', align: 'left', priority: 1 },
  { head: 'LUN', align: 'left', priority: 1 },
  { head: 'operation', align: 'left', priority: 0, least: 12, cut: 'words' },
  { head: 'commands', align: 'right', priority: 0 },
  { head: 'data', align: 'right', priority: 3 },
  { head: 'min', align: 'right', priority: 7 },
  { head: 'mean', align: 'right', priority: 2 },
  { head: 'p50', align: 'right', priority: 1 },
  { head: 'p90', align: 'right', priority: 6 },
  { head: 'p95', align: 'right', priority: 4 },
  { head: 'p99', align: 'right', priority: 1 },
  { head: 'p99.9', align: 'right', priority: 5 },
  { head: 'max', align: 'right', priority: 0 },
];
const LABEL = 10;
const TABLE_LEAST = 5;
/** So many steps without a command are told in one line. */
const EMPTY_STEPS = 3;

export const LATENCY: Screen<'latency'> = {
  kind: 'latency',
  tab: {
    key: '3',
    word: 'Latency',
    about: 'latency: percentiles, histogram, heat map',
    place: () => ({ kind: 'latency' }),
  },
  keys: [MARK, COMPARE],
  reported: true,
  whole: true,
  fromKept: true,
  page: ({ only }, state, sources) => latencyPage(sources, state, only),
};

function latencyPage(sources: Sources, state: State, only: Only | undefined): Page {
  const { kase, work } = sources;
  const { report } = kase;
  if (report === undefined) {
    return pageOf('latency', [], [[cell('  the capture is still being read', 'quiet')]]);
  }
  const lines = new Lines(state.columns);
  // The busiest first, and no more than leave room for the histogram; all of them at the end.
  const operations = [...report.operations].sort((a, b) => timeOf(b) - timeOf(a));
  const shown = Math.max(TABLE_LEAST, Math.floor(state.rows / 2) - 6);
  const all = operations.length <= shown + 1;
  tableOf(all ? operations : operations.slice(0, shown), operations.length, state, lines);
  const wanted = only === undefined ? () => true : rowsOnly(kase, only);
  const what =
    only === undefined
      ? 'all commands'
      : `S${only.session}, ${only.operation} of LUN ${lunOf(only.lun)}`;
  const columns = Math.max(10, state.columns - LABEL - 4);
  const untilNs = state.replay?.ns ?? Number.POSITIVE_INFINITY;
  const key = JSON.stringify([only, columns]);
  const fresh = `${freshOf(kase)} ${untilNs}`;
  const found = madeBy(work, 'latency', key, fresh, () => measured(kase, columns, untilNs, wanted));
  const hint = only === undefined ? '; Enter above: those of a row' : '';
  if (found === undefined) lines.heading('Histogram', 'being drawn …');
  else {
    histogramLines(found, what, hint, state, lines);
    heatLines(found, what, lines);
  }
  slowestLines(kase, report, only, lines);
  lines.section(timeBlocks(report));
  lines.section(accessBlocks(report));
  if (!all) tableOf(operations, operations.length, state, lines);
  return lines.page(only === undefined ? 'latency' : `latency of ${only.operation}`);
}

/** The time that all its commands took together. */
function timeOf({ latency: latencyNs }: OperationReport): number {
  return (latencyNs?.meanNs ?? 0) * (latencyNs?.count ?? 0);
}

function tableOf(
  operations: readonly OperationReport[],
  count: number,
  state: State,
  lines: Lines,
): void {
  const part = operations.length < count;
  const note = [
    part
      ? `the ${operations.length} of ${count} that took most time; all of them below`
      : 'first byte of the command to last byte of its status',
    state.replay === undefined ? '' : 'of the whole capture',
  ];
  lines.heading('Latency', note.filter(Boolean).join('; '));
  if (count === 0) lines.add([cell('  no commands', 'quiet')]);
  if (count === 0) return;
  const rows = operations.map(operationRow);
  const table = tableLines({ kind: 'table', columns: COLUMNS, rows }, state.columns);
  for (const [i, line] of table.entries()) {
    const only = i === 0 ? undefined : onlyOf(operations[i - 1]);
    lines.add(line, only && { open: { kind: 'latency', only } });
  }
}

function onlyOf(o: OperationReport): Only | undefined {
  if (o.session === undefined || o.lun === undefined) return undefined;
  return { session: o.session, lun: o.lun, operation: o.operation };
}

function operationRow(o: OperationReport): Cell[] {
  const l = o.latency ?? undefined;
  return [
    cell(o.session === undefined ? NOTHING : `S${o.session}`, 'quiet'),
    cell(o.lun === undefined ? NOTHING : lunOf(o.lun), 'quiet'),
    cell(o.operation, 'strong'),
    count(o.commandCount),
    bytes(o.bytes),
    duration(l?.minNs),
    duration(l?.meanNs),
    duration(l?.p50Ns),
    duration(l?.p90Ns),
    duration(l?.p95Ns),
    duration(l?.p99Ns),
    duration(l?.p999Ns),
    duration(l?.maxNs),
  ];
}

function lunOf(key: string): string {
  return lunTextOf(key);
}

/** True for the rows of its commands. */
export function rowsOnly({ tasks }: Case, only: Only): (row: number) => boolean {
  const names = new Map<number, boolean>();
  return (row) => {
    if (tasks.session(row) !== only.session) return false;
    const operation = tasks.operation(row);
    let same = names.get(operation);
    if (same === undefined) {
      same = operationText(operation) === only.operation;
      names.set(operation, same);
    }
    return same && hex64(tasks.lunHigh(row), tasks.lunLow(row)) === only.lun;
  };
}

/** Commands by latency (steps of 1, 2, 5) and by time. */
interface Measured {
  readonly byStep: readonly number[];
  /** By step, then by column of the map. */
  readonly grid: readonly Uint32Array[];
  readonly total: number;
  /** The end of the map. */
  readonly lastNs: number;
  readonly first: number;
  readonly last: number;
}

function* measured(
  kase: Case,
  columns: number,
  until: number,
  wanted: (row: number) => boolean,
): Making<Measured> {
  const { tasks } = kase;
  const lastNs = Math.max(1, kase.lastNs);
  const grid: Uint32Array[] = [];
  const byStep: number[] = [];
  let total = 0;
  for (let index = 0, held = tasks.held; index < Math.min(held, tasks.held); index++) {
    if (index % ROWS_A_STEP === ROWS_A_STEP - 1) yield;
    const row = tasks.rowAt(index);
    const ns = tasks.latencyNs(row);
    if (ns < 0 || tasks.endNs(row) > until || !wanted(row)) continue;
    const step = stepOf(ns);
    while (grid.length <= step) {
      grid.push(new Uint32Array(columns));
      byStep.push(0);
    }
    const share = tasks.startNs(row) / lastNs;
    grid[step][Math.min(columns - 1, Math.floor(share * columns))]++;
    byStep[step]++;
    total++;
  }
  return {
    byStep,
    grid,
    total,
    lastNs,
    first: byStep.findIndex((n) => n > 0),
    last: byStep.length - 1,
  };
}

function label(step: number): Span {
  return cell(`  ${fit(`≥ ${durationText(stepNs(step))}`, LABEL, true)} `, 'quiet');
}

function histogramLines(m: Measured, what: string, hint: string, state: State, lines: Lines): void {
  if (m.total === 0) return;
  lines.heading('Histogram', `${what}; ${countText(m.total)} with a known latency${hint}`);
  const most = Math.max(...m.byStep);
  const width = Math.max(10, state.columns - LABEL - 30);
  let below = 0;
  for (let step = m.first; step <= m.last; step++) {
    const empty = emptyFrom(m, step);
    if (empty >= EMPTY_STEPS) {
      lines.add([cell(`${' '.repeat(LABEL)}  ⋮ none`, 'quiet')]);
      step += empty - 1;
      continue;
    }
    const n = m.byStep[step];
    below += n;
    lines.add([
      label(step),
      { text: fit(bar(n / most, width), width), tone: 'note', heat: heatOf(step) },
      cell(`${fit(n === 0 ? '' : countText(n), 10, true)}`),
      cell(`  ${fit(percentText(below, m.total), 6, true)}`, 'quiet'),
    ]);
  }
}

/** Steps without a command from this one on. */
function emptyFrom(m: Measured, step: number): number {
  let end = step;
  while (end <= m.last && m.byStep[end] === 0) end++;
  return end - step;
}

/** Shades from 10 µs to 1 s. */
function heatOf(step: number): number {
  return Math.max(0, Math.min(1, (step - 12) / 15));
}

function heatLines(m: Measured, what: string, lines: Lines): void {
  if (m.total === 0) return;
  lines.heading('Heat map', `time across, latency up, darker is more; ${what}`);
  const most = m.grid.reduce((max, row) => row.reduce((a, b) => Math.max(a, b), max), 1);
  for (let step = m.last; step >= m.first; step--) {
    let empty = 0;
    while (m.byStep[step - empty] === 0) empty++;
    if (empty >= EMPTY_STEPS) {
      lines.add([cell(`${' '.repeat(LABEL)}  ⋮`, 'quiet')]);
      step -= empty - 1;
      continue;
    }
    const spans: Span[] = [label(step)];
    for (const n of m.grid[step]) {
      // Few among many still show: roots, not shares.
      const share = Math.sqrt(n / most);
      spans.push({ text: shade(share), tone: 'note', heat: n === 0 ? -1 : share });
    }
    lines.add(spans);
  }
  const width = m.grid[0]?.length ?? 0;
  const axis = axisText(0, m.lastNs, width);
  lines.add([cell(`${' '.repeat(LABEL + 3)}${axis}`, 'quiet')]);
}

function slowestLines(kase: Case, report: Report, only: Only | undefined, lines: Lines): void {
  const rows = report.slowest.filter(
    (c) =>
      only === undefined ||
      (c.session === only.session && c.lun === only.lun && c.operation === only.operation),
  );
  if (rows.length === 0) return;
  lines.heading('Slowest', 'Enter opens one');
  for (const c of rows) {
    lines.add(
      [
        cell(`  ${fit(durationText(c.latencyNs ?? 0), 10, true)}  `, 'strong'),
        cell(`${fit(shorten(c.operation, 22, 'words'), 22)} S${c.session} LUN ${lunOf(c.lun)}`),
        cell(`  at ${secondsText(c.relativeNs ?? 0)} s, frame ${c.frame}  `, 'quiet'),
        outcomeCell(c),
      ],
      { open: () => placeOfFrame(kase, c.frame ?? 0), timeNs: c.relativeNs },
    );
  }
}

function outcomeCell({ outcome }: CommandRecord): Cell {
  const tone = outcomeTone(OUTCOME_NAMES.indexOf(outcome));
  return cell(outcome, tone === 'good' ? 'quiet' : tone);
}
