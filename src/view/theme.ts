// Tones → colours. The only file that knows colours, and the only importer of chalk.

import { Chalk } from 'chalk';
import type { Cell, Tone } from './cells.js';

/** 0 none, 1 the terminal's own 16, 2 256, 3 all: as chalk counts. */
export type ColorLevel = 0 | 1 | 2 | 3;
/** What the background is: yellow and cyan cannot be read on white. */
export type Theme = 'dark' | 'light' | 'none';
export type Paint = (cell: Cell) => string;

/** The level is given, not guessed: chalk does not know NO_COLOR (cli/color.ts does). */
export function makePaint(level: ColorLevel, theme: Theme = 'dark'): Paint {
  if (level === 0 || theme === 'none') return (cell) => cell.text;
  const chalk = new Chalk({ level });
  const light = theme === 'light';
  const styles: Record<Tone, (text: string) => string> = {
    plain: (text) => text,
    strong: chalk.bold,
    title: light ? chalk.bold.blue : chalk.bold.cyan,
    quiet: light ? chalk.blackBright : chalk.dim,
    good: chalk.green,
    note: light ? chalk.blue : chalk.cyan,
    warn: light ? chalk.magenta : chalk.yellow,
    bad: chalk.red.bold,
  };
  return (cell) => (cell.text === '' ? '' : styles[cell.tone](cell.text));
}

/** Paints one span of a screen. `heat` 0 to 1 is a shade, below 0 none. */
export type Brush = (text: string, tone: Tone, lit: boolean, heat: number) => string;

const LIT = '\x1b[7m';
const UNLIT = '\x1b[27m';

/** Inverse is no colour: the selection shows on a screen without any. */
export function makeBrush(level: ColorLevel, theme: Theme = 'dark'): Brush {
  const paint = makePaint(level, theme);
  const chalk = new Chalk({ level });
  return (text, tone, lit, heat) => {
    if (text === '') return '';
    const shaded = heat >= 0 && level >= 2 && theme !== 'none';
    const shade = theme === 'light' ? heatOnWhite : heatColor;
    const painted = shaded ? chalk.rgb(...shade(heat))(text) : paint({ text, tone });
    return lit ? LIT + painted + UNLIT : painted;
  };
}

/** From blue over yellow to red: chalk brings it down to 256 colours where there are no more. */
function heatColor(heat: number): [number, number, number] {
  const h = Math.min(1, heat);
  if (h < 0.5)
    return [Math.round(80 + 300 * h), Math.round(140 + 160 * h), Math.round(220 - 320 * h)];
  return [Math.round(230 + 40 * (h - 0.5)), Math.round(220 - 320 * (h - 0.5)), 60];
}

/** From blue over violet to red: none of it is pale. */
function heatOnWhite(heat: number): [number, number, number] {
  const h = Math.min(1, heat);
  return [Math.round(40 + 170 * h), Math.round(90 - 80 * h), Math.round(210 - 180 * h)];
}
