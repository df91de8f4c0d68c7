// hot: no allocation per packet
// The LUNs of all sessions, each with its watch (lun-watch.ts), found again quickly.

import { hex64 } from '../../lib/hex.js';
import { METRIC_LUNS_MAX } from '../../limits.js';
import type { Task } from '../../scsi/task.js';
import { lunOfEnds } from '../support/luns.js';
import type { Watched, WatchKind } from '../watch.js';
import { type Budget, LunWatch } from './lun-watch.js';
import { R2T_LATE_NS, R2tWaits } from './r2t-waits.js';
import { type Ways, ways } from './slow-way.js';

/** LUNs whose discards are watched (some 75 KB each, once they are busy). */
const DISCARD_WATCHES_MAX = 256;

/** Invariant: a LUN of a session stands once in `all` and once in the maps. */
export class LunWatches {
  /** In the order of first sight. */
  readonly all: LunWatch[] = [];
  readonly #watched: Watched;
  /** By session, then by the LUN's words (signed, so that they are small integers). */
  readonly #bySession: (Map<number, Map<number, LunWatch>> | undefined)[];
  /** The newest of the same two ends and LUN. */
  readonly #byEnds: Map<string, LunWatch>;
  readonly #budget: Budget;
  readonly #ways: Ways;
  #last: LunWatch | undefined;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#bySession = [];
    this.#byEnds = new Map();
    this.#ways = watched.of(ways);
    this.#budget = { discards: DISCARD_WATCHES_MAX };
    this.#last = undefined;
  }

  taskStarted(task: Task): void {
    if (task.commandSeen) this.lunOf(task)?.started(task);
  }

  taskEnded(task: Task): void {
    const lun = task.commandSeen ? this.lunOf(task) : undefined;
    if (lun === undefined) return;
    if (task.r2ts > 0 && task.endNs - task.commandNs >= R2T_LATE_NS) this.#r2tsLate(task, lun);
    lun.ended(task);
  }

  /** The watch of a task's LUN: loads stay on one for a while. */
  lunOf(task: Task): LunWatch | undefined {
    const high = task.lunHigh | 0;
    const low = task.lunLow | 0;
    const last = this.#last;
    if (
      last !== undefined &&
      last.session === task.session &&
      last.lunHigh === high &&
      last.lunLow === low
    ) {
      return last;
    }
    const found = this.#bySession[task.session]?.get(high)?.get(low) ?? this.#new(task, high, low);
    if (found !== undefined) this.#last = found;
    return found;
  }

  #r2tsLate(task: Task, lun: LunWatch): void {
    const ended = this.#watched.look?.session(task.session)?.tasksEnded ?? 0;
    lun.r2tWaits ??= new R2tWaits();
    lun.r2tWaits.ended(task, Math.max(0, ended - task.endedBefore - 1));
  }

  #new(task: Task, high: number, low: number): LunWatch | undefined {
    if (this.all.length >= METRIC_LUNS_MAX) return undefined;
    const lun = hex64(high, low);
    const session = this.#watched.look?.session(task.session);
    const ends = session === undefined ? '' : lunOfEnds(session, lun);
    const before = this.#byEnds.get(ends);
    const watch = new LunWatch(task, session?.luns.get(lun), this.#budget, this.#ways, before);
    this.all.push(watch);
    if (ends !== '') this.#byEnds.set(ends, watch);
    let byHigh = this.#bySession[task.session];
    if (byHigh === undefined) {
      byHigh = new Map();
      this.#bySession[task.session] = byHigh;
    }
    let byLow = byHigh.get(high);
    if (byLow === undefined) {
      byLow = new Map();
      byHigh.set(high, byLow);
    }
    byLow.set(low, watch);
    return watch;
  }
}

export const luns: WatchKind<LunWatches> = {
  name: 'LUNs',
  make: (watched) => new LunWatches(watched),
};
