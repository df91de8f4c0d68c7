// Tones → colours. The only file that knows colours, and the only importer of chalk.

import { Chalk } from 'chalk';
import type { Cell, Tone } from './cells.js';

/** 0 none, 1 the terminal's own 16, 2 256, 3 all: as chalk counts. */
export type ColorLevel = 0 | 1 | 2 | 3;
export type Paint = (cell: Cell) => string;

/** The level is given, not guessed: chalk does not know NO_COLOR (cli/color.ts does). */
export function makePaint(level: ColorLevel): Paint {
  if (level === 0) return (cell) => cell.text;
  const chalk = new Chalk({ level });
  const styles: Record<Tone, (text: string) => string> = {
    plain: (text) => text,
    strong: chalk.bold,
    title: chalk.bold.cyan,
    quiet: chalk.dim,
    good: chalk.green,
    note: chalk.cyan,
    warn: chalk.yellow,
    bad: chalk.red.bold,
  };
  return (cell) => (cell.text === '' ? '' : styles[cell.tone](cell.text));
}
