// Text of logins and text negotiations (RFC 7143 6.1): keys stay; values that the standard lists or that are
// numbers stay; names, aliases and addresses become pseudonyms; what authenticates, and what nobody knows, is
// replaced letter by letter. Works over PDUs: a value may be cut anywhere.

import { TEXT_KEYS, type TextKey } from '../wire/iscsi/keys.js';
import type { Pseudonyms } from './pseudonyms.js';

const NUL = 0;
const BY_NAME: ReadonlyMap<string, TextKey> = new Map(TEXT_KEYS.map((key) => [key.name, key]));
/** Values that are words of the standard, wherever they stand. */
const WORDS: readonly string[] = [
  'Yes',
  'No',
  'None',
  'Reject',
  'Irrelevant',
  'NotUnderstood',
  'All',
  'Normal',
  'Discovery',
  '?',
];
const NUMBERS = /^(?:0x?[0-9a-fA-F]{0,8}|[0-9]{1,10}(?:[,~][0-9]{0,10})*)$/;

/** True for a value, or the begin of one, that says nothing of a house: a number, or a word of these. */
function harmlessValue(text: string, words: readonly string[]): boolean {
  return text === '' || NUMBERS.test(text) || words.some((word) => word.startsWith(text));
}

/** What is kept: names, addresses, secrets. */
export interface TextKept {
  readonly names: boolean;
  readonly addresses: boolean;
}

/** The text of one direction of one connection; what is open at a PDU's end goes on in the next. */
export class TextScrub {
  readonly #pseudonyms: Pseudonyms;
  readonly #kept: TextKept;
  /** Key and value so far of the pair that is open; undefined where a pair begins. */
  #open: { key: string | undefined; value: string } | undefined = undefined;

  constructor(pseudonyms: Pseudonyms, kept: TextKept) {
    this.#pseudonyms = pseudonyms;
    this.#kept = kept;
  }

  /** Rewrites `length` bytes in place. `continues`: the pair that is open at the end goes on. */
  scrub(bytes: Uint8Array, length: number, continues: boolean): void {
    let at = 0;
    while (at < length) {
      let end = at;
      while (end < length && bytes[end] !== NUL) end++;
      const whole = end < length;
      this.#pair(bytes, at, end);
      if (whole) this.#open = undefined;
      at = end + 1;
    }
    if (!continues) this.#open = undefined;
  }

  /** What follows is not what went before: bytes were missed. */
  lost(): void {
    this.#open = { key: '', value: '' };
  }

  #pair(bytes: Uint8Array, from: number, to: number): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
    const open = this.#open;
    if (open?.key !== undefined) {
      const made = this.#value(open.key, text, open.value);
      write(bytes, from, made);
      this.#open = { key: open.key, value: open.value + text };
      return;
    }
    // The key itself may have been cut in the PDU before.
    const before = open?.value ?? '';
    const line = before + text;
    const equals = line.indexOf('=');
    if (equals < 0) {
      const known = [...BY_NAME.keys()].some((name) => name.startsWith(line));
      if (!known) write(bytes, from, this.#pseudonyms.text(text, 'unknown text', before));
      this.#open = { key: undefined, value: line };
      return;
    }
    const key = line.slice(0, equals);
    const begin = Math.max(0, equals + 1 - before.length);
    if (!BY_NAME.has(key)) {
      // A key that nobody knows may itself be a name.
      write(
        bytes,
        from,
        this.#pseudonyms.text(text.slice(0, Math.max(0, begin - 1)), 'unknown text', before),
      );
    }
    write(bytes, from + begin, this.#value(key, text.slice(begin), ''));
    this.#open = { key, value: text.slice(begin) };
  }

  #value(key: string, text: string, before: string): string {
    const known = BY_NAME.get(key);
    switch (known?.type) {
      case 'boolean':
      case 'number':
      case 'range':
      case 'enumeration':
        return harmlessValue(before + text, [...WORDS, ...(known.values ?? [])])
          ? text
          : this.#pseudonyms.text(text, 'unknown text', before);
      case 'list':
        return this.#list(known, text, before);
      case 'name':
        return this.#name(text, before);
      case 'names':
        return before + text === 'All' ? text : this.#name(text, before);
      case 'address':
        return this.#address(text, before);
      case 'text':
        return this.#kept.names ? text : this.#pseudonyms.text(text, 'aliases', before);
      default:
        return this.#secret(text, before, key);
    }
  }

  #list(key: TextKey, text: string, before: string): string {
    const words = [...WORDS, ...(key.values ?? [])];
    const known = (before + text).split(',').every((value) => harmlessValue(value, words));
    return known ? text : this.#pseudonyms.text(text, 'unknown text', before);
  }

  #name(text: string, before: string): string {
    return this.#kept.names ? text : this.#pseudonyms.name(text, before);
  }

  /** domainname[:port][,portal-group-tag] (RFC 7143 13.8). */
  #address(text: string, before: string): string {
    if (this.#kept.addresses) return text;
    if (before !== '') return this.#pseudonyms.text(text, 'host names', before);
    const match = /^(\[[^\]]*\]|[^:,]*)(.*)$/s.exec(text);
    if (match === null) return this.#pseudonyms.text(text, 'host names');
    const [, host, rest] = match;
    const tail = /^(?::\d{1,5})?(?:,\d{1,5})?$/.test(rest)
      ? rest
      : this.#pseudonyms.text(rest, 'host names');
    if (!host.startsWith('[')) return this.#pseudonyms.address(host) + tail;
    return `[${this.#pseudonyms.address(host.slice(1, -1))}]${tail}`;
  }

  /** Of a known method (CHAP_A=5, CHAP_I=1) numbers stay; all else that authenticates is replaced. */
  #secret(text: string, before: string, key: string): string {
    if (/^CHAP_[AI]$/.test(key) && harmlessValue(before + text, [])) return text;
    if (/^0[xb]/.test(before + text) && before === '') {
      const digits = text.slice(2);
      return text.slice(0, 2) + this.#pseudonyms.text(hexLike(digits), 'secrets');
    }
    return this.#pseudonyms.text(
      /^[0-9a-fA-F]+$/.test(text) ? hexLike(text) : text,
      'secrets',
      before,
    );
  }
}

/** Digits only, so that what is made of it is hex as well. */
function hexLike(text: string): string {
  return text.replace(/[a-fA-F]/g, (c) => String(c.charCodeAt(0) % 10));
}

function write(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}
