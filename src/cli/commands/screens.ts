// sanscope FILE on a terminal: the screens. Everywhere else the same command line is the report.

import { UsageError } from '../../lib/exit.js';
import { analyse } from '../../pipeline.js';
import type { Compared } from '../../ui/sources.js';
import type { Settings } from '../../ui/state.js';
import type { ColorLevel } from '../../view/theme.js';
import { roadOptions } from '../road-options.js';
import { type CommandContext, flag, text, themeOf } from '../run.js';
import { asciiOnly, type ColorChoice, colorLevel, type Environment } from '../terminal.js';

export async function screens(
  context: CommandContext,
  files = context.files,
  compared?: Compared,
): Promise<number> {
  const { env } = context;
  if (files.length === 0) throw new UsageError('name a capture to read');
  const { runUi } = await import('../../ui/run.js');
  return runUi({
    files,
    analyse,
    options: roadOptions(context),
    color: screenColors(text(context, 'color') as ColorChoice, env),
    theme: themeOf(context),
    ascii: asciiOnly(context.options['ascii'], env),
    settings: screenSettings(context),
    ...(compared !== undefined && { compared }),
  });
}

export function screenSettings(context: CommandContext): Settings {
  const of = (key: string): string => String(context.settings?.[key] ?? '');
  const columns = of('commands.columns');
  return {
    showSecrets: flag(context, 'showSecrets'),
    ...(columns !== '' && { columns: columns.split(',') }),
    sort: of('commands.sort'),
    liveSort: of('live.sort'),
  };
}

/** How many colours: as the terminal says of itself. */
export function screenColors(choice: ColorChoice, env: Environment): ColorLevel {
  if (colorLevel(choice, env, true) === 0) return 0;
  if (/^(truecolor|24bit)$/.test(env['COLORTERM'] ?? '')) return 3;
  return /256/.test(env['TERM'] ?? '') ? 2 : 1;
}
