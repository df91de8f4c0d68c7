// Commands of one capture by who asked whom for what: initiator, target, LUN, operation and size. By
// names, which are the same tomorrow, not by numbers of sessions. A command makes no text: its group is
// found by numbers, in its LUN.

import { hex64 } from '../lib/hex.js';
import { Histogram } from '../lib/histogram.js';
import { DIFF_GROUPS_MAX, EXACT_VALUES_PER_CELL, METRIC_LUNS_MAX } from '../limits.js';
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

/** A LUN of a session: its groups by operation and size, undefined where there was no room for one. */
class Place {
  open = 0;
  readonly groups: Map<number, LoadGroup | undefined> = new Map();
}

/** More sizes than there are: powers of two of 32 bits. */
const SIZES = 64;

export class LoadGroups implements TaskSink {
  look: SessionQuery | undefined = undefined;
  readonly groups = new Map<string, LoadGroup>();
  readonly total: LoadGroup = new LoadGroup(ALL);
  /** Commands beyond the bound of groups: counted in the total alone. */
  beyond = 0;
  /** By session, then both words of the LUN. Idle ones go when there are too many. */
  readonly #places = new Map<number, Map<number, Map<number, Place>>>();
  #placesMax = METRIC_LUNS_MAX;
  #placesMade = 0;
  readonly #depthAt = new Map<number, number>();

  taskStarted(task: Task): void {
    this.#depthAt.set(task.number, ++this.#place(task).open);
  }

  taskEnded(task: Task): void {
    const place = this.#place(task);
    if (place.open > 0) place.open--;
    const began = this.#depthAt.get(task.number) ?? 1;
    this.#depthAt.delete(task.number);
    count(this.total, task, began);
    const kind = task.operation * SIZES + sizeBits(task.expectedLength);
    let group = place.groups.get(kind);
    if (group === undefined && !place.groups.has(kind)) {
      group = this.#group(task);
      place.groups.set(kind, group);
    }
    if (group === undefined) this.beyond++;
    else count(group, task, began);
  }

  /** A session that is over and will not be told of any more. */
  sessionForgotten(session: number): void {
    this.#places.delete(session);
  }

  #place({ session, lunHigh, lunLow }: Task): Place {
    let luns = this.#places.get(session);
    if (luns === undefined) {
      luns = new Map();
      this.#places.set(session, luns);
    }
    let byLow = luns.get(lunHigh);
    if (byLow === undefined) {
      byLow = new Map();
      luns.set(lunHigh, byLow);
    }
    let place = byLow.get(lunLow);
    if (place === undefined) {
      place = new Place();
      byLow.set(lunLow, place);
      if (++this.#placesMade > this.#placesMax) this.#leaveIdle(place);
    }
    return place;
  }

  /** What has nothing open is made anew when it is used again; `but` is about to be used. */
  #leaveIdle(but: Place): void {
    let left = 0;
    for (const [session, luns] of this.#places) {
      for (const [high, byLow] of luns) {
        for (const [low, place] of byLow) {
          if (place.open === 0 && place !== but) byLow.delete(low);
        }
        left += byLow.size;
        if (byLow.size === 0) luns.delete(high);
      }
      if (luns.size === 0) this.#places.delete(session);
    }
    this.#placesMade = left;
    this.#placesMax = Math.max(METRIC_LUNS_MAX, left * 2);
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

/** The next power of two, and which: 0 of nothing, then from 1 on. */
function sizeOf(bytes: number): number {
  return bytes <= 0 ? 0 : 2 ** (sizeBits(bytes) - 1);
}

function sizeBits(bytes: number): number {
  return bytes <= 0 ? 0 : 1 + Math.ceil(Math.log2(bytes));
}
