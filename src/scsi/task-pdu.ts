// What tells of a task, of whatever transport: iSCSI's PDU, a Fibre Channel frame, a piece of RDMA. A cursor
// of the transport's own has these fields; it is borrowed.

import type { PduPlace } from '../pdu/pdu.js';

export interface TaskPdu
  extends Pick<PduPlace, 'streamOffset' | 'frame' | 'timeNs' | 'frameEnd' | 'endNs'> {
  readonly fromInitiator: boolean;
  /** About where in the direction's bytes it ends. */
  readonly streamEnd: number;
  /** Its last bytes were not captured: endNs is an upper bound, when what follows them came. */
  readonly endBound: boolean;
}
