// hot: no allocation per packet
// PDUs whose data never came to its end: the header arrived, and of its data not all. The last of each
// direction is kept: at the end of a connection it tells where its bytes stopped.

import { WATCHED_CONNECTIONS_MAX } from '../../limits.js';
import type { Pdu } from '../../pdu/pdu.js';
import { entry } from '../groups.js';
import type { WatchKind } from '../watch.js';

class CutPdu {
  frame = 0;
  timeNs = -1;
  /** Bytes of its data that were due. */
  dueBytes = 0;
}

class CutPdus {
  readonly byDirection: Map<number, CutPdu> = new Map();

  pdu(pdu: Pdu): void {
    if (pdu.complete || pdu.dataSegmentLength === 0) return;
    const cut = entry(this.byDirection, pdu.direction, WATCHED_CONNECTIONS_MAX, makeCut);
    if (cut === undefined) return;
    cut.frame = pdu.frame;
    cut.timeNs = pdu.timeNs;
    cut.dueBytes = pdu.dataSegmentLength;
  }
}

function makeCut(): CutPdu {
  return new CutPdu();
}

export const cutPdus: WatchKind<CutPdus> = {
  name: 'PDUs that did not come to their end',
  make: () => new CutPdus(),
};
