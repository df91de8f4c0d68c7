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
import { UnpackedWhole } from './capture-error.js';
import type { Compression } from './facts.js';
import { unpackGzip } from './gzip-members.js';
import { Through } from './through.js';
import { XxHash64 } from './xxhash64.js';
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

/**
 * The program does not say where a frame is cut, nor does it look at windows before it asks for them; and where a checksum
 * is wrong it keeps what it has unpacked last: a small file is then unpacked by the package.
 */
async function* zstdByProgram(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const frames = new ZstdFrames();
  let failure: unknown;
  let small: Uint8Array[] | undefined = [];
  let packed = 0;
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      let at = 0;
      try {
        while (at < chunk.length) at = frames.step(chunk, at);
      } catch (error) {
        failure = error;
      }
      packed += at;
      if (packed > SMALL_BYTES) small = undefined;
      small?.push(chunk.slice(0, at));
      yield failure === undefined ? chunk : chunk.subarray(0, at);
      if (failure !== undefined) return;
    }
  };
  try {
    for await (const chunk of throughProgram('zstd', ['-d', '-c', '-q'], whole())) {
      small = undefined;
      yield chunk;
    }
  } catch (error) {
    if (small !== undefined) yield* zstdByPackage(again(small));
    throw failure ?? error;
  }
  if (failure !== undefined) throw failure;
  if (!frames.complete) throw new Error('unexpected end of file');
}

const SMALL_BYTES = 1 << 20;

async function* again(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

export async function* zstdByPackage(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  const frames = new ZstdFrames(FZSTD_WINDOW_BYTES_MAX, BETTER);
  let ready: Uint8Array[] = [];
  let packed = 0;
  let unpacked = 0;
  // It checks no checksums.
  let hash = new XxHash64();
  const take = (chunk: Uint8Array) => {
    ready.push(chunk);
    unpacked += chunk.length;
    hash.update(chunk);
  };
  // One a frame: what is shorter than 18 bytes it reads only where it is told that no more comes.
  let decompress = new Decompress(take);
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const next = frames.step(chunk, at);
      // In small pieces: what one block of a few bytes unpacks to waits here.
      for (; at < next; at += FZSTD_FED_BYTES) {
        const piece = chunk.subarray(at, Math.min(next, at + FZSTD_FED_BYTES));
        decompress.push(piece, frames.complete && at + FZSTD_FED_BYTES >= next);
        packed += piece.length;
        yield* ready;
        ready = [];
        if (unpacked > FZSTD_FREE_BYTES && unpacked > packed * FZSTD_RATIO_MAX)
          throw tooMuch(unpacked);
      }
      at = next;
      if (!frames.complete) continue;
      if (frames.checksum >= 0 && frames.checksum !== hash.low32()) throw damaged();
      hash = new XxHash64();
      decompress = new Decompress(take);
    }
  }
  if (!frames.complete) throw new Error('unexpected end of file');
}

function damaged(): UnpackedWhole {
  return new UnpackedWhole(
    'what was unpacked of a frame has not the checksum (XXH64) that stands behind it: some of it is damaged',
  );
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
