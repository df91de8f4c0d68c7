// hot: no allocation per packet
// Commands that waited for TCP: for bytes that were sent again or came out of order, and for a receive
// window that was closed; by session.

import { asDoubles } from '../../lib/double-fields.js';
import { FINDINGS_PER_RULE } from '../../limits.js';
import { type Task, TCP_CAUSES, TcpCause } from '../../scsi/task.js';
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
    const ns = task.tcpTook ? Math.max(task.tcpWaitNs, lostNs(task)) : task.tcpWaitNs;
    if (ns > 0) waited(this.delays, task, ns);
    if (task.zeroWindowNs > 0) waited(this.zeroWindows, task, task.zeroWindowNs);
  }
}

export const tcpWaits: WatchKind<TcpWaits> = {
  name: 'commands that waited for TCP',
  make: () => new TcpWaits(),
};

/**
 * What a retransmission or disorder took of its phases. Before the place of a loss its bytes are seen twice and
 * nothing waits behind a hole: only the phases know that the first sending was in vain.
 */
function lostNs(task: Task): number {
  let ns = 0;
  for (let at = 0; at < task.tcpCauseNs.length; at += TCP_CAUSES) {
    ns += task.tcpCauseNs[at + TcpCause.retransmission] + task.tcpCauseNs[at + TcpCause.reordering];
  }
  return ns;
}

function waited(all: Map<number, DelayGroup>, task: Task, ns: number): void {
  const make = () => new DelayGroup(task.session);
  entry(all, task.session, FINDINGS_PER_RULE, make)?.waited(task, ns);
}

asDoubles(new DelayGroup(0), ['waitNs', 'waitNsMax', 'latencyNs', 'lastNs']);
