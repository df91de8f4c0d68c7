// One PDU as it is shown in lists and NDJSON: the cursor of the pdu stage and what its data says.
// Borrowed like the cursor: valid until the callback returns.

import type { Epoch } from '../capture/time.js';
import { TEXT_JOINED_MAX } from '../limits.js';
import type { Pdu, PduSink } from '../pdu/pdu.js';
import type { Task, TaskSink } from '../session/task.js';
import { type Pair, readPairs } from '../session/text.js';
import { get } from '../wire/field.js';
import { ahsFacts } from '../wire/iscsi/ahs.js';
import { bhs } from '../wire/iscsi/bhs.js';
import { Opcode } from '../wire/iscsi/codes.js';
import { type PduTable, pduOf } from '../wire/iscsi/pdus.js';
import { CdbFacts, cdbFacts, operationOf } from '../wire/scsi/operations.js';
import { readSense, SenseCodes } from '../wire/scsi/sense.js';

/** Bytes of a SCSI Response's data that are looked at: SenseLength and sense data (at most 252). */
const SENSE_WANTED = 254;
const CDB_AT = 32;
const CDB_BYTES = 16;

export class PduRecord {
  epoch: Epoch | undefined = undefined;
  table: PduTable = pduOf(0);
  /** Text keys that end in this PDU (login and text PDUs), joined over those before it. */
  text: readonly Pair[] | undefined = undefined;
  /** SCSI Command: the CDB with its extension, -1 and none where it was not captured. */
  cdb: Uint8Array = new Uint8Array(CDB_BYTES);
  cdbLength = 0;
  operation = -1;
  readonly cdbFacts: CdbFacts = new CdbFacts();
  /** SCSI Response with sense data: its codes, -1 for none. */
  readonly sense: SenseCodes = new SenseCodes();
}

/** Reads PDUs into one reused record and hands it on. Also a TaskSink: that is how it learns device types. */
export class PduReader implements PduSink, TaskSink {
  readonly record: PduRecord = new PduRecord();
  readonly #take: (pdu: Pdu, record: PduRecord) => void;
  readonly #lost: (direction: number, bytes: number, timeNs: number, frame: number) => void;
  /** Text that goes on in the next PDU, by direction; gone where bytes are missing. */
  readonly #open: Map<number, Uint8Array> = new Map();
  #deviceType = -1;
  #connection = -1;
  #tag = -1;

  constructor(
    take: (pdu: Pdu, record: PduRecord) => void,
    lost: (direction: number, bytes: number, timeNs: number, frame: number) => void,
  ) {
    this.#take = take;
    this.#lost = lost;
  }

  /** The session stage has just seen the command whose PDU comes next. */
  taskStarted(task: Task): void {
    this.#deviceType = task.deviceType;
    this.#connection = task.connection;
    this.#tag = task.initiatorTaskTag;
  }

  taskEnded(_task: Task): void {}

  begin(pdu: Pdu): number {
    if (hasText(pdu.opcode)) return TEXT_JOINED_MAX;
    return pdu.opcode === Opcode.scsiResponse && pdu.dataSegmentLength > 0 ? SENSE_WANTED : 0;
  }

  end(pdu: Pdu): void {
    const record = this.record;
    record.table = pduOf(pdu.opcode);
    record.text = hasText(pdu.opcode) ? this.#text(pdu) : undefined;
    record.sense.senseKey = -1;
    if (pdu.opcode === Opcode.scsiCommand) this.#command(pdu);
    else if (pdu.opcode === Opcode.scsiResponse) this.#response(pdu);
    this.#take(pdu, record);
  }

  lost(direction: number, bytes: number, timeNs: number, frame: number): void {
    this.#open.delete(direction);
    this.#lost(direction, bytes, timeNs, frame);
  }

  ended(direction: number, _timeNs: number, _frame: number): void {
    this.#open.delete(direction);
  }

  #text(pdu: Pdu): readonly Pair[] {
    const kept = Math.min(pdu.dataKept, pdu.dataSegmentLength);
    const whole = kept === pdu.dataSegmentLength;
    const continues = whole && (pdu.view.getUint8(pdu.at + 1) & 0x40) !== 0;
    const before = this.#open.get(pdu.direction);
    const bytes = before === undefined ? pdu.data.slice(0, kept) : joined(before, pdu.data, kept);
    this.#open.delete(pdu.direction);
    if (continues && bytes.length < TEXT_JOINED_MAX) {
      this.#open.set(pdu.direction, bytes.slice(bytes.lastIndexOf(0) + 1));
    }
    return readPairs(bytes, continues || !whole).pairs;
  }

  #command(pdu: Pdu): void {
    const { record } = this;
    const there = Math.max(0, Math.min(CDB_BYTES, pdu.headerCaptured - CDB_AT));
    const { cdbAt, cdbLength } = extension(pdu);
    const length = there < CDB_BYTES ? there : there + cdbLength;
    if (length > record.cdb.length) record.cdb = new Uint8Array(length);
    for (let i = 0; i < there; i++) record.cdb[i] = pdu.bytes[pdu.at + CDB_AT + i];
    for (let i = there; i < length; i++) record.cdb[i] = pdu.ahs[cdbAt + i - there];
    record.cdbLength = length;
    record.operation = -1;
    if (length === 0) return;
    const known = this.#connection === pdu.connection && this.#tag === tagOf(pdu);
    const deviceType = known ? this.#deviceType : -1;
    const view = new DataView(record.cdb.buffer, record.cdb.byteOffset, length);
    record.operation = operationOf(view, 0, length, deviceType);
    cdbFacts(view, 0, length, deviceType, record.cdbFacts);
  }

  #response(pdu: Pdu): void {
    if (pdu.dataKept < 2) return;
    const length = Math.min((pdu.data[0] << 8) | pdu.data[1], pdu.dataKept - 2);
    readSense(pdu.data, 2, length, this.record.sense);
  }
}

/** True for the PDUs whose data is text (RFC 7143 11.10 to 11.13). */
function hasText(opcode: number): boolean {
  return (
    opcode === Opcode.loginRequest ||
    opcode === Opcode.loginResponse ||
    opcode === Opcode.textRequest ||
    opcode === Opcode.textResponse
  );
}

function tagOf(pdu: Pdu): number {
  return get(pdu.view, pdu.at, bhs.initiatorTaskTag);
}

/** Where the rest of a CDB longer than 16 bytes lies in the AHS. */
function extension(pdu: Pdu): { cdbAt: number; cdbLength: number } {
  if (pdu.ahsKept === 0) return { cdbAt: 0, cdbLength: 0 };
  const view = new DataView(pdu.ahs.buffer, pdu.ahs.byteOffset, pdu.ahsKept);
  return ahsFacts(view, 0, pdu.ahsLength, pdu.ahsKept);
}

function joined(before: Uint8Array, data: Uint8Array, length: number): Uint8Array {
  const all = new Uint8Array(before.length + length);
  all.set(before);
  all.set(data.subarray(0, length), before.length);
  return all;
}
