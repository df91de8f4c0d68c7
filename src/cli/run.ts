// What all commands share: running the road with a progress line, and telling what could not be read.

import type { AnalyseOptions, Analysis } from '../analysis.js';
import { sameAsInput } from '../capture/same-file.js';
import { FilterError } from '../filter/error.js';
import { EXIT, OutputError, UsageError } from '../lib/exit.js';
import { harmless, harmlessLines } from '../lib/harmless.js';
import { countText } from '../lib/number-text.js';
import { analyse } from '../pipeline.js';
import type { ProblemKind } from '../problem.js';
import type { Theme } from '../view/theme.js';
import type { FrameRange, OptionValue } from './parse.js';
import { ProgressLine } from './progress.js';
import { roadOptions } from './road-options.js';
import { isTerminal } from './terminal.js';
import { Thrift } from './thrift.js';

export interface CommandContext {
  readonly files: readonly string[];
  readonly options: Readonly<Record<string, OptionValue | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options that the command line itself gives. */
  readonly given?: ReadonlySet<string>;
  /** What the settings say of other commands: the list of the screens, the live screen. */
  readonly settings?: Readonly<Record<string, OptionValue>>;
  /** Of sanscope. */
  readonly version: string;
  /** Writes to stderr. */
  readonly say: (text: string) => void;
}

export async function runRoad(context: CommandContext, options: AnalyseOptions): Promise<Analysis> {
  if (context.files.includes('-') && isTerminal(0)) {
    throw new UsageError('standard input is a terminal: pipe a capture into it');
  }
  if (sameAsInput(1, context.files) !== undefined) {
    throw new OutputError('standard output is one of the captures to read: write to another file');
  }
  const progress = new ProgressLine(flag(context, 'quiet'));
  const thrift = new Thrift();
  try {
    return await analyse(context.files, {
      ...options,
      ...roadOptions(context),
      progress: (done, total) => {
        thrift.check();
        progress.update(done, total);
      },
    });
  } finally {
    progress.end();
  }
}

/** Says on stderr which files could not be read (others were); 3 where there is one or one could not be unpacked whole. */
export function unreadFiles(context: CommandContext, analysis: Analysis): number {
  let code: number = analysis.problems.counts.has('decompression-failed')
    ? EXIT.unreadable
    : EXIT.ok;
  for (const file of analysis.capture.files) {
    if (file.error === undefined) continue;
    context.say(`sanscope: ${harmless(file.error)}\n`);
    code = EXIT.unreadable;
  }
  return code;
}

/** Troubles of the files in words: one line a kind, whatever the command. */
export function tellTroubles(context: CommandContext, analysis: Analysis): void {
  if (flag(context, 'quiet')) return;
  const { kept, counts } = analysis.problems;
  const told = new Set<ProblemKind>();
  for (const { kind, file, text } of kept) {
    if (file === undefined || told.has(kind)) continue;
    if (analysis.capture.files.some(({ error }) => error === text)) continue;
    told.add(kind);
    const others = (counts.get(kind) ?? 1) - 1;
    const more = others > 0 ? ` (and ${countText(others)} more of this kind)` : '';
    context.say(`sanscope: ${harmless(`${file}: ${text}`)}${more}\n`);
  }
}

/** --theme, else what COLORFGBG says of the background: `0;15` is white. */
export function themeOf(context: CommandContext): Theme {
  const asked = text(context, 'theme');
  if (asked === 'dark' || asked === 'light' || asked === 'none') return asked;
  const background = context.env['COLORFGBG']?.split(';').at(-1);
  return background === '15' || background === '7' ? 'light' : 'dark';
}

export function flag(context: CommandContext, name: string): boolean {
  return context.options[name] === true;
}

export function number(context: CommandContext, name: string): number | undefined {
  const value = context.options[name];
  return typeof value === 'number' ? value : undefined;
}

export function text(context: CommandContext, name: string): string {
  const value = context.options[name];
  return typeof value === 'string' ? value : '';
}

/** The filter of -Y, if there is one. A wrong one is a usage error that points at its place. */
export function filterOf<F>(context: CommandContext, make: (text: string) => F): F | undefined {
  const filter = context.options['filter'];
  if (typeof filter !== 'string') return undefined;
  try {
    return make(filter);
  } catch (error) {
    if (error instanceof FilterError) throw new UsageError(harmlessLines(error.message));
    throw error;
  }
}

export function range(context: CommandContext, name: string): FrameRange | undefined {
  const value = context.options[name];
  return typeof value === 'object' && 'first' in value ? value : undefined;
}

/** Of a flag that may be given again and again. */
export function words(context: CommandContext, name: string): readonly string[] {
  const value = context.options[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
