// Texts that come again and again (names of nodes): the same bytes give the same string, which is neither made
// nor hashed anew. Each place holds the last text that fell to it.

const PLACES = 1024;
/** Longer ones are no names: they are made each time. */
const LENGTH_MAX = 256;
/** FNV-1a. */
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

export class SeenTexts {
  readonly #texts: string[] = new Array(PLACES).fill('');

  /** UTF-8 of `bytes`, up to `end`. */
  text(bytes: Uint8Array, from: number, end: number): string {
    const length = end - from;
    if (length > LENGTH_MAX) return decoded(bytes, from, end);
    let hash = BASIS;
    for (let i = from; i < end; i++) hash = Math.imul(hash ^ bytes[i], PRIME);
    const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    const seen = this.#texts[place];
    if (isOf(seen, bytes, from, length)) return seen;
    const text = decoded(bytes, from, end);
    this.#texts[place] = text;
    return text;
  }
}

/** Of ASCII only: other text is never found. */
function isOf(text: string, bytes: Uint8Array, from: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) {
    const byte = bytes[from + i];
    if (byte > 0x7f || text.charCodeAt(i) !== byte) return false;
  }
  return true;
}

function decoded(bytes: Uint8Array, from: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString('utf8');
}
