// The strip chart: latency, queue depth, addresses, throughput, errors and TCP's doings over each
// other on one time axis. Enter looks closer, around the time cursor; Esc goes back.

import { countText, durationText } from '../../lib/units.js';
import { Outcome } from '../../session/task.js';
import { cell, type Tone } from '../../view/cells.js';
import { megabytes, secondsText } from '../../view/format.js';
import type { Case } from '../case/case.js';
import type { Page } from '../page.js';
import { Dots } from '../plot.js';
import { bodyRows, type Place, type State } from '../state.js';
import type { Line, Span } from '../terminal/line.js';
import { fit } from '../terminal/width.js';
import { toneOfOutcome } from './command-columns.js';
import { Lines } from './lines.js';

type TimePlace = Place & { kind: 'time' };

const LABEL = 12;
const ZOOM = 4;
const PLOT_LEAST = 3;
/** One more of latency, two each of window, read and written, failed, TCP, and the axis. */
const OTHER_LINES = 10;
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
  const { fromNs, toNs } = rangeOf(kase, state, place);
  const width = Math.max(20, state.columns - LABEL - 3);
  const { rows, depthRows } = heights(bodyRows(state) - 1);
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
  plot(`open ${depth.toFixed(1)}`, bars(series.depth, depth, width, depthRows), 'good', add);
  const windows = windowWidths(kase, state, fromNs, toNs, width * 2);
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

/** The narrowest command window of all connections at any time in each dot column. */
function windowWidths(
  { windows, report }: Case,
  state: State,
  fromNs: number,
  toNs: number,
  dots: number,
): Float64Array {
  const until = Math.min(toNs, state.replay?.ns ?? Number.POSITIVE_INFINITY);
  const widths = new Float64Array(dots);
  const ends = (report?.sessions ?? [])
    .flatMap((s) => s.connections)
    .sort((x, y) => x.lastNs - y.lastNs);
  const now = new NarrowestWindow();
  const column = (ns: number): number => Math.floor(((ns - fromNs) / (toNs - fromNs)) * dots);
  let next = 0;
  let row = 0;
  for (let x = 0; x < dots; x++) {
    let least = now.width;
    for (;;) {
      const toldNs = row < windows.count ? windows.timeNs(row) : Number.POSITIVE_INFINITY;
      const endNs = next < ends.length ? ends[next].lastNs : Number.POSITIVE_INFINITY;
      const ns = Math.min(toldNs, endNs);
      if (ns > until || column(ns) > x) break;
      if (endNs <= toldNs) now.end(ends[next++].connection);
      else {
        now.told(windows.connection(row), windows.width(row));
        row++;
      }
      if (now.width >= 0 && (least < 0 || now.width < least)) least = now.width;
    }
    if (fromNs + (x / dots) * (toNs - fromNs) <= until) widths[x] = Math.max(0, least);
  }
  return widths;
}

/** Invariant: `width` is the smallest of what connections told last; -1 where none is open. */
class NarrowestWindow {
  width = -1;
  readonly #widths: Map<number, number> = new Map();

  told(connection: number, width: number): void {
    const before = this.#widths.get(connection);
    this.#widths.set(connection, width);
    if (this.width < 0 || width <= this.width) this.width = width;
    else if (before === this.width) this.#renew();
  }

  end(connection: number): void {
    const before = this.#widths.get(connection);
    this.#widths.delete(connection);
    if (before === this.width) this.#renew();
  }

  #renew(): void {
    this.width = -1;
    for (const width of this.#widths.values()) {
      if (this.width < 0 || width < this.width) this.width = width;
    }
  }
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
