// Search, copy, export: what is done with what is shown.

import { harmlessJson } from '../lib/harmless.js';
import { countText, plural } from '../lib/number-text.js';
import { whyNotWritten } from '../lib/why-not-written.js';
import type { Around } from '../scsi/fact-kinds.js';
import { commandRecord } from '../scsi/fact-record.js';
import type { Session } from '../session/model.js';
import { selectTasks } from '../store/sort-keys.js';
import { makeTaskRow } from '../store/task-store.js';
import { COMMAND_COLUMNS } from '../view/lists/command-columns.js';
import { csvHead, csvRow } from '../view/lists/list.js';
import type { Desk } from './desk.js';
import { rowText } from './page.js';
import { savePackets } from './save-packets.js';
import { rowsOnly } from './screens/latency.js';
import { viewOf } from './state.js';

/** Looked for so long before keys are looked at again, and rows between two looks at the clock. */
const SLICE_MS = 25;
const AT_ONCE = 128;

export function copyRow(c: Desk): void {
  const page = c.page();
  const { at } = viewOf(c.state);
  if (at >= page.count) return;
  c.world.copy(rowText(page, at).trim());
  c.dispatch({ kind: 'say', text: 'copied (if the terminal takes it: OSC 52)' });
}

/** The next row with the text that was searched for, from the one that is selected on (`here`) or behind it. */
export function searchOn(c: Desk, by: 1 | -1, here = false): void {
  const { search } = c.state;
  if (search === '') {
    c.dispatch({ kind: 'say', text: 'nothing was searched for yet: /' });
    return;
  }
  searchFrom(c, viewOf(c.state).at + (here ? 0 : by), by, c.page().count);
}

/** `left`: rows that were not looked at; beyond the end it goes on at the other one. */
function searchFrom(c: Desk, from: number, by: 1 | -1, left: number): void {
  const page = c.page();
  const wanted = c.state.search.toLowerCase();
  const { place } = viewOf(c.state);
  const end = c.world.nowMs() + SLICE_MS;
  let index = from;
  let rows = left;
  let text = '';
  for (let looked = 1; looked % AT_ONCE !== 0 || c.world.nowMs() < end; looked++, index += by) {
    if (index < 0 || index >= page.count) {
      index = by > 0 ? 0 : page.count - 1;
      text = by > 0 ? 'from the first row on' : 'from the last row back';
    }
    if (rows-- <= 0) {
      const inBytes = page.find?.(wanted);
      if (inBytes !== undefined) {
        c.dispatch({ kind: 'moveTo', at: inBytes });
        return;
      }
      c.dispatch({ kind: 'say', text: `not found: ${c.state.search}` });
      return;
    }
    if (rowText(page, index).toLowerCase().includes(wanted)) {
      c.dispatch({ kind: 'moveTo', at: index });
      if (text !== '') c.dispatch({ kind: 'say', text: `found ${text}` });
      return;
    }
  }
  c.dispatch({ kind: 'say', text: `searching, row ${countText(index)} …` });
  // Any key that changes the screen, or searches anew, ends it.
  c.world.soon(() => {
    const same = viewOf(c.state).place === place && c.state.search.toLowerCase() === wanted;
    if (same && c.state.message.startsWith('searching')) searchFrom(c, index, by, rows);
  });
}

const ROWS_OF_TEXT = 1_000_000;

/** Writes what the name's ending asks for; what was wrong, '' where nothing was. */
export function exportTo(c: Desk, path: string, replace: boolean): string {
  const ending = /\.(txt|json|csv|pcapng)$/.exec(path)?.[1];
  if (ending === undefined) return 'the name must end in .txt, .json, .csv or .pcapng';
  if (ending === 'pcapng') return packetsTo(c, path, replace);
  const rows = ending === 'txt' ? undefined : selection(c);
  if (rows?.length === 0) return 'there are no commands to write';
  const parts =
    ending === 'txt' ? screenText(c) : ending === 'json' ? jsonText(c, rows!) : csvText(c, rows!);
  try {
    c.world.save(path, parts, replace);
  } catch (error) {
    return whyNot(error);
  }
  const what = rows === undefined ? 'this screen' : plural(rows.length, 'command');
  c.dispatch({ kind: 'say', text: `${what} written to ${path}` });
  return '';
}

function packetsTo(c: Desk, path: string, replace: boolean): string {
  try {
    return savePackets(c, path, replace);
  } catch (error) {
    return whyNot(error);
  }
}

/** What `exportTo` says of a file that is there: Enter once more replaces it. */
export const REPLACES = 'it is there already: Enter once more replaces it';

function whyNot(error: unknown): string {
  return `not written: ${whyNotWritten(error, { EEXIST: REPLACES })}`;
}

/** The marked commands; where none is, those of what is looked at: as far as they are kept. */
function selection(c: Desk): Uint32Array {
  const { tasks } = c.sources.kase;
  return selected(c).filter((row) => tasks.holds(row));
}

function selected(c: Desk): Uint32Array {
  const { marks } = c.state;
  if (marks.length > 0) return Uint32Array.from(marks);
  const { list, kase } = c.sources;
  const { tasks } = kase;
  const { place } = viewOf(c.state);
  switch (place.kind) {
    case 'command':
      return Uint32Array.of(place.row);
    case 'compare':
      return Uint32Array.from(place.rows);
    case 'pdu': {
      const task = kase.pdus.task(place.pdu);
      return task < 0 ? new Uint32Array(0) : Uint32Array.of(task);
    }
    case 'session':
      return selectTasks(tasks, (row) => tasks.session(row) === place.session);
    case 'tcp':
      return selectTasks(tasks, (row) => tasks.connection(row) === place.connection);
    case 'latency':
      return place.only === undefined
        ? selectTasks(tasks)
        : selectTasks(tasks, rowsOnly(kase, place.only));
    default:
      list.finish();
      return Uint32Array.from({ length: list.count }, (_, i) => list.row(i));
  }
}

function* screenText(c: Desk): Generator<string> {
  const page = c.page();
  for (const line of page.head)
    yield `${line
      .map((span) => span.text)
      .join('')
      .trimEnd()}\n`;
  for (let i = 0; i < Math.min(page.count, ROWS_OF_TEXT); i++) yield `${rowText(page, i)}\n`;
  if (page.count > ROWS_OF_TEXT) yield `… and ${countText(page.count - ROWS_OF_TEXT)} rows more\n`;
}

function* jsonText(c: Desk, rows: Uint32Array): Generator<string> {
  const { kase } = c.sources;
  const task = makeTaskRow();
  const { epoch, nowNs: lastNs } = kase;
  const around: Around = { epoch, lastNs, session: (id) => kase.look?.session(id) };
  yield '[';
  for (const [i, row] of rows.entries()) {
    kase.tasks.read(row, task);
    yield `${i > 0 ? ',' : ''}\n${harmlessJson(JSON.stringify(commandRecord(task, around)))}`;
  }
  yield '\n]\n';
}

/** The columns of `sanscope commands --csv`. */
function* csvText(c: Desk, rows: Uint32Array): Generator<string> {
  const { kase } = c.sources;
  const task = makeTaskRow();
  const session = (id: number): Session | undefined => kase.look?.session(id);
  const row = { task, epoch: kase.epoch, session };
  yield csvHead(COMMAND_COLUMNS);
  for (const number of rows) {
    kase.tasks.read(number, task);
    yield csvRow(COMMAND_COLUMNS, row);
  }
}
