// The columns of the table `commands`: the facts of a command (scsi/task-facts.ts), each by its key. Lists
// have no column: phases are one a column, and R2Ts are PDUs.

import { hex64 } from '../../lib/hex.js';
import {
  type Around,
  isList,
  isNumber,
  isText,
  known,
  type NumberType,
  type TaskFact,
  type TaskFields,
} from '../../scsi/fact-kinds.js';
import { Outcome } from '../../scsi/task.js';
import { TASK_FACTS } from '../../scsi/task-facts.js';
import type { Column, ColumnType } from './columns.js';

export interface CommandRow {
  readonly task: TaskFields;
  readonly around: Around;
}

const OF_NUMBERS: Readonly<Record<NumberType, Exclude<ColumnType, 'STRING' | 'UINT64'>>> = {
  count: 'INT64',
  code: 'INT32',
  word: 'UINT32',
  ns: 'INT64',
  instant: 'INT64',
  bytes: 'INT64',
  blocks: 'INT64',
  flag: 'BOOLEAN',
};

export const COMMAND_COLUMNS: readonly Column<CommandRow>[] = [
  ...TASK_FACTS.flatMap(columnOf),
  {
    name: 'timeEnd',
    type: 'TIMESTAMP',
    about:
      'wall clock of its end, in whatever way; null while it is open: what stitches files together',
    number: ({ task }) => (task.outcome === Outcome.open ? Number.NaN : known(task.endNs)),
  },
];

function columnOf(fact: TaskFact): Column<CommandRow>[] {
  const { key: name, about } = fact;
  if (isList(fact)) return [];
  if (isNumber(fact)) {
    const type = OF_NUMBERS[fact.type];
    return [{ name, type, about, number: (row) => fact.number(row.task, row.around) }];
  }
  if (isText(fact)) {
    if (fact.type === 'iso') return [{ name, type: 'TIMESTAMP', about: fact.about, number: began }];
    return [{ name, type: 'STRING', about, text: (row) => fact.text(row.task, row.around) }];
  }
  if (fact.type === 'lun') {
    const text = ({ task }: CommandRow) => hex64(fact.high(task), fact.low(task));
    return [{ name, type: 'STRING', about, text }];
  }
  return [
    {
      name,
      type: 'UINT64',
      about,
      known: (row) => fact.known(row.task),
      high: (row) => fact.high(row.task),
      low: (row) => fact.low(row.task),
    },
  ];
}

/** Its wall clock: where the command itself was captured. */
function began({ task }: CommandRow): number {
  return task.commandSeen ? task.commandNs : Number.NaN;
}
