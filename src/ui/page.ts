// A page is what a screen shows: fixed lines on top, and rows below of which only those in sight are
// made. Screens are functions from state and case to a page; moving, searching and painting are the
// same for all of them.

import type { SortColumn } from '../store/sort-keys.js';
import type { Place } from './state.js';
import { type Line, lineText } from './terminal/line.js';

export interface Page {
  /** What stands in the title: "S0", "command 0x12". */
  readonly title: string;
  readonly head: readonly Line[];
  readonly count: number;
  /** Said where there are no rows. */
  readonly empty?: string;
  readonly row: (index: number) => Line;
  /** Columns that rows have; absent: all of the screen. */
  readonly rowWidth?: number;
  /** What a row had no room for, where its cells were cut: the status line says it. */
  readonly rest?: (index: number) => string | undefined;
  /** The row that is selected first; absent: the first one that opens. */
  readonly start?: number;
  /** True for rows from which Enter leads somewhere. */
  readonly opens?: (index: number) => boolean;
  /** What a row is about, where the same row may stand elsewhere in the next moment. */
  readonly key?: (index: number) => string;
  /** Where it leads. */
  readonly open?: (index: number) => Place | undefined;
  /** The filter of the commands that it leads to; undefined where it leads elsewhere. */
  readonly filter?: (index: number) => string | undefined;
  /** The command a row is about; marks, jumps and exports work on it. */
  readonly task?: (index: number) => number | undefined;
  /** When what the row tells happened: the time cursor can be set there. */
  readonly timeNs?: (index: number) => number | undefined;
  /** The time that a column of the body stands for: a click sets the time cursor there. */
  readonly timeAt?: (column: number) => number | undefined;
  /** Draws the body from its rows where that is more than a list (the bytes beside the tree). */
  readonly body?: (first: number, rows: number, selected: number) => readonly Line[];
  /** Of the lines below the head, how many are rows: the rest shows something else. */
  readonly bodyRows?: (lines: number) => number;
  /** The row that a text of hex digits leads to: bytes are searched too. */
  readonly find?: (text: string) => number | undefined;
  /** Columns of the head, for a click on them: from, to, what is sorted by. */
  readonly sorts?: readonly {
    readonly from: number;
    readonly to: number;
    readonly by: SortColumn;
  }[];
}

/** A page of lines that are all at hand. */
export function pageOf(
  title: string,
  head: readonly Line[],
  lines: readonly Line[],
  more: Partial<Page> = {},
): Page {
  return { title, head, count: lines.length, row: (index) => lines[index], ...more };
}

export function rowText(page: Page, index: number): string {
  return lineText(page.row(index));
}
