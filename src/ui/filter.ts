// The filter language over commands, for the list, and over the rows of the live screen: compiled
// once a text; completion of what is typed.

import type { Case } from '../case/case.js';
import { FilterError } from '../filter/error.js';
import type { FilterField } from '../filter/field.js';
import { TASK_BOOK, taskFilter } from '../filter/task-filter.js';
import { LIVE_BOOK, type LiveFilter, liveFilter } from '../report/interval-filter.js';
import { OUTCOME_NAMES, type Task } from '../scsi/task.js';
import { makeTaskRow } from '../store/task-store.js';

/** What is filtered: commands, or the rows of the live screen. */
export type Filtered = 'filter' | 'rows';

interface Language {
  readonly compile: (text: string) => unknown;
  readonly find: (name: string) => Named | undefined;
  readonly names: () => Iterable<string>;
}

type Named = Pick<FilterField<Task>, 'name' | 'names'>;

const LANGUAGES: Readonly<Record<Filtered, Language>> = {
  filter: { compile: taskFilter, ...TASK_BOOK },
  rows: { compile: liveFilter, ...LIVE_BOOK },
};

export interface Judgement {
  readonly error: string;
  /** Which character is wrong, -1 where none is. */
  readonly at: number;
}

/** What is wrong with a filter's text; '' where nothing is. */
export function judge(text: string, of: Filtered = 'filter'): Judgement {
  if (text.trim() === '') return { error: '', at: -1 };
  try {
    LANGUAGES[of].compile(text);
    return { error: '', at: -1 };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const [first, , , ...help] = error.message.split('\n');
    const what = first.replace(/^the filter is wrong at column \d+: /, '');
    return { error: [what, ...help].join('; '), at: error.column - 1 };
  }
}

let kept:
  | { readonly kase: Case; readonly text: string; readonly wanted: (row: number) => boolean }
  | undefined;

/** The test of a filter over rows; undefined where there is none. `text` was judged to be right. */
export function filterOf(kase: Case, text: string): ((row: number) => boolean) | undefined {
  if (text.trim() === '') return undefined;
  if (kept?.kase === kase && kept.text === text) return kept.wanted;
  const { test } = taskFilter(text);
  const task = makeTaskRow();
  const wanted = (row: number): boolean => {
    kase.tasks.read(row, task);
    return test(task);
  };
  kept = { kase, text, wanted };
  return wanted;
}

let keptRows: { readonly text: string; readonly wanted: LiveFilter } | undefined;

/** The same for rows of the live screen. */
export function rowsOf(text: string): LiveFilter {
  if (keptRows?.text !== text) keptRows = { text, wanted: liveFilter(text) };
  return keptRows.wanted;
}

const WORD = /[A-Za-z][\w.]*$/;
const JOIN = /(?:^|\s)(?:and|or|not)\s|&&|\|\|/g;
/** A field, how it is compared, and the value as far as it is typed. */
const VALUE = /([A-Za-z][\w.]*)\s*(?:==|!=|<=|>=|<|>|\bin\s*\{)\s*(?:[^{}]*,\s*)?"?([\w ()]*)$/;
/** A comparison that is whole: another may follow. */
const WHOLE = /(?:==|!=|<=|>=|<|>)\s*(?:"[^"]*"|[^\s"]+)\s+$|\}\s+$/;
const JOINS: readonly string[] = ['and', 'or'];
const OFFERS_MAX = 6;

/** What may stand where the cursor is: names of fields, values of the field before it, and, or. */
export function offers(text: string, of: Filtered = 'filter'): readonly string[] {
  const language = LANGUAGES[of];
  const { tail } = split(text);
  const value = VALUE.exec(tail);
  const field = value === null ? undefined : language.find(value[1]);
  if (value !== null && field !== undefined) {
    const typed = value[2].toLowerCase();
    const values = valuesOf(field).filter((v) => v.toLowerCase().startsWith(typed));
    const whole = WHOLE.test(tail) && values.length === 0;
    return whole ? JOINS : values.slice(0, OFFERS_MAX);
  }
  if (WHOLE.test(tail)) return JOINS;
  const typed = (WORD.exec(tail)?.[0] ?? '').toLowerCase();
  const names: string[] = [];
  for (const name of language.names()) {
    if (names.length === OFFERS_MAX) break;
    if (name.toLowerCase().startsWith(typed) && name.toLowerCase() !== typed) names.push(name);
  }
  return names;
}

/** What stands behind the last word that joins: what is typed now. */
function split(text: string): { readonly before: string; readonly tail: string } {
  const last = [...text.matchAll(JOIN)].at(-1);
  const at = last === undefined ? 0 : last.index + last[0].length;
  return { before: text.slice(0, at), tail: text.slice(at) };
}

function valuesOf(field: Named): string[] {
  if (field.names !== undefined) return Object.values(field.names);
  if (field.name === 'outcome') return [...OUTCOME_NAMES];
  return field.name === 'operation' ? ['READ(10)', 'READ(16)', 'WRITE(10)', 'WRITE(16)'] : [];
}

/** The text with its last word completed by an offer. */
export function completed(text: string, offer: string, of: Filtered = 'filter'): string {
  const { before, tail } = split(text);
  if (JOINS.includes(offer) && WHOLE.test(tail)) return `${text}${offer} `;
  const value = VALUE.exec(tail);
  if (value !== null && LANGUAGES[of].find(value[1]) !== undefined) {
    const start = tail.slice(0, tail.length - value[2].length).replace(/"$/, '');
    return `${before}${start}${/^\w+$/.test(offer) ? offer : `"${offer}"`}`;
  }
  return before + tail.replace(WORD, '') + offer;
}
