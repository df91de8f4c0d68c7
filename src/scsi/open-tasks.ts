// hot: no allocation per packet
// All open tasks of all nexuses and transports: the one place where tasks begin and end.

import { OPEN_TASKS_MAX, OPEN_TASKS_PER_SESSION } from '../limits.js';
import type { ProblemLog } from '../problem.js';
import { CdbFacts, OPERATION_COUNT, operationServiceAction } from '../wire/scsi/operations.js';
import { lunsLeftOut } from './logical-unit.js';
import type { Nexus } from './nexus.js';
import { type OpenTask, TaskPool } from './open-task.js';
import type { Path } from './path.js';
import { Outcome, type OutcomeCode, type TaskSink, type TransportCode } from './task.js';

export class OpenTasks {
  readonly sink: TaskSink;
  readonly problems: ProblemLog;
  /** By number (`Task.session`). */
  readonly nexuses: Nexus[] = [];
  readonly pool = new TaskPool();
  readonly facts = new CdbFacts();
  /** Service action by operation number. */
  readonly serviceActions = Int32Array.from({ length: OPERATION_COUNT }, (_, operation) =>
    operationServiceAction(operation),
  );
  open = 0;
  orders = 0;
  /** Tasks told as started. */
  told = 0;
  /** Where the search for a nexus with open tasks went last (makeRoom). */
  roomAt = 0;

  constructor(sink: TaskSink, problems: ProblemLog) {
    this.sink = sink;
    this.problems = problems;
  }
}

/**
 * Begins a task of a tag that is not open. The caller fills in what the header says (exchange.ts:
 * commandBegins), then the sink is told by `tell`.
 */
export function beginTask(
  all: OpenTasks,
  nexus: Nexus,
  path: Path,
  tag: number,
  transport: TransportCode,
): OpenTask {
  if (nexus.tasks.size >= OPEN_TASKS_PER_SESSION || all.open >= OPEN_TASKS_MAX)
    makeRoom(all, nexus);
  const open = all.pool.take();
  open.order = ++all.orders;
  open.path = path;
  const t = open.task;
  t.transport = transport;
  t.session = nexus.story.id;
  t.connection = path.number;
  t.tag = tag;
  t.endedBefore = nexus.story.tasksEnded;
  open.lossesAtStart = path.initiatorLosses + path.targetLosses;
  open.inLosses = path.targetLosses;
  open.outLosses = path.initiatorLosses;
  nexus.tasks.add(open);
  all.open++;
  path.openTasks++;
  nexus.story.tasks++;
  return open;
}

/** The task is a write: its path counts those that are open. */
export function countWrite(open: OpenTask): void {
  if (open.path === null) return;
  open.countedWrite = true;
  open.path.openWrites++;
}

/** The sink is told that it started: once the facts of its command are filled in. */
export function tell(all: OpenTasks, open: OpenTask): void {
  if (open.told) return;
  open.told = true;
  open.task.number = all.told++;
  all.sink.taskStarted(open.task);
}

/** The task is over: the sink is told, the object goes back to the pool. */
export function endTask(
  all: OpenTasks,
  open: OpenTask,
  outcome: OutcomeCode,
  timeNs: number,
  frame: number,
): void {
  const t = open.task;
  const nexus = all.nexuses[t.session];
  t.outcome = outcome;
  t.endNs = timeNs;
  t.endFrame = frame;
  nexus.tasks.remove(open);
  all.open--;
  const { path } = open;
  if (path !== null) {
    path.openTasks--;
    t.pdusMissed = open.lossesAtStart !== path.initiatorLosses + path.targetLosses;
    if (open.countedWrite) path.openWrites--;
  }
  if (!open.told) tell(all, open);
  if (outcome !== Outcome.open) nexus.story.tasksEnded++;
  nexus.watch.taskEnds(nexus, open, timeNs);
  all.sink.taskEnded(t);
  nexus.watch.taskEnded(open);
  open.path = null;
  all.pool.give(open);
}

/** The task goes on over another path of its nexus, where what was not acknowledged is sent anew. */
export function moveTask(all: OpenTasks, open: OpenTask, to: Path): void {
  const before = open.path;
  if (before !== null) {
    before.openTasks--;
    if (open.countedWrite) before.openWrites--;
  }
  const from = open.task.connection;
  open.path = to;
  open.task.connection = to.number;
  open.inLosses = to.targetLosses;
  open.outLosses = to.initiatorLosses;
  open.again = true;
  to.openTasks++;
  if (open.countedWrite) to.openWrites++;
  // Where its PDUs lie is told in bytes of the other connection.
  open.outStreamBegin = -1;
  open.outStreamEnd = 0;
  open.inStreamBegin = -1;
  open.inStreamEnd = 0;
  all.sink.taskMoved?.(open.task, from);
}

/** Too many are open at once: the oldest gives way, as open, since nothing is known of its end. */
function makeRoom(all: OpenTasks, nexus: Nexus): void {
  let from = nexus;
  for (let i = 0; i < all.nexuses.length && from.tasks.first === null; i++) {
    all.roomAt = (all.roomAt + 1) % all.nexuses.length;
    from = all.nexuses[all.roomAt];
  }
  const oldest = from.tasks.first;
  if (oldest === null) return;
  all.problems.add({
    kind: 'limit-reached',
    text: 'too many tasks are open at once: the oldest is given up as open',
    frame: oldest.task.commandFrame,
    connection: oldest.task.connection,
  });
  endTask(all, oldest, Outcome.open, -1, 0);
}

/** The capture is over: what is open ends as its transport says, in the order of the commands. */
export function endOfCapture(all: OpenTasks): void {
  const left: OpenTask[] = [];
  for (const { tasks, lunTable, story } of all.nexuses) {
    if (lunTable?.isFull) {
      all.problems.add({ kind: 'limit-reached', text: lunsLeftOut(story.id) });
    }
    for (let open = tasks.first; open !== null; open = open.next) left.push(open);
  }
  left.sort((a, b) => a.order - b.order);
  for (const open of left) if (open.open) all.nexuses[open.task.session].watch.captureEnds(open);
}
