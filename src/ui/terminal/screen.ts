// What stands on the terminal. ink draws the frame (title, status, dialogs) into it as if it were
// stdout; our own lines lie below, and show wherever the frame has nothing: in the blanks before
// the first and after the last character of a line. Only lines that changed are written, by their
// address, all in one synchronized update (?2026), so nothing flickers.

import { EventEmitter } from 'node:events';
import type { Brush } from '../../view/theme.js';
import { cutLine, type Line, paintLine } from './line.js';
import { widthOf } from './width.js';

const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
const SEQUENCES = /\x1b\[[0-9;:]*m|\x1b\]8;[^\x07]*\x07/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const FIRST_BLANK = /^((?:\x1b\[[0-9;:]*m)*) /;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const LAST_BLANK = / ((?:\x1b\[[0-9;:]*m)*)$/;

/** Invariant: `#shown` is what the terminal shows, line by line; undefined where that is not known. */
export class Screen extends EventEmitter {
  columns: number;
  rows: number;
  readonly isTTY = true;
  /** Lines written since the start: tests ask. */
  linesWritten = 0;
  readonly #write: (text: string) => void;
  readonly #brush: Brush;
  #frame: readonly string[] = [];
  #below: readonly Line[] = [];
  #shown: (string | undefined)[] = [];

  constructor(columns: number, rows: number, brush: Brush, write: (text: string) => void) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.#brush = brush;
    this.#write = write;
    this.setMaxListeners(0);
  }

  /** Takes a whole frame from ink (debug mode). What is control sequences only is no frame. */
  write(text: string): boolean {
    if (text === '' || text.startsWith('\x1b[?')) return true;
    this.#frame = text.split('\n');
    return true;
  }

  /** Where in what the frame draws this place lies, its corner being 0, 0; undefined beside it. */
  frameAt(column: number, row: number): { column: number; line: number } | undefined {
    const first = this.#frame.findIndex((line) => line.replace(SEQUENCES, '').trim() !== '');
    const bare = (this.#frame[row] ?? '').replace(SEQUENCES, '').trimEnd();
    const from = bare.length - bare.trimStart().length;
    if (first < 0 || column < from || column >= widthOf(bare)) return undefined;
    return { column: column - from, line: row - first };
  }

  /** The lines below the frame, the first one at the top of the screen. */
  below(lines: readonly Line[]): void {
    this.#below = lines;
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.forget();
    this.emit('resize');
  }

  /** Nothing is known of what the terminal shows: the next flush writes all lines. */
  forget(): void {
    this.#shown = [];
  }

  /** Writes what changed. */
  flush(): void {
    let out = '';
    for (let row = 0; row < this.rows; row++) {
      const line = this.#compose(row);
      if (this.#shown[row] === line) continue;
      this.#shown[row] = line;
      this.linesWritten++;
      out += `\x1b[${row + 1};1H${line}`;
    }
    if (out !== '') this.#write(BEGIN + out + END);
  }

  #compose(row: number): string {
    const below = this.#below[row] ?? [];
    const frame = this.#frame[row] ?? '';
    const bare = frame.replace(SEQUENCES, '');
    if (bare.trim() === '') return paintLine(cutLine(below, 0, this.columns), this.#brush);
    const from = bare.length - bare.trimStart().length;
    const to = Math.min(this.columns, widthOf(bare.trimEnd()));
    const left = paintLine(cutLine(below, 0, from), this.#brush);
    const right = paintLine(cutLine(below, to, this.columns), this.#brush);
    const drawn = withoutBlanks(frame, from, bare.length - bare.trimEnd().length);
    return from === 0 ? drawn + right : left + drawn + right;
  }
}

/** Takes blanks from both ends; colours that stand among them stay. */
function withoutBlanks(frame: string, before: number, after: number): string {
  let text = frame;
  for (let i = 0; i < before; i++) text = text.replace(FIRST_BLANK, '$1');
  for (let i = 0; i < after; i++) text = text.replace(LAST_BLANK, '$1');
  return text;
}
