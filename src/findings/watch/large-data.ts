// hot: no allocation per packet
// Commands that moved more data than any frame carries, by the direction of their data: where they go on to
// end, large segments get through.

import { WATCHED_CONNECTIONS_MAX } from '../../limits.js';
import { Outcome, type Task } from '../../scsi/task.js';
import { entry } from '../groups.js';
import type { WatchKind } from '../watch.js';

/** More than a jumbo frame: such data has full segments, whatever size was agreed. */
const LARGE = 9216;
/** What was sent and got lost comes again sooner (RFC 6298 2.1: a timer of a second at first). */
export const LOST_AGAIN_NS = 1e9;

class LargeData {
  /** When the last of them began and ended. */
  lastNs = -1;
  lastEndNs = -1;
  /** When one began after whose end others ended a second and more later; and the next that may prove as much. */
  #provenNs = -1;
  #heldNs = -1;
  #heldEndNs = -1;

  saw(beginNs: number, endNs: number): void {
    this.lastNs = beginNs;
    this.lastEndNs = endNs;
    if (this.#heldEndNs >= 0 && endNs - this.#heldEndNs < LOST_AGAIN_NS) return;
    this.#provenNs = this.#heldNs;
    this.#heldNs = beginNs;
    this.#heldEndNs = endNs;
  }

  /** When the last of them began that was long over when the receiver was heard at `heardNs`; -1 none. */
  arrivedNs(heardNs: number): number {
    if (heardNs - this.lastEndNs >= LOST_AGAIN_NS) return this.lastNs;
    return heardNs - this.#heldEndNs >= LOST_AGAIN_NS ? this.#heldNs : this.#provenNs;
  }
}

class LargeDataWatch {
  /** By session * 2, + 1 for what the target sends. */
  readonly bySender: Map<number, LargeData> = new Map();

  taskEnded(task: Task): void {
    if (task.outcome !== Outcome.good || !task.commandSeen) return;
    if (task.dataOutBytes > LARGE) this.#saw(task, 0);
    if (task.dataInBytes > LARGE) this.#saw(task, 1);
  }

  #saw(task: Task, by: number): void {
    const make = () => new LargeData();
    const one = entry(this.bySender, task.session * 2 + by, WATCHED_CONNECTIONS_MAX, make);
    one?.saw(task.commandNs, task.endNs);
  }
}

export const largeData: WatchKind<LargeDataWatch> = {
  name: 'large data',
  make: () => new LargeDataWatch(),
};
