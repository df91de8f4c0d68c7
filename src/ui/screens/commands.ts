// All commands: a list of millions, of which only the rows in sight are made.

import type { Case } from '../../case/case.js';
import type { CommandList } from '../../case/command-list.js';
import { countText, plural } from '../../lib/number-text.js';
import { cell } from '../../view/cells.js';
import { shorten } from '../../view/layout.js';
import { COMPARE, MARK } from '../keys.js';
import type { Page } from '../page.js';
import type { Screen } from '../screen.js';
import { sortName } from '../sorting.js';
import type { State } from '../state.js';
import type { Line, Span } from '../terminal/line.js';
import { fit } from '../terminal/width.js';
import { type CommandColumn, columnsIn } from './command-columns.js';
import { forgottenText } from './forgotten.js';

export const COMMANDS: Screen<'commands'> = {
  kind: 'commands',
  tab: { key: '2', word: 'Commands', about: 'all commands', place: () => ({ kind: 'commands' }) },
  keys: [
    {
      group: 'Work',
      keys: ['f7', 'f'],
      command: 'filter',
      about: 'filter commands',
      hint: 'filter',
    },
    {
      group: 'Work',
      keys: ['f5', 'c'],
      command: 'clear',
      about: 'clear filter and marks',
    },
    {
      group: 'Work',
      keys: ['f6', 's'],
      command: 'sort',
      about: 'choose what to sort by',
      hint: 'sort',
    },
    { group: 'Work', keys: ['r'], command: 'reverse', about: 'the other way round' },
    {
      group: 'Work',
      keys: ['f10', 't'],
      command: 'columns',
      about: 'choose columns',
      hint: 'columns',
    },
    { ...MARK, hint: 'mark' },
    COMPARE,
  ],
  page: (_, state, { kase, list }) => commandsPage(kase, list, state),
};

function commandsPage(kase: Case, list: CommandList, state: State): Page {
  const columns = columnsIn(state.columns, state.hidden, state.sort);
  const ns = state.replay?.ns ?? Number.POSITIVE_INFINITY;
  return {
    title: 'commands',
    head: [summary(kase, list, state), headLine(columns, state)],
    count: list.count,
    empty: emptyWords(kase, list, state),
    row: (index) => commandLine(kase, list.row(index), columns, state, ns),
    opens: () => true,
    open: (index) => (index < list.count ? { kind: 'command', row: list.row(index) } : undefined),
    task: (index) => (index < list.count ? list.row(index) : undefined),
    timeNs: (index) => (index < list.count ? kase.tasks.startNs(list.row(index)) : undefined),
    sorts: sortsOf(columns),
  };
}

/** Why the list is empty. */
function emptyWords(kase: Case, list: CommandList, state: State): string {
  if (kase.loading !== undefined && kase.tasks.count === 0) return 'none so far';
  if (kase.tasks.count === 0) return 'no SCSI command is in this capture';
  if (list.progress !== undefined) return 'looking …';
  if (state.filter !== '') return 'none is as the filter wants; c clears it, f changes it';
  return 'none had begun at this time; z shows the whole capture';
}

function summary(kase: Case, list: CommandList, state: State): Line {
  const all = kase.tasks.held;
  const older = forgottenText(kase);
  const shown =
    list.count === all
      ? plural(all, 'command')
      : `${countText(list.count)} of ${plural(all, 'command')}`;
  // What is shown is the list before, until the new one is made.
  const underWay = list.progress === undefined ? '' : ' (under way)';
  return [
    cell(` ${shown}`, 'title'),
    cell(older === '' ? '' : `  ${older}`, 'quiet'),
    cell(state.filter === '' ? '' : `  filter: ${state.filter}${underWay}`, 'note'),
    cell(`  by ${sortName(state.sort)}${state.descending ? ', largest first' : ''}`, 'quiet'),
    cell(state.marks.length > 0 ? `  ${countText(state.marks.length)} marked` : '', 'note'),
  ];
}

function headLine(columns: readonly CommandColumn[], state: State): Line {
  return [
    cell('  '),
    ...columns.map((c): Span => {
      const mark = c.sort === state.sort ? (state.descending ? '▼' : '▲') : '';
      return { text: `${fit(mark + c.name, c.width, c.right)} `, tone: mark ? 'note' : 'quiet' };
    }),
  ];
}

/** One command; ns is the time cursor. */
function commandLine(
  kase: Case,
  row: number,
  columns: readonly CommandColumn[],
  state: State,
  ns: number,
): Line {
  const mark = state.marks.indexOf(row);
  const line: Span[] = [cell(mark < 0 ? '  ' : '● ', 'note')];
  for (const column of columns) {
    const { text, tone } = column.cell(kase.tasks, row, ns, kase.nowNs);
    const short = column.cut === undefined ? text : shorten(text, column.width, column.cut);
    line.push({ text: `${fit(short, column.width, column.right)} `, tone });
  }
  return line;
}

function sortsOf(columns: readonly CommandColumn[]): NonNullable<Page['sorts']> {
  let from = 2;
  return columns.map((c) => {
    const range = { from, to: from + c.width, by: c.sort };
    from += c.width + 1;
    return range;
  });
}
