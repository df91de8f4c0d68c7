// Blocks as text for people, at the width and in the colours that were asked for. The library of tables
// is loaded only where tables are wanted.

import type { Block } from '../view/cells.js';
import { type CommandContext, number, text, themeOf } from './run.js';
import { type ColorChoice, colorLevel, isTerminal, outputWidth } from './terminal.js';

export interface TextLayout {
  readonly textOf: (blocks: readonly Block[]) => string;
  readonly width: number;
}

export async function textLayout(context: CommandContext): Promise<TextLayout> {
  const { blocksText } = await import('../export/report-text.js');
  const { makePaint } = await import('../view/theme.js');
  const choice = text(context, 'color') as ColorChoice;
  const paint = makePaint(colorLevel(choice, context.env, isTerminal(1)), themeOf(context));
  const width = outputWidth(number(context, 'width'));
  return { textOf: (blocks) => blocksText(blocks, width, paint), width };
}
