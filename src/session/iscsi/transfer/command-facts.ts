// hot: no allocation per packet
// What a SCSI Command says of its task: its header (RFC 7143 11.3) and its AHSs (11.2.2).

import type { Pdu } from '../../../pdu/pdu.js';
import { takeCdb, takeLongCdb, commandBegins as taskBegins } from '../../../scsi/exchange.js';
import type { OpenTask } from '../../../scsi/open-task.js';
import { tell } from '../../../scsi/open-tasks.js';
import { Transport } from '../../../scsi/task.js';
import { ahsFacts } from '../../../wire/iscsi/ahs.js';
import {
  ATTRIBUTE,
  BHS_LENGTH,
  CDB,
  CMD_SN,
  EXPECTED_LENGTH,
  FLAGS,
  IMMEDIATE,
  LUN,
  LUN_LOW,
  READ,
  WRITE,
} from '../../../wire/iscsi/bhs-offsets.js';
import { unseenOperation } from '../../../wire/scsi/operations.js';
import type { IscsiTables, SessionState } from '../state.js';

/** Fills in what the header says. Fields that were cut off by snaplen read as 0 and count as such. */
export function commandFacts(book: IscsiTables, s: SessionState, open: OpenTask, pdu: Pdu): void {
  const view = pdu.view;
  const at = pdu.at;
  const t = open.task;
  const flags = view.getUint8(at + FLAGS);
  t.lunHigh = view.getUint32(at + LUN);
  t.lunLow = view.getUint32(at + LUN_LOW);
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
  if (there === 0) t.operation = unseenOperation(t.reads, t.writes);
}

/** The AHS of a command: the rest of a long CDB, the read length of a bidirectional command. */
export function extendedCdb(book: IscsiTables, open: OpenTask, pdu: Pdu): void {
  const view = new DataView(pdu.ahs.buffer, pdu.ahs.byteOffset, pdu.ahsKept);
  const { cdbAt, cdbLength, bidirectionalReadLength } = ahsFacts(
    view,
    0,
    pdu.ahsLength,
    pdu.ahsKept,
  );
  if (cdbLength > 0) takeLongCdb(book.tasks, open, pdu.ahs, cdbAt, cdbLength);
  if (bidirectionalReadLength >= 0) open.task.bidiReadExpectedLength = bidirectionalReadLength;
  if (!open.told) tell(book.tasks, open);
}
