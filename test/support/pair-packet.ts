// Packets of TCP in IPv4 over Ethernet, as far as pairs of captures are made of recordings: read, changed (with
// checksums that are right again), put together as adapters do, and put into other links and tunnels.

import { sum } from '../../src/lib/checksum-edit.js';
import { concat } from './octets.js';

const IP = 14;
const ACK_FLAG = 0x10;
const TIMESTAMP_OPTION = 8;

/** TCP in IPv4, where `bytes` were captured in full up to the payload. */
export interface TcpPacket {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly from: string;
  readonly to: string;
  /** The same for both directions. */
  readonly connection: string;
  readonly tcp: number;
  readonly payloadAt: number;
  /** Of payload, as the IP header says. */
  readonly length: number;
  readonly seq: number;
  /** -1: none. */
  readonly ack: number;
  readonly flags: number;
}

export function tcpPacket(bytes: Uint8Array): TcpPacket | undefined {
  if (bytes.length < IP + 40 || bytes[12] !== 8 || bytes[13] !== 0 || bytes[IP + 9] !== 6) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tcp = IP + (bytes[IP] & 15) * 4;
  const payloadAt = tcp + (bytes[tcp + 12] >> 4) * 4;
  const from = `${bytes.subarray(IP + 12, IP + 16).join('.')}:${view.getUint16(tcp)}`;
  const to = `${bytes.subarray(IP + 16, IP + 20).join('.')}:${view.getUint16(tcp + 2)}`;
  const flags = bytes[tcp + 13];
  return {
    bytes,
    view,
    from,
    to,
    connection: from < to ? `${from} ${to}` : `${to} ${from}`,
    tcp,
    payloadAt,
    length: Math.max(0, IP + view.getUint16(IP + 2) - payloadAt),
    seq: view.getUint32(tcp + 4),
    ack: (flags & ACK_FLAG) !== 0 ? view.getUint32(tcp + 8) : -1,
    flags,
  };
}

/** Whether a position lies before another one, modulo 2^32. */
export function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

export interface Change {
  readonly ipId?: number;
  readonly seqBy?: number;
  readonly ackBy?: number;
  readonly ack?: number;
  readonly timestampBy?: number;
  readonly source?: readonly [address: Uint8Array, port: number];
  readonly destination?: readonly [address: Uint8Array, port: number];
}

/** A copy with other fields; checksums are right again where all was captured. */
export function changed(of: TcpPacket, change: Change): Uint8Array {
  const bytes = Uint8Array.from(of.bytes);
  const view = new DataView(bytes.buffer);
  const { tcp } = of;
  if (change.ipId !== undefined) view.setUint16(IP + 4, change.ipId);
  if (change.seqBy) view.setUint32(tcp + 4, (of.seq + change.seqBy) >>> 0);
  if (change.ack !== undefined) view.setUint32(tcp + 8, change.ack >>> 0);
  else if (change.ackBy && of.ack >= 0) view.setUint32(tcp + 8, (of.ack + change.ackBy) >>> 0);
  if (change.timestampBy) {
    const at = timestampAt(of);
    if (at >= 0) view.setUint32(at, (view.getUint32(at) + change.timestampBy) >>> 0);
  }
  for (const [end, ip, port] of [
    [change.source, IP + 12, tcp],
    [change.destination, IP + 16, tcp + 2],
  ] as const) {
    if (end === undefined) continue;
    bytes.set(end[0], ip);
    view.setUint16(port, end[1]);
  }
  checksummed(bytes);
  return bytes;
}

/** Where TSval stands; -1: no such option. */
function timestampAt({ bytes, tcp, payloadAt }: TcpPacket): number {
  let at = tcp + 20;
  while (at + 1 < payloadAt) {
    const kind = bytes[at];
    if (kind === 0) return -1;
    if (kind === TIMESTAMP_OPTION) return at + 2;
    at += kind === 1 ? 1 : Math.max(2, bytes[at + 1]);
  }
  return -1;
}

/** Without its payload. */
export function bare(of: TcpPacket): Uint8Array {
  const bytes = of.bytes.slice(0, of.payloadAt);
  new DataView(bytes.buffer).setUint16(IP + 2, bytes.length - IP);
  checksummed(bytes);
  return bytes;
}

function checksummed(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = (bytes[IP] & 15) * 4;
  view.setUint16(IP + 10, 0);
  view.setUint16(IP + 10, folded(sum(bytes, IP, header)));
  const length = view.getUint16(IP + 2) - header;
  const tcp = IP + header;
  if (tcp + length > bytes.length) return;
  view.setUint16(tcp + 16, 0);
  view.setUint16(tcp + 16, folded(sum(bytes, IP + 12, 8) + 6 + length + sum(bytes, tcp, length)));
}

function folded(total: number): number {
  let value = total;
  while (value > 0xffff) value = (value & 0xffff) + Math.floor(value / 0x10000);
  return ~value & 0xffff;
}

/** Two segments that follow each other as one, as an adapter has them before it cuts or after it merges. */
export function joined(a: TcpPacket, b: TcpPacket, most: number): Uint8Array | undefined {
  if (a.from !== b.from || a.to !== b.to || a.length === 0 || b.length === 0) return undefined;
  if ((a.seq + a.length) >>> 0 !== b.seq || a.length + b.length > most) return undefined;
  if (a.ack !== b.ack || ((a.flags | b.flags) & 0x07) !== 0) return undefined;
  // An adapter's pieces have one timestamp.
  const options = (p: TcpPacket) => Buffer.from(p.bytes.subarray(p.tcp + 20, p.payloadAt));
  if (!options(a).equals(options(b))) return undefined;
  if (a.payloadAt + a.length > a.bytes.length || b.payloadAt + b.length > b.bytes.length) {
    return undefined;
  }
  const made = concat(
    a.bytes.subarray(0, a.payloadAt + a.length),
    b.bytes.subarray(b.payloadAt, b.payloadAt + b.length),
  );
  new DataView(made.buffer, made.byteOffset).setUint16(IP + 2, made.length - IP);
  checksummed(made);
  return made;
}

/** How the link of a capture point looks; by the number that captures have for it. */
export type PairLink = 'ethernet' | 'vlan' | 'vxlan' | 'sll2' | 'raw';

export const LINK_TYPES: Readonly<Record<PairLink, number>> = {
  ethernet: 1,
  vlan: 1,
  vxlan: 1,
  sll2: 276,
  raw: 101,
};

/** A packet of Ethernet as it looks on another link. `out`: its sender is this machine (Linux cooked). */
export function onLink(bytes: Uint8Array, link: PairLink, out: boolean): Uint8Array {
  switch (link) {
    case 'ethernet':
      return bytes;
    case 'vlan':
      return concat(bytes.subarray(0, 12), Uint8Array.of(0x81, 0, 0x20, 123), bytes.subarray(12));
    case 'raw':
      return bytes.slice(IP);
    case 'sll2':
      return concat(
        bytes.subarray(12, 14),
        Uint8Array.of(0, 0, 0, 0, 0, 3, 0, 1, out ? 4 : 0, 6),
        bytes.subarray(6, 12),
        Uint8Array.of(0, 0),
        bytes.subarray(IP),
      );
    case 'vxlan':
      return concat(vxlanHeaders(bytes.length), bytes);
  }
}

function vxlanHeaders(length: number): Uint8Array {
  const made = new Uint8Array(IP + 20 + 8 + 8);
  const view = new DataView(made.buffer);
  made.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]);
  made.set([0x45, 0], IP);
  view.setUint16(IP + 2, 20 + 8 + 8 + length);
  made.set([0, 0, 0x40, 0, 64, 17, 0, 0, 172, 16, 0, 1, 172, 16, 0, 2], IP + 4);
  view.setUint16(IP + 10, folded(sum(made, IP, 20)));
  view.setUint16(IP + 20, 50_000);
  view.setUint16(IP + 22, 4789);
  view.setUint16(IP + 24, 16 + length);
  made[IP + 28] = 8;
  made.set([0, 0x30, 0x39], IP + 32);
  return made;
}
