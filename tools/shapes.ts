// Captures of shapes that make memory grow: one session of the field tables, written again and again
// with other addresses, ports, ISIDs and times.

import { closeSync, openSync, writeSync } from 'node:fs';
import { Dialogue } from '../test/support/dialogue.js';
import { concat } from '../test/support/octets.js';
import { pcapFile } from '../test/support/pcap-writer.js';

export interface Shape {
  readonly sessions: number;
  /** READs of each. */
  readonly commands: number;
  /** From one session's login to the next one's. */
  readonly everyNs: number;
  /** `logout`, `cut` (RST in the middle), `refused` (the login), or `open`: it goes on when the capture ends. */
  readonly ends: 'logout' | 'cut' | 'refused' | 'open';
}

const HEADER = 14 + 20 + 20;
const SOURCE = 14 + 12;
const DESTINATION = SOURCE + 4;
const PORTS = 14 + 20;
const ISID = HEADER + 8;
const OPCODE_MASK = 0x3f;
const FLUSH_BYTES = 1 << 22;

/** Writes the capture; its bytes. */
export function writeShape(path: string, shape: Shape): number {
  const packets = template(shape);
  const fd = openSync(path, 'w');
  let total = writeSync(fd, pcapFile([]));
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  const flush = (): void => {
    total += writeSync(fd, concat(...waiting));
    waiting = [];
    bytes = 0;
  };
  // In the order of time: sessions that overlap are written packet by packet.
  const rows = packets.flatMap(({ timeNs }, packet) => ({ timeNs, packet }));
  const span = rows.at(-1)?.timeNs ?? 0;
  const together = Math.max(1, Math.ceil(span / shape.everyNs));
  for (let first = 0; first < shape.sessions; first += together) {
    const some = Array.from(
      { length: Math.min(together, shape.sessions - first) },
      (_, i) => first + i,
    );
    const due = some.flatMap((session) =>
      rows.map(({ timeNs, packet }) => ({
        session,
        packet,
        timeNs: timeNs + first * shape.everyNs + (session - first) * (shape.everyNs / together),
      })),
    );
    due.sort((a, b) => a.timeNs - b.timeNs);
    for (const { session, packet, timeNs } of due) {
      const made = record(packets[packet], session, timeNs);
      waiting.push(made);
      bytes += made.length;
      if (bytes > FLUSH_BYTES) flush();
    }
  }
  flush();
  closeSync(fd);
  return total;
}

interface Template {
  readonly timeNs: number;
  readonly bytes: Uint8Array;
  readonly fromInitiator: boolean;
}

function template(shape: Shape): Template[] {
  const d = new Dialogue();
  const began = d.tcp.connect(0) + 100_000;
  let end = d.loginStep(began, {
    csg: 1,
    nsg: 3,
    offered: [
      ['InitiatorName', 'iqn.2001-04.com.example:host1'],
      ['TargetName', 'iqn.2001-04.com.example:disk1'],
      ['SessionType', 'Normal'],
    ],
    answered: [['TargetPortalGroupTag', '1']],
    ...(shape.ends === 'refused' ? { statusClass: 2, statusDetail: 1 } : {}),
  });
  if (shape.ends !== 'refused') {
    for (let i = 0; i < shape.commands; i++) end = d.read10(i * 8, 1, end + 100_000).statusNs;
    if (shape.ends === 'logout') end = d.logout(end + 100_000);
  }
  if (shape.ends === 'cut') d.tcp.reset(end + 100_000);
  else if (shape.ends !== 'open') d.tcp.close(end + 100_000);
  return d.tcp.captured().map(({ timeNs, bytes, from }) => {
    return { timeNs, bytes, fromInitiator: from === 'initiator' };
  });
}

/** A record of the pcap file, the packet being of the session of this number. */
function record({ bytes, fromInitiator }: Template, session: number, timeNs: number): Uint8Array {
  const out = new Uint8Array(16 + bytes.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, 1_700_000_000 + Math.floor(timeNs / 1e9), true);
  view.setUint32(4, Math.floor(timeNs % 1e9), true);
  view.setUint32(8, bytes.length, true);
  view.setUint32(12, bytes.length, true);
  out.set(bytes, 16);
  renumber(out.subarray(16), fromInitiator, session);
  return out;
}

/** A packet becomes that of another session: address and port of the initiator, ISID of a login. */
export function renumber(packet: Uint8Array, fromInitiator: boolean, session: number): void {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  view.setUint32(fromInitiator ? SOURCE : DESTINATION, 0x0a000000 + (session >>> 14) + 1);
  view.setUint16(PORTS + (fromInitiator ? 0 : 2), 20_000 + (session & 16_383));
  const opcode = packet.length > ISID + 6 ? packet[HEADER] & OPCODE_MASK : 0;
  if (opcode === 0x03 || opcode === 0x23) view.setUint32(ISID + 2, session + 1);
}
