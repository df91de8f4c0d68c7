// One field of one message set to a value at its bounds; lengths and checksums around it made right
// again, so that what is changed is looked at and not thrown away.

import { crc32 } from '../../src/lib/crc32.js';
import { type Field, set } from '../../src/wire/field.js';
import { ROCE_PORT } from '../../src/wire/rdma/infiniband.js';
import { concat } from '../../test/support/octets.js';
import { checksum } from '../../test/support/packet-builder.js';
import { rightIcrc } from '../../test/support/roce-dialogue.js';
import type { Message, Talk } from './conversations.js';

const IP = 14;
const CHECKSUM = { 6: 16, 17: 6 } as Readonly<Record<number, number>>;

export interface Change {
  readonly talk: Talk;
  readonly message: number;
  readonly at: number;
  readonly field: Field;
  readonly value: number | 'zeros' | 'ones';
  /** `FCIP SOF.sofAgain = 255` */
  readonly name: string;
}

/** Every field of every message of the talks, at each of its bounds. */
export function changesOf(talks: readonly Talk[]): Change[] {
  return talks.flatMap((talk) =>
    talk.messages.flatMap(({ regions, bytes }, message) =>
      regions.flatMap(({ table, at, fields }) =>
        fields
          .filter((f) => at + f.byte + Math.max(f.size, Math.ceil(f.width / 8)) <= bytes.length)
          .flatMap((f) =>
            bounds(f).map((value) => {
              const name = `${talk.protocol} message ${message} ${table}.${f.name} = ${value}`;
              return { talk, message, at, field: f, value, name };
            }),
          ),
      ),
    ),
  );
}

function bounds({ size, width, names }: Field): (number | 'zeros' | 'ones')[] {
  if (size === 0) return ['zeros', 'ones'];
  const top = 2 ** width;
  const codes = names === undefined ? [] : Object.keys(names).slice(0, 4).map(Number);
  const all = [0, 1, top - 1, top - 2, top / 2, top / 2 - 1, ...codes];
  return [...new Set(all.filter((v) => Number.isInteger(v) && v >= 0 && v < top))];
}

/** The talk's packets with the change, from a host of their own. */
export function changed(change: Change, host: number): Message[] {
  return change.talk.messages.map((message, i) => {
    const bytes = message.bytes.slice();
    if (i === change.message) apply(bytes, change);
    moved(bytes, host);
    return { ...message, bytes };
  });
}

function apply(bytes: Uint8Array, { at, field, value, talk }: Change): void {
  if (typeof value === 'number') set(new DataView(bytes.buffer), at, field, value);
  else {
    const from = at + field.byte;
    bytes.fill(value === 'ones' ? 255 : 0, from, from + Math.ceil(field.width / 8));
  }
  const frame = { FCIP: [54 + 32, 8], iFCP: [54 + 32, 8], FCoE: [28, 8] }[talk.protocol];
  if (frame === undefined || at + field.byte >= bytes.length - frame[1]) return;
  const end = bytes.length - frame[1];
  if (end <= frame[0]) return;
  new DataView(bytes.buffer).setUint32(end, swapped(crc32(bytes, frame[0], end - frame[0])));
}

function swapped(v: number): number {
  return ((v << 24) | ((v & 0xff00) << 8) | ((v >>> 8) & 0xff00) | (v >>> 24)) >>> 0;
}

/** The initiator's address becomes 10.x.y.1: each change is a conversation of its own. */
function moved(bytes: Uint8Array, host: number): void {
  if (bytes[12] !== 0x08 || bytes[13] !== 0) {
    // An FCoE frame: a fabric of its own, by the VN_Port's domain.
    bytes[5] = bytes[11] = host & 255;
    return;
  }
  const own = bytes[IP + 15] === 1 ? IP + 12 : IP + 16;
  bytes[own + 1] = host >> 8;
  bytes[own + 2] = host & 255;
  bytes.fill(0, IP + 10, IP + 12);
  put(bytes, IP + 10, checksum(bytes.slice(IP, IP + 20)));
  const protocol = bytes[IP + 9];
  const at = CHECKSUM[protocol];
  if (at === undefined) return;
  // Whoever makes packets of RoCE leaves UDP's checksum out, and makes one of its own.
  if (protocol === 17 && bytes[IP + 22] * 256 + bytes[IP + 23] === ROCE_PORT) {
    rightIcrc(bytes);
    return;
  }
  const segment = bytes.subarray(IP + 20);
  segment.fill(0, at, at + 2);
  const pseudo = Uint8Array.of(0, protocol, segment.length >> 8, segment.length & 255);
  put(bytes, IP + 20 + at, checksum(concat(bytes.slice(IP + 12, IP + 20), pseudo, segment)));
}

function put(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 255;
}
