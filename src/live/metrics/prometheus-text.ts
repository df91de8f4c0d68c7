// Metrics in Prometheus' text format 0.0.4, and in OpenMetrics 1.0, which has units, exemplars and an end.

import type { Exemplar, Family, HistogramSample, Labels } from './families.js';

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
export const OPENMETRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export function metricsText(families: readonly Family[], openMetrics: boolean): string {
  const lines: string[] = [];
  for (const family of families) {
    // OpenMetrics names a counter without `_total`, the older format by its samples.
    const name = family.type === 'counter' && !openMetrics ? `${family.name}_total` : family.name;
    lines.push(
      `# HELP ${name} ${helpText(family.help, openMetrics)}`,
      `# TYPE ${name} ${family.type}`,
    );
    if (openMetrics && family.unit !== '') lines.push(`# UNIT ${name} ${family.unit}`);
    if (family.type === 'histogram') {
      for (const histogram of family.histograms) pushHistogram(lines, name, histogram, openMetrics);
      continue;
    }
    const sample = family.type === 'counter' ? `${family.name}_total` : family.name;
    for (const { labels, value } of family.samples) {
      lines.push(`${sample}${labelsText(labels)} ${numberText(value)}`);
    }
  }
  if (openMetrics) lines.push('# EOF');
  return `${lines.join('\n')}\n`;
}

/** Buckets are cumulative here: each has what is at most its bound. */
function pushHistogram(
  lines: string[],
  name: string,
  histogram: HistogramSample,
  openMetrics: boolean,
): void {
  const { labels, bounds, counts, exemplars, count, sum } = histogram;
  let below = 0;
  for (let i = 0; i <= bounds.length; i++) {
    below += counts[i];
    const le = i < bounds.length ? boundText(bounds[i]) : '+Inf';
    const exemplar = openMetrics ? exemplarText(exemplars[i]) : '';
    lines.push(`${name}_bucket${labelsText([...labels, ['le', le]])} ${below}${exemplar}`);
  }
  lines.push(`${name}_sum${labelsText(labels)} ${numberText(sum)}`);
  lines.push(`${name}_count${labelsText(labels)} ${count}`);
}

function exemplarText(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return '';
  const { frame, value, timeSeconds } = exemplar;
  return ` # {frame="${frame}"} ${numberText(value)} ${timeSeconds.toFixed(3)}`;
}

function labelsText(labels: Labels): string {
  if (labels.length === 0) return '';
  return `{${labels.map(([name, value]) => `${name}="${escaped(value)}"`).join(',')}}`;
}

/** Names come from the wire. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function helpText(help: string, openMetrics: boolean): string {
  const text = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return openMetrics ? text.replaceAll('"', '\\"') : text;
}

/** The same in both formats, so that a series is the same by whichever it was read. */
function boundText(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
