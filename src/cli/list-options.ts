// What the lists have in common: which columns, in which order, as what.

import type { ListFormat, ListStyle, RecordName } from '../export/list-writer.js';
import { UsageError } from '../lib/exit.js';
import { SORT_COLUMNS, sortFact } from '../store/sort-keys.js';
import {
  jsonColumns,
  type ListColumn,
  type ListValue,
  tableColumns,
  usualColumns,
} from '../view/lists/list.js';
import { makePaint } from '../view/theme.js';
import { type CommandContext, flag, number, text, themeOf } from './run.js';
import { type ColorChoice, colorLevel, isTerminal, outputWidth } from './terminal.js';

export function listStyle(context: CommandContext, record: RecordName): ListStyle {
  const csv = flag(context, 'csv');
  if (csv && flag(context, 'json')) throw new UsageError('--csv or --json, not both');
  const format: ListFormat = csv ? 'csv' : flag(context, 'json') ? 'json' : 'text';
  const terminal = isTerminal(1);
  const choice = text(context, 'color') as ColorChoice;
  const asked = number(context, 'width');
  // Columns that were chosen are shown whole where nobody's screen is too narrow for them.
  const chosen = text(context, 'columns') !== '';
  const width = chosen && !terminal && asked === undefined ? 0 : outputWidth(asked);
  const paint = makePaint(colorLevel(choice, context.env, terminal), themeOf(context));
  return { format, width, paint, record };
}

/** Those asked for; else all for programs, and for people those that fit. */
export function chosenColumns<Row>(
  context: CommandContext,
  columns: readonly ListColumn<Row>[],
  style: ListStyle,
): readonly ListColumn<Row>[] {
  const asked = text(context, 'columns');
  if (asked === '') {
    if (style.format === 'text') return usualColumns(columns, style.width);
    return style.format === 'csv' ? tableColumns(columns) : jsonColumns(columns);
  }
  const names = asked.split(',').map((name) => name.trim());
  return [...new Set(names)].map((name) => columnNamed(columns, name));
}

export function columnNamed<Row>(
  columns: readonly ListColumn<Row>[],
  name: string,
): ListColumn<Row> {
  const found = columns.find(
    (column) => column.name === name || column.key === name || column.also?.includes(name),
  );
  if (found !== undefined) return found;
  const width = columns.reduce((most, column) => Math.max(most, column.name.length), 0);
  const lines = columns.map((column) => `  ${column.name.padEnd(width)}  ${column.about}`);
  throw new UsageError(
    `there is no column ${JSON.stringify(name)}; there are\n${lines.join('\n')}`,
  );
}

/** Where nothing else is said: durations and counts the largest first, all else the smallest. */
export function isDescending(context: CommandContext, column: string): boolean {
  return LARGEST_FIRST.has(column) !== flag(context, 'reverse');
}

const LARGEST_FIRST: ReadonlySet<string> = new Set([
  ...SORT_COLUMNS.filter((column) => sortFact(column).sort === 'largest'),
  'commands',
  'unanswered',
  'lasted',
  'connections',
  'luns',
  'depth',
]);

/** Stable; rows whose value is not known come last. For lists that fit into memory as they are. */
export function sortedRows<Row>(
  rows: readonly Row[],
  column: ListColumn<Row>,
  descending: boolean,
): Row[] {
  return [...rows].sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    if (x === undefined || y === undefined)
      return Number(x === undefined) - Number(y === undefined);
    return descending ? compare(y, x) : compare(x, y);
  });
}

function compare(a: ListValue & {}, b: ListValue & {}): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1e9,
  s: 1e9,
  ms: 1e6,
  us: 1e3,
  µs: 1e3,
  ns: 1,
};

/** `1.5`, `1.5s`, `200ms`, `30us`, `5ns` since the first packet. */
export function timeOf(context: CommandContext, name: string): number | undefined {
  const given = text(context, name);
  if (given === '') return undefined;
  const match = /^(\d{1,12}(?:\.\d{1,9})?) ?(s|ms|us|µs|ns|)$/.exec(given);
  if (match === null) {
    throw new UsageError(`--${name} takes a time since the first packet: 1.5, 1.5s, 200ms, 30us`);
  }
  return Math.round(Number(match[1]) * UNITS[match[2]]);
}
