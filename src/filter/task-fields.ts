// What may be asked of a command: the table of facts (scsi/task-facts.ts) as filter fields. Absent is NaN.

import { hex64 } from '../lib/hex.js';
import {
  isList,
  isNumber,
  isWide,
  type NumberFact,
  type NumberType,
  nameOf,
  type TaskFact,
  type TextFact,
  type WideFact,
} from '../scsi/fact-kinds.js';
import type { Task } from '../scsi/task.js';
import { TASK_FACTS } from '../scsi/task-facts.js';
import { ascText } from '../wire/scsi/asc.js';
import { lunText } from '../wire/scsi/lun.js';
import type { FilterField, FilterKind, Value } from './field.js';

type TaskField = FilterField<Task>;
const NONE: readonly Value[] = [];

/** Words that mean something else in the language, or of PDUs. */
const OTHER_WORDS: ReadonlySet<string> = new Set(['in', 'time', 'target', 'initiator']);

const KINDS: Readonly<Record<NumberType, FilterKind>> = {
  count: 'number',
  code: 'number',
  word: 'number',
  ns: 'duration',
  instant: 'nanoseconds',
  bytes: 'size',
  blocks: 'number',
  flag: 'flag',
};

/** A field for each name of each fact that the task alone tells. */
export const TASK_FIELDS: readonly TaskField[] = TASK_FACTS.flatMap((fact) => {
  const field = fieldOf(fact);
  if (field === undefined) return [];
  const names = new Set([nameOf(fact), fact.key, ...(fact.also ?? [])]);
  return [...names].filter((name) => !OTHER_WORDS.has(name)).map((name) => ({ ...field, name }));
});

function fieldOf(fact: TaskFact): Omit<TaskField, 'name'> | undefined {
  if (isWide(fact)) return fact.type === 'lun' ? lunField(fact) : wideField(fact);
  if (isList(fact) || fact.needsAround) return undefined;
  return isNumber(fact) ? numberField(fact) : textField(fact);
}

function numberField({ type, about, number, names }: NumberFact): Omit<TaskField, 'name'> {
  const kind = names === undefined ? KINDS[type] : 'code';
  const unit = type === 'bytes' || type === 'blocks' ? type : type === 'ns' ? 'time' : undefined;
  return { kind, needs: 'end', names, unit, about, number };
}

/** Of sense data the code's text alone may be asked for too. */
function textField({ key, type, about, text, there }: TextFact): Omit<TaskField, 'name'> {
  const kind = type === 'hex' ? 'octets' : 'word';
  const around = { epoch: undefined, session: () => undefined };
  const values = (t: Task): readonly Value[] => {
    const value = text(t, around);
    if (value === undefined || there?.(t) === false) return NONE;
    return key === 'sense' && t.ascq >= 0 ? [value, ascText(t.asc, t.ascq)] : [value];
  };
  return { kind, needs: 'end', about, values };
}

function lunField({ about, high, low }: WideFact): Omit<TaskField, 'name'> {
  const values = (t: Task): readonly Value[] => {
    const words = [high(t), low(t)] as const;
    return [hex64(...words), lunText(...words)];
  };
  return { kind: 'word', needs: 'header', about, values };
}

function wideField({ about, known, high, low }: WideFact): Omit<TaskField, 'name'> {
  const values = (t: Task): readonly Value[] => (known(t) ? [wide(high(t), low(t))] : NONE);
  return { kind: 'number', needs: 'end', unit: 'blocks', about, values };
}

/** Exact beyond 2^53 too. */
function wide(high: number, low: number): Value {
  return high < 0x200000 ? high * 0x100000000 + low : (BigInt(high) << 32n) | BigInt(low);
}
