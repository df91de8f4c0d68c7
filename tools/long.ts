// A capture of one long session: a login, then one READ after the other, the first of them built from the
// field tables and the others made of it by adding to its numbers, so that millions take seconds.

import { closeSync, openSync, writeSync } from 'node:fs';
import {
  CMD_SN,
  EXP_CMD_SN,
  EXP_STAT_SN,
  INITIATOR_TASK_TAG,
  MAX_CMD_SN,
  STAT_SN,
} from '../src/wire/iscsi/bhs-offsets.js';
import { Opcode } from '../src/wire/iscsi/codes.js';
import { scsiCommand } from '../src/wire/iscsi/scsi-command.js';
import type { BuiltPacket } from '../test/support/build.js';
import { Dialogue } from '../test/support/dialogue.js';
import { EPOCH_SECONDS, pcapFile } from '../test/support/pcap-writer.js';

const RECORD = 16;
const SEQUENCE = 14 + 20 + 4;
const ACKNOWLEDGMENT = SEQUENCE + 4;
const PDU = 14 + 20 + 20;
const LBA = PDU + scsiCommand.cdb.byte + 2;
const NO_DATA_WITH_STATUS = 0;
const FLUSH_BYTES = 1 << 22;

export interface Long {
  readonly commands: number;
  /** From one command to the next. */
  readonly everyNs: number;
  /** Of 512 bytes each; 0: no data. */
  readonly blocks: number;
}

/** Writes the capture; its bytes. */
export function writeLong(path: string, { commands, everyNs, blocks }: Long): number {
  const d = new Dialogue({ acks: 'none' });
  const began = d.login(0) + 1e6;
  if (blocks === NO_DATA_WITH_STATUS) d.command(new Uint8Array(6), began);
  else d.read10(0, blocks, began);
  const all = d.tcp.captured();
  const before = all.filter((p) => p.timeNs < began);
  const command = all.filter((p) => p.timeNs >= began);
  const sent = { initiator: bytesOf(command, 'initiator'), target: bytesOf(command, 'target') };
  const fd = openSync(path, 'w');
  let total = writeSync(fd, pcapFile(before));
  const chunk = Buffer.alloc(FLUSH_BYTES);
  let used = 0;
  for (let i = 0; i < commands; i++) {
    for (const packet of command) {
      const size = RECORD + packet.bytes.length;
      if (used + size > FLUSH_BYTES) {
        total += writeSync(fd, chunk, 0, used);
        used = 0;
      }
      write(chunk, used, packet, packet.timeNs + i * everyNs);
      numbered(
        new DataView(chunk.buffer, chunk.byteOffset + used + RECORD, packet.bytes.length),
        packet,
        i,
        sent,
      );
      used += size;
    }
  }
  total += writeSync(fd, chunk, 0, used);
  closeSync(fd);
  return total;
}

function bytesOf(packets: readonly BuiltPacket[], side: BuiltPacket['from']): number {
  const own = packets.filter((p) => p.from === side);
  return own.reduce((sum, p) => sum + (p.tcp.payload?.length ?? 0), 0);
}

function write(chunk: Buffer, at: number, { bytes }: BuiltPacket, timeNs: number): void {
  chunk.writeUInt32LE(EPOCH_SECONDS + Math.floor(timeNs / 1e9), at);
  chunk.writeUInt32LE(Math.floor(timeNs % 1e9), at + 4);
  chunk.writeUInt32LE(bytes.length, at + 8);
  chunk.writeUInt32LE(bytes.length, at + 12);
  chunk.set(bytes, at + RECORD);
}

/** The packet is that of the command with this number. */
function numbered(
  view: DataView,
  { from }: BuiltPacket,
  i: number,
  sent: Readonly<Record<BuiltPacket['from'], number>>,
): void {
  const add = (at: number, by: number) => view.setUint32(at, (view.getUint32(at) + by) >>> 0);
  add(SEQUENCE, sent[from] * i);
  add(ACKNOWLEDGMENT, sent[from === 'initiator' ? 'target' : 'initiator'] * i);
  const opcode = view.getUint8(PDU) & 0x3f;
  add(PDU + INITIATOR_TASK_TAG, i);
  if (opcode === Opcode.scsiCommand) {
    add(PDU + CMD_SN, i);
    add(PDU + EXP_STAT_SN, i);
    if (view.getUint8(PDU + scsiCommand.cdb.byte) !== 0) add(LBA, i * 8);
    return;
  }
  if (opcode === Opcode.scsiResponse) add(PDU + STAT_SN, i);
  add(PDU + EXP_CMD_SN, i);
  add(PDU + MAX_CMD_SN, i);
}
