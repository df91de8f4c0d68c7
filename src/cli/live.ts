// sanscope live: what iSCSI does now.

import { EXIT } from './errors.js';
import { liveSource, liveWish } from './live-options.js';
import { LiveRun } from './live-run.js';
import type { CommandContext } from './run.js';

export async function live(context: CommandContext): Promise<number> {
  const wish = liveWish(context);
  const run = new LiveRun(context, wish, liveSource(context));
  const onSignal = (signal: NodeJS.Signals) => {
    // Asked twice: at once. What was begun is cleared away by those who began it (process exit).
    if (run.stopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    run.stop();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return (await run.run()) ?? EXIT.ok;
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
