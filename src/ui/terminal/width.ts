// How many columns of the terminal a text takes, and texts cut and padded to columns. The only
// importer of get-east-asian-width. What comes from the wire was made harmless before: no controls.

import { eastAsianWidth } from 'get-east-asian-width';

const ASCII = /^[\x20-\x7e]*$/;
const MARK = /^\p{M}$/u;

export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

function charWidth(char: string): number {
  const code = char.codePointAt(0)!;
  if (code < 0x300) return 1;
  return MARK.test(char) ? 0 : eastAsianWidth(code);
}

/** The part of a text between two columns; a wide character cut in half becomes a blank. */
export function slice(text: string, from: number, to: number): string {
  if (ASCII.test(text)) return text.slice(from, to);
  let column = 0;
  let part = '';
  for (const char of text) {
    const next = column + charWidth(char);
    if (column >= from && next <= to) part += column === next && column === from ? '' : char;
    else if (next > from && column < to)
      part += ' '.repeat(Math.min(next, to) - Math.max(column, from));
    column = next;
    if (column > to) break;
  }
  return part;
}

/** Shortened to `width` columns, with … where something is missing. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width <= 1 ? slice(text, 0, width) : `${slice(text, 0, width - 1)}…`;
}

/** Exactly `width` columns. */
export function fit(text: string, width: number, right = false): string {
  const short = cut(text, width);
  const blanks = ' '.repeat(Math.max(0, width - widthOf(short)));
  return right ? blanks + short : short + blanks;
}
