// hot: no allocation per packet
// The one place where tasks begin and end.

import { OPEN_TASKS_MAX, OPEN_TASKS_PER_SESSION } from '../../limits.js';
import type { OpenTask } from '../../scsi/open-task.js';
import { Outcome, type OutcomeCode, type Task } from '../../scsi/task.js';
import { makeRoom } from '../room.js';
import { windowStep } from './numbering/command-window-series.js';
import type { ConnectionState, SessionState, SessionTables } from './state.js';

/** Begins a task; the sink is told by `tell`, once the facts are filled in. */
export function beginTask(
  book: SessionTables,
  c: ConnectionState,
  s: SessionState,
  initiatorTaskTag: number,
): OpenTask {
  if (s.tasks.size >= OPEN_TASKS_PER_SESSION || book.openTasks >= OPEN_TASKS_MAX) makeRoom(book, s);
  const open = book.pool.take();
  open.order = ++book.orders;
  const t = open.task;
  t.session = s.story.id;
  t.connection = c.number;
  t.initiatorTaskTag = initiatorTaskTag;
  t.endedBefore = s.story.tasksEnded;
  open.lossesAtStart = c.initiatorLosses + c.targetLosses;
  open.inLosses = c.targetLosses;
  open.outLosses = c.initiatorLosses;
  s.tasks.add(open);
  book.openTasks++;
  c.openTasks++;
  s.story.tasks++;
  return open;
}

/** The task is a write: its connection counts those that are open. */
export function countWrite(c: ConnectionState, open: OpenTask): void {
  open.countedWrite = true;
  c.openWrites++;
}

export function tell(book: SessionTables, open: OpenTask): void {
  if (open.told) return;
  open.told = true;
  open.task.number = book.told++;
  book.sink.taskStarted(open.task);
}

/** The task is over: the sink is told, the object goes back to the pool. */
export function endTask(
  book: SessionTables,
  open: OpenTask,
  outcome: OutcomeCode,
  timeNs: number,
  frame: number,
): void {
  const t = open.task;
  const s = book.sessions[t.session];
  t.outcome = outcome;
  t.endNs = timeNs;
  t.endFrame = frame;
  s.tasks.remove(open);
  book.openTasks--;
  const c = book.connections[t.connection];
  if (c !== undefined) {
    c.openTasks--;
    t.pdusMissed = open.lossesAtStart !== c.initiatorLosses + c.targetLosses;
    if (open.countedWrite) c.openWrites--;
  }
  if (!open.told) tell(book, open);
  if (outcome > Outcome.targetFailure || (outcome !== Outcome.good && t.writes)) early(s, t);
  if (outcome !== Outcome.open) {
    s.story.tasksEnded++;
    windowStep(s, timeNs);
  }
  book.sink.taskEnded(t);
  if (c !== undefined && c.holes.length > 0) book.onStatus(c, open);
  book.pool.give(open);
}

const EARLY_MAX = 32;

function early(s: SessionState, t: Task): void {
  s.endedEarly[s.endedEarlyAt] = t.initiatorTaskTag;
  s.endedEarlyAt = (s.endedEarlyAt + 1) % EARLY_MAX;
}
