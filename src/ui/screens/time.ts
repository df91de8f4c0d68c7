// The strip chart: latency, queue depth, addresses, throughput, errors and TCP's doings over each
// other on one time axis. Enter looks closer, around the time cursor; Esc goes back.

import type { Case } from '../../case/case.js';
import { countText, durationText } from '../../lib/number-text.js';
import { cell, type Tone } from '../../view/cells.js';
import { megabytes } from '../../view/format.js';
import { type Page, pageOf } from '../page.js';
import { axisText, Dots } from '../plot.js';
import type { Screen } from '../screen.js';
import type { Sources } from '../sources.js';
import { bodyRows, type Place, type State } from '../state.js';
import type { Line, Span } from '../terminal/line.js';
import { fit } from '../terminal/width.js';
import { madeBy } from '../work.js';
import { Lines } from './lines.js';
import { freshOf, measure } from './time-series.js';

type TimePlace = Place & { kind: 'time' };

const LABEL = 12;
const ZOOM = 4;
const PLOT_LEAST = 3;
/** One more of latency, two each of window, read and written, failed, TCP, and the axis. */
const OTHER_LINES = 10;
/** No closer than that: a packet of 1,500 bytes takes 1 µs at 10 Gbit/s. */
const SPAN_LEAST_NS = 10_000;

export const TIME: Screen<'time'> = {
  kind: 'time',
  tab: {
    key: '4',
    word: 'Time',
    about: 'strip chart: everything on one time axis',
    place: () => ({ kind: 'time' }),
  },
  keys: [
    {
      group: 'Move',
      keys: ['left', 'h', '['],
      command: 'earlier',
      about: 'the part of the time axis before',
      hint: 'earlier',
    },
    {
      group: 'Move',
      keys: ['right', 'l', ']'],
      command: 'later',
      about: 'the part of the time axis after it',
      hint: 'later',
    },
    {
      group: 'Move',
      keys: ['a'],
      command: 'wholeTime',
      about: 'all of the time axis',
      hint: 'all',
    },
  ],
  fromKept: true,
  page: (place, state, sources) => timePage(sources, state, place),
};

function timePage({ kase, work }: Sources, state: State, place: TimePlace): Page {
  const range = rangeOf(kase, state, place);
  const width = Math.max(20, state.columns - LABEL - 3);
  const { rows, depthRows } = heights(bodyRows(state) - 1);
  const untilNs = state.replay?.ns ?? Number.POSITIVE_INFINITY;
  // All of it grows with the capture; a part is a question of its own.
  const key = JSON.stringify([place.fromNs === undefined ? '' : range, width, rows]);
  const series = madeBy(work, 'time', key, `${freshOf(kase)} ${untilNs}`, () =>
    measure(kase, untilNs, range.fromNs, range.toNs, width, rows + 1, rows),
  );
  if (series === undefined)
    return pageOf('time', [headLine(kase, true)], [[cell('  being drawn …', 'quiet')]]);
  // Where a newer picture is being made, this one's times.
  const { fromNs, toNs, windows } = series;
  const lines = new Lines(state.columns);
  const cursor = cursorColumn(state, fromNs, toNs, width);
  const open: Place = zoomed(state, fromNs, toNs);
  const add = (label: string, text: string, tone: Tone): void =>
    lines.add([cell(`${fit(label, LABEL, true)} │`, 'quiet'), ...withCursor(text, tone, cursor)], {
      open,
    });
  plot(`latency ${durationText(series.latencyTop)}`, series.latency.lines(), 'note', add);
  const depth = series.depth.reduce((a, b) => Math.max(a, b), 0);
  plot(`open ${depth.toFixed(1)}`, bars(series.depth, depth, width, depthRows), 'good', add);
  const widest = windows.reduce((a, b) => Math.max(a, b), 0);
  if (widest > 0) plot(`window ${widest}`, bars(windows, widest, width, 2), 'quiet', add);
  plot(`LBA ${lbaText(series.lbaTop)}`, series.lba.lines(), 'plain', add);
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
  const whole = place.fromNs === undefined;
  const page = lines.page(whole ? 'time' : `time, ${durationText(toNs - fromNs)} of it`, [
    headLine(kase, whole),
  ]);
  return { ...page, timeAt: (column) => timeAt(column, fromNs, toNs, width) };
}

function headLine(kase: Case, whole: boolean): Line {
  if (kase.tasks.count === 0) return [cell(' no SCSI command is in this capture', 'quiet')];
  const how = whole ? 'Enter looks closer' : 'Enter looks closer, Esc less, ← → along';
  return [
    cell(` ${how}`, 'title'),
    cell('  TCP: r sent again, o disorder, z window 0, f full, d late ACK', 'quiet'),
  ];
}

/** Lines of the dots, and of the bars of open commands, so that all of it fits. */
function heights(room: number): { readonly rows: number; readonly depthRows: number } {
  const depthOf = (rows: number): number => Math.max(3, Math.floor(rows / 2) + 1);
  let rows = PLOT_LEAST;
  while (2 * (rows + 1) + depthOf(rows + 1) + OTHER_LINES <= room) rows++;
  return { rows, depthRows: depthOf(rows) };
}

/** What is seen: the place's part, moved on where a playing replay has left it. */
function rangeOf(kase: Case, state: State, place: TimePlace): { fromNs: number; toNs: number } {
  const fromNs = place.fromNs ?? 0;
  const toNs = place.toNs ?? Math.max(1, kase.lastNs);
  const { replay } = state;
  if (replay === undefined || !replay.playing || place.fromNs === undefined)
    return { fromNs, toNs };
  const span = toNs - fromNs;
  const by = Math.floor((replay.ns - fromNs) / span) * span;
  return { fromNs: fromNs + by, toNs: toNs + by };
}

/** What is seen, moved so that a time is in its middle; of all of it a quarter. */
export function around(kase: Case, state: State, place: TimePlace, ns: number): TimePlace {
  const { fromNs, toNs } = rangeOf(kase, state, place);
  const whole = place.fromNs === undefined;
  const span = Math.max(SPAN_LEAST_NS, (toNs - fromNs) / (whole ? ZOOM : 1));
  const from = Math.max(0, Math.min(Math.max(0, kase.lastNs - span), ns - span / 2));
  return { kind: 'time', fromNs: from, toNs: from + span };
}

/** Half of what is seen before or after; undefined where there is nothing. */
export function panned(
  kase: Case,
  state: State,
  place: TimePlace,
  by: 1 | -1,
): TimePlace | undefined {
  const { fromNs, toNs } = rangeOf(kase, state, place);
  const span = toNs - fromNs;
  const from = Math.max(0, Math.min(kase.lastNs - span, fromNs + (by * span) / 2));
  return from === fromNs ? undefined : { kind: 'time', fromNs: from, toNs: from + span };
}

function timeAt(column: number, fromNs: number, toNs: number, width: number): number | undefined {
  const at = column - LABEL - 2;
  return at < 0 || at >= width ? undefined : fromNs + ((at + 0.5) / width) * (toNs - fromNs);
}

function lbaText(top: number): string {
  return top >= 1e12
    ? `${(top / 1e12).toFixed(1)}T`
    : top >= 1e9
      ? `${(top / 1e9).toFixed(1)}G`
      : countText(top);
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

function bars(values: Float64Array, most: number, width: number, rows: number): string[] {
  const dots = new Dots(width, rows);
  for (let x = 0; x < values.length; x++) {
    if (values[x] > 0) dots.bar(x, Math.round((values[x] / most) * (dots.height - 1)));
  }
  return dots.lines();
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
  return [cell(`${' '.repeat(LABEL + 2)}${axisText(fromNs, toNs, width)}`, 'quiet')];
}
