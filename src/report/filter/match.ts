// How values are compared with what a filter says: one small function each.

import type { FilterField, Value } from './field.js';
import { addressBits, type Literal } from './literal.js';

export type Predicate<T> = (subject: T) => boolean;
export type Matcher = (value: Value) => boolean;

/** A flag alone asks whether it is set; under tshark's name, as in tshark, whether it is there. */
export function present<T>({ name, kind, number, values }: FilterField<T>): Predicate<T> {
  if (kind === 'flag' && number !== undefined && !name.includes('.')) {
    return (subject) => number(subject) === 1;
  }
  if (number !== undefined) return (subject) => !Number.isNaN(number(subject));
  return (subject) => (values?.(subject).length ?? 0) > 0;
}

export function valuesOf<T>(
  field: FilterField<T>,
  mask: number | undefined,
): (s: T) => readonly Value[] {
  const { number, values } = field;
  const all =
    values ??
    ((subject: T): readonly Value[] => {
      const v = number?.(subject) ?? Number.NaN;
      return Number.isNaN(v) ? [] : [v];
    });
  if (mask === undefined) return all;
  const bits = BigInt(Math.trunc(mask));
  return (subject) => all(subject).map((v) => Number(BigInt(Math.trunc(Number(v)) || 0) & bits));
}

/** Of several values any will do, but != is said of them all (as in tshark 4). */
export function ofValues<T>(
  read: (s: T) => readonly Value[],
  match: Matcher,
  all: boolean,
): Predicate<T> {
  if (!all) return (subject) => read(subject).some(match);
  return (subject) => {
    const values = read(subject);
    return values.length > 0 && values.every(match);
  };
}

export function equalTo<T>(found: Literal, field: FilterField<T>): Matcher {
  switch (found.kind) {
    case 'network':
      return inNetwork(found.low, found.high);
    case 'any': {
      const codes = new Set(found.values);
      return (v) => codes.has(v);
    }
    case 'value': {
      const { value } = found;
      if (field.kind === 'word') return (v) => String(v).toLowerCase() === value;
      return (v) => compare(v, value) === 0;
    }
    case 'wrong':
      return () => false;
  }
}

export function inNetwork(low: bigint, high: bigint): Matcher {
  return (v) => {
    const bits = addressBits(String(v));
    return bits !== undefined && bits >= low && bits <= high;
  };
}

export function single(found: Literal): Value | undefined {
  if (found.kind === 'any') return found.values.length === 1 ? found.values[0] : undefined;
  return found.kind === 'value' ? found.value : undefined;
}

export function compare(a: Value, b: Value): number {
  // biome-ignore lint/suspicious/noDoubleEquals: numbers and big integers compare by value
  if (typeof a !== 'string' && typeof b !== 'string') return a < b ? -1 : a == b ? 0 : 1;
  const [x, y] = [String(a), String(b)];
  return x < y ? -1 : x === y ? 0 : 1;
}

export function isTextual<T>({ kind }: FilterField<T>): boolean {
  return kind === 'text' || kind === 'word' || kind === 'octets';
}

/** Octets within octets: hex digits at an even place. */
export function aligned(hex: string, part: string): boolean {
  for (let at = hex.indexOf(part); at >= 0; at = hex.indexOf(part, at + 1)) {
    if (at % 2 === 0) return true;
  }
  return false;
}

export function latin(hex: string): string {
  return hex.replace(/[0-9a-f]{2}/g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
}

export function expression(text: string): RegExp | string {
  try {
    return new RegExp(text, 'iu');
  } catch (error) {
    return `not a regular expression: ${error instanceof Error ? error.message : ''}`;
  }
}
