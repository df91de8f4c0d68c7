// How values are compared with what a filter says: one small function each.

import { allOf } from './derived.js';
import type { FilterField, Value } from './field.js';
import { addressBits, type Literal } from './literal.js';

export type Predicate<T> = (subject: T) => boolean;
export type Matcher = (value: Value) => boolean;

/** A flag alone asks whether it is set; under tshark's name, as in tshark, whether it is there. */
export function present<T>(field: FilterField<T>): Predicate<T> {
  const { name, kind, number, values, there } = field;
  if (there !== undefined) return there;
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
  const all = allOf(field);
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

/** Case does not matter, unless it begins with (?-i). What Unicode mode refuses may still be one. */
export function expression(text: string): RegExp | string {
  const options = /^\(\?(-?[imsx]+)\)/.exec(text);
  const pattern = text.slice(options?.[0].length ?? 0);
  const flags = options?.[1].startsWith('-') && options[1].includes('i') ? '' : 'i';
  try {
    return new RegExp(pattern, `${flags}u`);
  } catch {
    try {
      return new RegExp(pattern, flags);
    } catch (error) {
      return `not a regular expression: ${error instanceof Error ? error.message : ''}`;
    }
  }
}

/** One field compared with another one of the same subject: any of its values will do. */
export function twoFields<T>(
  op: string,
  read: (s: T) => readonly Value[],
  other: FilterField<T>,
  all: boolean,
): Predicate<T> {
  const others = allOf(other);
  return (subject) => {
    const right = others(subject);
    if (right.length === 0) return false;
    const match: Matcher = (v) =>
      op === '!=' && all
        ? right.every((w) => holds(op, compare(v, w)))
        : right.some((w) => holds(op, compare(v, w)));
    return ofValues(read, match, all)(subject);
  };
}

function holds(op: string, order: number): boolean {
  switch (op) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}
