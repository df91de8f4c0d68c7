// Keys while a dialog is open.

import { SORT_COLUMNS } from '../store/sort-keys.js';
import type { Desk } from './desk.js';
import {
  COLUMNS_BEFORE,
  dialogLines,
  helpLines,
  helpRows,
  LINES_ABOVE,
  type Target,
} from './dialogs.js';
import { completed, judge, offers } from './filter.js';
import { goTo } from './go-to.js';
import { COMMAND_COLUMNS } from './screens/command-columns.js';
import { exportTo, REPLACES, searchOn } from './search-copy-export.js';
import { sortedBy } from './sorting.js';
import { type Dialog, viewOf } from './state.js';
import type { Input } from './terminal/decoder.js';
import { widthOf } from './terminal/width.js';

type InputDialog = Dialog & { kind: 'input' };

const DOWN: ReadonlySet<string> = new Set(['down', 'j']);
const UP: ReadonlySet<string> = new Set(['up', 'k']);
const FIRST: ReadonlySet<string> = new Set(['home', 'g']);
const LAST: ReadonlySet<string> = new Set(['end', 'G']);

export function dialogInput(c: Desk, dialog: Dialog, input: Input): void {
  if (keyOf(input) === 'esc') {
    close(c);
    return;
  }
  if (input.kind === 'click') {
    clicked(c, dialog, input.column, input.row);
    return;
  }
  switch (dialog.kind) {
    case 'help':
      help(c, dialog.top, input);
      return;
    case 'columns':
    case 'sort':
      choose(c, dialog, input);
      return;
    case 'input':
      typed(c, dialog, input);
      return;
  }
}

/** On a line: what Enter or Tab does there. Beside it: it goes, but for one with a text that would be lost. */
function clicked(c: Desk, dialog: Dialog, column: number, row: number): void {
  const at = c.inDialog(column, row);
  if (at === undefined) {
    if (dialog.kind !== 'input' || dialog.text === '') close(c);
    return;
  }
  const target = dialogLines(dialog, c.state).targets?.[at.line - LINES_ABOVE];
  if (target === undefined) return;
  if (target.kind === 'choice') {
    if (dialog.kind === 'columns' || dialog.kind === 'sort') take(c, { ...dialog, at: target.at });
  } else if (dialog.kind === 'input') pointed(c, dialog, target, at.column - COLUMNS_BEFORE);
}

function pointed(
  c: Desk,
  d: InputDialog,
  target: Exclude<Target, { kind: 'choice' }>,
  column: number,
): void {
  if (target.kind === 'offer') offered(c, d, target.text);
  else {
    const caret = charactersIn(d.text, target.from + column);
    edit(c, d, d.text.slice(0, caret), d.text.slice(caret));
  }
}

/** How many characters of a text stand before a column. */
function charactersIn(text: string, column: number): number {
  let width = 0;
  let count = 0;
  for (const char of text) {
    width += widthOf(char);
    if (width > column) break;
    count += char.length;
  }
  return count;
}

/** What is offered goes where the cursor is. */
function offered(c: Desk, d: InputDialog, offer: string): void {
  if (d.purpose !== 'filter' && d.purpose !== 'rows') return;
  const before = completed(d.text.slice(0, d.caret), offer, d.purpose);
  edit(c, d, before, d.text.slice(d.caret));
}

function close(c: Desk): void {
  c.dispatch({ kind: 'dialog', dialog: undefined });
}

function help(c: Desk, top: number, input: Input): void {
  const rows = helpRows(c.state);
  const by = movedBy(input, rows);
  if (by === 0) {
    const key = keyOf(input);
    if (key === 'q' || key === '?' || key === 'f1' || key === 'enter') close(c);
    return;
  }
  const most = Math.max(0, helpLines(viewOf(c.state).place.kind).length - rows);
  c.dispatch({
    kind: 'dialog',
    dialog: { kind: 'help', top: Math.max(0, Math.min(most, top + by)) },
  });
}

type ChoiceDialog = Dialog & { kind: 'columns' | 'sort' };

function choose(c: Desk, dialog: ChoiceDialog, input: Input): void {
  const { length: count } = dialog.kind === 'sort' ? SORT_COLUMNS : COMMAND_COLUMNS;
  const key = keyOf(input);
  const by = key === 'space' ? 0 : movedBy(input, helpRows(c.state));
  if (by !== 0) {
    // One row goes round at the ends; more stop there.
    const next = dialog.at + by;
    const at = Math.abs(by) === 1 ? (next + count) % count : Math.max(0, Math.min(count - 1, next));
    c.dispatch({ kind: 'dialog', dialog: { ...dialog, at } });
  } else if (key === 'enter' || key === 'space') take(c, dialog);
  else if (key === 'q' || key === 't') close(c);
}

/** A column is shown or hidden, and the dialog stays; the order is taken, and it goes. */
function take(c: Desk, { kind, at }: ChoiceDialog): void {
  if (kind === 'columns') {
    c.dispatch({ kind: 'dialog', dialog: { kind, at } });
    c.dispatch({ kind: 'toggleColumn', name: COMMAND_COLUMNS[at].name });
    return;
  }
  c.dispatch(sortedBy(c.state, SORT_COLUMNS[at]));
  close(c);
}

function keyOf(input: Input): string {
  return input.kind === 'key' ? input.name : '';
}

/** Rows that a key or the wheel moves by; `rows` are seen at once. */
function movedBy(input: Input, rows: number): number {
  if (input.kind === 'wheel') return input.lines;
  const key = keyOf(input);
  if (DOWN.has(key)) return 1;
  if (UP.has(key)) return -1;
  if (key === 'pagedown' || key === 'space') return rows;
  if (key === 'pageup') return -rows;
  if (FIRST.has(key)) return Number.MIN_SAFE_INTEGER;
  return LAST.has(key) ? Number.MAX_SAFE_INTEGER : 0;
}

function typed(c: Desk, d: InputDialog, input: Input): void {
  if (input.kind === 'paste') {
    edit(c, d, d.text.slice(0, d.caret) + oneLine(input.text), d.text.slice(d.caret));
    return;
  }
  if (input.kind !== 'key') return;
  const before = d.text.slice(0, d.caret);
  const after = d.text.slice(d.caret);
  switch (input.name) {
    case 'enter':
      entered(c, d);
      return;
    case 'tab':
      if (d.offers.length > 0) offered(c, d, d.offers[0]);
      return;
    case 'backspace':
      edit(c, d, before.slice(0, -1), after);
      return;
    case 'delete':
      edit(c, d, before, after.slice(1));
      return;
    case 'ctrl-u':
      edit(c, d, '', after);
      return;
    case 'ctrl-w':
      edit(c, d, before.replace(/\S+\s*$/, ''), after);
      return;
    case 'left':
      edit(c, d, before.slice(0, -1), before.slice(-1) + after);
      return;
    case 'right':
      edit(c, d, before + after.slice(0, 1), after.slice(1));
      return;
    case 'home':
      edit(c, d, '', d.text);
      return;
    case 'end':
      edit(c, d, d.text, '');
      return;
    case 'space':
      edit(c, d, `${before} `, after);
      return;
    default:
      if ([...input.name].length === 1) edit(c, d, before + input.name, after);
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function edit(c: Desk, d: InputDialog, before: string, after: string): void {
  const text = before + after;
  const of = d.purpose === 'filter' || d.purpose === 'rows' ? d.purpose : undefined;
  const dialog: Dialog = {
    ...d,
    text,
    caret: before.length,
    // Judged when it is taken: half a filter is always wrong.
    error: '',
    errorAt: -1,
    // What is exported stays in sight.
    offers: of === undefined ? (d.purpose === 'export' ? d.offers : []) : offers(before, of),
  };
  c.dispatch({ kind: 'dialog', dialog });
}

function entered(c: Desk, d: InputDialog): void {
  const { error, at } = done(c, d);
  if (error === '') close(c);
  else c.dispatch({ kind: 'dialog', dialog: { ...d, error, errorAt: at } });
}

function done(c: Desk, d: InputDialog): { error: string; at: number } {
  switch (d.purpose) {
    case 'filter':
    case 'rows': {
      const judged = judge(d.text, d.purpose);
      const text = d.text.trim();
      if (judged.error !== '') return judged;
      if (d.purpose === 'filter') c.dispatch({ kind: 'filter', text });
      else c.dispatch({ kind: 'live', change: { filter: text } });
      return judged;
    }
    case 'search':
      c.dispatch({ kind: 'search', text: d.text });
      if (d.text !== '') searchOn(c, 1, true);
      return { error: '', at: -1 };
    case 'go to':
      return { error: goTo(c, d.text), at: -1 };
    case 'export':
      return { error: exportTo(c, d.text.trim(), d.error.endsWith(REPLACES)), at: -1 };
  }
}
