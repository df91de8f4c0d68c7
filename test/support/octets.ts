// Octets for tests: joining them, and writing headers through field tables.

import { type Field, set } from '../../src/wire/field.js';

/** A header of `length` octets with these fields set; the rest is zero. */
export function words(length: number, values: readonly (readonly [Field, number])[]): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (const [field, value] of values) set(view, 0, field, value);
  return bytes;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** `length` octets that differ from their neighbours and repeat late: 0, 1, … 250, 0, … */
export function pattern(length: number, start = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (start + i) % 251);
}
