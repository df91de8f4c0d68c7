// Load over time: rates, the slowest command and queue depth, one band below the other over one axis.

import { durationText } from '../../lib/number-text.js';
import type { OverTime } from '../../metrics/over-time.js';
import type { LoadReport } from '../../report/report.js';
import { megabytes, rate } from '../../view/format.js';
import type { Markup } from '../markup.js';
import { line, linear, n, path, rect, type Scale, svg, timeAxis, WIDE, words } from './svg.js';

const LEFT = 74;
const RIGHT = 14;
const BAND = 62;
const GAP = 22;
/** A step is at least so wide that it is seen. */
const SEEN = 1.2;

interface Band {
  readonly name: string;
  readonly kind: string;
  readonly values: readonly number[];
  readonly fromNs: number;
  readonly widthNs: number;
  readonly text: (value: number) => string;
  /** Values spread over decades. */
  readonly log?: boolean;
}

export function loadChart(load: LoadReport, depth: OverTime, spanNs: number): Markup {
  const bands = bandsOf(load, depth).filter(({ values }) => values.some((v) => v > 0));
  const endNs = Math.max(spanNs, ...bands.map((b) => b.fromNs + b.values.length * b.widthNs));
  const x = linear(0, Math.max(1, endNs), LEFT, WIDE - RIGHT);
  const height = bands.length * (BAND + GAP);
  const body = [
    ...timeAxis(x, endNs, 10, height),
    ...bands.flatMap((band, i) => bandMarkup(band, x, 10 + i * (BAND + GAP))),
  ];
  return svg(WIDE, height + 22, `Load over time: ${bands.map((b) => b.name).join(', ')}`, body);
}

function bandsOf(load: LoadReport, depth: OverTime): Band[] {
  const { fromNs, bucketNs: widthNs } = load;
  const of = (name: string, kind: string, values: readonly number[], text: Band['text']): Band => ({
    name,
    kind,
    values,
    fromNs,
    widthNs,
    text,
  });
  const mbps = (value: number): string => `${megabytes(value)} MB/s`;
  const open = [...depth.openNs.subarray(0, depth.used)].map((ns) => ns / depth.widthNs);
  return [
    of('commands a second', 'c-iops', load.iopsByBucket, rate),
    of('read', 'c-read', load.readMBpsByBucket, mbps),
    of('written', 'c-write', load.writeMBpsByBucket, mbps),
    { ...of('slowest', 'c-slow', load.latencyNsMaxByBucket, durationText), log: true },
    {
      name: 'open at once, mean',
      kind: 'c-depth',
      values: open,
      fromNs: 0,
      widthNs: depth.widthNs,
      text: (value) => (value < 1 ? value.toPrecision(2) : value.toFixed(value < 10 ? 1 : 0)),
    },
  ];
}

function bandMarkup(band: Band, x: Scale, top: number): Markup[] {
  const peak = band.values.reduce((a, b) => Math.max(a, b), 0);
  const least = band.values.reduce((a, b) => (b > 0 && b < a ? b : a), peak);
  const bottom = top + BAND;
  const y = band.log ? decades(least, peak, bottom, top + 8) : linear(0, peak, bottom, top + 8);
  const label = `${band.name} · peak ${band.text(peak)}`;
  return [
    line(LEFT, bottom, WIDE - RIGHT, bottom, 'base'),
    words(LEFT - 6, top + 14, band.text(peak), 'ax end'),
    words(LEFT - 6, bottom, band.log ? band.text(least) : '0', 'ax end'),
    path(band.kind, stepPath(band, x, y, bottom)),
    words(LEFT + 4, top + 4, label, 'cap'),
  ];
}

/** Half a decade of room below the least, so that it is seen. */
function decades(least: number, peak: number, low: number, high: number): Scale {
  const scale = linear(Math.log10(least) - 0.5, Math.log10(peak), low, high);
  return (value) => (value <= 0 ? low : scale(Math.log10(value)));
}

/** An area of steps; stretches without anything are no part of it. */
type Steps = Pick<Band, 'values' | 'fromNs' | 'widthNs'>;

function stepPath({ values, fromNs, widthNs }: Steps, x: Scale, y: Scale, bottom: number): string {
  const at = (i: number): number => x(fromNs + i * widthNs);
  let d = '';
  let open = false;
  for (let i = 0; i < values.length; i++) {
    if (values[i] <= 0) {
      if (open) d += `V${n(bottom)}Z`;
      open = false;
      continue;
    }
    if (!open) d += `M${n(at(i))} ${n(bottom)}`;
    open = true;
    d += `V${n(y(values[i]))}H${n(Math.max(at(i + 1), at(i) + SEEN))}`;
  }
  return open ? `${d}V${n(bottom)}Z` : d;
}

/** The load as a faint ground under something else: commands a second. */
export function loadGround(load: LoadReport, x: Scale, top: number, bottom: number): Markup {
  const peak = load.iopsByBucket.reduce((a, b) => Math.max(a, b), 0);
  if (peak === 0) return rect(0, 0, 0, 0, 'ground');
  const band = { values: load.iopsByBucket, fromNs: load.fromNs, widthNs: load.bucketNs };
  const y = linear(0, peak, bottom, top);
  return path('ground', stepPath(band, x, y, bottom));
}
