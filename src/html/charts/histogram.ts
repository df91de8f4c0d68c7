// How long commands of one operation took: bars of an octave each, and where the percentiles lie.

import { countText, durationText } from '../../lib/number-text.js';
import type { OperationReport } from '../../report/report.js';
import type { Markup } from '../markup.js';
import { line, n, rect, svg, tickTime, within, words } from './svg.js';

const WIDTH = 440;
const LEFT = 22;
const TOP = 38;
const HEIGHT = 96;
/** A bar is no wider, however few there are. */
const BAR_MOST = 46;

export function histogramChart(o: OperationReport): Markup | undefined {
  const counts = o.latencyLog2Us;
  const { latency } = o;
  if (counts === undefined || latency === null) return undefined;
  const first = counts.findIndex((count) => count > 0);
  const bars = counts.slice(first);
  const peak = bars.reduce((a, b) => Math.max(a, b), 0);
  const width = Math.min(BAR_MOST, (WIDTH - 2 * LEFT) / bars.length);
  const bottom = TOP + HEIGHT;
  const x = (ns: number): number => {
    const octave = ns < 1000 ? ns / 1000 : Math.log2(ns / 1000) + 1;
    return LEFT + Math.min(bars.length, Math.max(0, octave - first)) * width;
  };
  const every = Math.ceil(44 / width);
  const body = [
    words(LEFT, 13, within(o.operation, WIDTH - 190), 'cap strong'),
    words(
      WIDTH - LEFT,
      13,
      `${countText(latency.count)} · mean ${durationText(latency.meanNs)}`,
      'ax end',
    ),
    line(LEFT, bottom, LEFT + bars.length * width, bottom, 'base'),
    ...bars.flatMap((count, i) => bar(count, i)),
    ...percentiles(),
  ];
  return svg(WIDTH, bottom + 22, `Latency of ${o.operation}`, body);

  function bar(count: number, i: number): Markup[] {
    const from = first + i === 0 ? 0 : 1000 * 2 ** (first + i - 1);
    const h = (count / peak) * (HEIGHT - 14);
    const at = LEFT + i * width;
    const title = `${tickTime(from)} to ${tickTime(1000 * 2 ** (first + i))}: ${countText(count)}`;
    const found =
      count > 0
        ? [rect(at + 1, bottom - Math.max(1.5, h), width - 2, Math.max(1.5, h), 'c-bar', title)]
        : [];
    if (i % every === 0) found.push(words(at, bottom + 15, tickTime(round(from)), 'ax mid'));
    return found;
  }

  function percentiles(): Markup[] {
    if (latency === null) return [];
    const marks: readonly (readonly [string, number])[] = [
      ['p50', latency.p50Ns],
      ['p99', latency.p99Ns],
    ];
    return marks.flatMap(([name, ns], i) => {
      const at = x(ns);
      const right = at > WIDTH - 110;
      const y = TOP - 6 + i * 13;
      return [
        line(at, y - 8, at, bottom, 'mark'),
        words(
          right ? at - 4 : at + 4,
          y,
          `${name} ${durationText(ns)}`,
          right ? 'ax halo end' : 'ax halo',
        ),
      ];
    });
  }
}

/** 16.4 ms as 16 ms: bounds are for the eye. */
function round(ns: number): number {
  return Number(n(ns)) < 1000 ? ns : Number(ns.toPrecision(2));
}
