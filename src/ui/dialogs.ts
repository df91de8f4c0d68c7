// Dialogs as lines: help from the table of keys, input with its error and offers, choices.

import { SORT_COLUMNS } from '../store/sort-keys.js';
import { cell } from '../view/cells.js';
import { blockLines } from './blocks.js';
import { type Binding, GROUPS, keyText } from './keys.js';
import { keysOf, SCREENS, screenOf } from './pages.js';
import { COMMAND_COLUMNS, columnsIn } from './screens/command-columns.js';
import { sortName } from './sorting.js';
import { type Dialog, type PlaceKind, type State, viewOf } from './state.js';
import { cutLine, type Line, type Span, shortLine } from './terminal/line.js';
import { fit } from './terminal/width.js';

export interface DialogLines {
  readonly title: string;
  readonly lines: readonly Line[];
  /** What a click on each line means, where it means anything. */
  readonly targets?: readonly (Target | undefined)[];
}

export type Target =
  | { readonly kind: 'choice'; readonly at: number }
  /** The text that is typed, from this column of it on. */
  | { readonly kind: 'text'; readonly from: number }
  | { readonly kind: 'offer'; readonly text: string };

/** Its border and its title. */
export const LINES_ABOVE = 2;
/** Its border and a blank. */
export const COLUMNS_BEFORE = 2;
const PROMPT = '› ';

/** Room for borders, padding and something of the page. */
const MARGIN = 8;
const HELP_WIDTH = 76;
const KEYS_WIDTH = 18;
const OFFERS_SHOWN = 6;
const ERROR_LINES = 4;

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
        helpRows(state),
      );
    case 'sort':
      return choiceDialog(
        'Sort by: Enter takes it, again turns it round',
        SORT_COLUMNS.map(
          (by) => `${by === state.sort ? (state.descending ? '▼' : '▲') : ' '} ${sortName(by)}`,
        ),
        dialog.at,
        width,
        helpRows(state),
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

/** All lines of the help: the keys of this screen, those of all, then the other screens' own. */
export function helpLines(kind: PlaceKind): Line[] {
  const { keys: own } = screenOf(kind);
  const all = keysOf(kind).filter((b) => !own.includes(b));
  const others = Object.values(SCREENS).filter(({ kind: other, keys }) => {
    return other !== kind && keys.some((b) => !own.includes(b));
  });
  return [
    ...helpGroup(`This screen: ${kind}`, own),
    ...GROUPS.flatMap((group) =>
      helpGroup(
        group,
        all.filter((b) => b.group === group),
      ),
    ),
    ...MOUSE,
    ...others.flatMap((other) => helpGroup(`On ${other.kind}`, other.keys)),
  ];
}

const MOUSE: readonly Line[] = [
  [cell('Mouse', 'title')],
  ...[
    ['wheel', 'scroll'],
    ['click', 'select a row; on the selected one: open it; on a tab: go there'],
    ['', 'on the head of a list: sort by it; on the time axis: the time cursor'],
    ['', 'in a dialog: take that line; beside one that only asks: close it'],
    ['Shift-click', 'the terminal’s own selection'],
  ].map(([what, about]): Line => [cell(` ${fit(what, KEYS_WIDTH)} `, 'strong'), cell(about)]),
  [],
];

function helpGroup(title: string, bindings: readonly Binding[]): Line[] {
  if (bindings.length === 0) return [];
  const rows = bindings.map((b): Line => {
    return [cell(` ${fit(b.keys.map(keyText).join(' '), KEYS_WIDTH)} `, 'strong'), cell(b.about)];
  });
  return [[cell(title, 'title')], ...rows, []];
}

export function helpRows(state: State): number {
  return Math.max(1, state.rows - 7);
}

function helpDialog(top: number, state: State, width: number): DialogLines {
  const all = helpLines(viewOf(state).place.kind);
  const rows = helpRows(state);
  return {
    title: `Keys (↑ ↓ PgUp PgDn read on, Esc closes)${placeText(top + rows, all.length, rows)}`,
    lines: all.slice(top, top + rows).map((line) => shortLine(line, width)),
  };
}

/** Where there is more than is seen: how far it was read. */
function placeText(at: number, count: number, rows: number): string {
  return count <= rows ? '' : `  ${Math.min(at, count)}/${count}`;
}

const ASKS: Readonly<Record<string, string>> = {
  filter: 'Filter commands (Enter takes it, Tab completes, Ctrl-U clears, Esc)',
  rows: 'Filter rows: p99 > 5ms and open > 8; or words of the names, or a LUN',
  search: 'Search text in the rows (n goes on, N back)',
  'go to': 'Go to a frame (1234) or a time (1.5s, 20ms, 21:28:19.2)',
  export: 'Export to a file: .txt screen, .json .csv commands, .pcapng packets',
};

function inputDialog(d: Dialog & { kind: 'input' }, width: number): DialogLines {
  const before = d.text.slice(0, d.caret);
  const at = d.text[d.caret] ?? ' ';
  const input: Span[] = [
    cell(PROMPT, 'note'),
    cell(before),
    { text: at, tone: 'plain', lit: true },
    cell(d.text.slice(d.caret + 1)),
  ];
  // A long text is shown from where its cursor is in sight.
  const from = Math.max(0, before.length + 4 - width);
  const lines: Line[] = [cutLine(input, from, from + width)];
  const targets: (Target | undefined)[] = [{ kind: 'text', from: from - PROMPT.length }];
  if (d.errorAt >= 0)
    lines.push([cell(`${' '.repeat(Math.max(0, 2 + d.errorAt - from))}▲`, 'bad')]);
  // What is wrong is read whole, however narrow it is.
  if (d.error !== '') {
    const block = {
      kind: 'prose',
      indent: 0,
      label: cell('! ', 'bad'),
      cell: cell(d.error, 'bad'),
    } as const;
    lines.push(...blockLines([block], width).slice(0, ERROR_LINES));
  }
  for (const text of d.offers.slice(0, OFFERS_SHOWN)) {
    targets[lines.length] = { kind: 'offer', text };
    lines.push([cell(`  ${text}`, 'quiet')]);
  }
  return { title: ASKS[d.purpose], lines: lines.map((line) => shortLine(line, width)), targets };
}

function choiceDialog(
  title: string,
  rows: readonly string[],
  at: number,
  width: number,
  most: number,
): DialogLines {
  // What is chosen stays in sight.
  const from = Math.max(0, Math.min(rows.length - most, at - (most >> 1)));
  const lines = rows.map((text, i): Line => {
    const mark = i === at ? '▸ ' : '  ';
    return [{ text: fit(mark + text, Math.min(width, 52)), tone: 'plain', lit: i === at }];
  });
  const place = placeText(at + 1, rows.length, most);
  const targets = lines.map((_, i): Target => ({ kind: 'choice', at: i }));
  const seen = [from, from + most] as const;
  return { title: title + place, lines: lines.slice(...seen), targets: targets.slice(...seen) };
}
