// A limit in words: `p99 < 20ms where operation == "READ(10)"`. Whether it holds is counted, not read off a
// histogram: of n latencies p99 is below a bound if ceil(0.99 n) of them are.

import { type TaskFilter, taskFilter } from '../filter/task-filter.js';
import { Histogram } from '../lib/histogram.js';
import { EXACT_VALUES_PER_CELL } from '../limits.js';
import { isCompleted } from '../metrics/counters.js';
import { failed, latencyNs, Outcome, type Task, type TaskSink } from '../scsi/task.js';

type Relation = '<' | '<=' | '>' | '>=' | '==' | '!=';

export interface LimitResult {
  /** As it was asked for. */
  readonly limit: string;
  readonly metric: string;
  readonly relation: Relation;
  /** ns, or a count. */
  readonly bound: number;
  readonly unit: 'ns' | 'count';
  /** What the metric is: of many latencies within 0.4 %; null where there is none. */
  readonly value: number | null;
  /** Commands that were judged. */
  readonly commandCount: number;
  readonly holds: boolean;
}

const COUNTS = ['commands', 'errors', 'unanswered'] as const;
const TIMES = ['min', 'mean', 'max'] as const;
const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  min: 60e9,
};
const FORM = /^([a-z]+[\d.]*)\s*(<=|>=|==|!=|<|>)\s*([\d.]+)\s*([a-zµ]*)(?:\s+where\s+(.+))?$/su;

/** What limits look like, for messages. */
export const LIMIT_FORM =
  'a limit is METRIC < VALUE, with `where FILTER` behind it where it is for some commands only: metrics are p50 (any percentile), min, mean, max (with ns, us, ms, s), and commands, errors, unanswered';

export class Limit implements TaskSink {
  readonly text: string;
  readonly #metric: string;
  readonly #relation: Relation;
  readonly #bound: number;
  readonly #filter: TaskFilter | undefined;
  readonly #latency = new Histogram(EXACT_VALUES_PER_CELL);
  #below = 0;
  #equal = 0;
  #commands = 0;
  #errors = 0;
  #unanswered = 0;

  /** undefined where the text is no limit; throws a FilterError for a wrong filter. */
  static of(text: string): Limit | undefined {
    const match = FORM.exec(text.trim());
    if (match === null) return undefined;
    const [, metric, relation, digits, unit, filter] = match;
    const scale = isCount(metric) ? (unit === '' ? 1 : undefined) : UNITS[unit];
    const bound = Number(digits) * (scale ?? Number.NaN);
    const percentile = percentileOf(metric);
    const known = isCount(metric) || isTime(metric) || (percentile > 0 && percentile <= 1);
    if (!known || Number.isNaN(bound)) return undefined;
    return new Limit(text.trim(), metric, relation as Relation, bound, filter);
  }

  private constructor(
    text: string,
    metric: string,
    relation: Relation,
    bound: number,
    filter: string | undefined,
  ) {
    this.text = text;
    this.#metric = metric;
    this.#relation = relation;
    this.#bound = bound;
    this.#filter = filter === undefined ? undefined : taskFilter(filter);
  }

  taskStarted(): void {}

  taskEnded(task: Task): void {
    if (!task.commandSeen || (this.#filter !== undefined && !this.#filter.test(task))) return;
    this.#commands++;
    const { outcome } = task;
    if (isUnanswered(task)) this.#unanswered++;
    else if (failed(outcome)) this.#errors++;
    const latency = latencyNs(task);
    if (latency < 0) return;
    this.#latency.record(latency);
    if (latency < this.#bound) this.#below++;
    else if (latency === this.#bound) this.#equal++;
  }

  result(): LimitResult {
    const metric = this.#metric;
    const unit = isCount(metric) ? 'count' : 'ns';
    const value = this.#value();
    return {
      limit: this.text,
      metric,
      relation: this.#relation,
      bound: this.#bound,
      unit,
      value,
      commandCount: this.#commands,
      holds: value !== null && this.#holds(value),
    };
  }

  #value(): number | null {
    switch (this.#metric) {
      case 'commands':
        return this.#commands;
      case 'errors':
        return this.#errors;
      case 'unanswered':
        return this.#unanswered;
    }
    const { count, min, max } = this.#latency;
    if (count === 0) return null;
    if (this.#metric === 'min') return min;
    if (this.#metric === 'max') return max;
    if (this.#metric === 'mean') return this.#latency.mean();
    return this.#latency.percentile(percentileOf(this.#metric));
  }

  /** Percentiles are judged by how many latencies lie below the bound: exactly. */
  #holds(value: number): boolean {
    const p = percentileOf(this.#metric);
    if (!(p > 0)) return compare(value, this.#relation, this.#bound);
    const rank = Math.max(1, Math.ceil(p * this.#latency.count * (1 - 1e-13)));
    const side = this.#below >= rank ? -1 : this.#below + this.#equal >= rank ? 0 : 1;
    return compare(side, this.#relation, 0);
  }
}

function compare(value: number, relation: Relation, bound: number): boolean {
  switch (relation) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '==':
      return value === bound;
    case '!=':
      return value !== bound;
  }
}

function isCount(metric: string): boolean {
  return (COUNTS as readonly string[]).includes(metric);
}

function isTime(metric: string): boolean {
  return (TIMES as readonly string[]).includes(metric);
}

/** "p99.9" → 0.999; NaN for what is no percentile. */
function percentileOf(metric: string): number {
  const match = /^p(\d+(?:\.\d+)?)$/.exec(metric);
  if (match === null) return Number.NaN;
  // p999 is how p99.9 is written where no dot may be.
  const digits = match[1].replace(/^99(9+)$/, '99.$1');
  return Number(digits) / 100;
}

/** As the report counts them: neither a status, nor a reject, nor proof that it ended. */
function isUnanswered(task: Task): boolean {
  const { outcome } = task;
  return (
    !isCompleted(task) && outcome !== Outcome.statusNotCaptured && outcome !== Outcome.rejected
  );
}
