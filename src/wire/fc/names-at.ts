// Names as they stand in payloads of link services and of the name server.

import type { Field } from '../field.js';
import { wwnText } from './codes.js';

/** The world wide name of a field of 64 bits, from the start of its payload or entry. */
export function wwnAt(view: DataView, at: number, f: Field): string {
  return wwnText(view.getUint32(at + f.byte), view.getUint32(at + f.byte + 4));
}

/** The same, '' where it is all zeros: no name. */
export function wwnGiven(view: DataView, at: number, f: Field): string {
  const given = view.getUint32(at + f.byte) !== 0 || view.getUint32(at + f.byte + 4) !== 0;
  return given ? wwnAt(view, at, f) : '';
}

/** A symbolic name: its length in one octet, then so many characters (FC-GS), up to `end`. */
export function symbolicNameAt(view: DataView, at: number, end: number): string {
  const length = Math.min(view.getUint8(at), end - at - 1);
  let out = '';
  for (let i = 1; i <= length; i++) {
    const code = view.getUint8(at + i);
    out += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '.';
  }
  return out.trim();
}
