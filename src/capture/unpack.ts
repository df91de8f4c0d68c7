// Compressed captures, unpacked chunk by chunk: gzip by Node itself, zstd by Node where it can (22.15),
// else by the program zstd where it is installed, else, within bounds that are told, by the package
// fzstd; lz4 by the program of that name. A file that unpacks to a thousand times its size is read as
// any other: in bounded memory, in the time that its unpacked bytes take.
// There is no small, kept and streaming lz4 library: those that are kept unpack a file in memory.

import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { FZSTD_FREE_BYTES, FZSTD_RATIO_MAX, FZSTD_WINDOW_BYTES_MAX } from '../limits.js';
import type { Compression } from './facts.js';
import { ZstdFrames } from './zstd-frames.js';

/** Unpacked chunks. Throws what the decompressor says, after all that could be unpacked before. */
export function unpack(
  compression: Compression,
  chunks: AsyncIterable<Uint8Array>,
  chunkSize: number,
): AsyncIterable<Uint8Array> {
  switch (compression) {
    case 'gzip':
      return unpackGzip(chunks, chunkSize);
    case 'zstd':
      return unpackZstd(chunks, chunkSize);
    case 'lz4':
      return throughProgram('lz4', ['-d', '-c'], chunks);
    default:
      return chunks;
  }
}

async function* unpackGzip(
  chunks: AsyncIterable<Uint8Array>,
  chunkSize: number,
): AsyncGenerator<Uint8Array> {
  const through = new Through(zlib.createGunzip({ chunkSize }));
  try {
    for await (const chunk of chunks) yield* through.write(chunk);
    yield* through.end();
  } finally {
    through.close();
  }
}

/** Node 20 has no zstd; its types neither. Asked for late: zlib is loaded for packed captures only. */
type MakeTransform = (options: { chunkSize: number }) => Transform;
const byNode = () =>
  (zlib as unknown as { createZstdDecompress?: MakeTransform }).createZstdDecompress;

function unpackZstd(
  chunks: AsyncIterable<Uint8Array>,
  chunkSize: number,
): AsyncIterable<Uint8Array> {
  const createZstdDecompress = byNode();
  if (createZstdDecompress) return zstdByNode(chunks, () => createZstdDecompress({ chunkSize }));
  return isInstalled('zstd') ? zstdByProgram(chunks) : zstdByPackage(chunks);
}

async function* zstdByNode(
  chunks: AsyncIterable<Uint8Array>,
  make: () => Transform,
): AsyncGenerator<Uint8Array> {
  const frames = new ZstdFrames();
  let through = new Through(make());
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; ) {
        const next = frames.step(chunk, at);
        yield* through.write(chunk.subarray(at, next));
        at = next;
        if (!frames.complete) continue;
        yield* through.end();
        through.close();
        through = new Through(make());
      }
    }
  } finally {
    through.close();
  }
  if (!frames.complete) throw new Error('unexpected end of file');
}

/** The program does not say where a frame is cut, nor does it look at windows before it asks for them. */
async function* zstdByProgram(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const frames = new ZstdFrames();
  let failure: unknown;
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      let at = 0;
      try {
        while (at < chunk.length) at = frames.step(chunk, at);
      } catch (error) {
        failure = error;
      }
      if (failure !== undefined) {
        yield chunk.subarray(0, at);
        return;
      }
      yield chunk;
    }
  };
  try {
    yield* throughProgram('zstd', ['-d', '-c', '-q'], whole());
  } catch (error) {
    throw failure ?? error;
  }
  if (failure !== undefined) throw failure;
  if (!frames.complete) throw new Error('unexpected end of file');
}

export async function* zstdByPackage(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  const frames = new ZstdFrames(FZSTD_WINDOW_BYTES_MAX, BETTER);
  let ready: Uint8Array[] = [];
  let packed = 0;
  let unpacked = 0;
  const decompress = new Decompress((chunk) => {
    ready.push(chunk);
    unpacked += chunk.length;
  });
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const next = frames.step(chunk, at);
      // In small pieces: what one block of a few bytes unpacks to waits here.
      for (; at < next; at += FZSTD_FED_BYTES) {
        const piece = chunk.subarray(at, Math.min(next, at + FZSTD_FED_BYTES));
        decompress.push(piece);
        packed += piece.length;
        yield* ready;
        ready = [];
        if (unpacked > FZSTD_FREE_BYTES && unpacked > packed * FZSTD_RATIO_MAX)
          throw tooMuch(unpacked);
      }
      at = next;
    }
  }
  if (!frames.complete) throw new Error('unexpected end of file');
  decompress.push(new Uint8Array(0), true);
  yield* ready;
}

const FZSTD_FED_BYTES = 256;
const BETTER = 'install the program zstd, or use Node 22.15 or newer';

function tooMuch(unpacked: number): Error {
  const mib = Math.floor(unpacked / 2 ** 20);
  return new Error(
    `it unpacks to more than ${FZSTD_RATIO_MAX} times its size, and what was unpacked ends after ${mib} MiB: ` +
      `${BETTER}, and all of it is read`,
  );
}

/** True where the program is in PATH. */
function isInstalled(program: string): boolean {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      accessSync(join(folder || '.', program), constants.X_OK);
      return true;
    } catch {}
  }
  return false;
}

/**
 * A decompressor that is written to chunk by chunk, and read empty before the next: a stream that
 * fails drops what it holds, so it must hold nothing when the next write fails.
 */
class Through {
  readonly #transform: Transform;
  #failure: Error | undefined;
  #busy = false;
  #ended = false;
  #wake = () => {};

  constructor(transform: Transform) {
    this.#transform = transform;
    transform.on('error', (error: Error) => {
      this.#failure = error;
      this.#wake();
    });
    transform.on('readable', () => this.#wake());
    transform.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  write(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
    this.#busy = true;
    this.#transform.write(chunk, () => {
      this.#busy = false;
      this.#wake();
    });
    return this.#drain();
  }

  end(): AsyncGenerator<Uint8Array> {
    this.#busy = true;
    this.#transform.end();
    return this.#drain();
  }

  close(): void {
    this.#transform.destroy();
  }

  async *#drain(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk: Uint8Array | null = this.#transform.read();
      if (chunk) yield chunk;
      else if (this.#failure) throw this.#failure;
      else if (!this.#busy || this.#ended) return;
      else await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** Without the name that it has for what it was given. */
function saidBy(said: string): string {
  return said.trim().replace(/^\/\*stdin\*\\ *: */, '');
}

async function* throughProgram(
  program: string,
  options: readonly string[],
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const child = spawn(program, options, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    if (said.length < 1000) said += text.toString();
  });
  const closed = new Promise<number>((resolve, reject) => {
    child.on('error', () => reject(new Error(`the program ${program} is needed: install it`)));
    child.on('close', (code) => resolve(code ?? 1));
  });
  closed.catch(() => {});
  // The program may end before it has read all: what it says then is told by its exit code.
  child.stdin.on('error', () => {});
  const feeding = (async () => {
    for await (const chunk of chunks) {
      if (child.stdin.destroyed) return;
      await new Promise<void>((resolve) => child.stdin.write(chunk, () => resolve()));
    }
    child.stdin.end();
  })();
  feeding.catch(() => child.stdin.destroy());
  try {
    yield* child.stdout;
    if ((await closed) !== 0) throw new Error(saidBy(said) || `${program} failed`);
    await feeding;
  } finally {
    child.kill();
  }
}
