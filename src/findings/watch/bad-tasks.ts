// hot: no allocation per packet
// Commands that did not end well, in groups of one session and LUN that ended the same way. What goes
// well costs a comparison.

import { FINDINGS_PER_RULE } from '../../limits.js';
import { endedWell, type Task } from '../../scsi/task.js';
import { SenseFlag } from '../../wire/scsi/sense.js';
import { entry, Occurrences } from '../groups.js';
import type { WatchKind } from '../watch.js';
import { type LunWatches, luns } from './luns.js';

/** What sense data says beside its codes; whether INFORMATION counts makes no other group. */
const TOLD = SenseFlag.ili | SenseFlag.eom | SenseFlag.filemark | SenseFlag.deferred;

/** Tasks of one session that ended the same way. */
export class TaskGroup extends Occurrences {
  readonly session: number;
  readonly lunHigh: number;
  readonly lunLow: number;
  readonly outcome: number;
  readonly status: number;
  /** Sense key, ASC and ASCQ; -1 where there was no sense data. */
  readonly senseKey: number;
  readonly asc: number;
  readonly ascq: number;
  readonly senseFlags: number;
  /** Of these: before a first command of the LUN was executed in the session. */
  early = 0;
  /** Operations concerned, by number. */
  readonly operations: Set<number> = new Set();

  constructor(task: Task) {
    super();
    this.session = task.session;
    this.lunHigh = task.lunHigh;
    this.lunLow = task.lunLow;
    this.outcome = task.outcome;
    this.status = task.status;
    this.senseKey = task.senseKey;
    this.asc = task.asc;
    this.ascq = task.ascq;
    this.senseFlags = task.senseFlags & TOLD;
  }

  fits(task: Task): boolean {
    return (
      task.session === this.session &&
      task.outcome === this.outcome &&
      task.lunLow === this.lunLow &&
      task.lunHigh === this.lunHigh &&
      task.status === this.status &&
      task.senseKey === this.senseKey &&
      task.asc === this.asc &&
      task.ascq === this.ascq &&
      (task.senseFlags & TOLD) === this.senseFlags
    );
  }
}

class BadTasks {
  readonly groups: Map<string, TaskGroup> = new Map();
  readonly #luns: LunWatches;
  #last: TaskGroup | undefined;

  constructor(luns: LunWatches) {
    this.#luns = luns;
    this.#last = undefined;
  }

  taskEnded(task: Task): void {
    if (endedWell(task.outcome)) return;
    const group = this.#group(task);
    if (group === undefined) return;
    const lun = task.commandSeen ? this.#luns.lunOf(task) : undefined;
    if (lun === undefined || lun.good === 0) group.early++;
    group.operations.add(task.operation);
    const seenNs = task.commandNs >= 0 ? task.commandNs : task.endNs;
    group.saw(task.commandFrame > 0 ? task.commandFrame : task.endFrame, seenNs);
    if (task.endNs > group.lastNs) group.lastNs = task.endNs;
  }

  /** Those that end alike come one after the other. */
  #group(task: Task): TaskGroup | undefined {
    if (this.#last?.fits(task)) return this.#last;
    const most = FINDINGS_PER_RULE * 8;
    this.#last = entry(this.groups, groupKey(task), most, () => new TaskGroup(task));
    return this.#last;
  }
}

export const badTasks: WatchKind<BadTasks> = {
  name: 'commands that did not end well',
  make: (watched) => new BadTasks(watched.of(luns)),
};

/** As a text: only tasks that did not end well pay for it. */
function groupKey(task: Task): string {
  const { session, lunHigh, lunLow, outcome, status, senseKey, asc, ascq } = task;
  const flags = task.senseFlags & TOLD;
  return [session, lunHigh, lunLow, outcome, status, senseKey, asc, ascq, flags].join('/');
}
