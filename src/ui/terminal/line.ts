// A line of the screen: spans of text with a tone, laid into columns. Colours come last, by a brush.

import type { Cell } from '../../view/cells.js';
import type { Brush } from '../../view/theme.js';
import { slice, widthOf } from './width.js';

/** `lit`: shown inverse (the selection). `heat`: 0 to 1, a shade where there are colours for it. */
export interface Span extends Cell {
  readonly lit?: boolean;
  readonly heat?: number;
}

export type Line = readonly Span[];

export const EMPTY: Line = [];

export function lineWidth(line: Line): number {
  let width = 0;
  for (const span of line) width += widthOf(span.text);
  return width;
}

/** The columns from `from` to `to` of a line, blanks where it is shorter. */
export function cutLine(line: Line, from: number, to: number): Span[] {
  const spans: Span[] = [];
  let column = 0;
  for (const span of line) {
    const width = widthOf(span.text);
    const end = column + width;
    if (end > from && column < to) {
      const inside = column >= from && end <= to;
      const text = inside
        ? span.text
        : slice(span.text, Math.max(0, from - column), Math.min(width, to - column));
      spans.push(text === span.text ? span : { ...span, text });
    }
    column = end;
    if (column >= to) break;
  }
  const missing = to - Math.max(from, column);
  if (missing > 0) spans.push({ text: ' '.repeat(missing), tone: 'plain' });
  return spans;
}

/** A line in exactly `width` columns, with … where something of it is missing. */
export function shortLine(line: Line, width: number): Span[] {
  if (widthOf(lineText(line)) <= width) return cutLine(line, 0, width);
  return [...cutLine(line, 0, width - 1), { text: '…', tone: 'quiet' }];
}

/** All of a line inverse, to its end. */
export function litLine(line: Line, width: number): Span[] {
  return shortLine(line, width).map((span) => ({ ...span, lit: true }));
}

/** Two lines beside each other, the left one in exactly `width` columns. */
export function beside(left: Line, width: number, right: Line): Span[] {
  return [...shortLine(left, width), ...right];
}

export function paintLine(line: Line, brush: Brush): string {
  let text = '';
  for (const span of line) text += brush(span.text, span.tone, span.lit === true, span.heat ?? -1);
  return text;
}

export function lineText(line: Line): string {
  let text = '';
  for (const span of line) text += span.text;
  return text.trimEnd();
}
