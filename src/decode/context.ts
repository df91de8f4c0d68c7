// What is known of a PDU besides its own bytes.

import type { Node } from '../wire/tree.js';
import type { JoinedData } from './data-joins.js';

export interface PduContext {
  /** The CDB of its command (a SCSI Command's own, with what its AHS add); cdbLength 0: not known. */
  readonly cdb: Uint8Array;
  readonly cdbLength: number;
  /** -1 not known. */
  readonly deviceType: number;
  /** Digests of what is hidden are told as good or bad only, unless it was asked for. */
  readonly showSecrets?: boolean;
  /** Bytes that the command writes in all; -1 not known. */
  readonly writeLength?: number;
  /** The PDU is the last of several with its task's parameter data: all of it. */
  readonly joined?: JoinedData;
  /** Where byte 16 of the CDB stands in the PDU: in an AHS. */
  readonly extensionAt?: number;
  /** Login and text PDUs: their keys, whose positions count from the start of the data. */
  readonly keys?: readonly Node[];
}
