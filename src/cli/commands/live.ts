// sanscope live: what iSCSI does now; as screens where somebody looks, else as text or NDJSON.

import { EXIT } from '../../lib/exit.js';
import { TOP_DEFAULT } from '../../limits.js';
import type { LiveMetrics } from '../../live/metrics/live-metrics.js';
import type { LiveOptions } from '../../live/options.js';
import { exitCode, LiveRun } from '../../live/run.js';
import type { LiveSource } from '../../live/source.js';
import { Collector } from '../../report/collect.js';
import { FreshReport } from '../../report/fresh-report.js';
import { roadOptions } from '../road-options.js';
import { type CommandContext, tellTroubles } from '../run.js';
import { Thrift } from '../thrift.js';
import { liveMetrics } from './live-metrics.js';
import { checkOutputs, liveSource, liveWish } from './live-options.js';
import { LiveOutput } from './live-output.js';

export async function live(context: CommandContext): Promise<number> {
  const wish = liveWish(context);
  const source = liveSource(context);
  checkOutputs(wish);
  const numbers = await liveMetrics(context);
  try {
    if (!wish.screens) return await told(context, wish, source, numbers.metrics);
    const { liveScreens } = await import('./live-screens.js');
    return await liveScreens(context, wish, source, numbers);
  } finally {
    await numbers.close();
  }
}

async function told(
  context: CommandContext,
  wish: LiveOptions,
  source: LiveSource,
  metrics: LiveMetrics | undefined,
): Promise<number> {
  const output = new LiveOutput(context, wish.json);
  const collector = new Collector(TOP_DEFAULT);
  const fresh = new FreshReport(collector, true);
  const thrift = new Thrift();
  const run = new LiveRun(wish, source, output, () => fresh.report(), metrics);
  output.onGone = () => run.stop();
  const onSignal = (signal: NodeJS.Signals) => {
    // Asked twice: at once. What was begun is cleared away by those who began it (process exit).
    if (run.stopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    run.stop();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    const analysis = await run.analyse({
      ...roadOptions(context),
      soFar: (ask) => fresh.ask(ask),
      progress: () => thrift.check(),
      ...collector.sinks(),
    });
    if (output.gone) return EXIT.ok;
    if (output.json) {
      const made = collector.streamed(analysis);
      run.tellReport(collector.soFar(analysis, true));
      output.end(made);
    } else {
      const made = collector.report(analysis);
      run.tellReport(made);
      output.report(made);
    }
    output.flush();
    tellTroubles(context, analysis);
    return exitCode(run);
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
