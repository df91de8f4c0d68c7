// What of a capture goes into a timeline: a session, a range of time, commands that pass a filter.
// Totals and sessions are always those of the whole capture.

import type { Task } from '../../scsi/task.js';
import { startNs } from '../../scsi/task-facts.js';
import type { ChosenFrames } from './chosen-frames.js';

export interface Selection {
  readonly session?: number;
  /** ns since the first packet, both ends included. */
  readonly fromNs: number;
  readonly toNs: number;
  /** As the user wrote it. PDUs are asked before they come here (cli/commands/export.ts). */
  readonly filter?: string;
  /** Of commands. Absent with a filter: those of which a PDU passes it are taken (`byPdus`). */
  readonly passes?: (task: Task) => boolean;
  readonly byPdus?: boolean;
  /** With a filter: where PDUs that passed lie, for the events. */
  readonly chosen?: ChosenFrames;
  /** False: no PDUs. */
  readonly pdus: boolean;
}

export const EVERYTHING: Selection = { fromNs: 0, toNs: Number.MAX_SAFE_INTEGER, pdus: true };

export function takesSession(of: Selection, session: number): boolean {
  return of.session === undefined || of.session === session;
}

export function takesTime(of: Selection, timeNs: number): boolean {
  return timeNs >= of.fromNs && timeNs <= of.toNs;
}

/** A command belongs to the moment of its start. */
export function takesTask(of: Selection, task: Task): boolean {
  if (!takesSession(of, task.session) || !takesTime(of, startNs(task))) return false;
  return of.passes === undefined || of.passes(task);
}

/** The selection as it is told; undefined where it is everything. */
export function selectionRecord(of: Selection): Record<string, unknown> | undefined {
  const { session, fromNs, toNs, filter, pdus } = of;
  const whole = fromNs <= 0 && toNs === Number.MAX_SAFE_INTEGER;
  if (session === undefined && whole && filter === undefined && pdus) return undefined;
  return {
    session,
    fromNs: fromNs > 0 ? fromNs : undefined,
    toNs: toNs < Number.MAX_SAFE_INTEGER ? toNs : undefined,
    filter,
    withPdus: pdus ? undefined : false,
  };
}
