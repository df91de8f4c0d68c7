// Task management, Reject, Logout, Asynchronous Message, SNACK (RFC 7143 11.5, 11.6, 11.9, 11.14 to
// 11.17), linked to the tasks and connections they are about. Seldom: a few in a capture.

import { hex64 } from '../../../lib/hex.js';
import type { Pdu } from '../../../pdu/pdu.js';
import type { OpenTask } from '../../../scsi/open-task.js';
import { endTask, moveTask } from '../../../scsi/open-tasks.js';
import { Outcome } from '../../../scsi/task.js';
import { get } from '../../../wire/field.js';
import { asyncMessage } from '../../../wire/iscsi/async-message.js';
import {
  BHS_LENGTH,
  CMD_SN,
  INITIATOR_TASK_TAG,
  LUN,
  LUN_LOW,
  NO_TAG,
  OPCODE,
} from '../../../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../../../wire/iscsi/codes.js';
import { logoutRequest } from '../../../wire/iscsi/logout-request.js';
import { logoutResponse } from '../../../wire/iscsi/logout-response.js';
import { reject } from '../../../wire/iscsi/reject.js';
import { snackRequest } from '../../../wire/iscsi/snack-request.js';
import { taskManagementRequest } from '../../../wire/iscsi/task-management-request.js';
import { taskManagementResponse } from '../../../wire/iscsi/task-management-response.js';
import { addEvent } from '../events.js';
import { agreedOf, observedOf } from '../login/operational-limits.js';
import { nextLoginFailed } from '../login/successive-logins.js';
import { statusPassed } from '../numbering/status-numbers.js';
import type { Management, PendingRequest } from '../pending-requests.js';
import { endSession, endStory, loseTasks } from '../session-end.js';
import type { ConnectionState, IscsiTables, SessionState } from '../state.js';
import { strayAnswer } from '../transfer/unmatched.js';

/** Functions of task management (11.5.1, RFC 7144 6.3). */
const Fn = {
  abortTask: 1,
  abortTaskSet: 2,
  clearTaskSet: 4,
  logicalUnitReset: 5,
  targetWarmReset: 6,
  targetColdReset: 7,
  taskReassign: 8,
  nexusReset: 11,
} as const;
const COMPLETE = 0;
/** RFC 7144 6.4.2. */
const SUCCEEDED = 7;

export function managementRequestEnds(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): void {
  if (pdu.headerCaptured < BHS_LENGTH) return;
  const { view, at } = pdu;
  const management: Management = {
    function: get(view, at, taskManagementRequest.function),
    referencedTag: get(view, at, taskManagementRequest.referencedTaskTag),
    lunHigh: view.getUint32(at + LUN),
    lunLow: view.getUint32(at + LUN_LOW),
    cmdSN: view.getUint32(at + CMD_SN),
    order: book.shared.tasks.orders,
  };
  if (management.function === Fn.taskReassign) levelSeen(c, s, 2, pdu.frame);
  const victim = s.tasks.byTag(management.referencedTag);
  const event = addEvent(s, 'task management', c, pdu.frame, pdu.timeNs, {
    function: management.function,
    referencedTaskTag: management.referencedTag,
    lun: hex64(management.lunHigh, management.lunLow),
    refCmdSN: get(view, at, taskManagementRequest.refCmdSN),
    referencedTaskOpen: victim !== null,
  });
  if (event !== undefined && victim !== null) {
    event.fields.commandFrame = victim.task.commandFrame;
    event.fields.ageNs = pdu.timeNs - victim.task.commandNs;
  }
  const tag = view.getUint32(at + INITIATOR_TASK_TAG);
  c.requests.add(c.requests.own, 'management', tag, pdu, {
    event,
    management,
    function: management.function,
  });
}

export function managementResponseEnds(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): void {
  if (pdu.headerCaptured < INITIATOR_TASK_TAG + 4) return;
  const tag = pdu.view.getUint32(pdu.at + INITIATOR_TASK_TAG);
  const response = get(pdu.view, pdu.at, taskManagementResponse.response);
  const request = takeAnywhere(c, s, tag);
  if (request === undefined) {
    const fields = { response, requestCaptured: false };
    addEvent(s, 'task management', c, pdu.frame, pdu.timeNs, fields);
    strayAnswer(book, c, s, pdu, tag);
    statusPassed(book, c, pdu, -1);
    return;
  }
  const m = request.management;
  // Statuses that passed before this answer are settled before it has an effect.
  statusPassed(book, c, pdu, request.timeNs);
  const done = response === COMPLETE || response === SUCCEEDED;
  const victims = done && m !== undefined ? victimsOf(s, m) : [];
  if (request.event !== undefined) {
    request.event.endNs = pdu.endNs;
    request.event.endFrame = pdu.frameEnd;
    request.event.fields.response = response;
    request.event.fields.tasksEnded = m?.function === Fn.taskReassign ? 0 : victims.length;
  }
  if (done && m?.function === Fn.taskReassign) reassign(book, c, s, m);
  for (const open of victims) {
    if (open.open) endTask(book.tasks, open, Outcome.aborted, pdu.endNs, pdu.frameEnd);
  }
  return;
}

/** The request may have come on another connection of the session. */
function takeAnywhere(
  c: ConnectionState,
  s: SessionState,
  tag: number,
): PendingRequest | undefined {
  const own = c.requests.take(c.requests.own, tag, 'management');
  if (own !== undefined) return own;
  for (const other of s.connections) {
    const found = other === c ? undefined : c.requests.take(other.requests.own, tag, 'management');
    if (found !== undefined) return found;
  }
  return undefined;
}

/** "must act on all the commands from the same session having a CmdSN lower" (11.5.1). */
function victimsOf(s: SessionState, m: Management): OpenTask[] {
  if (m.function === Fn.abortTask) {
    const victim = s.tasks.byTag(m.referencedTag);
    return victim !== null && victim.order <= m.order ? [victim] : [];
  }
  const lun =
    m.function === Fn.abortTaskSet ||
    m.function === Fn.clearTaskSet ||
    m.function === Fn.logicalUnitReset;
  const all =
    m.function === Fn.targetWarmReset ||
    m.function === Fn.targetColdReset ||
    m.function === Fn.nexusReset;
  if (!lun && !all) return [];
  const victims: OpenTask[] = [];
  for (let open = s.tasks.first; open !== null && open.order <= m.order; open = open.next) {
    const t = open.task;
    if (all || (t.lunHigh === m.lunHigh && t.lunLow === m.lunLow)) victims.push(open);
  }
  return victims;
}

/** "connection allegiance … to this new connection" (11.5.1). */
function reassign(book: IscsiTables, c: ConnectionState, s: SessionState, m: Management): void {
  const open = s.tasks.byTag(m.referencedTag);
  if (open !== null) moveTask(book.tasks, open, c);
}

export function rejectEnds(book: IscsiTables, c: ConnectionState, s: SessionState, pdu: Pdu): void {
  const fields: Record<string, string | number | boolean> = {
    reason: get(pdu.view, pdu.at, reject.reason),
  };
  // The data segment is the header of the bad PDU (11.17.4).
  if (pdu.dataKept >= INITIATOR_TASK_TAG + 4) {
    const view = new DataView(pdu.data.buffer, pdu.data.byteOffset, pdu.dataKept);
    const opcode = view.getUint8(0) & OPCODE;
    const tag = view.getUint32(INITIATOR_TASK_TAG);
    fields.rejectedOpcode = opcode;
    fields.initiatorTaskTag = tag;
    const victim = s.tasks.byTag(tag);
    if (victim !== null) fields.commandFrame = victim.task.commandFrame;
    // Only the reject of the command itself ends a task (7.3): another may go on.
    if (opcode === Opcode.scsiCommand && victim !== null && sameCommand(victim, view)) {
      endTask(book.tasks, victim, Outcome.rejected, pdu.endNs, pdu.frameEnd);
    } else if (opcode === Opcode.loginRequest) {
      nextLoginFailed(book, c, true, pdu.endNs);
    } else if (opcode !== Opcode.scsiCommand) {
      const kind = requestKind(opcode);
      const request = kind === undefined ? undefined : c.requests.take(c.requests.own, tag, kind);
      if (request?.event !== undefined) request.event.fields.rejected = true;
    }
  }
  const event = addEvent(s, 'reject', c, pdu.frame, pdu.timeNs, fields);
  if (event === undefined) return;
  event.endNs = pdu.endNs;
  event.endFrame = pdu.frameEnd;
}

function sameCommand(victim: OpenTask, view: DataView): boolean {
  if (!victim.task.commandSeen || view.byteLength < CMD_SN + 4) return true;
  return view.getUint32(CMD_SN) === victim.task.cmdSN;
}

function requestKind(opcode: number): PendingRequest['kind'] | undefined {
  switch (opcode) {
    case Opcode.nopOut:
      return 'nop';
    case Opcode.taskManagementRequest:
      return 'management';
    case Opcode.textRequest:
      return 'text';
    case Opcode.logoutRequest:
      return 'logout';
    default:
      return undefined;
  }
}

export function logoutRequestEnds(c: ConnectionState, s: SessionState, pdu: Pdu): void {
  if (pdu.headerCaptured < BHS_LENGTH) return;
  const { view, at } = pdu;
  const reason = get(view, at, logoutRequest.reason);
  const cid = get(view, at, logoutRequest.cid);
  const event = addEvent(s, 'logout', c, pdu.frame, pdu.timeNs, { reason, cid });
  if (reason === 2) levelSeen(c, s, 2, pdu.frame); // "for recovery" (11.14.1)
  const one = reason === 0 ? c : (connectionWith(s, cid) ?? c);
  one.story.logout = { frame: pdu.frame, timeNs: pdu.timeNs, reason, response: -1 };
  const tag = view.getUint32(at + INITIATOR_TASK_TAG);
  c.requests.add(c.requests.own, 'logout', tag, pdu, { event, reason, cid });
}

/** The latest connection of this CID: reinstated ones have the same. */
function connectionWith(s: SessionState, cid: number): ConnectionState | undefined {
  return s.connections.findLast((one) => one.story.cid === cid);
}

export function logoutResponseEnds(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): void {
  if (pdu.headerCaptured < INITIATOR_TASK_TAG + 4) return;
  const { view, at } = pdu;
  const tag = view.getUint32(at + INITIATOR_TASK_TAG);
  const request = c.requests.take(c.requests.own, tag, 'logout');
  if (request === undefined) strayAnswer(book, c, s, pdu, tag);
  const response = get(view, at, logoutResponse.response);
  statusPassed(book, c, pdu, request?.timeNs ?? -1);
  if (request?.event !== undefined) {
    request.event.endNs = pdu.endNs;
    request.event.endFrame = pdu.frameEnd;
    request.event.fields.response = response;
    if (pdu.headerCaptured >= BHS_LENGTH) {
      request.event.fields.time2Wait = get(view, at, logoutResponse.time2Wait);
      request.event.fields.time2Retain = get(view, at, logoutResponse.time2Retain);
    }
  }
  // Without its request, the connection that carries the answer is the one that is closed.
  const reason = request?.reason ?? 1;
  const one = (reason === 0 ? c : connectionWith(s, request?.cid ?? -1)) ?? c;
  if (one.story.logout === undefined) {
    one.story.logout = { frame: pdu.frame, timeNs: pdu.timeNs, reason: -1, response };
  } else one.story.logout.response = response;
  if (response === 0) loggedOut(book, s, one, reason, pdu);
}

function loggedOut(
  book: IscsiTables,
  s: SessionState,
  one: ConnectionState,
  reason: number,
  pdu: Pdu,
): void {
  if (reason === 0) {
    for (const c of s.connections) if (c.story.ended === '') endStory(c, 'logout', pdu.endNs);
    endSession(book, s, 'logout', pdu.endNs, pdu.frameEnd);
    book.digests.setDigests(one.number, false, false); // what follows can only be a login
    return;
  }
  endStory(one, 'logout', pdu.endNs);
  if (reason !== 1) return; // removed for recovery: its tasks may be taken over
  loseTasks(book, s, one, 'logout', pdu.endNs, pdu.frameEnd);
  if (s.connections.every((c) => c.story.ended !== '')) {
    endSession(book, s, 'logout', pdu.endNs, pdu.frameEnd);
  }
}

export function asyncEnds(c: ConnectionState, s: SessionState, pdu: Pdu): void {
  if (pdu.headerCaptured < BHS_LENGTH) return;
  const { view, at } = pdu;
  addEvent(s, 'async message', c, pdu.frame, pdu.timeNs, {
    asyncEvent: get(view, at, asyncMessage.asyncEvent),
    asyncVCode: get(view, at, asyncMessage.asyncVCode),
    parameter1: get(view, at, asyncMessage.parameter1),
    parameter2: get(view, at, asyncMessage.parameter2),
    parameter3: get(view, at, asyncMessage.parameter3),
    lun: hex64(view.getUint32(at + LUN), view.getUint32(at + LUN_LOW)),
  });
}

export function snackEnds(c: ConnectionState, s: SessionState, pdu: Pdu): void {
  if (pdu.headerCaptured < BHS_LENGTH) return;
  const { view, at } = pdu;
  levelSeen(c, s, 1, pdu.frame);
  snacked(s, view.getUint32(at + INITIATOR_TASK_TAG));
  addEvent(s, 'SNACK', c, pdu.frame, pdu.timeNs, {
    type: get(view, at, snackRequest.type),
    initiatorTaskTag: view.getUint32(at + INITIATOR_TASK_TAG),
    targetTransferTag: get(view, at, snackRequest.targetTransferTag),
    begRun: get(view, at, snackRequest.begRun),
    runLength: get(view, at, snackRequest.runLength),
  });
}

/** What proves an ErrorRecoveryLevel (7.1), where no login told it. */
function levelSeen(c: ConnectionState, s: SessionState, level: number, frame: number): void {
  if (!agreedOf(c, s).known) observedOf(c).errorRecoveryLevel.see(level, frame);
}

/** Data or R2Ts of the task will come again. */
function snacked(s: SessionState, tag: number): void {
  if (tag === NO_TAG) return; // status or acknowledgement
  s.snacked.add(tag);
}
