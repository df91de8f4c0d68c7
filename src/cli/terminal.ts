// What is known of the terminal and the environment: colour, width, whether somebody watches.

import { fstatSync, type Stats, statSync } from 'node:fs';
import type { ColorLevel } from '../view/theme.js';

/** Not a terminal: wide enough for most columns, narrow enough for a mail. */
const WIDTH_ELSEWHERE = 120;
const WIDTH_LEAST = 40;

export type ColorChoice = 'auto' | 'always' | 'never';
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * --color decides, then FORCE_COLOR, then NO_COLOR (no-color.org: any value but an empty one), then
 * whether output is a terminal that is not dumb. chalk does not know NO_COLOR, so it is not asked.
 */
export function colorLevel(choice: ColorChoice, env: Environment, terminal: boolean): ColorLevel {
  if (choice === 'always') return 1;
  if (choice === 'never') return 0;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced === '0' || forced === 'false' ? 0 : 1;
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return 0;
  return terminal && env['TERM'] !== 'dumb' ? 1 : 0;
}

/** Columns of standard output; `asked` by the user wins. */
export function outputWidth(asked: number | undefined): number {
  if (asked !== undefined) return Math.max(WIDTH_LEAST, asked);
  const columns = isTerminal(1) ? process.stdout.columns : undefined;
  return columns === undefined || columns <= 0 ? WIDTH_ELSEWHERE : Math.max(WIDTH_LEAST, columns);
}

/** Only a report has these. */
const OF_THE_REPORT = /^(report$|--json$|--html(=|$)|--top(=|$)|--width(=|$))/;

/**
 * True where a command line without a command opens the screens: nobody asked for the report, and
 * somebody looks. Not in commands/screens.ts: dist/quick.cjs must not hold the screens.
 */
export function wantsScreens(argv: readonly string[], env: Environment): boolean {
  if (argv.some((word) => OF_THE_REPORT.test(word)) || env['TERM'] === 'dumb') return false;
  // Standard input that is a terminal is no capture: the report says so in words.
  return isTerminal(1) && !(argv.includes('-') && isTerminal(0));
}

/** The same for commands that compare captures: text where somebody asked for its form, or nobody looks. */
export function looksOn(
  context: { readonly options: Readonly<Record<string, unknown>>; readonly env: Environment },
  asked: readonly string[],
): boolean {
  const { options, env } = context;
  if (env['TERM'] === 'dumb' || asked.some((name) => options[name] !== undefined)) return false;
  return isTerminal(0) && isTerminal(1);
}

/** Asked for, or a terminal that is known to have nothing else, or a locale that is not UTF-8. */
export function asciiOnly(asked: unknown, env: Environment): boolean {
  if (typeof asked === 'boolean') return asked;
  if (/^(linux|vt\d+)/.test(env['TERM'] ?? '')) return true;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  // Where nothing is said (containers, ssh), terminals are UTF-8 all the same.
  return locale !== '' && !/utf-?8/i.test(locale);
}

/** Asks the file first: node:tty brings the whole network along, which a pipe does not need. */
export function isTerminal(fd: 0 | 1 | 2): boolean {
  try {
    const stats = fstatSync(fd);
    if (!stats.isCharacterDevice() || isNull(stats)) return false;
  } catch {
    return false;
  }
  const stream = fd === 0 ? process.stdin : fd === 1 ? process.stdout : process.stderr;
  return stream.isTTY === true;
}

function isNull(stats: Stats): boolean {
  return stats.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev;
}
