// What a list of commands says of a task: the words and cells behind its columns.

import { type Epoch, isoTime } from '../../capture/time.js';
import { decimal64 } from '../../lib/hex.js';
import { countText, durationText } from '../../lib/number-text.js';
import { phasesOf } from '../../metrics/phases.js';
import {
  latencyNs,
  latencyNsAtMost,
  OUTCOME_NAMES,
  type Task,
  TCP_CAUSES,
} from '../../scsi/task.js';
import { outcomeTone } from '../../scsi/task-facts.js';
import type { Session } from '../../session/model.js';
import { type Cell, cell, type Tone } from '../cells.js';
import { nothing, share } from '../format.js';
import type { ListValue } from './list.js';

/** One row: a task, borrowed, and what is known around it. */
export interface CommandRow {
  task: Task;
  readonly epoch: Epoch | undefined;
  readonly session: (id: number) => Session | undefined;
}

export function outcomeCell({ task }: CommandRow): Cell {
  return cell(OUTCOME_NAMES[task.outcome], outcomeTone(task.outcome));
}

export function latencyCell({ task }: CommandRow): Cell {
  const ns = latencyNsAtMost(task);
  if (ns < 0) return nothing();
  return cell(task.statusBound ? `≤ ${durationText(ns)}` : durationText(ns), 'strong');
}

export function longestPhase(
  task: Task,
): { readonly name: string; readonly ns: number } | undefined {
  if (task.statusBound) return undefined;
  const phases = phasesOf(task);
  return phases.length === 0 ? undefined : phases.reduce((a, b) => (b.ns > a.ns ? b : a));
}

export function phaseCell({ task }: CommandRow): Cell {
  const most = longestPhase(task);
  if (most === undefined) return nothing();
  return cell(`${most.name} ${share(most.ns, latencyNs(task))}`);
}

export function lbaOf({ task }: CommandRow): string | undefined {
  return task.lbaKnown ? decimal64(task.lbaHigh, task.lbaLow) : undefined;
}

export function clockOf({ task, epoch }: CommandRow): string | undefined {
  return epoch !== undefined && task.commandSeen ? isoTime(epoch, task.commandNs) : undefined;
}

export function sideOf({ task, session }: CommandRow, side: 'initiator' | 'target'): ListValue {
  const of = session(task.session);
  if (of === undefined) return undefined;
  const name = side === 'initiator' ? of.initiatorName : of.targetName;
  return name || (side === 'initiator' ? of.initiatorAddress : of.targetAddress) || undefined;
}

export function known(value: number): number | undefined {
  return value < 0 ? undefined : value;
}

export function numberCell(value: number | undefined, tone: Tone = 'plain'): Cell {
  return value === undefined ? nothing() : cell(countText(value), tone);
}

/** Of the latency what TCP took for one cause, over all phases. */
export function tcpCauseNs(task: Task, cause: number): number {
  let ns = 0;
  for (let at = cause; at < task.tcpCauseNs.length; at += TCP_CAUSES) ns += task.tcpCauseNs[at];
  return ns;
}
