// hot: no allocation per packet
// Columns of what a task is: whose, where to, its CDB.

import {
  type ChunkSet,
  isForgotten,
  SeldomColumn,
  SparseColumn,
  Uint8Column,
  Uint16Column,
  Uint32Column,
  WideColumn,
} from '../lib/columns.js';
import type { Task } from '../scsi/task.js';
import { operationServiceAction } from '../wire/scsi/operations.js';
import { bytesOf, forgetIn, type Held } from './group.js';

export const CDB_BYTES = 16;
const UNSEEN_FROM = 0xff00;

export class IdentityColumns {
  readonly session = new Uint16Column();
  readonly connection = new WideColumn(16);
  readonly lunHigh = new SeldomColumn();
  /** Only LUNs of more than two levels have one (SAM-5 4.7). */
  readonly lunLow = new SparseColumn(0);
  readonly tag = new Uint32Column();
  readonly cmdSN = new Uint32Column();
  /** Plus one: 0 is unknown; what the header alone told is negative, and stands at the upper end. Operation code and service action follow from it and the CDB. */
  readonly operation = new Uint16Column();
  readonly deviceType = new Uint8Column();
  /** Beyond 2 TiB in blocks of 512 bytes. */
  readonly lbaHigh = new SeldomColumn();
  readonly lbaLow = new Uint32Column();
  readonly blocks = new Uint32Column();
  /** 16 cells a row. */
  readonly #cdb = new Uint8Column();
  /** Only those that are shorter (cut) or longer (extended). */
  readonly #cdbLength = new SparseColumn(CDB_BYTES);
  readonly #longCdbs: Map<number, Uint8Array> = new Map();

  write(row: number, t: Task): void {
    this.session.set(row, t.session);
    this.connection.set(row, t.connection);
    this.lunHigh.set(row, t.lunHigh);
    this.lunLow.set(row, t.lunLow);
    this.tag.set(row, t.tag);
    this.cmdSN.set(row, t.cmdSN);
    this.operation.set(row, (t.operation + 1) & 0xffff);
    this.deviceType.set(row, t.deviceType + 1);
    this.lbaHigh.set(row, t.lbaHigh);
    this.lbaLow.set(row, t.lbaLow);
    this.blocks.set(row, t.blocks);
    const there = Math.min(t.cdbLength, t.cdb.length);
    const at = row * CDB_BYTES;
    for (let i = 0; i < CDB_BYTES; i++) this.#cdb.set(at + i, i < there ? t.cdb[i] : 0);
    this.#cdbLength.set(row, there);
    if (there > CDB_BYTES) this.#longCdbs.set(row, t.cdb.slice(0, there));
  }

  /** `shortCdb` is where a CDB of 16 bytes or less is read to. */
  read(row: number, out: Task, shortCdb: Uint8Array): void {
    out.session = this.session.get(row);
    out.connection = this.connection.get(row);
    out.lunHigh = this.lunHigh.get(row);
    out.lunLow = this.lunLow.get(row);
    out.tag = this.tag.get(row);
    out.cmdSN = this.cmdSN.get(row);
    const kept = this.operation.get(row);
    out.operation = (kept < UNSEEN_FROM ? kept : kept - 0x10000) - 1;
    out.serviceAction = out.operation < 0 ? -1 : operationServiceAction(out.operation);
    out.deviceType = this.deviceType.get(row) - 1;
    out.lbaHigh = this.lbaHigh.get(row);
    out.lbaLow = this.lbaLow.get(row);
    out.blocks = this.blocks.get(row);
    out.cdbLength = this.#cdbLength.get(row);
    const long = out.cdbLength > CDB_BYTES ? this.#longCdbs.get(row) : undefined;
    out.cdb = long ?? shortCdb;
    const at = row * CDB_BYTES;
    for (let i = 0; i < CDB_BYTES; i++) shortCdb[i] = this.#cdb.get(at + i);
    out.opcode = shortCdb[0];
  }

  bytes(): number {
    let long = 0;
    for (const cdb of this.#longCdbs.values()) long += cdb.length;
    return long + this.#cdb.bytes() + bytesOf(this.#all());
  }

  forget(end: number, keep: ChunkSet): void {
    forgetIn(this.#all(), end, keep);
    const kept = new Set<number>();
    for (const at of keep) {
      for (let i = 0; i < CDB_BYTES; i++) kept.add(at * CDB_BYTES + i);
    }
    this.#cdb.forget(end * CDB_BYTES, kept);
    for (const row of this.#longCdbs.keys()) {
      if (isForgotten(row, end, keep)) this.#longCdbs.delete(row);
    }
  }

  /** All but the CDBs: these have more cells a row. */
  #all(): Held[] {
    return [
      this.session,
      this.connection,
      this.lunHigh,
      this.lunLow,
      this.tag,
      this.cmdSN,
      this.operation,
      this.deviceType,
      this.lbaHigh,
      this.lbaLow,
      this.blocks,
      this.#cdbLength,
    ];
  }
}
