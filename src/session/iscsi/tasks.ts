// hot: no allocation per packet
// What iSCSI does where its tasks begin and end (scsi/open-tasks.ts).

import type { OpenTask } from '../../scsi/open-task.js';
import { beginTask, endTask } from '../../scsi/open-tasks.js';
import { Outcome, Transport } from '../../scsi/task.js';
import { windowStep } from './numbering/command-window.js';
import { taskLeft } from './numbering/unseen-statuses.js';
import type { ConnectionState, IscsiTables, SessionState } from './state.js';

/** Begins a task of the tag; the sink is told by `tell`, once the facts are filled in. */
export function newTask(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  initiatorTaskTag: number,
): OpenTask {
  return beginTask(book.tasks, s, c, initiatorTaskTag, Transport.iscsi);
}

/** It has left the table, and is told next. */
export function taskEnds(s: SessionState, open: OpenTask, timeNs: number): void {
  const { task } = open;
  const { outcome } = task;
  const failedWrite = outcome !== Outcome.good && task.writes;
  if (outcome > Outcome.targetFailure || failedWrite) s.endedEarly.add(task.tag);
  if (outcome !== Outcome.open) windowStep(s, timeNs);
}

/** It was told. With a status of its own other holes may close. */
export function taskEnded(book: IscsiTables, open: OpenTask): void {
  const c = book.connections[open.task.connection];
  if (c !== undefined && c.numbers.holes.length > 0) taskLeft(book, c, open);
}

/** The capture is over. A task that waited for its lost connection to be replaced was lost with it. */
export function taskLeftOpen(book: IscsiTables, open: OpenTask): void {
  const c = book.connections[open.task.connection];
  if (c !== undefined && c.story.ended !== '') {
    endTask(book.tasks, open, Outcome.lost, c.story.endedNs, c.endedFrame);
  } else endTask(book.tasks, open, Outcome.open, -1, 0);
}
