// What a task runs over: an iSCSI connection, one way of an FCIP link or iFCP session between two ports,
// an RDMA connection. Several paths may share a TCP connection, and the waits of its directions.

import type { DirectionWaits } from './direction-waits.js';

export interface Path {
  /** Number of the TCP connection: what a task calls its connection. */
  readonly number: number;
  /** Waits of the initiator's bytes, and of the target's (SessionTables.waitsOf). */
  readonly initiatorWaits: DirectionWaits;
  readonly targetWaits: DirectionWaits;
  /** Losses so far that may have hidden PDUs of a side: the transport counts, tasks compare. */
  readonly initiatorLosses: number;
  readonly targetLosses: number;
  /** Tasks on it that are open, and those of them that write (beginTask, countWrite, endTask count). */
  openTasks: number;
  openWrites: number;
}
