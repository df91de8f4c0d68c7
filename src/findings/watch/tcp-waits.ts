// hot: no allocation per packet
// Commands that waited for TCP: for bytes that were sent again or came out of order, and for a receive
// window that was closed; by session.

import { asDoubles } from '../../lib/double-fields.js';
import { FINDINGS_PER_RULE } from '../../limits.js';
import type { Task } from '../../scsi/task.js';
import { entry, Occurrences } from '../groups.js';
import type { WatchKind } from '../watch.js';

/** Commands of a session that waited for one reason. */
export class DelayGroup extends Occurrences {
  readonly session: number;
  waitNs = 0;
  waitNsMax = 0;
  /** What these commands took in all. */
  latencyNs = 0;
  /** The frame of the command that waited longest. */
  worstFrame = 0;

  constructor(session: number) {
    super();
    this.session = session;
  }

  waited(task: Task, ns: number): void {
    this.saw(task.commandFrame, task.commandNs);
    this.waitNs += ns;
    if (task.endNs > task.commandNs && task.commandNs >= 0) {
      this.latencyNs += task.endNs - task.commandNs;
    }
    if (ns <= this.waitNsMax) return;
    this.waitNsMax = ns;
    this.worstFrame = task.commandFrame;
  }
}

class TcpWaits {
  /** By session. */
  readonly delays: Map<number, DelayGroup> = new Map();
  readonly zeroWindows: Map<number, DelayGroup> = new Map();

  taskEnded(task: Task): void {
    if (task.tcpWaitNs > 0) waited(this.delays, task, task.tcpWaitNs);
    if (task.zeroWindowNs > 0) waited(this.zeroWindows, task, task.zeroWindowNs);
  }
}

export const tcpWaits: WatchKind<TcpWaits> = {
  name: 'commands that waited for TCP',
  make: () => new TcpWaits(),
};

function waited(all: Map<number, DelayGroup>, task: Task, ns: number): void {
  const make = () => new DelayGroup(task.session);
  entry(all, task.session, FINDINGS_PER_RULE, make)?.waited(task, ns);
}

asDoubles(new DelayGroup(0), ['waitNs', 'waitNsMax', 'latencyNs', 'lastNs']);
