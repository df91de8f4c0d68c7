// Too many tasks are open at once (limits.ts).

import { Outcome } from '../scsi/task.js';
import type { SessionState, SessionTables } from './iscsi/state.js';
import { endTask } from './iscsi/tasks.js';

/** The oldest open task gives way: it is told as open, since nothing is known of its end. */
export function makeRoom(book: SessionTables, s: SessionState): void {
  let from = s;
  for (let i = 0; i < book.sessions.length && from.tasks.first === null; i++) {
    book.roomAt = (book.roomAt + 1) % book.sessions.length;
    from = book.sessions[book.roomAt];
  }
  const oldest = from.tasks.first;
  if (oldest === null) return;
  book.problems.add({
    kind: 'limit-reached',
    text: 'too many tasks are open at once: the oldest is given up as open',
    frame: oldest.task.commandFrame,
    connection: oldest.task.connection,
  });
  endTask(book, oldest, Outcome.open, -1, 0);
}
