// What is remembered of a connection's status numbers (StatSN, ExpStatSN: RFC 7143 4.2.2.2), and of the
// statuses that were sent but not captured.

import { asDoubles } from '../../../lib/double-fields.js';
import type { OpenTask } from '../../../scsi/open-task.js';

export interface StatusHole {
  readonly id: number;
  /** Statuses in it, and tasks and requests that may own them. */
  left: number;
  candidates: number;
  /**
   * Commands that were not captured and may own some, too; -1 until the initiator's next CmdSN tells
   * how many bytes of it that are missing held.
   */
  unseen: number;
  /** Tasks begun later are none of them. */
  readonly order: number;
  /** Bytes of the target that were missed meanwhile. */
  readonly lostBytes: number;
  /** When the statuses had passed at the latest, and the packet that says so. */
  readonly timeNs: number;
  readonly frame: number;
}

/** Tasks that may have ended in `count` bare headers that are missing. */
export interface HeadersUnseen {
  readonly tasks: readonly OpenTask[];
  readonly orders: readonly number[];
  readonly timeNs: number;
  readonly frame: number;
}

export class StatusNumbers {
  /** StatSN that the target's next status should have (known 0: no, 1: by ExpStatSN, 2: by StatSN). */
  statSNKnown = 0;
  nextStatSN = 0;
  /** The target leaves out numbers, with nothing missing (istgt): they prove no status. */
  skipsStatSN = false;
  /** Losses of the target when the status numbers were last in step. */
  statTargetLosses = 0;
  /** Bytes of the target missed since then, with their headers. */
  statLostBytes = 0;
  /** Latest ExpStatSN. */
  expStatSN = 0;
  expStatSNKnown = false;
  /** StatSN that the target foretold last without using it (R2T, NOP-In); -1 none. */
  foretold = -1;
  /** True where the initiator takes a foretold StatSN for a status: its ExpStatSN runs ahead by one. */
  countsForetold = false;
  /** ExpStatSNs beyond the statuses seen, in order: number, time, frame of the first that said so. */
  readonly aheadSN: number[] = [];
  readonly aheadNs: number[] = [];
  readonly aheadFrame: number[] = [];
  /** Writes were open: should something of the target be missing, the last may be one foretold. */
  readonly aheadForetells: boolean[] = [];
  /** Losses of the target's direction since its last PDU, and whose statuses these may have been. */
  lostInRow = 0;
  headersUnseen: HeadersUnseen | undefined = undefined;
  /** The read whose last Data-In was the target's last PDU, and its order: its status is due next. */
  readDone: OpenTask | null = null;
  readDoneOrder = 0;
  /** Statuses that were sent but not captured, whose tasks are not known yet. */
  readonly holes: StatusHole[] = [];

  constructor() {
    asDoubles<StatusNumbers>(this, ['nextStatSN', 'expStatSN', 'foretold']);
  }
}
