// What the command line asks of every road, whatever command: ports, and how old a frame may be.

import type { AnalyseOptions } from '../analysis.js';
import { UsageError } from '../lib/exit.js';
import type { OptionValue } from './parse.js';

const UNITS: Readonly<Record<string, number>> = { s: 1e9, ms: 1e6, '': 1e9 };
/** Ages are counted by the millisecond. */
const AGE_LEAST_NS = 1e6;

export function roadOptions({
  options,
}: {
  readonly options: Readonly<Record<string, OptionValue | undefined>>;
}): Pick<AnalyseOptions, 'ports' | 'notPorts' | 'fcAgeLimitNs'> {
  const limit = options['fcAgeLimit'];
  return {
    ports: portsOf(options['port']),
    notPorts: portsOf(options['notPort']),
    ...(typeof limit === 'string' && limit !== '' ? { fcAgeLimitNs: ageLimitNs(limit) } : {}),
  };
}

/** Throws a UsageError where it is no age. */
export function ageLimitNs(limit: string): number {
  const match = /^(\d{1,6}(?:\.\d{1,6})?) ?(s|ms|)$/.exec(limit);
  const ns = match === null ? 0 : Math.round(Number(match[1]) * UNITS[match[2]]);
  if (ns >= AGE_LEAST_NS) return ns;
  throw new UsageError('--fc-age-limit takes an age of 1ms or more: 500ms, 2, 2s');
}

function portsOf(value: OptionValue | undefined): readonly number[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'number') : [];
}
