// hot: no allocation per packet
// What a SCSI Command says of its task: its header (RFC 7143 11.3) and its AHSs (11.2.2).

import type { Pdu } from '../../../pdu/pdu.js';
import { takeCdb, takeLongCdb, commandBegins as taskBegins } from '../../../scsi/exchange.js';
import type { OpenTask } from '../../../scsi/open-task.js';
import { tell } from '../../../scsi/open-tasks.js';
import { Transport } from '../../../scsi/task.js';
import {
  ATTRIBUTE,
  BHS_LENGTH,
  CDB,
  CMD_SN,
  EXPECTED_LENGTH,
  FLAGS,
  IMMEDIATE,
  LUN,
  READ,
  WRITE,
} from '../../../wire/iscsi/bhs-offsets.js';
import type { IscsiTables, SessionState } from '../state.js';

/** AHS types (RFC 7143 11.2.2.1). */
const AHS_EXTENDED_CDB = 1;
const AHS_BIDI_READ_LENGTH = 2;

/** Fills in what the header says. Fields that were cut off by snaplen read as 0 and count as such. */
export function commandFacts(book: IscsiTables, s: SessionState, open: OpenTask, pdu: Pdu): void {
  const view = pdu.view;
  const at = pdu.at;
  const t = open.task;
  const flags = view.getUint8(at + FLAGS);
  t.lunHigh = view.getUint32(at + LUN);
  t.lunLow = view.getUint32(at + LUN + 4);
  t.cmdSN = view.getUint32(at + CMD_SN);
  t.immediate = (view.getUint8(at) & IMMEDIATE) !== 0;
  t.reads = (flags & READ) !== 0;
  t.writes = (flags & WRITE) !== 0;
  t.attribute = flags & ATTRIBUTE;
  t.expectedLength = view.getUint32(at + EXPECTED_LENGTH);
  if (pdu.iser !== undefined) t.transport = Transport.iser;
  taskBegins(s, open, pdu);
  const captured = pdu.headerCaptured;
  const there = captured >= BHS_LENGTH ? 16 : Math.max(0, captured - CDB);
  takeCdb(book.tasks, open, pdu.bytes, view, at + CDB, there);
}

/** The AHS of a command: the rest of a long CDB, the read length of a bidirectional command. */
export function extendedCdb(book: IscsiTables, open: OpenTask, pdu: Pdu): void {
  const t = open.task;
  const ahs = pdu.ahs;
  for (let p = 0; p + 4 <= pdu.ahsKept; ) {
    const length = (ahs[p] << 8) | ahs[p + 1];
    const type = ahs[p + 2] & 0x3f;
    const end = p + 3 + length;
    if (end > pdu.ahsKept || length === 0) break;
    if (type === AHS_EXTENDED_CDB) takeLongCdb(book.tasks, open, ahs, p + 4, end - p - 4);
    else if (type === AHS_BIDI_READ_LENGTH && length === 5) {
      const at = p + 4;
      t.bidiReadExpectedLength =
        ((ahs[at] << 24) | (ahs[at + 1] << 16) | (ahs[at + 2] << 8) | ahs[at + 3]) >>> 0;
    }
    p = (end + 3) & ~3; // each is padded to words (11.2.2)
  }
  if (!open.told) tell(book.tasks, open);
}
