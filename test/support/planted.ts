// Secrets that are planted into captures, each another one by a seed, and what is left of them.

import { temporaryFile } from './capture.js';

export interface Planted {
  readonly place: string;
  readonly bytes: Uint8Array;
}

export class Secrets {
  readonly all: Planted[] = [];
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** Octets of which none is zero. */
  octets(place: string, length = 8): Uint8Array {
    const bytes = Uint8Array.from({ length }, () => 1 + (this.#next() % 255));
    this.all.push({ place, bytes });
    return bytes;
  }

  hex(place: string): string {
    return Buffer.from(this.octets(place)).toString('hex');
  }

  text(place: string, before = ''): string {
    const word = Array.from({ length: 12 }, () => String.fromCharCode(97 + (this.#next() % 26)));
    this.all.push({ place, bytes: Buffer.from(word.join(''), 'latin1') });
    return before + word.join('');
  }

  /** An address that a host can have, as octets. */
  ipv4(place: string): Uint8Array {
    const bytes = Uint8Array.from({ length: 4 }, (_, i) => {
      return i === 0 ? 128 + (this.#next() % 90) : 1 + (this.#next() % 254);
    });
    this.all.push({ place, bytes });
    return bytes;
  }

  /** A MAC address of one machine. */
  mac(place: string): Uint8Array {
    const bytes = Uint8Array.from({ length: 6 }, () => 1 + (this.#next() % 255));
    bytes[0] &= 0xfe;
    this.all.push({ place, bytes });
    return bytes;
  }

  #next(): number {
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) >>> 0;
    return this.#state >>> 8;
  }
}

const PIECE = 5;

/** Keys that a capture is scrubbed with before something counts as left. */
const KEYS = 3;

/** What is left of a secret: five octets of it in a row (all of a shorter one), or so many hex digits. */
export function leak(out: Buffer, secret: Uint8Array): boolean {
  const text = out.toString('latin1');
  // Addresses have their digits in groups.
  const digits = text.replaceAll(':', '');
  const size = Math.min(PIECE, secret.length);
  for (let i = 0; i + size <= secret.length; i++) {
    const piece = Buffer.from(secret.subarray(i, i + size));
    if (out.includes(piece) || digits.includes(piece.toString('hex'))) return true;
  }
  return secret.length === 4 && text.includes(secret.join('.'));
}

/** A file with a key for `scrub --key`, the same in each run. */
export function keyFile(number: number): string {
  return temporaryFile(new Uint8Array(32).fill(number), 'key');
}

/**
 * The secrets that `scrub` leaves, which gets the file of a key. What is made by one key may have five octets of a
 * secret by chance (letters: 1 in 26^5 at each place): what is left stands there whatever the key.
 */
export async function leftBy(
  scrub: (key: string) => Promise<Buffer>,
  secrets: readonly Planted[],
): Promise<Planted[]> {
  let left = [...secrets];
  for (let key = 0; key < KEYS && left.length > 0; key++) {
    const out = await scrub(keyFile(key));
    left = left.filter(({ bytes }) => leak(out, bytes));
  }
  return left;
}
