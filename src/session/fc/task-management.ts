// Task management of FCP (FCP-4: the flags of FCP_CMND; ABTS for one exchange) as events of the session, in
// the neutral words of the other protocols (RFC 7143 11.5.1), and which exchanges a reset or an abort of
// a task set ends (SAM; FCP-4: clearing effects). Not for the hot road.

import { hex64 } from '../../lib/hex.js';
import type { FcFrame } from '../../pdu/fc/frame.js';
import { Evidence, Outcome, type Task } from '../../scsi/task.js';
import { FcpRspCode } from '../../wire/fc/codes.js';
import { fcpCmnd } from '../../wire/fc/fcp-cmnd.js';
import { OX_ID } from '../../wire/fc/header-offsets.js';
import { TaskManagement, TaskManagementResponse } from '../../wire/iscsi/codes.js';
import { listEvent } from '../list-event.js';
import type { SessionEvent } from '../model.js';
import type { Exchange } from './exchange.js';
import { endedEarly, endsAsDue, exchangeOver } from './exchanges.js';
import type { FcConnectionState, FcTables, NexusState } from './state.js';
import { taskEnds, taskEndsUnseen } from './task-calls.js';

/** By flag of FCP_CMND: TARGET RESET is SAM's, as the warm one of iSCSI. TERMINATE TASK has no other name. */
const FUNCTIONS: readonly (readonly [flag: number, fn: number])[] = [
  [flagOf(fcpCmnd.targetReset), TaskManagement.targetWarmReset],
  [flagOf(fcpCmnd.logicalUnitReset), TaskManagement.logicalUnitReset],
  [flagOf(fcpCmnd.clearTaskSet), TaskManagement.clearTaskSet],
  [flagOf(fcpCmnd.abortTaskSet), TaskManagement.abortTaskSet],
  [flagOf(fcpCmnd.clearAca), TaskManagement.clearAca],
  [flagOf(fcpCmnd.queryTaskSet), TaskManagement.queryTaskSet],
];
const RESPONSES: Readonly<Record<number, number>> = {
  [FcpRspCode.tmfComplete]: TaskManagementResponse.complete,
  [FcpRspCode.tmfSucceeded]: TaskManagementResponse.succeeded,
  [FcpRspCode.tmfIncorrectLun]: TaskManagementResponse.noLun,
};
/** Those that end all commands of a logical unit, or of the target. */
const OF_UNIT: ReadonlySet<number> = new Set([
  TaskManagement.abortTaskSet,
  TaskManagement.clearTaskSet,
  TaskManagement.logicalUnitReset,
]);

function flagOf({ bit }: { readonly bit: number }): number {
  return 0x80 >> bit;
}

/** FCP_CMND with task management flags: the exchange `exchange` is its. */
export function managementAsked(
  c: FcConnectionState,
  nexus: NexusState,
  exchange: Exchange,
  t: Task,
  flags: number,
): void {
  const fn = FUNCTIONS.find(([flag]) => (flags & flag) !== 0)?.[1];
  if (fn === undefined) return;
  exchange.management = addEvent(c, nexus, t.commandFrame, t.commandNs, {
    function: fn,
    lun: hex64(t.lunHigh, t.lunLow),
  });
}

/** Its FCP_RSP came; `code`: RSP_CODE, -1 where none is in it. */
export function managementAnswered(
  tables: FcTables,
  nexus: NexusState,
  exchange: Exchange,
  code: number,
  frame: FcFrame,
): void {
  const { management: event, open } = exchange;
  if (event === null || open === null) return;
  event.endNs = frame.endNs;
  event.endFrame = frame.frameEnd;
  // Some targets leave the code out; what snaplen cut of the response may have had one.
  const { status } = open.task;
  if (code < 0 && status < 0) return;
  const said = code < 0 && status === 0 ? FcpRspCode.tmfComplete : code;
  const response = RESPONSES[said] ?? TaskManagementResponse.rejected;
  event.fields.response = response;
  const done = response === TaskManagementResponse.complete;
  event.fields.tasksEnded = done
    ? endVictims(tables, nexus, exchange, open.task, Number(event.fields.function), frame)
    : 0;
}

/** ABTS of one exchange: ABORT TASK in other words. */
export function abortIsAsked(
  c: FcConnectionState,
  nexus: NexusState,
  exchange: Exchange,
  t: Task,
  frame: FcFrame,
): void {
  const event = addEvent(c, nexus, frame.frame, frame.timeNs, {
    function: TaskManagement.abortTask,
    referencedTaskTag: frame.view.getUint16(frame.at + OX_ID),
    lun: hex64(t.lunHigh, t.lunLow),
    referencedTaskOpen: true,
  });
  exchange.abortEvent = event;
  if (event === null || !t.commandSeen) return;
  event.fields.commandFrame = t.commandFrame;
  event.fields.ageNs = frame.timeNs - t.commandNs;
}

/** BA_ACC or BA_RJT. */
export function abortIsAnswered(exchange: Exchange, accepted: boolean, frame: FcFrame): void {
  const event = exchange.abortEvent;
  if (event === null) return;
  event.endNs = frame.endNs;
  event.endFrame = frame.frameEnd;
  event.fields.response = accepted
    ? TaskManagementResponse.complete
    : TaskManagementResponse.rejected;
  event.fields.tasksEnded = accepted ? 1 : 0;
}

/** How many commands that came before it it ended. What the capture missed of one may have been its status. */
function endVictims(
  tables: FcTables,
  nexus: NexusState,
  by: Exchange,
  request: Task,
  fn: number,
  frame: FcFrame,
): number {
  const all = fn === TaskManagement.targetWarmReset;
  if (!all && !OF_UNIT.has(fn)) return 0;
  let ended = 0;
  for (const exchange of [...nexus.exchanges.values()]) {
    const { open, oxId } = exchange;
    if (exchange === by || open === null || exchange.order > by.order) continue;
    const { lunHigh, lunLow, commandSeen } = open.task;
    if (!commandSeen) continue;
    if (!all && (lunHigh !== request.lunHigh || lunLow !== request.lunLow)) continue;
    ended += endVictim(tables, nexus, exchange, frame);
    exchangeOver(tables, nexus, exchange);
    endedEarly(nexus, oxId);
  }
  return ended;
}

function endVictim(
  tables: FcTables,
  nexus: NexusState,
  exchange: Exchange,
  frame: FcFrame,
): number {
  if (endsAsDue(tables, nexus, exchange)) return 0;
  if (exchange.lossesAtStart !== nexus.link.losses) {
    taskEndsUnseen(tables, nexus, exchange, Evidence.sequence, frame.endNs, frame.frameEnd);
    return 0;
  }
  taskEnds(tables, nexus, exchange, Outcome.aborted, frame.endNs, frame.frameEnd);
  return 1;
}

/** Null where the list is full (it is counted). */
function addEvent(
  c: FcConnectionState,
  nexus: NexusState,
  frame: number,
  timeNs: number,
  fields: SessionEvent['fields'],
): SessionEvent | null {
  const { story } = nexus.session;
  return listEvent(story, 'task management', c.facts.id, frame, timeNs, fields) ?? null;
}
