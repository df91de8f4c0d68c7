// Packets → pcapng (draft-ietf-opsawg-pcapng): one section, little-endian, an interface for each link type and
// snaplen, times in nanoseconds, and comments where somebody has something to say of a packet. Blocks are handed
// to `write` whole, in pieces of some size, so that what is written can be read however it ends.

import type { Packet } from './packet.js';
import type { Epoch } from './time.js';

const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const OPT_COMMENT = 1;
/** shb_userappl */
const APPLICATION = 4;
/** if_tsresol */
const RESOLUTION = 9;
const NANOSECONDS = 9;
const BUFFER_BYTES = 1 << 18;
const TWO_32 = 4294967296n;
/** Length of an option is 16 bits; a comment that long is read by nobody. */
const COMMENT_MAX = 4096;

/** Invariant: `#buffer` holds `#used` bytes of whole blocks. */
export class PcapngWriter {
  packets = 0;
  readonly #write: (bytes: Uint8Array) => void;
  readonly #interfaces = new Map<string, number>();
  #buffer = Buffer.alloc(BUFFER_BYTES);
  #used = 0;

  constructor(write: (bytes: Uint8Array) => void, application: string, comment = '') {
    this.#write = write;
    const options = [option(OPT_COMMENT, comment), option(APPLICATION, application)];
    const body = Buffer.alloc(16);
    body.writeUInt32LE(BYTE_ORDER, 0);
    body.writeUInt16LE(1, 4);
    body.writeUInt16LE(0, 6);
    body.writeBigInt64LE(-1n, 8);
    this.#block(SECTION_HEADER, [body, ...options]);
  }

  /** A packet with its own time and lengths; `bytes` where not the packet's own are to be written. */
  packet(packet: Packet, epoch: Epoch, comments: readonly string[] = [], bytes?: Uint8Array): void {
    const data = bytes ?? packet.bytes;
    const offset = bytes === undefined ? packet.offset : 0;
    const captured = bytes === undefined ? packet.capturedLength : bytes.length;
    const head = Buffer.alloc(20);
    head.writeUInt32LE(this.#interface(packet), 0);
    const time =
      (BigInt(epoch.seconds) * 1_000_000_000n + BigInt(epoch.nanoseconds) + BigInt(packet.timeNs)) &
      0xffffffffffffffffn;
    head.writeUInt32LE(Number(time / TWO_32), 4);
    head.writeUInt32LE(Number(time % TWO_32), 8);
    head.writeUInt32LE(captured, 12);
    head.writeUInt32LE(packet.originalLength, 16);
    const payload = Buffer.from(data.buffer, data.byteOffset + offset, captured);
    const padding = Buffer.alloc((4 - (captured % 4)) % 4);
    const options = comments.map((text) => option(OPT_COMMENT, text));
    this.#block(ENHANCED_PACKET, [head, payload, padding, ...options]);
    this.packets++;
  }

  /** What is still in the buffer goes out. */
  flush(): void {
    if (this.#used === 0) return;
    this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #interface({ linkType, snaplen }: Packet): number {
    const key = `${linkType}/${snaplen}`;
    const known = this.#interfaces.get(key);
    if (known !== undefined) return known;
    const made = this.#interfaces.size;
    this.#interfaces.set(key, made);
    const body = Buffer.alloc(8);
    body.writeUInt16LE(linkType, 0);
    body.writeUInt32LE(snaplen, 4);
    const resolution = Buffer.from([RESOLUTION, 0, 1, 0, NANOSECONDS, 0, 0, 0]);
    this.#block(INTERFACE_DESCRIPTION, [body, resolution]);
    return made;
  }

  #block(type: number, parts: readonly Buffer[]): void {
    const options = type === ENHANCED_PACKET ? parts.slice(3) : parts.slice(1);
    // opt_endofopt, where there are options.
    const end = options.some((part) => part.length > 0) ? 4 : 0;
    const length = 12 + end + parts.reduce((sum, part) => sum + part.length, 0);
    if (this.#used + length > this.#buffer.length) this.flush();
    if (length > this.#buffer.length) this.#buffer = Buffer.alloc(length);
    const buffer = this.#buffer;
    let at = this.#used;
    at = buffer.writeUInt32LE(type, at);
    at = buffer.writeUInt32LE(length, at);
    for (const part of parts) at += part.copy(buffer, at);
    if (end > 0) at = buffer.writeUInt32LE(0, at);
    this.#used = buffer.writeUInt32LE(length, at);
  }
}

/** An option of text, padded; nothing for no text. */
function option(code: number, text: string): Buffer {
  if (text === '') return Buffer.alloc(0);
  const words = Buffer.from(text.slice(0, COMMENT_MAX), 'utf8');
  const made = Buffer.alloc(4 + words.length + ((4 - (words.length % 4)) % 4));
  made.writeUInt16LE(code, 0);
  made.writeUInt16LE(words.length, 2);
  words.copy(made, 4);
  return made;
}
