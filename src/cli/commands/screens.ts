// sanscope FILE on a terminal: the screens. Everywhere else the same command line is the report.

import { UsageError } from '../../lib/exit.js';
import { analyse } from '../../pipeline.js';
import type { Settings } from '../../ui/state.js';
import type { ColorLevel } from '../../view/theme.js';
import { type CommandContext, flag, ports, text, themeOf } from '../run.js';
import { type ColorChoice, colorLevel, type Environment } from '../terminal.js';

export async function screens(context: CommandContext): Promise<number> {
  const { env, files } = context;
  if (files.length === 0) throw new UsageError('name a capture to read');
  const { runUi } = await import('../../ui/run.js');
  return runUi({
    files,
    analyse,
    options: { ports: ports(context, 'port'), notPorts: ports(context, 'notPort') },
    color: screenColors(text(context, 'color') as ColorChoice, env),
    theme: themeOf(context),
    ascii: asciiOnly(flag(context, 'ascii'), env),
    settings: screenSettings(context),
  });
}

export function screenSettings(context: CommandContext): Settings {
  return { showSecrets: flag(context, 'showSecrets') };
}

/** Asked for, or a terminal that is known to have nothing else, or a locale that is not UTF-8. */
export function asciiOnly(asked: boolean, env: Environment): boolean {
  if (asked || /^(linux|vt\d+)/.test(env['TERM'] ?? '')) return true;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  // Where nothing is said (containers, ssh), terminals are UTF-8 all the same.
  return locale !== '' && !/utf-?8/i.test(locale);
}

/** How many colours: as the terminal says of itself. */
export function screenColors(choice: ColorChoice, env: Environment): ColorLevel {
  if (colorLevel(choice, env, true) === 0) return 0;
  if (/^(truecolor|24bit)$/.test(env['COLORTERM'] ?? '')) return 3;
  return /256/.test(env['TERM'] ?? '') ? 2 : 1;
}
