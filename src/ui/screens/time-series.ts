// What the strip chart draws, as numbers by dot columns: latency and addresses as dots, queue depth,
// throughput and failures as sums, and the command window.

import type { Case } from '../../case/case.js';
import { failed } from '../../scsi/task.js';
import { Dots } from '../plot.js';
import type { Making } from '../work.js';

/** What happened, by dot columns (two a character). */
export interface Series {
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
  /** The narrowest command window. */
  readonly windows: Float64Array;
}

/** Rows looked at before others have their turn. */
export const ROWS_A_STEP = 2048;

/** Changes when there is more to draw. */
export function freshOf({ tasks, pdus, lastNs }: Case): string {
  return `${tasks.count} ${tasks.rounds} ${pdus.count} ${lastNs}`;
}

/** What happened between two times, by dot columns (two a character), as far as the cursor. */
export function* measure(
  kase: Case,
  until: number,
  fromNs: number,
  toNs: number,
  width: number,
  latencyRows: number,
  lbaRows: number,
): Making<Series> {
  const { tasks } = kase;
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
  const { latencyTop, latencyLow, lbaTop } = yield* tops(kase);
  const scale = (latency.height - 1) / Math.max(0.1, Math.log(latencyTop / latencyLow));
  for (let index = 0, held = tasks.held; index < Math.min(held, tasks.held); index++) {
    if (index % ROWS_A_STEP === ROWS_A_STEP - 1) yield;
    const row = tasks.rowAt(index);
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
    if (failed(tasks.outcome(row))) series.failed[x]++;
    const ns = tasks.latencyNs(row);
    if (ns >= 0)
      latency.set(x, Math.round(Math.log(Math.max(ns, latencyLow) / latencyLow) * scale));
  }
  const windows = yield* windowWidths(kase, until, fromNs, toNs, dots);
  return { fromNs, toNs, dots, latency, latencyTop, lba, lbaTop, windows, ...series };
}

/** Scales of the whole capture: they stay when time goes on, or is looked at closer. */
function* tops({
  tasks,
  report,
}: Case): Making<{ latencyTop: number; latencyLow: number; lbaTop: number }> {
  let lbaTop = 1;
  let latencyTop = report?.totals.latency?.maxNs ?? 0;
  const latencyLow = Math.max(1000, report?.totals.latency?.minNs ?? 1000);
  for (let index = 0, held = tasks.held; index < Math.min(held, tasks.held); index++) {
    if (index % ROWS_A_STEP === ROWS_A_STEP - 1) yield;
    const row = tasks.rowAt(index);
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

/** The narrowest command window of all connections at any time in each dot column. */
function* windowWidths(
  { windows, report }: Case,
  untilNs: number,
  fromNs: number,
  toNs: number,
  dots: number,
): Making<Float64Array> {
  const until = Math.min(toNs, untilNs);
  const widths = new Float64Array(dots);
  const ends = (report?.sessions ?? [])
    .flatMap((s) => s.connections)
    .sort((x, y) => x.lastNs - y.lastNs);
  const now = new NarrowestWindow();
  const column = (ns: number): number => Math.floor(((ns - fromNs) / (toNs - fromNs)) * dots);
  let next = 0;
  let row = windows.first;
  for (let x = 0; x < dots; x++) {
    yield;
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
