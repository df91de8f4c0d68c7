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

/**
 * The two sides' bytes as packets with times; each side acknowledges all that the other has sent.
 * Invariant: packets are in the order in which they were asked for; `captured()` sorts by time.
 */
export class Conversation {
  readonly packets: BuiltPacket[] = [];
  readonly options: Required<ConversationOptions>;
  readonly #seq: Record<Side, number>;
  #ipId = 1;

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
    this.#seq = { initiator: this.options.initiatorSeq, target: this.options.targetSeq };
  }

  /** Handshake: SYN at `atNs`, SYN ACK after half a round trip at each end. Returns its end. */
  connect(atNs: number, rttNs = 100_000): number {
    const mss = this.options.mss;
    // MSS, no operation, window scale 7.
    const options = Uint8Array.of(2, 4, (mss >> 8) & 255, mss & 255, 1, 3, 3, 7);
    this.#add('initiator', atNs, { flags: SYN, ack: 0, options });
    this.#advance('initiator', 1);
    this.#add('target', atNs + rttNs, { flags: SYN | ACK, options });
    this.#advance('target', 1);
    this.ack('initiator', atNs + rttNs + 1000);
    return atNs + rttNs + 1000;
  }

  /** Bytes of the initiator (one PDU or several), cut to segments. Returns the last one's time. */
  initiator(bytes: Uint8Array, atNs: number): number {
    return this.send('initiator', bytes, atNs);
  }

  target(bytes: Uint8Array, atNs: number): number {
    return this.send('target', bytes, atNs);
  }

  send(from: Side, bytes: Uint8Array, atNs: number): number {
    const { mss, gapNs, acks, ackNs } = this.options;
    let time = atNs;
    for (let at = 0; at < bytes.length; at += mss) {
      time = at === 0 ? atNs : time + gapNs;
      const payload = bytes.slice(at, at + mss);
      const last = at + mss >= bytes.length;
      this.#add(from, time, { flags: last ? ACK | PSH : ACK, payload });
      this.#advance(from, payload.length);
    }
    if (acks === 'each') this.ack(other(from), time + ackNs);
    return time;
  }

  /** Sequence space that is never captured. */
  skip(from: Side, bytes: number): void {
    this.#advance(from, bytes);
  }

  ack(from: Side, atNs: number, spec: TcpSpec = {}): void {
    this.#add(from, atNs, { flags: ACK, ...spec });
  }

  /** FIN from `by`, answered by the other side's. */
  close(atNs: number, by: Side = 'initiator'): number {
    for (const from of [by, other(by)]) {
      this.#add(from, from === by ? atNs : atNs + 50_000, { flags: FIN | ACK });
      this.#advance(from, 1);
    }
    this.ack(by, atNs + 100_000);
    return atNs + 100_000;
  }

  reset(atNs: number, by: Side = 'target'): void {
    this.#add(by, atNs, { flags: RST | ACK });
  }

  /** All packets in the order of time, as a capture has them. */
  captured(): BuiltPacket[] {
    return [...this.packets].sort((a, b) => a.timeNs - b.timeNs);
  }

  /** The sequence number that `side` sends next. */
  seq(side: Side): number {
    return this.#seq[side];
  }

  #advance(side: Side, bytes: number): void {
    this.#seq[side] = (this.#seq[side] + bytes) >>> 0;
  }

  #add(from: Side, timeNs: number, spec: TcpSpec): void {
    const o = this.options;
    const out = from === 'initiator';
    const tcp: TcpSpec = {
      src: out ? o.initiator : o.target,
      dst: out ? o.target : o.initiator,
      srcPort: out ? o.initiatorPort : o.targetPort,
      dstPort: out ? o.targetPort : o.initiatorPort,
      seq: this.#seq[from],
      ack: this.#seq[other(from)],
      ...spec,
    };
    this.packets.push(
      made({ timeNs, from, tcp, wrap: { ipId: this.#ipId++ & 0xffff, ...o.wrap } }),
    );
  }
}

function other(side: Side): Side {
  return side === 'initiator' ? 'target' : 'initiator';
}

/** Makes the packet of its parts. */
export function made(of: Omit<BuiltPacket, 'bytes'>): BuiltPacket {
  return { ...of, bytes: tcpPacket(of.tcp, of.wrap) };
}
