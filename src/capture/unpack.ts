// Compressed captures, told by their first bytes, unpacked chunk by chunk: gzip and (from Node 22)
// zstd by Node itself, zstd on Node 20 by the package fzstd, lz4 by the program of that name.
// There is no small, kept and streaming lz4 library: those that are kept unpack a file in memory.

import { spawn } from 'node:child_process';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import type { Compression } from './facts.js';

const MAGICS: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['lz4', [0x02, 0x21, 0x4c, 0x18]], // the legacy frame
];

export function compressionOf(start: Uint8Array): Compression {
  const known = MAGICS.find(([, magic]) => magic.every((byte, i) => start[i] === byte));
  return known ? known[0] : 'none';
}

/** Unpacked chunks. Throws what the decompressor says, after all that could be unpacked before. */
export function unpack(
  compression: Compression,
  chunks: AsyncIterable<Uint8Array>,
  chunkSize: number,
): AsyncIterable<Uint8Array> {
  switch (compression) {
    case 'gzip':
      return through(zlib.createGunzip({ chunkSize }), chunks);
    case 'zstd':
      return unpackZstd(chunks, chunkSize);
    case 'lz4':
      return throughProgram('lz4', ['-d', '-c'], chunks);
    default:
      return chunks;
  }
}

/** Node 20 has no zstd; its types neither. */
const zstd = zlib as unknown as {
  createZstdDecompress?: (options: { chunkSize: number }) => Transform;
};

async function* unpackZstd(
  chunks: AsyncIterable<Uint8Array>,
  chunkSize: number,
): AsyncGenerator<Uint8Array> {
  if (zstd.createZstdDecompress) {
    yield* through(zstd.createZstdDecompress({ chunkSize }), chunks);
    return;
  }
  const { Decompress } = await import('fzstd');
  let ready: Uint8Array[] = [];
  const decompress = new Decompress((chunk) => ready.push(chunk));
  for await (const chunk of chunks) {
    decompress.push(chunk);
    yield* ready;
    ready = [];
  }
  decompress.push(new Uint8Array(0), true);
  yield* ready;
}

/**
 * Writes chunk by chunk and reads all of it before the next: a stream that fails drops what it
 * holds, so it must hold nothing when the next write fails.
 */
async function* through(
  transform: Transform,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const state = { failure: undefined as Error | undefined, busy: false, ended: false };
  let wake = () => {};
  const changed = () => wake();
  transform.on('error', (error: Error) => {
    state.failure = error;
    changed();
  });
  transform.on('readable', changed);
  transform.on('end', () => {
    state.ended = true;
    changed();
  });
  const drain = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk: Uint8Array | null = transform.read();
      if (chunk) yield chunk;
      else if (state.failure) throw state.failure;
      else if (!state.busy || state.ended) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  };
  try {
    for await (const chunk of chunks) {
      state.busy = true;
      transform.write(chunk, () => {
        state.busy = false;
        changed();
      });
      yield* drain();
    }
    state.busy = true;
    transform.end();
    yield* drain();
  } finally {
    transform.destroy();
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
