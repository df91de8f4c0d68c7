// Metrics as OTLP/JSON: ExportMetricsServiceRequest of opentelemetry-proto (metrics/v1) in its JSON form, in which 64-bit
// integers are decimal strings, names are lowerCamelCase and enums are numbers.

import type { Family, HistogramSample, Labels, Sample } from './families.js';

/** AGGREGATION_TEMPORALITY_CUMULATIVE: since the start; so an export that is lost loses nothing. */
const CUMULATIVE = 2;
const UNITS = { '': '1', seconds: 's', bytes: 'By' } as const;

interface Times {
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
}

/** Both in ns since 1970. */
export function otlpRequest(
  families: readonly Family[],
  version: string,
  startNs: bigint,
  nowNs: bigint,
): object {
  const times: Times = { startTimeUnixNano: String(startNs), timeUnixNano: String(nowNs) };
  return {
    resourceMetrics: [
      {
        resource: {
          attributes: attributes([
            ['service.name', 'sanscope'],
            ['service.version', version],
          ]),
        },
        scopeMetrics: [
          {
            scope: { name: 'sanscope', version },
            metrics: families.filter(isThere).map((family) => metricOf(family, times)),
          },
        ],
      },
    ],
  };
}

function isThere(family: Family): boolean {
  return (family.type === 'histogram' ? family.histograms : family.samples).length > 0;
}

function metricOf(family: Family, times: Times): object {
  const { name, help, unit } = family;
  const told = { name, description: help, unit: UNITS[unit] };
  if (family.type === 'histogram') {
    const dataPoints = family.histograms.map((one) => histogramPoint(one, times));
    return { ...told, histogram: { aggregationTemporality: CUMULATIVE, dataPoints } };
  }
  const dataPoints = family.samples.map((sample) => point(sample, times));
  if (family.type === 'gauge') return { ...told, gauge: { dataPoints } };
  return { ...told, sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } };
}

function point({ labels, value }: Sample, times: Times): object {
  const number = Number.isSafeInteger(value) ? { asInt: String(value) } : { asDouble: value };
  return { attributes: attributes(labels), ...times, ...number };
}

function histogramPoint(histogram: HistogramSample, times: Times): object {
  const { labels, bounds, counts, exemplars, count, sum } = histogram;
  return {
    attributes: attributes(labels),
    ...times,
    count: String(count),
    sum,
    bucketCounts: Array.from(counts, String),
    explicitBounds: bounds,
    exemplars: exemplars
      .filter((one) => one !== undefined)
      .map(({ value, frame, timeSeconds }) => ({
        filteredAttributes: attributes([['frame', String(frame)]]),
        timeUnixNano: String(BigInt(Math.round(timeSeconds * 1e6)) * 1000n),
        asDouble: value,
      })),
  };
}

function attributes(labels: Labels): object[] {
  return labels.map(([key, value]) => ({ key, value: { stringValue: value } }));
}
