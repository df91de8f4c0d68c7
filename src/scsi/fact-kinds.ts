// What a fact of a command is made of (task-facts.ts is the table): its names, its type and unit, and how
// it is read. One getter for all: a Task while it ends, one that was kept, and a row of the store
// (store/stored-task.ts) are read by the same.

import type { Epoch } from '../capture/time.js';
import type { Task } from './task.js';

/** What facts are read from. Bursts are only there while the task goes on. */
export type TaskFields = Readonly<Omit<Task, 'bursts'>> & Partial<Pick<Task, 'bursts'>>;

/** Who talks to whom, as the session knows them; '' where it does not. */
export interface Ends {
  readonly initiatorName: string;
  readonly initiatorAddress: string;
  readonly targetName: string;
  readonly targetAddress: string;
}

/** What stands around a task. */
export interface Around {
  readonly epoch: Epoch | undefined;
  readonly session: (id: number) => Ends | undefined;
  /** End of the capture, or of what was read so far: until then an open command is open. */
  readonly lastNs?: number;
}

/** How a value is to be taken: views know colours for these words. */
export type FactTone = 'good' | 'warn' | 'bad' | 'quiet' | 'plain';

/** One of the two ways to begin a sort: what people look for the largest of, and all else. */
export type SortFrom = 'smallest' | 'largest';

/**
 * Where a fact is told beside filters, sorts and chosen columns: in every record (absent: yes), in tables
 * that cannot hold lists (`flat`), or only where it is asked for by name.
 */
export type Told = 'flat' | 'asked';

interface FactBase {
  /** In JSON, CSV and filters: neutral, its unit last. */
  readonly key: string;
  /** The word for --columns, --sort, filters, where it is another one. */
  readonly name?: string;
  /** More names in filters. */
  readonly also?: readonly string[];
  /** For people, in a sentence ("by LUN"); default: the name. */
  readonly title?: string;
  /** One sentence. */
  readonly about: string;
  /** It is there in every record. */
  readonly always?: true;
  readonly told?: Told;
  /** It is a column to sort by, and which end is looked at first. */
  readonly sort?: SortFrom;
  readonly tone?: (t: TaskFields) => FactTone;
}

/** Numbers exact in a double. `instant`: ns since the first packet; `code` has names; `word`: 32 bits. */
export type NumberType = 'count' | 'code' | 'word' | 'ns' | 'instant' | 'bytes' | 'blocks' | 'flag';

export interface NumberFact extends FactBase {
  readonly type: NumberType;
  /** NaN where it is not known. */
  readonly number: (t: TaskFields, around?: Around) => number;
  /** Not to be had from the task alone: filters cannot ask for it. */
  readonly needsAround?: true;
  readonly names?: Readonly<Record<number, string>>;
  /** By what it is sorted, where not by itself. */
  readonly order?: (t: TaskFields) => number;
}

export interface TextFact extends FactBase {
  readonly type: 'text' | 'hex' | 'iso';
  readonly text: (t: TaskFields, around: Around) => string | undefined;
  /** False where the text stands in for what is not known: filters then have no value. */
  readonly there?: (t: TaskFields) => boolean;
  /** Not to be had from the task alone: filters cannot ask for it. */
  readonly needsAround?: true;
  readonly order?: (t: TaskFields) => number;
}

/** Two unsigned words: a decimal string (or sixteen hex digits) in JSON, and exact in filters and sorts. */
export interface WideFact extends FactBase {
  readonly type: 'decimal' | 'lun';
  readonly known: (t: TaskFields) => boolean;
  readonly high: (t: TaskFields) => number;
  readonly low: (t: TaskFields) => number;
}

export interface ListFact extends FactBase {
  readonly type: 'phases' | 'r2ts';
  readonly list: (t: TaskFields) => readonly object[] | undefined;
}

export type TaskFact = NumberFact | TextFact | WideFact | ListFact;

export function isNumber(fact: TaskFact): fact is NumberFact {
  return 'number' in fact;
}

export function isText(fact: TaskFact): fact is TextFact {
  return 'text' in fact;
}

export function isWide(fact: TaskFact): fact is WideFact {
  return 'high' in fact;
}

export function isList(fact: TaskFact): fact is ListFact {
  return 'list' in fact;
}

export function nameOf(fact: TaskFact): string {
  return fact.name ?? fact.key;
}

export function titleOf(fact: TaskFact): string {
  return fact.title ?? nameOf(fact);
}

/** -1 is how a task says that something is not known. */
export function known(value: number): number {
  return value < 0 ? Number.NaN : value;
}
