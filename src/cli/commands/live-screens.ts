// sanscope live on a terminal: the screens over a capture that goes on.

import { LivePicture } from '../../case/live.js';
import { harmless } from '../../lib/harmless.js';
import type { LiveTelling } from '../../live/listener.js';
import type { LiveOptions } from '../../live/options.js';
import { exitCode, LiveRun } from '../../live/run.js';
import type { LiveSource } from '../../live/source.js';
import { analyse } from '../../pipeline.js';
import { roadOptions } from '../road-options.js';
import { type CommandContext, flag, text, themeOf } from '../run.js';
import { asciiOnly, type ColorChoice } from '../terminal.js';
import type { RunningMetrics } from './live-metrics.js';
import { screenColors, screenSettings } from './screens.js';

export async function liveScreens(
  context: CommandContext,
  wish: LiveOptions,
  source: LiveSource,
  numbers: RunningMetrics,
): Promise<number> {
  const said: { what: string; always: boolean }[] = [];
  const picture = new LivePicture(() => run.stop());
  const telling: LiveTelling = {
    gone: false,
    interval: (interval) => picture.push(interval),
    event: (event) => {
      picture.tell(event);
      if (flag(context, 'bell') && event.severity !== 'note') process.stdout.write('\x07');
    },
    command: () => {},
    notice: () => {},
    say: (what, always) => {
      said.push({ what, always });
      picture.say(what);
    },
    flush: () => {},
  };
  const run = new LiveRun(wish, source, telling, () => picture.report(), numbers.metrics);
  numbers.say = (what) => telling.say(what, true);
  const { runUi } = await import('../../ui/run.js');
  /** What was said meanwhile stands on the terminal that was given back; once. */
  const tell = (first?: string): void => {
    if (first !== undefined) said.unshift({ what: first, always: true });
    for (const { what, always } of said.splice(0)) {
      if (always || !flag(context, 'quiet')) context.say(`sanscope: ${harmless(what)}\n`);
    }
  };
  let ended: Promise<unknown> = Promise.resolve();
  try {
    const code = await runUi({
      files: [source.name],
      analyse,
      options: roadOptions(context),
      color: screenColors(text(context, 'color') as ColorChoice, context.env),
      theme: themeOf(context),
      ascii: asciiOnly(context.options['ascii'], context.env),
      settings: screenSettings(context),
      live: {
        picture,
        killed: () => {
          run.killed();
          tell('ended by a signal');
        },
        analyse: (_, options) => {
          const analysis = run.analyse(options);
          ended = analysis.catch(() => {});
          return analysis;
        },
      },
    });
    run.stop();
    await ended;
    return code === 0 ? exitCode(run) : code;
  } finally {
    run.stop();
    tell();
    numbers.say = (what) => context.say(`sanscope: ${harmless(what)}\n`);
  }
}
