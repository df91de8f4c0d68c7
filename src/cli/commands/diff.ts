// sanscope diff: two captures of the same kind of load at two times.

import type { DiffReport, GroupSide } from '../../diff/diff-report.js';
import { COMMANDS_LEAST } from '../../diff/samples.js';
import { reportJson } from '../../export/report-json.js';
import { EXIT, UsageError } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import { durationText, plural } from '../../lib/number-text.js';
import { diffBlocks } from '../../view/diff-view.js';
import { pageOutput } from '../output.js';
import { type CommandContext, flag, text } from '../run.js';
import { standardOutput } from '../standard-output.js';
import { looksOn } from '../terminal.js';
import { textLayout } from '../text-layout.js';
import { comparedLoads } from './compared.js';

export async function diff(context: CommandContext): Promise<number> {
  const [before, after, ...more] = context.files;
  if (before === undefined || after === undefined || more.length > 0) {
    throw new UsageError(
      'diff compares two captures: sanscope diff before.pcap after.pcap (several files of one time: merge them first)',
    );
  }
  if (before === '-' && after === '-') {
    throw new UsageError('standard input can be read only once');
  }
  if (!context.files.includes('-') && looksOn(context, ['json', 'width', 'failOn', 'html'])) {
    const { diffOnScreens } = await import('./compare-screens.js');
    return diffOnScreens(context, before, after);
  }
  const limits = failOn(text(context, 'failOn'));
  const page = pageOutput(context);
  const made = await comparedLoads(context, before, after);
  if (page !== undefined) {
    const { diffHtml } = await import('../../html/compare-pages.js');
    page.write(diffHtml(made, context.version));
    page.close();
    return judge(context, made, limits);
  }
  const output = standardOutput(context);
  if (flag(context, 'json')) reportJson(made, output.write);
  else {
    const { textOf } = await textLayout(context);
    output.write(textOf(diffBlocks(made)));
  }
  output.close();
  return judge(context, made, limits);
}

interface Limit {
  readonly metric: Metric;
  readonly percent: number;
}

const METRICS = ['p50', 'p95', 'p99', 'max', 'errors', 'iops'] as const;
type Metric = (typeof METRICS)[number];
const LATENCIES: ReadonlySet<Metric> = new Set(['p50', 'p95', 'p99', 'max']);

/** `p99:+20%`, several with commas between. */
function failOn(asked: string): Limit[] {
  if (asked === '') return [];
  return asked.split(',').map((word) => {
    const match = /^(\w+):([+-]\d+(?:\.\d+)?)%$/.exec(word.trim());
    const metric = METRICS.find((name) => name === match?.[1]);
    if (match === null || metric === undefined) {
      throw new UsageError(
        `--fail-on takes ${METRICS.join(', ')} with a change, as in p99:+20% or iops:-10%, not ${JSON.stringify(harmless(word))}`,
      );
    }
    return { metric, percent: Number(match[2]) };
  });
}

/** Says what went beyond its limit; 1 where something did. */
function judge(context: CommandContext, made: DiffReport, limits: readonly Limit[]): number {
  const { before, after } = made.total;
  let code: number = EXIT.ok;
  for (const { metric, percent } of limits) {
    const was = before === null ? undefined : metricOf(before, metric);
    const is = after === null ? undefined : metricOf(after, metric);
    if (was === undefined || is === undefined) {
      context.say(`sanscope: ${metric} cannot be compared: a capture has no command with it\n`);
      code = EXIT.failed;
      continue;
    }
    const least = Math.min(before?.latencies ?? 0, after?.latencies ?? 0);
    if (LATENCIES.has(metric) && least < COMMANDS_LEAST) {
      context.say(
        `sanscope: ${metric} is of ${plural(least, 'command')} only: fewer than ${COMMANDS_LEAST} say little\n`,
      );
    }
    const changed = was === 0 ? (is === 0 ? 0 : Number.POSITIVE_INFINITY) : (is / was - 1) * 100;
    const fails = percent >= 0 ? changed > percent : changed < percent;
    if (!fails) continue;
    const words = (value: number) =>
      metric === 'iops'
        ? value.toFixed(1)
        : metric === 'errors'
          ? String(value)
          : durationText(value);
    const sign = changed >= 0 ? '+' : '';
    context.say(
      `sanscope: ${metric} went from ${words(was)} to ${words(is)} (${sign}${changed.toFixed(1)} %): beyond ${percent >= 0 ? '+' : ''}${percent} %\n`,
    );
    code = EXIT.failed;
  }
  return code;
}

function metricOf(side: GroupSide, metric: Metric): number | undefined {
  switch (metric) {
    case 'p50':
    case 'p95':
    case 'p99':
      return side[metric]?.value;
    case 'max':
      return side.latencies > 0 ? side.max : undefined;
    case 'errors':
      return side.errors + side.unanswered;
    case 'iops':
      return side.iops;
  }
}
