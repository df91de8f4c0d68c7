// Dialogs as lines: help from the table of keys, input with its error and offers, choices.

import { SORT_COLUMNS } from '../store/sort-keys.js';
import { cell } from '../view/cells.js';
import { GROUPS, KEYS, keyText } from './keys.js';
import { COMMAND_COLUMNS, columnsIn } from './screens/command-columns.js';
import { sortName } from './sorting.js';
import type { Dialog, State } from './state.js';
import { cutLine, type Line, type Span } from './terminal/line.js';
import { fit } from './terminal/width.js';

export interface DialogLines {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** Room for borders, padding and something of the page. */
const MARGIN = 8;
const HELP_WIDTH = 76;
const MANY_PLACES = 6;
const OFFERS_SHOWN = 6;

export function dialogLines(dialog: Dialog, state: State): DialogLines {
  const width = Math.min(HELP_WIDTH, state.columns - MARGIN);
  switch (dialog.kind) {
    case 'help':
      return helpDialog(dialog.top, state, width);
    case 'input':
      return inputDialog(dialog, width);
    case 'columns':
      return choiceDialog(
        'Columns: Space shows and hides, Esc closes',
        columnChoices(state),
        dialog.at,
        width,
      );
    case 'sort':
      return choiceDialog(
        'Sort by: Enter takes it, once more turns it round',
        SORT_COLUMNS.map(
          (by) => `${by === state.sort ? (state.descending ? '▼' : '▲') : ' '} ${sortName(by)}`,
        ),
        dialog.at,
        width,
      );
  }
}

/** Those that are wanted but have no room say so. */
function columnChoices({ columns, hidden, sort }: State): string[] {
  const shown = columnsIn(columns, hidden, sort).map((c) => c.name);
  return COMMAND_COLUMNS.map(({ name }) => {
    if (hidden.includes(name)) return `[ ] ${name}`;
    return `[x] ${name}${shown.includes(name) ? '' : '  (no room: hide others)'}`;
  });
}

/** All lines of the help. */
export function helpLines(): Line[] {
  return GROUPS.flatMap((group) => [
    [cell(group, 'title')],
    ...KEYS.filter((b) => b.group === group).map((b): Line => {
      const where = b.where === undefined ? '' : `  (${whereWords(b.where)})`;
      return [
        cell(` ${fit(b.keys.map(keyText).join(' '), 18)} `, 'strong'),
        cell(b.about),
        cell(where, 'quiet'),
      ];
    }),
    [],
  ]);
}

/** A long list is told by what is not in it. */
function whereWords(where: readonly string[]): string {
  return where.length > MANY_PLACES ? 'but on time' : where.join(', ');
}

export function helpRows(state: State): number {
  return state.rows - 7;
}

function helpDialog(top: number, state: State, width: number): DialogLines {
  const lines = helpLines().slice(top, top + helpRows(state));
  return {
    title: 'Keys (↑ ↓ PgUp PgDn to read on, Esc closes)',
    lines: lines.map((line) => cutLine(line, 0, width)),
  };
}

const ASKS: Readonly<Record<string, string>> = {
  filter: 'Filter commands (Enter takes it, Tab completes, Ctrl-U clears, Esc)',
  rows: 'Filter rows: p99 > 5ms and open > 8; or words of the names, or a LUN',
  search: 'Search text in the rows (n goes on, N back)',
  'go to': 'Go to a frame (1234) or a time (1.5s, 20ms)',
  export: 'Export to a file: .txt this screen, .json or .csv the commands',
};

function inputDialog(d: Dialog & { kind: 'input' }, width: number): DialogLines {
  const before = d.text.slice(0, d.caret);
  const at = d.text[d.caret] ?? ' ';
  const input: Span[] = [
    cell('› ', 'note'),
    cell(before),
    { text: at, tone: 'plain', lit: true },
    cell(d.text.slice(d.caret + 1)),
  ];
  // A long text is shown from where its cursor is in sight.
  const from = Math.max(0, before.length + 4 - width);
  const lines: Line[] = [cutLine(input, from, from + width)];
  if (d.errorAt >= 0)
    lines.push([cell(`${' '.repeat(Math.max(0, 2 + d.errorAt - from))}▲`, 'bad')]);
  if (d.error !== '') lines.push([cell(`! ${d.error}`, 'bad')]);
  for (const offer of d.offers.slice(0, OFFERS_SHOWN)) lines.push([cell(`  ${offer}`, 'quiet')]);
  return { title: ASKS[d.purpose], lines: lines.map((line) => cutLine(line, 0, width)) };
}

function choiceDialog(
  title: string,
  rows: readonly string[],
  at: number,
  width: number,
): DialogLines {
  const lines = rows.map((text, i): Line => {
    const mark = i === at ? '▸ ' : '  ';
    return [{ text: fit(mark + text, Math.min(width, 52)), tone: 'plain', lit: i === at }];
  });
  return { title, lines };
}
