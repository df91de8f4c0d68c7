// Keys while a dialog is open.

import { SORT_COLUMNS } from '../store/sort-keys.js';
import type { Desk } from './desk.js';
import { helpLines, helpRows } from './dialogs.js';
import { completed, judge, offers } from './filter.js';
import { goTo } from './go-to.js';
import { COMMAND_COLUMNS } from './screens/command-columns.js';
import { exportTo, REPLACES, searchOn } from './search-copy-export.js';
import { sortedBy } from './sorting.js';
import { type Dialog, viewOf } from './state.js';
import type { Input } from './terminal/decoder.js';

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
  switch (dialog.kind) {
    case 'help':
      help(c, dialog.top, input);
      return;
    case 'columns':
      choose(c, dialog, input, COMMAND_COLUMNS.length, (at) =>
        c.dispatch({ kind: 'toggleColumn', name: COMMAND_COLUMNS[at].name }),
      );
      return;
    case 'sort':
      choose(c, dialog, input, SORT_COLUMNS.length, (at) => {
        const by = SORT_COLUMNS[at];
        c.dispatch(sortedBy(c.state, by));
        close(c);
      });
      return;
    case 'input':
      typed(c, dialog, input);
      return;
  }
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

function choose(
  c: Desk,
  dialog: Dialog & { kind: 'columns' | 'sort' },
  input: Input,
  count: number,
  take: (at: number) => void,
): void {
  const key = keyOf(input);
  const by = key === 'space' ? 0 : movedBy(input, helpRows(c.state));
  if (by !== 0) {
    // One row goes round at the ends; more stop there.
    const next = dialog.at + by;
    const at = Math.abs(by) === 1 ? (next + count) % count : Math.max(0, Math.min(count - 1, next));
    c.dispatch({ kind: 'dialog', dialog: { ...dialog, at } });
  } else if (key === 'enter' || key === 'space') take(dialog.at);
  else if (key === 'q' || key === 't') close(c);
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
      take(c, d);
      return;
    case 'tab':
      if (d.offers.length > 0 && (d.purpose === 'filter' || d.purpose === 'rows'))
        edit(c, d, completed(before, d.offers[0], d.purpose), after);
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

function take(c: Desk, d: InputDialog): void {
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
