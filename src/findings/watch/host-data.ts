// Writes whose data the initiator sent late though an R2T had asked for it: seconds, now and then, which
// no average shows. By session.

import { FINDINGS_PER_RULE } from '../../limits.js';
import type { Task } from '../../scsi/task.js';
import { entry, Occurrences } from '../groups.js';
import type { WatchKind } from '../watch.js';

/** Far beyond any round trip and queue: somebody waits for it. */
const HOST_LATE_NS = 1e9;

export class HostLate extends Occurrences {
  readonly session: number;
  nsMax = 0;
  /** Of the longest: the R2T, and when. */
  frame = 0;
  r2tNs = -1;
  /** Writes of the session that were asked for data and sent it sooner. */
  quick = 0;

  constructor(session: number) {
    super();
    this.session = session;
  }
}

class HostData {
  readonly bySession: Map<number, HostLate> = new Map();

  taskEnded(task: Task): void {
    if (task.r2tsAnswered === 0) return;
    const late = task.hostNsMax >= HOST_LATE_NS && !task.pdusMissed;
    const make = () => new HostLate(task.session);
    const group = entry(this.bySession, task.session, FINDINGS_PER_RULE, make);
    if (group === undefined) return;
    if (!late) {
      group.quick++;
      return;
    }
    const row = slowest(task);
    const frame = row < 0 ? task.commandFrame : task.bursts.r2tFrame(row);
    const ns = row < 0 ? task.commandNs : task.bursts.r2tNs(row);
    group.saw(frame, ns);
    if (task.hostNsMax <= group.nsMax) return;
    group.nsMax = task.hostNsMax;
    group.frame = frame;
    group.r2tNs = ns;
  }
}

export const hostData: WatchKind<HostData> = {
  name: 'data that R2Ts asked for and that came late',
  make: () => new HostData(),
};

/** The burst whose data took longest to begin, -1 where it was not kept. */
function slowest({ bursts }: Task): number {
  let found = -1;
  let ns = 0;
  for (let row = 0; row < bursts.count; row++) {
    const waited = bursts.firstDataNs(row) - bursts.r2tNs(row);
    if (waited <= ns) continue;
    ns = waited;
    found = row;
  }
  return found;
}
