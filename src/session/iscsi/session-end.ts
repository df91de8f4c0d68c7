// How connections and sessions end, and what becomes of their open tasks.

import type { OpenTask } from '../../scsi/open-task.js';
import { endTask } from '../../scsi/open-tasks.js';
import { Evidence, Outcome } from '../../scsi/task.js';
import { addEvent } from './events.js';
import { windowOpened } from './numbering/command-window.js';
import { endUnseen } from './numbering/unseen-statuses.js';
import type { ConnectionState, IscsiTables, SessionState } from './state.js';

/** A direction of its TCP connection is open, or was when the capture ended. */
export function isOpen(c: ConnectionState): boolean {
  if (!bothEnded(c)) return true;
  const how = c.story.connection.closedHow;
  return how === 'open' || how === 'evicted';
}

/** Nothing more comes of its TCP connection, however it ended. */
export function bothEnded(c: ConnectionState): boolean {
  return c.initiatorEnded && c.targetEnded;
}

/** The session is over: what is open is lost, or its status was missed before. */
export function endSession(
  book: IscsiTables,
  s: SessionState,
  why: string,
  timeNs: number,
  frame: number,
): void {
  for (let open = s.tasks.first; open !== null; open = s.tasks.first) {
    endWith(book, open, why, timeNs, frame);
  }
  windowOpened(s, timeNs);
  s.over = true;
  book.over.push(s);
  if (s.story.ended !== '') return;
  s.story.ended = why;
  s.story.endedNs = timeNs;
}

/** Tasks of one connection end with it. */
export function loseTasks(
  book: IscsiTables,
  s: SessionState,
  c: ConnectionState,
  why: string,
  timeNs: number,
  frame: number,
): void {
  if (c.openTasks === 0) return;
  let next = s.tasks.first;
  while (next !== null) {
    const open = next;
    next = open.next;
    if (open.task.connection === c.number) endWith(book, open, why, timeNs, frame);
    // Ending one may have ended others (holes.ts): go on from a task that is still open.
    if (next !== null && !next.open) next = s.tasks.first;
  }
}

/**
 * A task is open when its connection ends. An initiator logs out when nothing is outstanding: where
 * bytes of the target were missed since the command, the status was among them. Of a target that was
 * not captured at all, and a FIN, the same is taken to hold.
 */
function endWith(
  book: IscsiTables,
  open: OpenTask,
  why: string,
  timeNs: number,
  frame: number,
): void {
  const c = book.connections[open.task.connection];
  const unseen = c !== undefined && !c.targetSeen;
  const missed = c !== undefined && open.lossesAtStart !== c.initiatorLosses + c.targetLosses;
  const inOrder = why === 'logout' || (unseen && c.story.connection.closedHow === 'fin');
  if (inOrder && (missed || unseen)) {
    endUnseen(book, open, Evidence.closedInOrder, timeNs, frame);
  } else endTask(book.tasks, open, Outcome.lost, timeNs, frame);
}

export function endStory(c: ConnectionState, why: string, timeNs: number): void {
  c.story.ended = why;
  c.story.endedNs = timeNs;
}

/**
 * Both directions have ended, and not because the capture has. Without a logout the connection is
 * lost, and its tasks with it, unless another connection may take them over (ErrorRecoveryLevel 2).
 */
export function connectionClosed(
  book: IscsiTables,
  c: ConnectionState,
  timeNs: number,
  frame: number,
): void {
  const s = c.session;
  if (s === undefined) return;
  const loggedOut = c.story.logout !== undefined || s.story.ended === 'logout';
  const why = c.story.ended !== '' ? c.story.ended : loggedOut ? 'logout' : 'connection lost';
  if (c.story.ended === '') endStory(c, why, timeNs);
  addEvent(s, 'connection ended', c, frame, timeNs, { why, tasksOpen: c.openTasks });
  if (s.over) return;
  const others = s.connections.some((one) => one.story.ended === '');
  if (s.errorRecoveryLevel < 2 || loggedOut) loseTasks(book, s, c, why, timeNs, frame);
  if (others) return;
  if (s.errorRecoveryLevel >= 2 && !loggedOut) {
    s.story.ended = why;
    s.story.endedNs = timeNs;
    windowOpened(s, timeNs);
  } else endSession(book, s, why, timeNs, frame);
}
