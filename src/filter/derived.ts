// Values that a filter works out of a field: slices of octets and texts, and functions: len, count,
// lower, upper. Each is a field of its own.

import type { FilterField, Value } from './field.js';
import type { Slice } from './parser.js';

const FUNCTIONS = ['len', 'count', 'lower', 'upper', 'string'] as const;

/** A sentence where the function cannot be had of the field. */
export function derived<T>(name: string, of: FilterField<T>): FilterField<T> | string {
  const all = allOf(of);
  const { needs } = of;
  switch (name.toLowerCase()) {
    case 'len': {
      if (!hasLength(of)) return `${of.name} is a ${of.kind}: only texts and octets have a length`;
      const size = of.kind === 'octets' ? 2 : 1;
      return made(name, of, 'number', (v) => String(v).length / size);
    }
    case 'count': {
      const values = (subject: T): readonly Value[] => {
        const { length } = all(subject);
        return length === 0 ? [] : [length];
      };
      return { name: `${name}(${of.name})`, kind: 'number', needs, values };
    }
    case 'lower':
    case 'upper': {
      if (of.kind !== 'text' && of.kind !== 'word') return `${of.name} is a ${of.kind}, no text`;
      const isLower = name.toLowerCase() === 'lower';
      return made(name, of, 'text', (v) =>
        isLower ? String(v).toLowerCase() : String(v).toUpperCase(),
      );
    }
    case 'string':
      return made(name, of, 'text', String);
    default:
      return `no function is called ${name}; there are ${FUNCTIONS.join(', ')}`;
  }
}

/** A sentence where the field has no parts. */
export function sliced<T>(slices: readonly Slice[], of: FilterField<T>): FilterField<T> | string {
  if (!hasLength(of)) return `${of.name} is a ${of.kind}: only texts and octets have parts`;
  const size = of.kind === 'octets' ? 2 : 1;
  const cut = (v: Value): string => slices.map((s) => partOf(String(v), s, size)).join('');
  const all = allOf(of);
  const values = (subject: T): readonly Value[] =>
    all(subject)
      .map(cut)
      .filter((text) => text !== '');
  return {
    name: `${of.name}[…]`,
    kind: of.kind === 'octets' ? 'octets' : 'text',
    needs: of.needs,
    values,
  };
}

/** What begins beyond the end is empty; negative places count from the end. */
function partOf(text: string, { from, length, last }: Slice, size: number): string {
  const total = text.length / size;
  const first = from < 0 ? total + from : from;
  const end = last !== undefined ? last + 1 : length === undefined ? total : first + length;
  return first < 0 ? '' : text.slice(first * size, end * size);
}

function hasLength<T>({ kind }: FilterField<T>): boolean {
  return kind === 'text' || kind === 'word' || kind === 'octets';
}

function made<T>(
  name: string,
  of: FilterField<T>,
  kind: FilterField<T>['kind'],
  work: (value: Value) => Value,
): FilterField<T> {
  const all = allOf(of);
  const values = (subject: T): readonly Value[] => all(subject).map(work);
  return { name: `${name}(${of.name})`, kind, needs: of.needs, values };
}

export function allOf<T>({ number, values }: FilterField<T>): (subject: T) => readonly Value[] {
  if (values !== undefined) return values;
  return (subject) => {
    const v = number?.(subject) ?? Number.NaN;
    return Number.isNaN(v) ? [] : [v];
  };
}
