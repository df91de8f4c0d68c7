// Commands of one capture by who asked whom for what: initiator, target, LUN, operation and size. By
// names, which are the same tomorrow, not by numbers of sessions.

import { hex64 } from '../lib/hex.js';
import { Histogram } from '../lib/histogram.js';
import { DIFF_GROUPS_MAX, EXACT_VALUES_PER_CELL } from '../limits.js';
import { latencyNs, Outcome, type Task, type TaskSink } from '../scsi/task.js';
import type { SessionQuery } from '../session/session-query.js';
import { operationName } from '../wire/scsi/operations.js';

/** What commands of a group have in common; '' where all are taken. */
export interface GroupKey {
  readonly initiator: string;
  readonly target: string;
  /** 16 hex digits. */
  readonly lun: string;
  readonly operation: string;
  /** Bytes asked for, as the next power of two: `4 KiB`. */
  readonly sizeBytes: number;
}

export class LoadGroup {
  readonly key: GroupKey;
  commands = 0;
  /** Answered, but not with success; never answered. */
  errors = 0;
  unanswered = 0;
  bytes = 0;
  firstNs = -1;
  lastNs = -1;
  /** Commands of the LUN that were open when one began, in all. */
  depthTotal = 0;
  readonly latency: Histogram = new Histogram(EXACT_VALUES_PER_CELL);

  constructor(key: GroupKey) {
    this.key = key;
  }
}

export class LoadGroups implements TaskSink {
  look: SessionQuery | undefined = undefined;
  readonly groups = new Map<string, LoadGroup>();
  readonly total: LoadGroup = new LoadGroup(ALL);
  /** Commands beyond the bound of groups: counted in the total alone. */
  beyond = 0;
  /** By LUN of a session: commands open. */
  readonly #open = new Map<string, number>();
  readonly #depthAt = new Map<number, number>();

  taskStarted(task: Task): void {
    const key = place(task);
    const depth = (this.#open.get(key) ?? 0) + 1;
    this.#open.set(key, depth);
    this.#depthAt.set(task.number, depth);
  }

  taskEnded(task: Task): void {
    const key = place(task);
    const depth = this.#open.get(key) ?? 1;
    if (depth <= 1) this.#open.delete(key);
    else this.#open.set(key, depth - 1);
    const began = this.#depthAt.get(task.number) ?? 1;
    this.#depthAt.delete(task.number);
    count(this.total, task, began);
    const group = this.#group(task);
    if (group === undefined) this.beyond++;
    else count(group, task, began);
  }

  #group(task: Task): LoadGroup | undefined {
    const session = this.look?.session(task.session);
    const key: GroupKey = {
      initiator: session?.initiatorName || session?.initiatorAddress || 'unknown',
      target: session?.targetName || session?.targetAddress || 'unknown',
      lun: hex64(task.lunHigh, task.lunLow),
      operation: task.operation < 0 ? 'unknown' : operationName(task.operation),
      sizeBytes: sizeOf(task.expectedLength),
    };
    const text = keyText(key);
    let group = this.groups.get(text);
    if (group === undefined) {
      if (this.groups.size >= DIFF_GROUPS_MAX) return undefined;
      group = new LoadGroup(key);
      this.groups.set(text, group);
    }
    return group;
  }
}

const ALL: GroupKey = { initiator: '', target: '', lun: '', operation: '', sizeBytes: -1 };

function keyText(key: GroupKey): string {
  return [key.initiator, key.target, key.lun, key.operation, key.sizeBytes].join('\0');
}

/** Groups of one kind as one: `by` says which parts of the key are told apart. */
export function joined(
  groups: Iterable<LoadGroup>,
  by: readonly (keyof GroupKey)[],
): Map<string, LoadGroup> {
  const all = new Map<string, LoadGroup>();
  for (const group of groups) {
    const key = Object.assign(
      {},
      ALL,
      Object.fromEntries(by.map((part) => [part, group.key[part]])),
    );
    const text = keyText(key);
    let sum = all.get(text);
    if (sum === undefined) {
      sum = new LoadGroup(key);
      all.set(text, sum);
    }
    sum.commands += group.commands;
    sum.errors += group.errors;
    sum.unanswered += group.unanswered;
    sum.bytes += group.bytes;
    sum.depthTotal += group.depthTotal;
    sum.latency.merge(group.latency);
    if (sum.firstNs < 0 || (group.firstNs >= 0 && group.firstNs < sum.firstNs)) {
      sum.firstNs = group.firstNs;
    }
    sum.lastNs = Math.max(sum.lastNs, group.lastNs);
  }
  return all;
}

function count(group: LoadGroup, task: Task, depth: number): void {
  group.commands++;
  group.depthTotal += depth;
  group.bytes += task.dataInBytes + task.dataOutBytes;
  const { outcome } = task;
  if (outcome === Outcome.open || outcome === Outcome.lost || outcome === Outcome.aborted) {
    group.unanswered++;
  } else if (
    outcome !== Outcome.good &&
    outcome !== Outcome.conditionMet &&
    outcome !== Outcome.statusNotCaptured
  ) {
    group.errors++;
  }
  if (task.commandNs >= 0 && (group.firstNs < 0 || task.commandNs < group.firstNs)) {
    group.firstNs = task.commandNs;
  }
  if (task.commandNs > group.lastNs) group.lastNs = task.commandNs;
  const latency = latencyNs(task);
  if (latency >= 0) group.latency.record(latency);
}

function place(task: Task): string {
  return `${task.session}/${task.lunHigh}/${task.lunLow}`;
}

function sizeOf(bytes: number): number {
  return bytes <= 0 ? 0 : 2 ** Math.ceil(Math.log2(bytes));
}
