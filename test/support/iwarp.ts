// FPDUs built from the field tables and read by them, and recorded iWARP made anew: with or without
// markers and CRC, in segments of any size, from any place on, with bits turned.

import { crc32c, digestWord } from '../../src/lib/crc32c.js';
import { ACK, PSH } from '../../src/packet/segment.js';
import { type Field, get, hex } from '../../src/wire/field.js';
import { QUEUE_OF_OPCODE } from '../../src/wire/rdma/codes.js';
import { ddpTagged, ddpUntagged, TAGGED_BYTES, UNTAGGED_BYTES } from '../../src/wire/rdma/ddp.js';
import {
  fpduBytes,
  MARKER_INTERVAL,
  MPA_FRAME_BYTES,
  MPA_REPLY_KEY,
  MPA_REQUEST_KEY,
  mpaFrame,
} from '../../src/wire/rdma/mpa.js';
import { type FieldValue, put } from './build.js';
import { concat } from './octets.js';
import { tcpPacket } from './packet-builder.js';
import type { HeldPacket } from './road.js';

/** A header of a table: fields that are not given are 0. */
export function header(
  length: number,
  fields: Readonly<Record<string, Field>>,
  values: Readonly<Record<string, FieldValue>>,
): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (const [name, value] of Object.entries(values)) {
    const f = fields[name];
    if (f === undefined) throw new Error(`there is no field ${name}`);
    put(bytes, view, f, value);
  }
  return bytes;
}

export interface MpaSpec {
  readonly reply: boolean;
  readonly markers?: boolean;
  readonly crc?: boolean;
  readonly rejected?: boolean;
  readonly revision?: number;
  readonly privateData?: Uint8Array;
  readonly enhanced?: boolean;
}

export function mpaStart(spec: MpaSpec): Uint8Array {
  const { privateData = new Uint8Array(0) } = spec;
  const key = new TextEncoder().encode(spec.reply ? MPA_REPLY_KEY : MPA_REQUEST_KEY);
  const frame = header(MPA_FRAME_BYTES, mpaFrame, {
    key,
    markers: spec.markers ?? false,
    crc: spec.crc ?? false,
    rejected: spec.rejected ?? false,
    enhanced: spec.enhanced ?? false,
    revision: spec.revision ?? 1,
    privateDataLength: privateData.length,
  });
  return concat(frame, privateData);
}

/** A DDP segment: its header from the tables, and what follows. Versions are 1, last is set. */
export function ddpSegment(
  opcode: number,
  values: Readonly<Record<string, FieldValue>>,
  payload: Uint8Array,
): Uint8Array {
  const tagged = QUEUE_OF_OPCODE[opcode] === -1;
  const common = { tagged, last: true, ddpVersion: 1, rdmapVersion: 1, opcode };
  const head = tagged
    ? header(TAGGED_BYTES, ddpTagged, { ...common, ...values })
    : header(UNTAGGED_BYTES, ddpUntagged, {
        ...common,
        queueNumber: Math.max(0, QUEUE_OF_OPCODE[opcode]),
        ...values,
      });
  return concat(head, payload);
}

export type CrcWay = 'good' | 'none' | 'bad';

/** Bytes of one direction after its MPA frame, FPDU by FPDU, with markers where they are due. */
export class FpduWriter {
  /** Bytes so far. */
  position = 0;
  private readonly markers: boolean;

  constructor(markers: boolean) {
    this.markers = markers;
  }

  fpdu(ulpdu: Uint8Array, way: CrcWay = 'good'): Uint8Array {
    const plain = new Uint8Array(fpduBytes(ulpdu.length));
    const view = new DataView(plain.buffer);
    view.setUint16(0, ulpdu.length);
    plain.set(ulpdu, 2);
    const out: number[] = [];
    let begin = -1;
    const body = plain.length - 4;
    for (let i = 0; i < body; i++) {
      if (this.due(out.length))
        out.push(...markerBytes(begin < 0 ? 0 : this.position + out.length - begin));
      if (begin < 0) begin = this.position + out.length;
      out.push(plain[i]);
    }
    // A marker right behind the padding belongs to this FPDU (RFC 5044 4.4).
    if (this.due(out.length)) out.push(...markerBytes(this.position + out.length - begin));
    const covered = Uint8Array.from(out);
    const word =
      way === 'none' ? 0 : digestWord(crc32c(covered, 0, covered.length)) ^ (way === 'bad' ? 1 : 0);
    const crc = new Uint8Array(4);
    new DataView(crc.buffer).setUint32(0, word >>> 0);
    this.position += covered.length + 4;
    return concat(covered, crc);
  }

  private due(written: number): boolean {
    return this.markers && (this.position + written) % MARKER_INTERVAL === 0;
  }
}

function markerBytes(back: number): number[] {
  return [0, 0, back >> 8, back & 255];
}

/** One FPDU of a recording: what it carries, and when its first and last byte came. */
export interface ReadFpdu {
  readonly side: number;
  readonly ulpdu: Uint8Array;
  readonly timeNs: number;
  readonly endNs: number;
}

export interface ReadStream {
  /** In the order of their last bytes. */
  readonly fpdus: readonly ReadFpdu[];
  /** Both MPA frames' private data, and the port of the responder. */
  readonly privateData: readonly [Uint8Array, Uint8Array];
  readonly enhanced: boolean;
  readonly startNs: readonly [number, number];
}

/** Reads a recording of one connection that begins with MPA, IPv4 and without loss and markers. */
export function readIwarp(packets: readonly HeldPacket[]): ReadStream {
  const sides = new Map<string, number>();
  const next: (number | undefined)[] = [undefined, undefined];
  const held: Uint8Array[] = [new Uint8Array(0), new Uint8Array(0)];
  const came: { at: number; timeNs: number }[][] = [[], []];
  const total = [0, 0];
  const base = [0, 0];
  const fpdus: ReadFpdu[] = [];
  const privateData: Uint8Array[] = [];
  const startNs: number[] = [];
  let enhanced = false;
  for (const { bytes, timeNs } of packets) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getUint16(12) !== 0x0800 || bytes[23] !== 6) continue;
    const tcp = 14 + (bytes[14] & 15) * 4;
    const payload = tcp + (bytes[tcp + 12] >> 4) * 4;
    const end = 14 + view.getUint16(16);
    const key = hex(bytes, 26, 4) + view.getUint16(tcp);
    if (!sides.has(key)) sides.set(key, sides.size);
    const side = sides.get(key)!;
    const seq = view.getUint32(tcp + 4);
    if ((bytes[tcp + 13] & 2) !== 0) next[side] = (seq + 1) >>> 0;
    if (end <= payload || next[side] === undefined) continue;
    const known = (next[side]! - seq) | 0;
    if (known >= end - payload || known < 0) continue;
    const fresh = bytes.slice(payload + known, end);
    next[side] = (seq + end - payload) >>> 0;
    came[side].push({ at: total[side], timeNs });
    total[side] += fresh.length;
    held[side] = concat(held[side], fresh);
    const timeAt = (at: number) => came[side].findLast((c) => c.at <= at)!.timeNs;
    for (;;) {
      const b = held[side];
      const v = new DataView(b.buffer, b.byteOffset, b.byteLength);
      if (privateData[side] === undefined) {
        if (b.length < MPA_FRAME_BYTES) break;
        const whole = MPA_FRAME_BYTES + get(v, 0, mpaFrame.privateDataLength);
        if (b.length < whole) break;
        privateData[side] = b.slice(MPA_FRAME_BYTES, whole);
        enhanced = get(v, 0, mpaFrame.enhanced) === 1;
        startNs[side] = timeNs;
        held[side] = b.slice(whole);
        base[side] += whole;
        continue;
      }
      if (b.length < 2) break;
      const length = v.getUint16(0);
      const whole = fpduBytes(length);
      if (b.length < whole) break;
      const first = timeAt(base[side]);
      fpdus.push({ side, ulpdu: b.slice(2, 2 + length), timeNs: first, endNs: timeNs });
      held[side] = b.slice(whole);
      base[side] += whole;
    }
  }
  return {
    fpdus,
    privateData: [privateData[0], privateData[1]],
    enhanced,
    startNs: [startNs[0], startNs[1]],
  };
}

export interface Anew {
  /** Markers in what the initiator, and what the target sends. */
  readonly markers: readonly [boolean, boolean];
  readonly crc: boolean;
  /** Undefined: an FPDU a segment; else the stream in segments of so many bytes. */
  readonly segment?: number;
  /** Of FPDU n: its CRC is made wrong. */
  readonly bad?: (n: number) => boolean;
  /** MPA frames are left out: as if they came before the capture. */
  readonly noStart?: boolean;
  readonly ports?: readonly [number, number];
}

/** The recording anew. Packets have the times of the bytes they end with. */
export function iwarpAnew(stream: ReadStream, how: Anew): HeldPacket[] {
  const { markers, crc, segment } = how;
  const [aPort, bPort] = how.ports ?? [52685, 3260];
  const sent: HeldPacket[] = [];
  const seq = [1000, 5000];
  const writers = [new FpduWriter(markers[0]), new FpduWriter(markers[1])];
  const rest: Uint8Array[] = [new Uint8Array(0), new Uint8Array(0)];
  const send = (side: number, payload: Uint8Array, timeNs: number, flags = ACK | PSH) => {
    const from = side === 0 ? '10.0.0.1' : '10.0.0.2';
    const to = side === 0 ? '10.0.0.2' : '10.0.0.1';
    const [srcPort, dstPort] = side === 0 ? [aPort, bPort] : [bPort, aPort];
    const bytes = tcpPacket({
      src: from,
      dst: to,
      srcPort,
      dstPort,
      seq: seq[side],
      ack: seq[1 - side],
      flags,
      payload,
    });
    seq[side] = (seq[side] + payload.length + (flags & 2 ? 1 : 0)) >>> 0;
    sent.push({ timeNs, bytes, originalLength: bytes.length, linkType: 1 });
  };
  if (how.noStart !== true) {
    const [a, b] = stream.startNs;
    send(0, new Uint8Array(0), a - 3000, 2);
    send(1, new Uint8Array(0), a - 2000, 2 | ACK);
    send(0, new Uint8Array(0), a - 1000, ACK);
    for (let side = 0; side < 2; side++) {
      const start = mpaStart({
        reply: side === 1,
        markers: markers[1 - side],
        crc,
        revision: stream.enhanced ? 2 : 1,
        enhanced: stream.enhanced,
        privateData: stream.privateData[side],
      });
      send(side, start, side === 0 ? a : b);
    }
  }
  for (const [n, { side, ulpdu, timeNs }] of stream.fpdus.entries()) {
    const way = !crc ? 'none' : how.bad?.(n) ? 'bad' : 'good';
    const bytes = writers[side].fpdu(ulpdu, way);
    if (segment === undefined) {
      send(side, bytes, timeNs);
      continue;
    }
    rest[side] = concat(rest[side], bytes);
    const messageEnds = (ulpdu[0] & 0x40) !== 0;
    while (rest[side].length >= segment || (messageEnds && rest[side].length > 0)) {
      send(side, rest[side].slice(0, segment), timeNs);
      rest[side] = rest[side].slice(segment);
    }
  }
  return sent;
}
