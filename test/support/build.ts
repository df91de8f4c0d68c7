// Builds iSCSI PDUs from the field tables, and puts them on TCP packets with times. What is built
// is what the tables say, so tests need no blobs. dialogue.ts makes whole sessions of it.

import { crc32c, digestWord } from '../../src/lib/crc32c.js';
import { ACK, FIN, PSH, RST, SYN } from '../../src/packet/segment.js';
import { type Field, set } from '../../src/wire/field.js';
import { BHS_BYTES } from '../../src/wire/iscsi/bhs.js';
import { AhsType } from '../../src/wire/iscsi/codes.js';
import { type PduKey, pduNamed } from '../../src/wire/iscsi/pdus.js';
import { concat } from './octets.js';
import { type TcpSpec, tcpPacket, type WrapSpec } from './packet-builder.js';
import type { CapturedPacket } from './pcap-writer.js';

/** Octets are given as hex or bytes (shorter ones are followed by zeros). */
export type FieldValue = number | boolean | string | Uint8Array;

export interface PduParts {
  /** Bytes, or text keys. */
  data?: Uint8Array | readonly (readonly [string, string])[];
  /** All AHS, padded: see extendedCdb and bidirectionalRead. */
  ahs?: Uint8Array;
  /** `bad` flips a bit of a right digest. */
  headerDigest?: boolean | 'bad';
  dataDigest?: boolean | 'bad';
  /** What the padding is filled with. */
  padding?: number;
}

/**
 * One PDU. Opcode and lengths come by themselves, unless they are given; final is 1, login requests
 * are immediate, tags that nobody gives are reserved (ffffffff).
 */
export function pdu(
  key: PduKey,
  fields: Readonly<Record<string, FieldValue>> = {},
  parts: PduParts = {},
): Uint8Array {
  const table = pduNamed(key);
  const data = dataOf(parts);
  const ahs = parts.ahs ?? new Uint8Array(0);
  const header = new Uint8Array(BHS_BYTES);
  const view = new DataView(header.buffer);
  const all: Record<string, FieldValue> = {
    opcode: table.opcode,
    totalAHSLength: ahs.length / 4,
    dataSegmentLength: data.length,
    ...quiet(key),
    ...fields,
  };
  for (const [name, value] of Object.entries(all)) {
    const f = table.byName[name];
    if (f === undefined) throw new Error(`${key} has no field ${name}`);
    put(header, view, f, value);
  }
  const head = concat(header, ahs);
  const body = padded(data, parts.padding ?? 0);
  const digests = [digest(head, parts.headerDigest), digest(body, parts.dataDigest)];
  return concat(head, digests[0], body, body.length > 0 ? digests[1] : new Uint8Array(0));
}

/** Values of fields that nobody gave. */
function quiet(key: PduKey): Record<string, FieldValue> {
  const fields = pduNamed(key).byName;
  const values: Record<string, FieldValue> = {};
  if ('final' in fields) values['final'] = 1;
  if ('targetTransferTag' in fields) values['targetTransferTag'] = 0xffffffff;
  if ('referencedTaskTag' in fields) values['referencedTaskTag'] = 0xffffffff;
  if (key === 'login-request') values['immediate'] = 1;
  if (key === 'async-message' || key === 'reject') values['initiatorTaskTag'] = 0xffffffff;
  return values;
}

/** Sets any field, octets too (from hex or bytes). */
export function put(bytes: Uint8Array, view: DataView, f: Field, value: FieldValue): void {
  if (typeof value === 'number' || typeof value === 'boolean') {
    if (f.size === 0) throw new Error(`${f.name} takes hex or bytes`);
    set(view, 0, f, Number(value));
    return;
  }
  const octets = typeof value === 'string' ? fromHex(value) : value;
  if (octets.length * 8 > f.width) throw new Error(`${f.name} has ${f.width / 8} bytes`);
  bytes.fill(0, f.byte, f.byte + f.width / 8);
  bytes.set(octets, f.byte);
}

export function fromHex(text: string): Uint8Array {
  const digits = text.replaceAll(' ', '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16),
  );
}

/** Text of a login or text PDU: every pair ends with a zero byte. */
export function keys(pairs: readonly (readonly [string, string])[]): Uint8Array {
  return new TextEncoder().encode(pairs.map(([key, value]) => `${key}=${value}\0`).join(''));
}

/** AHS with the CDB from its 17th byte on. */
export function extendedCdb(cdb: Uint8Array): Uint8Array {
  const rest = cdb.subarray(16);
  return padded(concat(u16(rest.length + 1), Uint8Array.of(AhsType.extendedCdb, 0), rest), 0);
}

export function bidirectionalRead(length: number): Uint8Array {
  const head = concat(u16(5), Uint8Array.of(AhsType.bidirectionalReadLength, 0));
  return concat(head, u16(length >>> 16), u16(length & 0xffff));
}

/** Data segment of a SCSI Response with sense data. */
export function senseData(sense: Uint8Array): Uint8Array {
  return concat(u16(sense.length), sense);
}

function u16(value: number): Uint8Array {
  return Uint8Array.of((value >> 8) & 255, value & 255);
}

function dataOf(parts: PduParts): Uint8Array {
  if (parts.data === undefined) return new Uint8Array(0);
  return parts.data instanceof Uint8Array ? parts.data : keys(parts.data);
}

function padded(bytes: Uint8Array, fill: number): Uint8Array {
  return concat(bytes, new Uint8Array(-bytes.length & 3).fill(fill));
}

function digest(bytes: Uint8Array, wanted: boolean | 'bad' | undefined): Uint8Array {
  if (!wanted) return new Uint8Array(0);
  const word = digestWord(crc32c(bytes, 0, bytes.length));
  const digest = new Uint8Array(4);
  new DataView(digest.buffer).setUint32(0, wanted === 'bad' ? word ^ 1 : word);
  return digest;
}

export type Side = 'initiator' | 'target';

/** A packet, and what it was made of, so that it can be split or changed and made again. */
export interface BuiltPacket extends CapturedPacket {
  readonly timeNs: number;
  readonly from: Side;
  readonly tcp: TcpSpec;
  readonly wrap: WrapSpec;
}

export interface ConversationOptions {
  initiator?: string;
  target?: string;
  initiatorPort?: number;
  targetPort?: number;
  /** First sequence numbers (of the SYN). */
  initiatorSeq?: number;
  targetSeq?: number;
  /** Bytes of payload in a full segment. */
  mss?: number;
  /** Time between two segments of one PDU. */
  gapNs?: number;
  /** `each`: every segment of data is acknowledged ackNs later; `none`: only piggy-backed. */
  acks?: 'each' | 'none';
  ackNs?: number;
  wrap?: WrapSpec;
}

/** Bytes that are known only when all that comes before them is: sequence numbers, tags. */
export interface LaterBytes {
  readonly length: number;
  readonly build: () => Uint8Array;
}

/** One call: bytes, or a packet without any (SYN, FIN, ACK, RST). */
interface Said {
  readonly from: Side;
  readonly timeNs: number;
  readonly bytes?: Uint8Array | LaterBytes;
  readonly spec: TcpSpec;
  /** Sequence space without a packet in the capture. */
  readonly skipped?: number;
}

/**
 * The two sides' bytes as packets with times. Calls may come in any order of time: sequence
 * numbers are given in the order of time when `captured()` is called, and every packet
 * acknowledges what the other side has sent by then. Bytes of one side that overlap in time are
 * sent one after the other.
 */
export class Conversation {
  readonly options: Required<ConversationOptions>;
  readonly #said: Said[] = [];
  #laidOut: BuiltPacket[] | undefined;

  constructor(options: ConversationOptions = {}) {
    const six = options.wrap?.ip === 6;
    this.options = {
      initiator: six ? 'fd00::1' : '10.0.0.1',
      target: six ? 'fd00::2' : '10.0.0.2',
      initiatorPort: 40_000,
      targetPort: 3260,
      initiatorSeq: 1000,
      targetSeq: 500_000,
      mss: 1460,
      gapNs: 1000,
      acks: 'each',
      ackNs: 20_000,
      wrap: {},
      ...options,
    };
  }

  /** Handshake: SYN at `atNs`, SYN ACK a round trip later. Returns its end. */
  connect(atNs: number, rttNs = 100_000): number {
    const mss = this.options.mss;
    // MSS, no operation, window scale 7.
    const options = Uint8Array.of(2, 4, (mss >> 8) & 255, mss & 255, 1, 3, 3, 7);
    this.#say({ from: 'initiator', timeNs: atNs, spec: { flags: SYN, ack: 0, options } });
    this.#say({ from: 'target', timeNs: atNs + rttNs, spec: { flags: SYN | ACK, options } });
    this.ack('initiator', atNs + rttNs + 1000);
    return atNs + rttNs + 1000;
  }

  /** Bytes of the initiator (one PDU or several), cut to segments. Returns the last one's time. */
  initiator(bytes: Uint8Array | LaterBytes, atNs: number): number {
    return this.send('initiator', bytes, atNs);
  }

  target(bytes: Uint8Array | LaterBytes, atNs: number): number {
    return this.send('target', bytes, atNs);
  }

  send(from: Side, bytes: Uint8Array | LaterBytes, atNs: number): number {
    this.#say({ from, timeNs: atNs, bytes, spec: {} });
    const segments = Math.max(1, Math.ceil(bytes.length / this.options.mss));
    return atNs + (segments - 1) * this.options.gapNs;
  }

  /** Sequence space that is never captured. */
  skip(from: Side, bytes: number, atNs: number): void {
    this.#say({ from, timeNs: atNs, spec: {}, skipped: bytes });
  }

  ack(from: Side, atNs: number, spec: TcpSpec = {}): void {
    this.#say({ from, timeNs: atNs, spec: { flags: ACK, ...spec } });
  }

  /** FIN from `by`, answered by the other side's. */
  close(atNs: number, by: Side = 'initiator'): number {
    this.#say({ from: by, timeNs: atNs, spec: { flags: FIN | ACK } });
    this.#say({ from: other(by), timeNs: atNs + 50_000, spec: { flags: FIN | ACK } });
    this.ack(by, atNs + 100_000);
    return atNs + 100_000;
  }

  reset(atNs: number, by: Side = 'target'): void {
    this.#say({ from: by, timeNs: atNs, spec: { flags: RST | ACK } });
  }

  /** All packets in the order of time, as a capture has them. After this nothing can be said. */
  captured(): BuiltPacket[] {
    this.#laidOut ??= layOut(this.#said, this.options);
    return [...this.#laidOut];
  }

  #say(said: Said): void {
    if (this.#laidOut !== undefined) throw new Error('the conversation was captured already');
    this.#said.push(said);
  }
}

type Unsent = Omit<BuiltPacket, 'bytes'> & {
  /** Left out where the side has acknowledged all already. */
  readonly onlyIfNew?: boolean;
};

/** Cuts to segments and gives sequence numbers, in the order of time. */
function layOut(all: readonly Said[], o: Required<ConversationOptions>): BuiltPacket[] {
  const parts: Unsent[] = [];
  const seq: Record<Side, number> = { initiator: o.initiatorSeq, target: o.targetSeq };
  const busy: Record<Side, number> = { initiator: 0, target: 0 };
  const add = (from: Side, timeNs: number, spec: TcpSpec, space: number) => {
    parts.push(unsent(from, timeNs, { seq: seq[from], ...spec }, o));
    seq[from] = (seq[from] + space) >>> 0;
  };
  for (const { from, timeNs, bytes, spec, skipped } of byTime(all)) {
    const start = Math.max(timeNs, busy[from]);
    if (skipped !== undefined) seq[from] = (seq[from] + skipped) >>> 0;
    else if (bytes !== undefined) {
      const whole = bytes instanceof Uint8Array ? bytes : bytes.build();
      for (let at = 0, time = start; at < whole.length; at += o.mss, time += o.gapNs) {
        const payload = whole.slice(at, at + o.mss);
        const flags = at + o.mss >= whole.length ? ACK | PSH : ACK;
        add(from, time, { flags, payload }, payload.length);
        busy[from] = time + o.gapNs;
      }
      const last = busy[from] - o.gapNs;
      if (o.acks === 'each') {
        const ack = unsent(other(from), last + o.ackNs, { flags: ACK }, o);
        parts.push({ ...ack, onlyIfNew: true });
      }
    } else if ((spec.flags ?? 0) & (SYN | FIN)) add(from, start, spec, 1);
    else parts.push(unsent(from, timeNs, spec, o));
  }
  return acknowledged(parts, o);
}

/**
 * Gives every packet the acknowledgement of all that the other side has sent before it, and those
 * without a sequence number (no payload) the one of the moment.
 */
function acknowledged(parts: readonly Unsent[], o: Required<ConversationOptions>): BuiltPacket[] {
  const next: Record<Side, number> = { initiator: o.initiatorSeq, target: o.targetSeq };
  const acked: Record<Side, number> = { initiator: -1, target: -1 };
  const packets: BuiltPacket[] = [];
  for (const { onlyIfNew, ...part } of byTime(parts)) {
    const flags = part.tcp.flags ?? ACK;
    const seq = part.tcp.seq ?? next[part.from];
    const ack = part.tcp.ack ?? next[other(part.from)];
    if (onlyIfNew && ack === acked[part.from]) continue;
    const space = (part.tcp.payload?.length ?? 0) + (flags & (SYN | FIN) ? 1 : 0);
    next[part.from] = (seq + space) >>> 0;
    acked[part.from] = ack;
    const wrap = { ipId: (packets.length + 1) & 0xffff, ...part.wrap };
    packets.push(made({ ...part, tcp: { ...part.tcp, seq, ack }, wrap }));
  }
  return packets;
}

function unsent(
  from: Side,
  timeNs: number,
  spec: TcpSpec,
  o: Required<ConversationOptions>,
): Unsent {
  const initiator = { address: o.initiator, port: o.initiatorPort };
  const target = { address: o.target, port: o.targetPort };
  const [src, dst] = from === 'initiator' ? [initiator, target] : [target, initiator];
  const ends = { src: src.address, dst: dst.address, srcPort: src.port, dstPort: dst.port };
  return { timeNs, from, tcp: { ...ends, ...spec }, wrap: o.wrap };
}

/** Stable: what has the same time keeps its order. */
export function byTime<T extends { readonly timeNs: number }>(all: readonly T[]): T[] {
  return [...all].sort((a, b) => a.timeNs - b.timeNs);
}

function other(side: Side): Side {
  return side === 'initiator' ? 'target' : 'initiator';
}

/** Makes the packet of its parts. */
export function made(of: Omit<BuiltPacket, 'bytes'>): BuiltPacket {
  return { ...of, bytes: tcpPacket(of.tcp, of.wrap) };
}
