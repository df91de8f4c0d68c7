// The columns of a list of commands: the facts of the table, each with its cell.

import { isList, nameOf, type TaskFact } from '../../scsi/fact-kinds.js';
import { factValue } from '../../scsi/fact-record.js';
import { TASK_FACTS } from '../../scsi/task-facts.js';
import { type CommandRow, cellOf } from './command-cells.js';
import type { ListColumn } from './list.js';

export const COMMAND_COLUMNS: readonly ListColumn<CommandRow>[] = TASK_FACTS.map(columnOf);

function columnOf(fact: TaskFact): ListColumn<CommandRow> {
  const { key, about, told } = fact;
  return {
    name: nameOf(fact),
    also: fact.also,
    key,
    about,
    told: isList(fact) ? 'json' : told === 'flat' ? 'table' : told,
    value: (row) => factValue(fact, row.task, row),
    ...cellOf(fact),
  };
}
