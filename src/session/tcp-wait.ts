// hot: no allocation per packet
// What TCP took of a task's time: a hole in the stream kept all that came behind it from being
// read (stream/events.ts: holeFilled). PDUs of one task behind the same hole waited together.

import type { Pdu } from '../pdu/pdu.js';
import type { OpenTask } from './open-task.js';

/** The last hole that was filled in a direction. Bytes behind it were readable at filledNs. */
export class FilledHole {
  serial = 0;
  position = 0;
  end = 0;
  openedNs = 0;
  filledNs = -1;
}

/** Call at the end of a PDU of the task. */
export function waited(hole: FilledHole, open: OpenTask, pdu: Pdu): void {
  if (hole.filledNs < 0 || pdu.endNs !== hole.filledNs) return;
  const inside = pdu.streamOffset >= hole.position && pdu.streamOffset < hole.end;
  const fromNs = inside || pdu.timeNs < hole.openedNs ? hole.openedNs : pdu.timeNs;
  const ns = hole.filledNs - fromNs;
  if (open.waitSerial !== hole.serial) {
    open.waitSerial = hole.serial;
    open.waitNs = 0;
  }
  if (ns <= open.waitNs) return;
  open.task.tcpWaitNs += ns - open.waitNs;
  open.waitNs = ns;
}
