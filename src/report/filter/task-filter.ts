// Filters over commands that are over: `latency > 500ms`, `status != good`, `retransmission`.

import type { Task } from '../../session/task.js';
import { compileFilter, type Filter } from './compile.js';
import type { FieldBook, FilterField } from './field.js';
import { TASK_FIELDS } from './task-fields.js';

export type TaskFilter = Filter<Task>;

/** Throws a FilterError that points at what is wrong. */
export function taskFilter(text: string): TaskFilter {
  return compileFilter(text, BOOK);
}

const RETRANSMISSION: FilterField<Task> = {
  name: 'retransmission',
  kind: 'flag',
  needs: 'end',
  about: 'the command waited for what TCP sent again',
  values: (task) => (task.tcpWaitNs > 0 ? [1] : []),
};

const FIELDS: ReadonlyMap<string, FilterField<Task>> = new Map(
  [...TASK_FIELDS, RETRANSMISSION].map((field) => [field.name, field]),
);

const BOOK: FieldBook<Task> = {
  find: (name) => FIELDS.get(name),
  names: () => FIELDS.keys(),
};
