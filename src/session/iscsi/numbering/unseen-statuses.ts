// Statuses that were sent but not captured. StatSN counts the statuses of a connection (RFC 7143
// 4.2.2.2), so that numbers nobody saw prove that so many statuses passed while bytes were missing.
// Whose they were is decided only where nothing else is possible; until then a hole waits.

import { advance } from '../../../lib/serial.js';
import { STATUS_HOLES_MAX } from '../../../limits.js';
import type { OpenTask } from '../../../scsi/open-task.js';
import { endTask } from '../../../scsi/open-tasks.js';
import { Evidence, type EvidenceCode, Outcome } from '../../../scsi/task.js';
import type { ConnectionState, IscsiTables, SessionState } from '../state.js';
import { problem } from '../violations/violations.js';
import {
  allMoved,
  clearUnderway,
  isCandidate,
  lastOrderBefore,
  mayBeOver,
  ownersOf,
} from './status-owners.js';
import type { HeadersUnseen, StatusHole } from './status-state.js';

/** More open tasks than this are not searched for owners: a hostile capture makes many holes. */
const SEARCH_MAX = 1024;

/**
 * Commands after which nothing from before the capture is taken to be outstanding: in a short
 * capture twice as many as are open now and some, for queues are served in about their order.
 */
const JOINED_COMMANDS = 256;
const JOINED_COMMANDS_MIN = 32;

/** `count` statuses passed unseen on the connection, at `timeNs` at the latest. */
export function statusesUnseen(
  book: IscsiTables,
  c: ConnectionState,
  count: number,
  timeNs: number,
  frame: number,
): void {
  const s = c.session;
  if (s === undefined || s.tasks.size > SEARCH_MAX) return;
  if (c.openTasks === 0 && s.commands.unseen <= 0) return;
  const hole: StatusHole = {
    id: ++book.holeIds,
    left: count,
    candidates: 0,
    unseen: c.numberedLosses === c.initiatorLosses ? Math.max(0, s.commands.unseen) : -1,
    order: lastOrderBefore(s, c, timeNs, frame),
    lostBytes: c.numbers.statLostBytes,
    timeNs,
    frame,
  };
  clearUnderway(s, c, hole);
  const owners = ownersOf(s, c, hole);
  hole.candidates = owners.length + c.requests.own.length;
  const complete = owners.filter((open) => mayBeOver(c, open, hole.lostBytes));
  const moved = !c.targetSeen || complete.every(allMoved);
  // A command that was missed may be the owner; of a target not captured also one from before.
  const sure = noneMissed(s, c) && (c.targetSeen || joinedLongAgo(s));
  if (sure && moved && c.requests.own.length === 0 && complete.length === count) {
    endAll(book, complete, Evidence.sequence, timeNs, frame);
    return;
  }
  if (hole.unseen >= 0 && hole.candidates + hole.unseen < count) return;
  c.numbers.holes.push(hole);
  settle(book, c);
  if (c.numbers.holes.length <= STATUS_HOLES_MAX) return;
  c.numbers.holes.shift();
  const text =
    'too many statuses were not captured: the owners of the oldest are not sought any more';
  problem(book, 'limit-reached', c, frame, text);
}

const HEADERS_MAX = 64;

/**
 * Exactly the bytes of `count` bare headers are missing from the target's side. Where just as many
 * tasks had moved all their data, and no other answer was due, these were their statuses: unless
 * the status numbers, which come with the next PDUs, say otherwise.
 */
export function headersUnseen(
  c: ConnectionState,
  count: number,
  timeNs: number,
  frame: number,
): HeadersUnseen | undefined {
  const s = c.session;
  if (s === undefined || c.openTasks < count || c.openTasks > HEADERS_MAX) return undefined;
  if (c.requests.own.length > 0) return undefined;
  const complete: OpenTask[] = [];
  for (let at = s.tasks.first; at !== null; at = at.next) {
    if (at.task.connection !== c.number) continue;
    if (allMoved(at)) complete.push(at);
    else if (at.task.writes || !at.task.commandSeen) return undefined; // an R2T may have been missed
  }
  if (complete.length !== count) return undefined;
  return { tasks: complete, orders: complete.map((open) => open.order), timeNs, frame };
}

/**
 * Just one bare header is missing right behind the last Data-In of a read: that was its status. A
 * target answers a read when its data is sent, and had it sent something else in between, the status
 * would follow. True where the loss is explained so.
 */
export function statusBehindData(
  book: IscsiTables,
  c: ConnectionState,
  timeNs: number,
  frame: number,
): boolean {
  const open = c.numbers.readDone;
  c.numbers.readDone = null;
  if (open === null || !open.open || open.order !== c.numbers.readDoneOrder) return false;
  if (c.numbers.statSNKnown > 0) c.numbers.nextStatSN = advance(c.numbers.nextStatSN, 1);
  endUnseen(book, open, Evidence.bytesMissing, timeNs, frame);
  return true;
}

/** Nothing said otherwise. */
export function settleHeaders(book: IscsiTables, c: ConnectionState): void {
  const unseen = c.numbers.headersUnseen;
  c.numbers.headersUnseen = undefined;
  const s = c.session;
  if (unseen === undefined || s === undefined) return;
  const { tasks, orders, timeNs, frame } = unseen;
  if (!tasks.every((open, i) => open.open && open.order === orders[i])) return;
  if (c.numbers.statSNKnown > 0) c.numbers.nextStatSN = advance(c.numbers.nextStatSN, tasks.length);
  endAll(book, tasks, Evidence.bytesMissing, timeNs, frame);
}

/** The target did something for the task: statuses before that were not its own. */
export function clearOfHoles(book: IscsiTables, c: ConnectionState, open: OpenTask): void {
  for (const hole of c.numbers.holes) if (isCandidate(open, hole)) hole.candidates--;
  open.clearedHole = book.holeIds;
  settle(book, c);
}

/** A task ended (endTask): with a status that was seen it leaves the others as candidates. */
export function taskLeft(book: IscsiTables, c: ConnectionState, open: OpenTask): void {
  const t = open.task;
  const mine = c.numbers.holes.filter((hole) => isCandidate(open, hole));
  for (const hole of mine) hole.candidates--;
  // A hole that told of its end is gone already: of the others it owned none.
  const owns = t.response < 0 && t.evidence !== Evidence.sequence;
  if (owns && t.evidence === Evidence.tagReused && mine.length === 1) mine[0].left--;
  // Ended without a status, its own may have been in any of them: nothing can be proved any more.
  else if (owns && t.evidence !== Evidence.bytesMissing) for (const hole of mine) hole.left = 0;
  settle(book, c);
}

/** A request was answered: it owns none of the holes. */
export function requestLeft(book: IscsiTables, c: ConnectionState, timeNs: number): void {
  for (const hole of c.numbers.holes) if (timeNs <= hole.timeNs) hole.candidates--;
  settle(book, c);
}

/** No command was lost since the capture or the session began. */
function noneMissed(s: SessionState, c: ConnectionState): boolean {
  return c.numberedLosses === c.initiatorLosses && s.commands.unseen <= 0;
}

/** True where none is left from before the capture that may own a status. */
function joinedLongAgo(s: SessionState): boolean {
  const enough = Math.min(JOINED_COMMANDS, JOINED_COMMANDS_MIN + 2 * s.tasks.size);
  return s.story.loginSeen || s.story.tasks > enough;
}

/** The initiator's next CmdSN came: how many commands were missed since the last one is known. */
export function unseenNumbered(book: IscsiTables, c: ConnectionState, s: SessionState): void {
  for (const hole of c.numbers.holes)
    if (hole.unseen < 0) hole.unseen = Math.max(0, s.commands.unseen);
  settle(book, c);
}

/**
 * A command that was not captured shows: it is open, and owns none of the holes. Which of them it is
 * its tag does not say: a later one perhaps.
 */
export function unseenShown(c: ConnectionState, s: SessionState): void {
  const left = Math.max(0, s.commands.unseen);
  for (const hole of c.numbers.holes) if (hole.unseen > left) hole.unseen = left;
}

/**
 * Ends the owners of holes where statuses and candidates are as many. Whoever may own a hole may own
 * every later one too, so that the candidates of the last of some holes are the candidates of all.
 */
function settle(book: IscsiTables, c: ConnectionState): void {
  const s = c.session;
  if (s === undefined) return;
  const known = joinedLongAgo(s);
  let left = 0;
  let lostBytes = 0;
  for (let i = 0; i < c.numbers.holes.length; i++) {
    const hole = c.numbers.holes[i];
    left += hole.left;
    lostBytes += hole.lostBytes;
    const owning = hole.candidates + Math.max(0, hole.unseen);
    const undecided = hole.unseen < 0 || owning > left || (owning === left && !known);
    if (hole.left > 0 && undecided) continue;
    const all = hole.left > 0 && owning === left;
    const owners = all ? ownersOf(s, c, hole) : [];
    // A status in mid-data is a refusal, and rare: what comes next shows whether it goes on.
    if (owners.some((open) => !mayBeOver(c, open, lostBytes))) continue;
    c.numbers.holes.splice(0, i + 1);
    if (all && hole.unseen > 0) {
      s.commands.unseen -= Math.min(hole.unseen, s.commands.unseen);
      for (const later of c.numbers.holes) {
        if (later.unseen > 0) later.unseen = Math.max(0, later.unseen - hole.unseen);
      }
    }
    endAll(book, owners, Evidence.sequence, hole.timeNs, hole.frame);
    // Ending tasks may have changed the list: from the beginning, on what is left of it.
    left = 0;
    lostBytes = 0;
    i = -1;
  }
}

function endAll(
  book: IscsiTables,
  tasks: readonly OpenTask[],
  evidence: EvidenceCode,
  timeNs: number,
  frame: number,
): void {
  for (const open of tasks) {
    if (open.open) endUnseen(book, open, evidence, timeNs, frame);
  }
}

/** Ends a task whose status was not captured; `timeNs` is an upper bound. */
export function endUnseen(
  book: IscsiTables,
  open: OpenTask,
  evidence: EvidenceCode,
  timeNs: number,
  frame: number,
): void {
  const t = open.task;
  t.statusNs = timeNs;
  t.statusFrame = frame;
  t.statusBound = true;
  t.evidence = evidence;
  endTask(book.tasks, open, Outcome.statusNotCaptured, timeNs, frame);
}
