// gzip (RFC 1952) member by member. Node's own unpacker drops what it has just unpacked when a checksum is wrong or
// something else follows; here the data are unpacked raw, and what stands around them is read apart: all that can be
// unpacked is handed on before anything is said of it.

import zlib from 'node:zlib';
import { crc32 } from '../lib/crc32.js';
import { UnpackedWhole } from './capture-error.js';
import { Through } from './through.js';

const DEFLATE = 8;
/** Flags, section 2.3.1. */
const HAS_CRC = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;
/** Magic (2), method, flags, time (4), hints, system. */
const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
/** A failing step loses what it has unpacked: small files go in small steps, of others a part of their end is lost. */
const SMALL_BYTES = 1 << 16;
const SMALL_STEP_BYTES = 1 << 10;

export async function* unpackGzip(
  chunks: AsyncIterable<Uint8Array>,
  chunkSize: number,
): AsyncGenerator<Uint8Array> {
  const input = new Packed(chunks);
  let first = true;
  while (await nextMember(input, first)) {
    first = false;
    yield* unpackMember(input, chunkSize);
  }
}

/** Zeros may fill a file up (tapes). Throws where what follows is no member. */
async function nextMember(input: Packed, first: boolean): Promise<boolean> {
  if (!first && !(await input.skipZeros())) return false;
  const head = await input.take(HEADER_BYTES);
  if (head === undefined && first) throw ended();
  if (head?.[0] !== 0x1f || head[1] !== 0x8b || head[2] !== DEFLATE) {
    if (first) throw new Error('incorrect header check');
    throw new UnpackedWhole('behind the gzip data comes something that is none');
  }
  const flags = head[3];
  if (flags & HAS_EXTRA) {
    const [low, high] = await input.need(2);
    await input.skip(low + high * 256);
  }
  if (flags & HAS_NAME) await input.skipText();
  if (flags & HAS_COMMENT) await input.skipText();
  if (flags & HAS_CRC) await input.skip(2);
  return true;
}

async function* unpackMember(input: Packed, chunkSize: number): AsyncGenerator<Uint8Array> {
  const inflate = zlib.createInflateRaw({ chunkSize });
  const through = new Through(inflate);
  let crc = 0;
  let length = 0;
  try {
    for (let whole = false; !whole; ) {
      const piece = await input.piece();
      const before = inflate.bytesWritten;
      for await (const chunk of through.write(piece)) {
        crc = crc32(chunk, 0, chunk.length, crc);
        length += chunk.length;
        yield chunk;
      }
      const used = inflate.bytesWritten - before;
      input.used(used);
      // It takes all but what is behind its end.
      whole = used < piece.length;
    }
  } finally {
    through.close();
  }
  const trailer = await input.need(TRAILER_BYTES);
  const view = new DataView(trailer.buffer);
  if (view.getUint32(0, true) !== crc >>> 0) throw wrong('checksum (CRC-32)');
  if (view.getUint32(4, true) !== length % 2 ** 32) throw wrong('length');
}

function wrong(what: string): UnpackedWhole {
  return new UnpackedWhole(
    `what was unpacked has not the ${what} that stands behind it: some of it is damaged`,
  );
}

/** Packed bytes that come in chunks. Invariant: those of `#chunk` before `#at` are used. */
class Packed {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;
  #before = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** False at the end. */
  async #more(): Promise<boolean> {
    while (this.#at >= this.#chunk.length) {
      const step = await this.#chunks.next();
      if (step.done) return false;
      this.#before += this.#chunk.length;
      this.#chunk = step.value;
      this.#at = 0;
    }
    return true;
  }

  /** What is at hand, not used yet. */
  async piece(): Promise<Uint8Array> {
    if (!(await this.#more())) throw ended();
    const small = this.#before + this.#at < SMALL_BYTES;
    const to = small ? this.#at + SMALL_STEP_BYTES : this.#chunk.length;
    return this.#chunk.subarray(this.#at, Math.min(to, this.#chunk.length));
  }

  used(count: number): void {
    this.#at += count;
  }

  /** `count` bytes, undefined where the file ends before. */
  async take(count: number): Promise<Uint8Array | undefined> {
    const bytes = new Uint8Array(count);
    for (let have = 0; have < count; ) {
      if (!(await this.#more())) return undefined;
      const part = this.#chunk.subarray(this.#at, this.#at + count - have);
      bytes.set(part, have);
      have += part.length;
      this.#at += part.length;
    }
    return bytes;
  }

  async need(count: number): Promise<Uint8Array> {
    const bytes = await this.take(count);
    if (bytes === undefined) throw ended();
    return bytes;
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      if (!(await this.#more())) throw ended();
      const step = Math.min(left, this.#chunk.length - this.#at);
      this.#at += step;
      left -= step;
    }
  }

  /** Past the zero that ends a text. */
  async skipText(): Promise<void> {
    for (;;) {
      if (!(await this.#more())) throw ended();
      const end = this.#chunk.indexOf(0, this.#at);
      this.#at = end < 0 ? this.#chunk.length : end + 1;
      if (end >= 0) return;
    }
  }

  /** False where nothing else comes. */
  async skipZeros(): Promise<boolean> {
    while (await this.#more()) {
      while (this.#at < this.#chunk.length && this.#chunk[this.#at] === 0) this.#at++;
      if (this.#at < this.#chunk.length) return true;
    }
    return false;
  }
}

function ended(): Error {
  return new Error('unexpected end of file');
}
