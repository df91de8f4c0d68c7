// The strip chart: latency, queue depth, addresses, throughput, errors and TCP's doings over each
// other on one time axis. Enter looks closer, around the time cursor; Esc goes back.

import { durationText } from '../../lib/units.js';
import { Outcome } from '../../session/task.js';
import { cell, type Tone } from '../../view/cells.js';
import { megabytes, secondsText } from '../../view/format.js';
import type { Case } from '../case/case.js';
import type { Page } from '../page.js';
import { Dots } from '../plot.js';
import type { Place, State } from '../state.js';
import type { Line, Span } from '../terminal/line.js';
import { fit } from '../terminal/width.js';
import { toneOfOutcome } from './command-columns.js';
import { Lines } from './lines.js';

type TimePlace = Place & { kind: 'time' };

const LABEL = 12;
const ZOOM = 4;
/** No closer than that: a packet of 1,500 bytes takes 1 µs at 10 Gbit/s. */
const SPAN_LEAST_NS = 10_000;

/** What happened, by dot columns (two a character). */
interface Series {
  readonly fromNs: number;
  readonly toNs: number;
  readonly dots: number;
  readonly latency: Dots;
  readonly latencyTop: number;
  readonly lba: Dots;
  readonly lbaTop: number;
  /** Mean commands open, bytes read and written, failed commands, by dot column. */
  readonly depth: Float64Array;
  readonly read: Float64Array;
  readonly written: Float64Array;
  readonly failed: Float64Array;
}

export function timePage(kase: Case, state: State, place: TimePlace): Page {
  const fromNs = place.fromNs ?? 0;
  const toNs = place.toNs ?? Math.max(1, kase.lastNs);
  const width = Math.max(20, state.columns - LABEL - 3);
  const rows = Math.max(3, Math.floor((state.rows - 16) / 4));
  const series = measure(kase, state, fromNs, toNs, width, rows + 1, rows);
  const lines = new Lines(state.columns);
  const cursor = cursorColumn(state, fromNs, toNs, width);
  const open: Place = zoomed(state, fromNs, toNs);
  const add = (label: string, text: string, tone: Tone): void =>
    lines.add([cell(`${fit(label, LABEL, true)} │`, 'quiet'), ...withCursor(text, tone, cursor)], {
      open,
    });
  plot(`latency ${durationText(series.latencyTop)}`, series.latency.lines(), 'note', add);
  const depth = series.depth.reduce((a, b) => Math.max(a, b), 0);
  plot(`open ${depth.toFixed(1)}`, bars(series.depth, depth, width, 3), 'good', add);
  const windows = windowWidths(kase, state, fromNs, toNs, width * 2);
  const widest = windows.reduce((a, b) => Math.max(a, b), 0);
  if (widest > 0) plot(`window ${widest}`, bars(windows, widest, width, 2), 'quiet', add);
  plot('LBA', series.lba.lines(), 'plain', add);
  const seconds = (toNs - fromNs) / 1e9 / series.dots;
  for (const [word, values, tone] of [
    ['read', series.read, 'note'],
    ['written', series.written, 'warn'],
  ] as const) {
    const most = values.reduce((a, b) => Math.max(a, b), 0);
    plot(
      `${word} MB/s ${megabytes(most / seconds / 1e6)}`,
      bars(values, most, width, 2),
      tone,
      add,
    );
  }
  add('failed', marks(series.failed, width, '!'), 'bad');
  add('TCP', tcpMarks(kase, fromNs, toNs, width, state), 'warn');
  lines.add(axis(fromNs, toNs, width));
  return lines.page(
    place.fromNs === undefined ? 'time' : `time, ${durationText(toNs - fromNs)} of it`,
    [
      [
        cell(' Everything on one time axis', 'title'),
        cell(
          '  Enter looks closer around the cursor, Esc goes back; TCP: r sent again, o out of order, z window closed, d late ACK',
          'quiet',
        ),
      ],
    ],
  );
}

/** The label stands at the first line of a plot. */
function plot(
  label: string,
  texts: readonly string[],
  tone: Tone,
  add: (label: string, text: string, tone: Tone) => void,
): void {
  const [word, ...rest] = label.split(' ');
  for (const [i, text] of texts.entries())
    add(i === 0 ? word : i === 1 ? rest.join(' ') : '', text, tone);
}

function zoomed(state: State, fromNs: number, toNs: number): Place {
  const span = Math.max(SPAN_LEAST_NS, (toNs - fromNs) / ZOOM);
  const middle = state.replay?.ns ?? (fromNs + toNs) / 2;
  const from = Math.max(fromNs, Math.min(toNs - span, middle - span / 2));
  return { kind: 'time', fromNs: from, toNs: from + span };
}

function measure(
  kase: Case,
  state: State,
  fromNs: number,
  toNs: number,
  width: number,
  latencyRows: number,
  lbaRows: number,
): Series {
  const { tasks } = kase;
  const until = state.replay?.ns ?? Number.POSITIVE_INFINITY;
  const dots = width * 2;
  const perNs = dots / (toNs - fromNs);
  const latency = new Dots(width, latencyRows);
  const lba = new Dots(width, lbaRows);
  const series = {
    depth: new Float64Array(dots),
    read: new Float64Array(dots),
    written: new Float64Array(dots),
    failed: new Float64Array(dots),
  };
  const { latencyTop, latencyLow, lbaTop } = tops(kase);
  const scale = (latency.height - 1) / Math.max(0.1, Math.log(latencyTop / latencyLow));
  for (let row = 0; row < tasks.count; row++) {
    const start = tasks.startNs(row);
    const ended = tasks.endNs(row);
    const end = Math.min(until, ended < 0 ? kase.lastNs : ended);
    if (end < fromNs || start > toNs || start > until) continue;
    overlap(series.depth, (start - fromNs) * perNs, (end - fromNs) * perNs);
    if (tasks.lbaKnown(row) && start >= fromNs) {
      const address = tasks.lbaHigh(row) * 2 ** 32 + tasks.lbaLow(row);
      lba.set(
        Math.floor((start - fromNs) * perNs),
        Math.floor((address / lbaTop) * (lba.height - 1)),
      );
    }
    if (ended < 0 || ended > until || ended > toNs) continue;
    const x = Math.min(dots - 1, Math.floor((ended - fromNs) * perNs));
    series.read[x] += tasks.dataInBytes(row);
    series.written[x] += tasks.dataOutBytes(row);
    if (isFailure(tasks.outcome(row))) series.failed[x]++;
    const ns = tasks.latencyNs(row);
    if (ns >= 0)
      latency.set(x, Math.round(Math.log(Math.max(ns, latencyLow) / latencyLow) * scale));
  }
  return { fromNs, toNs, dots, latency, latencyTop, lba, lbaTop, ...series };
}

function isFailure(outcome: number): boolean {
  return outcome !== Outcome.open && toneOfOutcome(outcome) === 'bad';
}

/** Scales of the whole capture: they stay when time goes on, or is looked at closer. */
function tops({ tasks, report }: Case): { latencyTop: number; latencyLow: number; lbaTop: number } {
  let lbaTop = 1;
  let latencyTop = report?.totals.latencyNs?.max ?? 0;
  const latencyLow = Math.max(1000, report?.totals.latencyNs?.min ?? 1000);
  for (let row = 0; row < tasks.count; row++) {
    if (tasks.lbaKnown(row))
      lbaTop = Math.max(lbaTop, tasks.lbaHigh(row) * 2 ** 32 + tasks.lbaLow(row));
    if (report === undefined) latencyTop = Math.max(latencyTop, tasks.latencyNs(row));
  }
  return { latencyTop: Math.max(latencyTop, latencyLow * 2), latencyLow, lbaTop };
}

/** Adds the share of each dot column that lies between two places. */
function overlap(columns: Float64Array, from: number, to: number): void {
  const first = Math.max(0, Math.floor(from));
  const last = Math.min(columns.length - 1, Math.floor(to));
  for (let x = first; x <= last; x++) columns[x] += Math.min(to, x + 1) - Math.max(from, x);
}

function bars(values: Float64Array, most: number, width: number, rows: number): string[] {
  const dots = new Dots(width, rows);
  for (let x = 0; x < values.length; x++) {
    if (values[x] > 0) dots.bar(x, Math.round((values[x] / most) * (dots.height - 1)));
  }
  return dots.lines();
}

/** The narrowest command window that a target told in each dot column; what it told last goes on. */
function windowWidths(
  { windows }: Case,
  state: State,
  fromNs: number,
  toNs: number,
  dots: number,
): Float64Array {
  const until = Math.min(toNs, state.replay?.ns ?? Number.POSITIVE_INFINITY);
  const widths = new Float64Array(dots).fill(-1);
  let before = -1;
  for (let row = 0; row < windows.count && windows.timeNs(row) <= until; row++) {
    const width = windows.width(row);
    const x = Math.floor(((windows.timeNs(row) - fromNs) / (toNs - fromNs)) * dots);
    if (x < 0) before = width;
    else widths[Math.min(dots - 1, x)] = widths[x] < 0 ? width : Math.min(widths[x], width);
  }
  const end = Math.ceil(((until - fromNs) / (toNs - fromNs)) * dots);
  for (let x = 0; x < dots; x++) {
    if (widths[x] >= 0) before = widths[x];
    else widths[x] = x <= end ? Math.max(0, before) : 0;
  }
  return widths;
}

function marks(values: Float64Array, width: number, mark: string): string {
  let text = '';
  for (let x = 0; x < width; x++) text += values[x * 2] + values[x * 2 + 1] > 0 ? mark : ' ';
  return text;
}

const TCP_MARKS: Readonly<Record<string, string>> = {
  retransmission: 'r',
  'out of order': 'o',
  'zero window': 'z',
  'window full': 'f',
  'delayed ACK': 'd',
};

function tcpMarks(kase: Case, fromNs: number, toNs: number, width: number, state: State): string {
  const cells: string[] = new Array(width).fill(' ');
  const until = state.replay?.ns ?? Number.POSITIVE_INFINITY;
  for (const event of kase.keeper.tcp.events) {
    const mark = TCP_MARKS[event.kind];
    if (mark === undefined || event.toNs < fromNs || event.toNs > Math.min(toNs, until)) continue;
    cells[Math.min(width - 1, Math.floor(((event.toNs - fromNs) / (toNs - fromNs)) * width))] =
      mark;
  }
  return cells.join('');
}

function cursorColumn(state: State, fromNs: number, toNs: number, width: number): number {
  if (state.replay === undefined) return -1;
  const share = (state.replay.ns - fromNs) / (toNs - fromNs);
  return share < 0 || share > 1 ? -1 : Math.min(width - 1, Math.floor(share * width));
}

function withCursor(text: string, tone: Tone, cursor: number): Span[] {
  if (cursor < 0) return [cell(text, tone)];
  const at = text[cursor] ?? ' ';
  return [
    cell(text.slice(0, cursor), tone),
    cell(at === ' ' ? '┊' : at, at === ' ' ? 'quiet' : 'strong'),
    cell(text.slice(cursor + 1), tone),
  ];
}

function axis(fromNs: number, toNs: number, width: number): Line {
  const parts = Math.max(1, Math.floor(width / 20));
  let text = '';
  for (let i = 0; i < parts; i++) {
    const words = `└${secondsText(fromNs + ((toNs - fromNs) * i) / parts)} s`;
    text += fit(words, Math.floor((width * (i + 1)) / parts) - Math.floor((width * i) / parts));
  }
  return [cell(`${' '.repeat(LABEL + 2)}${text}`, 'quiet')];
}
