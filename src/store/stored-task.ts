// A row of the store that looks like a Task: facts (scsi/task-facts.ts) are read from it as from the task
// itself. What has a column of its own comes from it alone; the rest is read with the whole row, once.

import type { TaskFields } from '../scsi/fact-kinds.js';
import { Task } from '../scsi/task.js';
import { makeTaskRow, type TaskStore } from './task-store.js';

export interface StoredTask {
  /** The task of a row: one and the same object, until the next call. */
  at(row: number): TaskFields;
}

/** Columns of the store that are named as the members of a Task that they hold. */
type Column = (row: number) => unknown;

export function storedTask(store: TaskStore): StoredTask {
  const whole = makeTaskRow();
  let now = -1;
  let isRead = false;
  const members: PropertyDescriptorMap = {};
  for (const key of Object.keys(new Task()) as (keyof Task)[]) {
    if (key === 'bursts') continue;
    const column = (store as unknown as Partial<Record<string, Column>>)[key];
    const get =
      typeof column === 'function'
        ? () => column.call(store, now)
        : () => {
            if (!isRead) store.read(now, whole);
            isRead = true;
            return whole[key];
          };
    members[key] = { get, enumerable: true };
  }
  members['number'] = { get: () => now, enumerable: true };
  const task = Object.create(null, members) as TaskFields;
  return {
    at(row) {
      now = row;
      isRead = false;
      return task;
    },
  };
}
