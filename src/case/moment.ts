// What holds at the time cursor: commands outstanding, data that R2Ts asked for and that has not come.

import { Role } from '../pdu/message-codes.js';
import type { Case } from './case.js';
import type { Outstanding } from './outstanding.js';

/** Commands looked at: a queue is seldom deeper. */
const LOOKED_AT = 2000;

export interface Moment {
  readonly reads: number;
  readonly writes: number;
  /** Bytes that R2Ts asked for and that had not been sent. */
  readonly toComeBytes: number;
}

/** `outstanding` stands at the cursor. */
export function momentOf(kase: Case, outstanding: Outstanding): Moment {
  const { tasks } = kase;
  let reads = 0;
  let writes = 0;
  let toComeBytes = 0;
  let looked = 0;
  for (const row of outstanding.open) {
    if (looked++ >= LOOKED_AT) break;
    if (tasks.reads(row)) reads++;
    if (!tasks.writes(row)) continue;
    writes++;
    toComeBytes += r2tBytesDue(kase, row, outstanding.ns);
  }
  return { reads, writes, toComeBytes };
}

/** What R2Ts of a command asked for by a time, without what was sent for them. */
export function r2tBytesDue({ pdus }: Case, task: number, ns: number): number {
  let due = 0;
  let asked = false;
  for (let pdu = pdus.firstOf(task); pdu >= 0 && pdus.timeNs(pdu) <= ns; pdu = pdus.next(pdu)) {
    const role = pdus.role(pdu);
    if (role === Role.transferReady) {
      asked = true;
      due += pdus.length(pdu);
      // Data that came before the first R2T was not asked for.
    } else if (role === Role.dataOut && asked) due -= pdus.length(pdu);
  }
  return Math.max(0, due);
}
