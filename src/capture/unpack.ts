// Compressed captures, unpacked chunk by chunk: gzip and (from Node 22)
// zstd by Node itself, zstd on Node 20 by the package fzstd, lz4 by the program of that name.
// There is no small, kept and streaming lz4 library: those that are kept unpack a file in memory.

import { spawn } from 'node:child_process';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
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
      return createZstdDecompress
        ? unpackZstd(chunks, () => createZstdDecompress({ chunkSize }))
        : unpackZstdOnNode20(chunks);
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

/** Node 20 has no zstd; its types neither. */
const { createZstdDecompress } = zlib as unknown as {
  createZstdDecompress?: (options: { chunkSize: number }) => Transform;
};

async function* unpackZstd(
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

async function* unpackZstdOnNode20(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  const frames = new ZstdFrames();
  let ready: Uint8Array[] = [];
  const decompress = new Decompress((chunk) => ready.push(chunk));
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const next = frames.step(chunk, at);
      decompress.push(chunk.subarray(at, next));
      yield* ready;
      ready = [];
      at = next;
    }
  }
  if (!frames.complete) throw new Error('unexpected end of file');
  decompress.push(new Uint8Array(0), true);
  yield* ready;
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
    if ((await closed) !== 0) throw new Error(said.trim() || `${program} failed`);
    await feeding;
  } finally {
    child.kill();
  }
}
