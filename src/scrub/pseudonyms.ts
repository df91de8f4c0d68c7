// Names, addresses and numbers that stand for others: always the same for the same, by a key. Each
// character is moved within its kind (letter, digit, hex digit) by what stands before it and the key, so that
//
// - lengths, punctuation and what a name begins with (iqn., a date, naa.) stay, and nothing that counts
//   bytes changes;
// - two names never become the same, and names that begin alike go on beginning alike: networks, domains;
// - a name that is cut, or split over PDUs, becomes the begin of the whole name's pseudonym.

import { createHmac } from 'node:crypto';
import { SCRUB_PREFIXES_MAX } from '../limits.js';

export class Pseudonyms {
  /** How many of each kind were replaced (different ones). */
  readonly replaced = new Map<string, Set<string>>();
  readonly #key: Uint8Array;
  readonly #moves = new Map<string, number>();

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /**
   * An iSCSI name (RFC 7143 4.2.7): `iqn.` and its date, `eui.` and `naa.` with its first digit stay.
   * `before` is what of it was seen already.
   */
  name(text: string, before = ''): string {
    this.#count('names', before + text);
    const whole = before + text;
    const hex = /^(naa|eui)\./i.test(whole);
    const kept = beginKept(whole);
    return hex
      ? whole.slice(before.length, Math.max(before.length, kept)) +
          this.#hexFrom(whole, kept, before.length)
      : this.#textFrom(whole, kept, before.length);
  }

  /** Any other text: letters and digits are replaced, all else stays. */
  text(text: string, kind: string, before = ''): string {
    this.#count(kind, before + text);
    return this.#textFrom(before + text, 0, before.length);
  }

  /** Hex digits, as of WWNs: the same digits in text or as octets become the same. */
  hex(digits: string, kept: number, kind: string): string {
    this.#count(kind, digits);
    return digits.slice(0, kept) + this.#hexFrom(digits, kept, 0);
  }

  /** Octets in place, the first `kept` half octets as they are. */
  octets(bytes: Uint8Array, at: number, length: number, kept: number, kind: string): void {
    let digits = '';
    for (let i = at; i < at + length; i++) digits += bytes[i].toString(16).padStart(2, '0');
    const made = this.hex(digits, kept, kind);
    for (let i = 0; i < length; i++)
      bytes[at + i] = Number.parseInt(made.slice(2 * i, 2 * i + 2), 16);
  }

  /** A Fibre Channel name in place: its first half octet says what kind it is; zeros name nobody. */
  wwn(bytes: Uint8Array, at: number): void {
    if (at + 8 > bytes.length) bytes.fill(0, Math.min(at, bytes.length));
    else if (bytes.subarray(at, at + 8).some((byte) => byte !== 0))
      this.octets(bytes, at, 8, 1, 'WWNs');
  }

  /** An N_Port ID: domain, area and port apart; what the fabric's services are called stays (FC-FS). */
  fcid(id: number): number {
    const domain = id >>> 16;
    if (id === 0) return id;
    if (domain >= 0xf0) {
      // FFFCxx: the controller of a domain.
      const controller = id >>> 8 === 0xfffc && (id & 0xff) !== 0;
      return controller ? (id & 0xffff00) | this.#octetOf('fcid', id & 0xff, 0xef) : id;
    }
    this.#count('port IDs', id.toString(16));
    const area = (id >>> 8) & 0xff;
    const made = this.#octetOf('fcid', domain, 0xef);
    const madeArea = this.#octetOf(`fcid.${domain}`, area, 0xff);
    return (
      (made << 16) | (madeArea << 8) | this.#octetOf(`fcid.${domain}.${area}`, id & 0xff, 0xff)
    );
  }

  /** The same in place, of three octets. */
  fcidAt(bytes: Uint8Array, at: number): void {
    if (at + 3 > bytes.length) return;
    let id = 0;
    for (let i = at; i < at + 3; i++) id = (id << 8) | bytes[i];
    const made = this.fcid(id);
    for (let i = 0; i < 3; i++) bytes[at + i] = (made >>> (16 - 8 * i)) & 0xff;
  }

  /** From 1 to `most`, by what stands before it; 0 stays. */
  #octetOf(prefix: string, octet: number, most: number): number {
    return octet === 0 ? 0 : 1 + ((octet - 1 + this.#move(prefix)) % most);
  }

  /** Sixteen octets in place: IPv6, or an IPv4 address in the last four. */
  address16(bytes: Uint8Array, at: number): void {
    if (at + 16 > bytes.length) {
      bytes.fill(0, Math.min(at, bytes.length));
      return;
    }
    const zeros = bytes.subarray(at, at + 10).every((byte) => byte === 0);
    const between = bytes.subarray(at + 10, at + 12);
    const mapped = [0, 0xff].some((byte) => between.every((one) => one === byte));
    if (zeros && mapped) this.ipv4(bytes, at + 12);
    else this.ipv6(bytes, at);
  }

  /** MAC addresses but those of groups: its two bits of kind stay (IEEE 802). */
  mac(bytes: Uint8Array, at: number): void {
    // 33:33:ff: the group of all whose IPv6 address ends so (RFC 2464 7, RFC 4291 2.7.1).
    if (SOLICITED.every((octet, i) => bytes[at + i] === octet)) {
      this.octets(bytes, at + 3, 3, 0, 'MAC addresses');
    }
    if ((bytes[at] & 1) !== 0) return;
    const kind = bytes[at] & 3;
    this.octets(bytes, at, 6, 0, 'MAC addresses');
    bytes[at] = (bytes[at] & ~3) | kind;
  }

  /** An IPv4 address of four octets, in place: networks stay networks, and each octet as long as text. */
  ipv4(bytes: Uint8Array, at: number): void {
    const first = bytes[at];
    // This host, loopback, groups and broadcast say nothing of a house.
    if (first === 0 || first === 127 || first >= 224) return;
    let prefix = 'ipv4';
    this.#count('addresses', bytes.subarray(at, at + 4).join('.'));
    for (let i = 0; i < 4; i++) {
      const octet = bytes[at + i];
      const [low, high] = octetRange(octet, i);
      bytes[at + i] = low + ((octet - low + this.#move(prefix)) % (high - low + 1));
      prefix += `.${octet}`;
    }
  }

  /** An IPv6 address of sixteen octets, in place: zeros stay, groups and link-local are told by their begin. */
  ipv6(bytes: Uint8Array, at: number): void {
    const groups = Array.from(
      { length: 8 },
      (_, i) => (bytes[at + 2 * i] << 8) | bytes[at + 2 * i + 1],
    );
    const scoped =
      (groups[0] & 0xff00) === 0xff00 || groups.every((group, i) => group === (i === 7 ? 1 : 0));
    const solicited = groups[0] === 0xff02 && groups[5] === 1 && groups[6] >> 8 === 0xff;
    if (solicited) this.octets(bytes, at + 13, 3, 0, 'MAC addresses');
    if (scoped || groups.every((group) => group === 0)) return;
    this.#count('addresses', groups.join(':'));
    const made = this.#groups(groups);
    for (const [i, group] of made.entries()) {
      bytes[at + 2 * i] = group >> 8;
      bytes[at + 2 * i + 1] = group & 255;
    }
  }

  /** An address as text: `10.0.0.1`, `fd00::1`, or a domain name. */
  address(text: string): string {
    if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
      const octets = Uint8Array.from(text.split('.').map(Number));
      this.ipv4(octets, 0);
      return octets.join('.');
    }
    if (text.includes(':')) return this.#ipv6Text(text);
    return this.text(text, 'host names');
  }

  #ipv6Text(text: string): string {
    const [head, tail] = text.toLowerCase().split('::');
    const left = head === '' ? [] : head.split(':');
    const right = tail === undefined || tail === '' ? [] : tail.split(':');
    const between = tail === undefined ? 0 : 8 - left.length - right.length;
    const all = [...left, ...new Array(Math.max(0, between)).fill('0'), ...right];
    if (all.length !== 8 || !all.every((group) => /^[0-9a-f]{1,4}$/.test(group))) {
      return this.text(text, 'host names');
    }
    const groups = all.map((group) => Number.parseInt(group, 16));
    this.#count('addresses', groups.join(':'));
    const made = this.#groups(groups).map((group, i) =>
      group.toString(16).padStart(all[i].length, '0'),
    );
    const upper = text !== text.toLowerCase();
    const out =
      tail === undefined
        ? made.join(':')
        : `${made.slice(0, left.length).join(':')}::${made.slice(8 - right.length).join(':')}`;
    return upper ? out.toUpperCase() : out;
  }

  /** Groups of an IPv6 address: as many hex digits as before, so that text stays as long. */
  #groups(groups: readonly number[]): number[] {
    let prefix = 'ipv6';
    return groups.map((group, i) => {
      const keeps = group === 0 || (i === 0 && (group & 0xffc0) === 0xfe80);
      const digits = group.toString(16).length;
      const low = digits === 1 ? 1 : 16 ** (digits - 1);
      const high = i === 0 ? Math.min(16 ** digits - 1, 0xfdff) : 16 ** digits - 1;
      const at = Math.min(Math.max(group, low), high);
      const made = keeps ? group : low + ((at - low + this.#move(prefix)) % (high - low + 1));
      prefix += `:${group}`;
      return made;
    });
  }

  #textFrom(whole: string, kept: number, from: number): string {
    let out = '';
    for (let i = from; i < whole.length; i++) {
      out +=
        i < kept
          ? whole[i]
          : movedCharacter(whole.charCodeAt(i), this.#move(`t${whole.slice(0, i)}`));
    }
    return out;
  }

  #hexFrom(whole: string, kept: number, from: number): string {
    let out = '';
    for (let i = Math.max(from, kept); i < whole.length; i++) {
      const value = Number.parseInt(whole[i], 16);
      const digits = whole
        .slice(0, i)
        .replace(/^(naa|eui)\.|^0x/i, '')
        .toLowerCase();
      // No digit: a name that only looks like one of digits.
      if (Number.isNaN(value)) {
        out += movedCharacter(whole.charCodeAt(i), this.#move(`h${digits}`));
      } else {
        const made = ((value + this.#move(`h${digits}`)) % 16).toString(16);
        out +=
          whole[i] === whole[i].toUpperCase() && /[A-F]/.test(whole) ? made.toUpperCase() : made;
      }
    }
    return out;
  }

  /** How far what stands behind a prefix is moved: 32 bits by the key. */
  #move(prefix: string): number {
    const known = this.#moves.get(prefix);
    if (known !== undefined) return known;
    const made = createHmac('sha256', this.#key).update(prefix).digest().readUInt32BE(0);
    if (this.#moves.size >= SCRUB_PREFIXES_MAX) this.#moves.clear();
    this.#moves.set(prefix, made);
    return made;
  }

  #count(kind: string, what: string): void {
    let seen = this.replaced.get(kind);
    if (seen === undefined) {
      seen = new Set();
      this.replaced.set(kind, seen);
    }
    if (seen.size < SCRUB_PREFIXES_MAX) seen.add(what);
  }
}

/** How the Ethernet address of a solicited-node group begins. */
const SOLICITED: readonly number[] = [0x33, 0x33, 0xff];

const BEGINS: readonly RegExp[] = [/^iqn\.\d{4}-\d{2}\./i, /^naa\.[0-9a-f]/i, /^eui\./i];
const PATTERNS: readonly string[] = ['iqn.dddd-dd.', 'naa.x', 'eui.'];

/** How much of a name says only what kind it is: each character by what stands before it alone. */
function beginKept(name: string): number {
  for (const begin of BEGINS) {
    const match = begin.exec(name);
    if (match !== null) return match[0].length;
  }
  return Math.max(...PATTERNS.map((pattern) => alike(name.toLowerCase(), pattern)));
}

/** Characters of `name` that are as the pattern has them (d: digit, x: hex digit). */
function alike(name: string, pattern: string): number {
  let i = 0;
  while (i < name.length && i < pattern.length) {
    const kind = pattern[i];
    const fits =
      kind === 'd'
        ? /\d/.test(name[i])
        : kind === 'x'
          ? /[0-9a-f]/.test(name[i])
          : kind === name[i];
    if (!fits) break;
    i++;
  }
  return i;
}

/** Octets of as many digits; the first of an address stays one that a host can have. */
function octetRange(octet: number, place: number): readonly [number, number] {
  const low = octet < 10 ? (place === 0 ? 1 : 0) : octet < 100 ? 10 : 100;
  const high = octet < 10 ? 9 : octet < 100 ? 99 : place === 0 ? 223 : 255;
  return place === 0 && low === 100 ? [128, high] : [low, high];
}

function movedCharacter(code: number, move: number): string {
  if (code >= 0x30 && code <= 0x39) return String.fromCharCode(0x30 + ((code - 0x30 + move) % 10));
  if (code >= 0x41 && code <= 0x5a) return String.fromCharCode(0x41 + ((code - 0x41 + move) % 26));
  if (code >= 0x61 && code <= 0x7a) return String.fromCharCode(0x61 + ((code - 0x61 + move) % 26));
  // Beyond ASCII all may be a name: one that says nothing.
  return code < 0x80 ? String.fromCharCode(code) : 'x';
}
