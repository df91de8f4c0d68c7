// Which open tasks may own a status that was sent but not captured (holes.ts).

import type { OpenTask } from '../../../scsi/open-task.js';
import type { ConnectionState, SessionState } from '../state.js';
import type { StatusHole } from './status-state.js';

/** MaxBurstLength where nobody spoke (RFC 7143 13.13): a longer read has several final Data-Ins. */
const BURST_DEFAULT = 262_144;

export function ownersOf(s: SessionState, c: ConnectionState, hole: StatusHole): OpenTask[] {
  const owners: OpenTask[] = [];
  for (let at = s.tasks.first; at !== null && at.order <= hole.order; at = at.next) {
    if (at.task.connection === c.number && isCandidate(at, hole)) owners.push(at);
  }
  return owners;
}

export function isCandidate(open: OpenTask, hole: StatusHole): boolean {
  return open.order <= hole.order && open.clearedHole < hole.id;
}

/** Order of the youngest task whose command had begun by then, not with that very packet. */
export function lastOrderBefore(
  s: SessionState,
  c: ConnectionState,
  timeNs: number,
  frame: number,
): number {
  for (let at = s.tasks.last; at !== null; at = at.previous) {
    const t = at.task;
    if (t.connection !== c.number || t.commandFrame === frame) continue;
    if (t.commandNs <= timeNs) return at.order;
  }
  return 0;
}

/**
 * Whoever is not over yet owns none of it: what the target did something for since, and of a target
 * that is not captured what still sends its data (unless it was refused: that is not said of it).
 */
export function clearUnderway(s: SessionState, c: ConnectionState, hole: StatusHole): void {
  for (const open of ownersOf(s, c, hole)) {
    const t = open.task;
    const whole = open.outLosses === c.initiatorLosses;
    const sends = !c.targetSeen && t.writes && whole && open.outEnd < t.expectedLength;
    const since = Math.max(t.lastR2tNs, t.lastDataInNs) >= hole.timeNs;
    if (sends || since) open.clearedHole = hole.id;
  }
}

/** As allMoved, but what was not captured may have moved, too. */
export function mayBeOver(c: ConnectionState, open: OpenTask, lostBytes: number): boolean {
  const t = open.task;
  if (t.writes && open.outLosses !== c.initiatorLosses) return true;
  if (!t.commandSeen || (!c.targetSeen && t.reads && !t.writes)) return true;
  if (t.reads && !t.writes) {
    // Blocks come all or, with an error, none; other data may be shorter than was asked for.
    const rest = t.blocks > 0 ? t.expectedLength - open.inEnd : 0;
    if (lostBytes >= rest) return true;
  }
  return allMoved(open);
}

/** All data of the task has moved, as far as headers tell: only its status was due. */
export function allMoved(open: OpenTask): boolean {
  const t = open.task;
  if (!t.commandSeen) return open.finalIn;
  if (t.writes && open.outEnd < t.expectedLength) return false;
  if (!t.reads) return true;
  const expected = t.writes ? t.bidiReadExpectedLength : t.expectedLength;
  return open.inEnd >= expected || (open.finalIn && expected <= BURST_DEFAULT);
}
