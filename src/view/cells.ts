// What views are made of: pieces of text with a tone, and blocks of them. Views say what is shown
// and what it means; theme.ts knows colours, export/ and ui/ know where it goes.

import { harmless } from '../lib/harmless.js';
import { named } from '../lib/names.js';

/** What a text is, not how it looks. */
export type Tone = 'plain' | 'strong' | 'title' | 'quiet' | 'good' | 'note' | 'warn' | 'bad';

export interface Cell {
  readonly text: string;
  readonly tone: Tone;
}

/** `start`: names that begin alike keep their ends. `words`: long words of operations are abbreviated first. */
export type Cut = 'start' | 'words';

export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** Columns with the largest number leave first where the width does not suffice; 0 stays. */
  readonly priority: number;
  /** May be shortened (with …) down to `least` characters before others leave. */
  readonly least?: number;
  /** How a text is shortened: at its end unless this is said. */
  readonly cut?: Cut;
  /** At least so wide, and there also while it says nothing: rows that change do not shift it. */
  readonly room?: number;
}

export interface TableBlock {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

export type Block =
  | { readonly kind: 'heading'; readonly text: string; readonly note?: string }
  /** One line; cut at the width. */
  | { readonly kind: 'line'; readonly indent: number; readonly cells: readonly Cell[] }
  /**
   * Items that flow over lines, broken where one is longer than a line; a label before the first line. One that begins
   * with an arrow goes on from its predecessor.
   */
  | {
      readonly kind: 'flow';
      readonly indent: number;
      readonly label: Cell;
      readonly items: readonly Cell[];
    }
  /** Words that wrap, after a label if there is one. */
  | {
      readonly kind: 'prose';
      readonly indent: number;
      readonly label?: Cell;
      readonly cell: Cell;
    }
  | TableBlock
  | { readonly kind: 'blank' };

/** A cell; what came from the wire is made harmless, and who has a name is called by it. */
export function cell(text: string, tone: Tone = 'plain'): Cell {
  return { text: harmless(named(text)), tone };
}

/** A cell of what was sent, as it was sent. */
export function asSent(text: string, tone: Tone = 'plain'): Cell {
  return { text: harmless(text), tone };
}

export const BLANK: Block = { kind: 'blank' };
