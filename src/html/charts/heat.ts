// Latency over time: each column a stretch of time, each row a half octave of latency, as dark as many
// commands ended there.

import { countText } from '../../lib/number-text.js';
import { HEAT_ROWS, heatRowFromNs, type OverTime } from '../../metrics/over-time.js';
import { html, type Markup } from '../markup.js';
import { line, linear, n, path, rect, svg, tickTime, timeAxis, WIDE, words } from './svg.js';

const LEFT = 74;
const RIGHT = 14;
const ROW = 11;
const SHADES = 7;

/** undefined where no latency is known. */
export function heatChart(map: OverTime, spanNs: number): Markup | undefined {
  const { counts, used } = map;
  let low = HEAT_ROWS;
  let high = -1;
  let peak = 0;
  for (let at = 0; at < used * HEAT_ROWS; at++) {
    if (counts[at] === 0) continue;
    low = Math.min(low, at % HEAT_ROWS);
    high = Math.max(high, at % HEAT_ROWS);
    peak = Math.max(peak, counts[at]);
  }
  if (high < 0) return undefined;
  const top = 10;
  const bottom = top + (high - low + 1) * ROW;
  const endNs = Math.max(1, spanNs, used * map.widthNs);
  const x = linear(0, endNs, LEFT, WIDE - RIGHT);
  const y = (row: number): number => bottom - (row - low) * ROW;
  const shade = (count: number): number =>
    peak === 1 ? SHADES : 1 + Math.round((Math.log(count) / Math.log(peak)) * (SHADES - 1));
  const body = [
    ...timeAxis(x, endNs, top, bottom),
    ...rowLabels(low, high, y),
    ...shadePaths(map, low, high, shade, x, y),
    line(LEFT, bottom, WIDE - RIGHT, bottom, 'base'),
    ...legend(peak, bottom + 34),
  ];
  return svg(WIDE, bottom + 46, 'Heat map: latency of commands over time', body);
}

function rowLabels(low: number, high: number, y: (row: number) => number): Markup[] {
  const every = high - low > 16 ? 4 : 2;
  const found: Markup[] = [];
  for (let row = low; row <= high; row++) {
    if ((row - 1) % every !== 0) continue;
    found.push(line(LEFT, y(row), WIDE - RIGHT, y(row), 'grid'));
    found.push(words(LEFT - 6, y(row) + 4, tickTime(round(heatRowFromNs(row))), 'ax end'));
  }
  return found;
}

function round(ns: number): number {
  return Number(ns.toPrecision(2));
}

/** One path a shade: neighbours of the same one are one piece. */
function shadePaths(
  { counts, used, widthNs }: OverTime,
  low: number,
  high: number,
  shade: (count: number) => number,
  x: (ns: number) => number,
  y: (row: number) => number,
): Markup[] {
  const paths: string[] = new Array(SHADES + 1).fill('');
  for (let row = low; row <= high; row++) {
    let from = 0;
    while (from < used) {
      const of = (column: number): number => {
        const count = counts[column * HEAT_ROWS + row];
        return count === 0 ? 0 : shade(count);
      };
      const level = of(from);
      let to = from + 1;
      while (to < used && of(to) === level) to++;
      if (level > 0) {
        const left = x(from * widthNs);
        const w = Math.max(1, x(to * widthNs) - left);
        paths[level] += `M${n(left)} ${n(y(row))}h${n(w)}v${-ROW}h${n(-w)}z`;
      }
      from = to;
    }
  }
  return paths.flatMap((d, level) => (d === '' ? [] : [path('heat', d, opacity(level))]));
}

function opacity(level: number): string {
  return (0.12 + (0.88 * level) / SHADES).toFixed(2);
}

function legend(peak: number, top: number): Markup[] {
  const size = 16;
  const boxes = Array.from({ length: SHADES }, (_, i) => {
    const box = rect(LEFT + 14 + i * size, top - 10, size, 10, 'heat');
    return html`<g fill-opacity="${opacity(i + 1)}">${box}</g>`;
  });
  return [
    words(LEFT, top, '1', 'ax'),
    ...boxes,
    words(LEFT + 20 + SHADES * size, top, `${countText(peak)} commands`, 'ax'),
  ];
}
