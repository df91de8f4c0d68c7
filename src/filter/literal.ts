// Values as they are written in a filter → what fields are compared with.

import type { FilterField, Value } from './field.js';

export type Literal =
  | { readonly kind: 'value'; readonly value: Value }
  /** Any of several: a name that more than one code has. */
  | { readonly kind: 'any'; readonly values: readonly Value[] }
  /** An address with a prefix length. */
  | { readonly kind: 'network'; readonly low: bigint; readonly high: bigint }
  | { readonly kind: 'wrong'; readonly expected: string };

const NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
};
const BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
  k: 1024,
  g: 1024 ** 3,
};
const TRUTH: Readonly<Record<string, number>> = { true: 1, yes: 1, false: 0, no: 0 };

/** `text` as a value of the field. */
export function literal<T>(text: string, quoted: boolean, field: FilterField<T>): Literal {
  switch (field.kind) {
    case 'text':
      return value(text);
    case 'word':
      return value(text.toLowerCase());
    case 'octets':
      return octets(text, quoted);
    case 'address':
      return address(text);
    case 'duration':
    case 'nanoseconds':
      return duration(text, field.kind === 'duration' ? 1e9 : 1);
    case 'instant':
      return instant(text);
    case 'flag':
      return flag(text);
    case 'size':
      return size(text);
    default:
      return numberOrName(text, field);
  }
}

function value(v: Value): Literal {
  return { kind: 'value', value: v };
}

function wrong(expected: string): Literal {
  return { kind: 'wrong', expected };
}

/** Decimal, hex (0x), octal (0o), binary (0b); exact beyond 2^53. */
export function numberOf(text: string): number | bigint | undefined {
  if (/^[+-]?\d+$|^0[xX][0-9a-fA-F]+$|^0[oO][0-7]+$|^0[bB][01]+$/.test(text)) {
    const n = Number(text);
    if (Number.isSafeInteger(n)) return n;
    return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''));
  }
  return /^[+-]?(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

function numberOrName<T>(text: string, field: FilterField<T>): Literal {
  const n = numberOf(text);
  if (n !== undefined) return value(n);
  if (field.names === undefined) {
    const truth = TRUTH[text.toLowerCase()];
    return truth === undefined ? wrong('a number is expected (12, 0x0c)') : value(truth);
  }
  const plain = plainName(text);
  const codes = Object.entries(field.names).filter(([, name]) => plainName(name) === plain);
  if (codes.length > 0) return { kind: 'any', values: codes.map(([code]) => Number(code)) };
  return wrong(`a number or one of: ${Object.values(field.names).slice(0, 24).join(', ')}`);
}

/** "Check Condition", "checkCondition" and "CHECK CONDITION" are one name. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

const INSTANT =
  /^(\d{4}-\d\d-\d\d|[A-Z][a-z]{2} +\d{1,2}, \d{4})(?:[ T](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)? ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?$/;

/** "2026-11-23 21:24:13.386746" or tshark's "Nov 23, 2026 21:24:13", UTC where no zone is named. */
function instant(text: string): Literal {
  const seconds = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text);
  if (seconds !== null) return value(nanoseconds(BigInt(seconds[1]), seconds[2]));
  const parts = INSTANT.exec(text);
  const [, date = '', time = '00:00:00', fraction, zone = 'GMT'] = parts ?? [];
  const iso = `${date}T${time}${/^[+-]/.test(zone) ? zone.replace(/(\d\d):?(\d\d)/, '$1:$2') : 'Z'}`;
  const ms = Date.parse(/^\d/.test(date) ? iso : `${date} ${time} ${zone.replace('Z', 'GMT')}`);
  if (!Number.isNaN(ms)) return value(nanoseconds(BigInt(ms) / 1000n, fraction));
  return wrong(
    'a time in quotes is expected ("2026-11-23 21:24:13.5", UTC), or seconds since 1970',
  );
}

function nanoseconds(seconds: bigint, fraction = ''): bigint {
  return seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function flag(text: string): Literal {
  const truth = TRUTH[text.toLowerCase()] ?? numberOf(text);
  return truth === undefined ? wrong('true, false, 1 or 0 is expected') : value(truth);
}

function duration(text: string, bare: number): Literal {
  const parts = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*([a-zµ]*)$/u.exec(text);
  const scale = parts?.[2] === '' ? bare : NS[parts?.[2] ?? ''];
  const n = Number(parts?.[1]);
  if (scale !== undefined && !Number.isNaN(n)) return value(Math.round(n * scale));
  return wrong('a duration is expected: a number and ns, us, ms, s, m or h (20ms)');
}

function size(text: string): Literal {
  const n = numberOf(text);
  if (n !== undefined) return value(n);
  const parts = /^([\d.]+)\s*([a-zA-Z]+)$/.exec(text);
  const scale = BYTES[parts?.[2].toLowerCase() ?? ''];
  const amount = Number(parts?.[1]);
  if (scale !== undefined && !Number.isNaN(amount)) return value(amount * scale);
  return wrong('a number of bytes is expected (4096, 64KiB, 1MB)');
}

/** 0x…, aa:bb:cc, aabbcc, a digit alone; a text in quotes is its bytes. */
function octets(text: string, quoted: boolean): Literal {
  if (quoted) {
    const bytes = [...new TextEncoder().encode(text)];
    return value(bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(''));
  }
  const parts = text
    .replace(/^0[xX]/, '')
    .toLowerCase()
    .split(/[:.-]/);
  const digits = parts.map((part) => (part.length % 2 === 0 ? part : `0${part}`)).join('');
  if (digits !== '' && /^[0-9a-f]+$/.test(digits)) return value(digits);
  return wrong('octets are expected (28:00, 0x2800), or a text in quotes');
}

function address(text: string): Literal {
  const [base, prefix] = text.split('/');
  const bits = addressBits(base);
  if (bits === undefined) return wrong('an address is expected (10.0.0.1, fd00::1, 10.0.0.0/8)');
  if (prefix === undefined) return { kind: 'network', low: bits, high: bits };
  const width = base.includes(':') ? 128 : 32;
  const length = Number(prefix);
  if (!/^\d+$/.test(prefix) || length > width)
    return wrong(`a prefix of 0 to ${width} is expected`);
  const rest = BigInt(width - length);
  const low = (bits >> rest) << rest;
  return { kind: 'network', low, high: low | ((1n << rest) - 1n) };
}

/** 128 bits, IPv4 as ::ffff:a.b.c.d; undefined where it is no address. */
export function addressBits(text: string): bigint | undefined {
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (four !== null) {
    const octets = four.slice(1).map(Number);
    if (octets.some((octet) => octet > 255)) return undefined;
    return octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0xffffn);
  }
  if (!/^[0-9a-fA-F:]+$/.test(text) || !text.includes(':')) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = groups.flat();
  if (given.some((g) => g.length === 0 || g.length > 4)) return undefined;
  const missing = 8 - given.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...groups[0], ...Array(Math.max(0, missing)).fill('0'), ...(groups[1] ?? [])];
  return all.reduce((sum: bigint, g: string) => (sum << 16n) | BigInt(`0x${g}`), 0n);
}
