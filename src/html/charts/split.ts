// Charts of comparisons: where the time of commands went between two points, how long ways took over time,
// and percentiles before and after.

import type { GroupChange, GroupSide } from '../../diff/diff-report.js';
import { durationText } from '../../lib/number-text.js';
import type { BothWays, PointsPairReport } from '../../points/points-told.js';
import { type Markup, NO_MARKUP } from '../markup.js';
import { line, linear, rect, svg, ticks, tickTime, WIDE, within, words } from './svg.js';

const LABEL = 230;
/** Of the name of a group, before that of the percentile. */
const NAME = LABEL - 40;
const RIGHT = 90;
const ROW = 30;

/** Of the median command: parts of its time, from the host to the array and back. */
export function splitChart({ split }: PointsPairReport): Markup {
  const parts = [
    { name: 'host', kind: 'p-initiator', ns: split.hostTime.p50 },
    { name: 'network out', kind: 'c-write', ns: split.networkOutTime.p50 },
    { name: 'array', kind: 'p-target', ns: split.arrayTime.p50 },
    { name: 'network back', kind: 'c-write', ns: split.networkBackTime.p50 },
    { name: 'recovery (TCP)', kind: 's-critical', ns: split.recoveryTime.p50 },
  ];
  const most = parts.reduce((a, { ns }) => Math.max(a, ns), 0);
  if (split.count === 0 || most <= 0) return NO_MARKUP;
  const x = linear(0, most, LABEL, WIDE - RIGHT);
  const body = parts.flatMap(({ name, kind, ns }, i) => {
    const top = i * ROW;
    return [
      words(LABEL - 8, top + 16, name, 'cap end'),
      rect(LABEL, top + 4, x(Math.max(0, ns)) - LABEL, 17, kind, `${name} ${durationText(ns)}`),
      words(x(Math.max(0, ns)) + 6, top + 16, durationText(ns), 'ax'),
    ];
  });
  return svg(WIDE, parts.length * ROW, 'Median time of commands by part', body);
}

/** Slowest packet of each stretch of time, both ways on one scale. */
export function waysChart({ oneWayOverTime: over, host, array }: PointsPairReport): Markup {
  const most = Math.max(...[...over.out, ...over.back].map(({ maxNs }) => maxNs), 0);
  if (most <= 0) return NO_MARKUP;
  const height = 70;
  const body = (['out', 'back'] as const).flatMap((way, i) => {
    const top = 14 + i * (height + 26);
    const name = way === 'out' ? `${host} → ${array}` : `${array} → ${host}`;
    return wayBand(over, way, name, most, top, height);
  });
  return svg(WIDE, 2 * (height + 26) + 14, 'Slowest packets of each way over time', body);
}

function wayBand(
  over: BothWays<readonly { maxNs: number }[]>,
  way: 'out' | 'back',
  name: string,
  most: number,
  top: number,
  height: number,
): Markup[] {
  const values = over[way];
  const left = 74;
  const width = (WIDE - left - 14) / Math.max(1, values.length);
  const y = linear(0, most, top + height, top);
  return [
    words(left + 4, top - 3, `${name} · slowest over time`, 'cap'),
    words(left - 6, top + 8, durationText(most), 'ax end'),
    line(left, top + height, WIDE - 14, top + height, 'base'),
    ...values.map(({ maxNs }, i) =>
      rect(
        left + i * width,
        y(maxNs),
        Math.max(0.6, width - 0.5),
        top + height - y(maxNs),
        way === 'out' ? 'c-bar' : 'p-target',
        durationText(maxNs),
      ),
    ),
  ];
}

const QUANTILES = ['p50', 'p95', 'p99'] as const;
const GROUPS_SHOWN = 12;

/** Before and after with their 95 % intervals, by group, on one scale of decades. */
export function changeChart(
  groups: readonly (readonly [name: string, group: GroupChange])[],
): Markup {
  const shown = groups
    .filter(([, { before, after }]) => before?.p50 != null && after?.p50 != null)
    .slice(0, GROUPS_SHOWN);
  const all = shown.flatMap(([, { before, after }]) => [...bounds(before), ...bounds(after)]);
  if (all.length === 0) return NO_MARKUP;
  const low = Math.log10(Math.max(1, Math.min(...all)));
  const high = Math.log10(Math.max(...all, 10));
  const x = linear(low, high + 0.02, LABEL, WIDE - 20);
  const of = (ns: number): number => x(Math.log10(Math.max(1, ns)));
  const rows = shown.flatMap(([name, group]) =>
    QUANTILES.map((key, i) => ({ name: i === 0 ? name : '', key, group })),
  );
  const bottom = 8 + rows.length * ROW;
  const body = [
    ...ticks(Math.ceil(low), Math.floor(high), 8)
      .filter(Number.isInteger)
      .flatMap((power) => [
        line(x(power), 4, x(power), bottom, 'grid'),
        words(x(power), bottom + 14, tickTime(10 ** power), 'ax mid'),
      ]),
    ...rows.flatMap(({ name, key, group }, i) => {
      const top = 8 + i * ROW;
      return [
        words(NAME, top + 16, within(name, NAME), 'cap end strong'),
        words(LABEL - 8, top + 16, key, 'ax end'),
        ...side(group.before, key, top + 7, 'c-depth', 'before', of),
        ...side(group.after, key, top + 17, 'c-bar', 'after', of),
      ];
    }),
  ];
  return svg(WIDE, bottom + 20, 'Percentiles before (grey) and after (blue)', body);
}

function bounds(one: GroupSide | null): number[] {
  return QUANTILES.flatMap((key) => {
    const quantile = one?.[key] ?? null;
    return quantile === null ? [] : [quantile.low, quantile.high];
  });
}

function side(
  one: GroupSide | null,
  key: (typeof QUANTILES)[number],
  y: number,
  kind: string,
  when: string,
  x: (ns: number) => number,
): Markup[] {
  const quantile = one?.[key] ?? null;
  if (quantile === null) return [];
  const { value, low, high } = quantile;
  const title = `${when}: ${key} ${durationText(value)} (${durationText(low)} to ${durationText(high)})`;
  return [
    rect(x(low), y - 1.5, Math.max(1, x(high) - x(low)), 3, kind, title),
    rect(x(value) - 3, y - 4, 6, 8, kind, title),
  ];
}
