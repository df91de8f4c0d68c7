// ISID, the initiator's part of a session identifier (RFC 7143 section 11.12.5), by its type.
// `at` is where the ISID begins: byte 8 of a login PDU.

import { field, get, hex } from '../field.js';

export const isid = {
  t: field('t', 0, 0, 2, {
    names: {
      0: 'OUI',
      1: 'EN (IANA Enterprise Number)',
      2: 'Random',
      3: 'Reserved',
    },
  }),
  a: field('a', 0, 2, 6),
  b: field('b', 1, 0, 16),
  c: field('c', 3, 0, 8),
  d: field('d', 4, 0, 16),
} as const;

export const ISID_BYTES = 6;

/** `OUI 00:02:3d, qualifier 0x000001`, in the words of the section. */
export function isidText(bytes: Uint8Array, at: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, ISID_BYTES);
  const a = get(view, 0, isid.a);
  const b = get(view, 0, isid.b);
  const c = get(view, 0, isid.c);
  const d = get(view, 0, isid.d);
  switch (get(view, 0, isid.t)) {
    case 0: {
      // 22 bits: A and B without I/G and U/L, the low bits of the OUI's first octet.
      const oui = [a << 2, b >> 8, b & 255].map((octet) => digits(octet, 2)).join(':');
      return `OUI ${oui}, qualifier 0x${digits(c * 65536 + d, 6)}`;
    }
    case 1:
      return `EN ${b * 256 + c}, qualifier 0x${digits(d, 4)}`;
    case 2:
      return `random 0x${digits(b * 256 + c, 6)}, qualifier 0x${digits(d, 4)}`;
    default:
      return `reserved type 0x${hex(bytes, at, ISID_BYTES)}`;
  }
}

function digits(value: number, width: number): string {
  return value.toString(16).padStart(width, '0');
}
