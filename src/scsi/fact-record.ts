// The facts of a command as a record: what JSON, NDJSON and the report tell of it, everywhere the same.

import { decimal64, hex64 } from '../lib/hex.js';
import {
  type Around,
  isList,
  isNumber,
  isText,
  type TaskFact,
  type TaskFields,
} from './fact-kinds.js';
import { type CommandRecord, TASK_FACTS } from './task-facts.js';

export type FactValue = string | number | boolean | readonly object[];

/** Absent where it is not known. 64-bit numbers are decimal strings. */
export function factValue(fact: TaskFact, task: TaskFields, around: Around): FactValue | undefined {
  if (isNumber(fact)) {
    const value = fact.number(task, around);
    if (Number.isNaN(value)) return undefined;
    return fact.type === 'flag' ? value === 1 : value;
  }
  if (isText(fact)) return fact.text(task, around);
  if (isList(fact)) return fact.list(task);
  if (!fact.known(task)) return undefined;
  const text = fact.type === 'lun' ? hex64 : decimal64;
  return text(fact.high(task), fact.low(task));
}

const IN_RECORDS: readonly TaskFact[] = TASK_FACTS.filter((fact) => fact.told === undefined);

export function commandRecord(task: TaskFields, around: Around): CommandRecord {
  const record: Record<string, FactValue> = {};
  for (const fact of IN_RECORDS) {
    const value = factValue(fact, task, around);
    if (value !== undefined) record[fact.key] = value;
  }
  return record as unknown as CommandRecord;
}
