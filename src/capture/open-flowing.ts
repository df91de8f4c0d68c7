// Pipes and compressed files → a lane of packets: bytes that flow, and cannot be read twice.

import { createReadStream, open, statSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { FILE_WINDOW_BYTES } from '../limits.js';
import { CaptureError, emptyFile, unpackingFailed, unreadable } from './capture-error.js';
import { CLASSIC_HEADER_BYTES } from './classic-header.js';
import type { Compression, FileLog } from './facts.js';
import type { FileSource } from './file-source.js';
import { laneOf, type Place } from './input-location.js';
import { PipeRecords } from './pipe-records.js';
import { type PipeSpool, spooled, unpackedKept } from './pipe-spool.js';
import type { Lane } from './pump.js';
import { classicFacts, compressionOf, isPlainClassic, sniff, unread } from './sniff.js';
import { isStandardInput } from './standard-input.js';
import { StreamSource } from './stream-source.js';
import { unpack } from './unpack.js';
import { ByteWindow } from './window.js';

/** What a decompressor is fed at once: what it holds when it fails is lost. */
const PACKED_CHUNK_BYTES = 1 << 16;
const UNPACKED_CHUNK_BYTES = 1 << 20;

/** A compressed file; `source` was only looked at. */
export async function openPacked(
  place: Place,
  source: FileSource,
  compression: Compression,
): Promise<Lane> {
  const { path, log, few, windowBytes } = place;
  source.close();
  log.facts.compression = compression;
  let bytesRead = 0;
  const options = { highWaterMark: PACKED_CHUNK_BYTES };
  // A file on standard input may stand anywhere: what was looked at comes first, then the rest.
  const packed = isStandardInput(path)
    ? joined(
        unread(source.window).slice(),
        createReadStream('', { ...options, fd: 0, autoClose: false }),
      )
    : createReadStream(path, options);
  const read = counted(packed, (chunk) => {
    bytesRead += chunk.length;
  });
  const { spool } = place;
  const unpacked = unpack(compression, read, few ? UNPACKED_CHUNK_BYTES : windowBytes);
  const chunks = spool ? unpackedKept(unpacked, path, spool) : unpacked;
  // Offsets are those of the copy, where there is one.
  const window = new ByteWindow(windowBytes, FILE_WINDOW_BYTES, spool !== undefined, true);
  return openUnpacked(place, new StreamSource(chunks, window, () => bytesRead));
}

async function openUnpacked(place: Place, source: StreamSource): Promise<Lane> {
  await source.refill(CLASSIC_HEADER_BYTES);
  const there = source.window.end - source.window.start;
  if (source.failure && there < CLASSIC_HEADER_BYTES) {
    throw unpackingFailed(place.path, source.failure.message);
  }
  return laneOf(place, source, sniff(source.window, place.log, true));
}

export async function openPipe(place: Place): Promise<Lane> {
  const stream = await openStream(place.path);
  place.spool?.flows(() => stream.destroy());
  try {
    return await openFlowing(place, stream);
  } catch (error) {
    // Whoever writes to it would otherwise keep this process alive.
    stream.destroy();
    throw error;
  }
}

/** A stream that somebody else opened, as if it were a pipe. Throws a CaptureError. */
export async function openStreamed(
  path: string,
  stream: Readable,
  log: FileLog,
  spool?: PipeSpool,
): Promise<Lane> {
  log.facts.piped = true;
  const place = { path, index: 0, log, few: true, windowBytes: FILE_WINDOW_BYTES, spool };
  return openFlowing(place, stream);
}

async function openFlowing(place: Place, stream: Readable): Promise<Lane> {
  const { path, log, windowBytes } = place;
  const close = () => stream.destroy();
  const { spool } = place;
  const kept: AsyncIterable<Uint8Array> = spool ? spooled(stream, path, spool) : stream;
  const pipe = kept[Symbol.asyncIterator]();
  const head = await firstBytes(path, pipe);
  const chunks = joined(head, { [Symbol.asyncIterator]: () => pipe });
  const compression = compressionOf(head);
  log.facts.compression = compression;
  if (compression === 'none' && isPlainClassic(head)) {
    const header = classicFacts(head, log);
    const records = new PipeRecords(chunks, header, log, close, spool !== undefined);
    return laneOf(place, records, records);
  }
  let bytesRead = 0;
  const read = counted(chunks, (chunk) => {
    bytesRead += chunk.length;
  });
  const live = compression === 'none';
  const window = new ByteWindow(windowBytes, FILE_WINDOW_BYTES, live && spool !== undefined, !live);
  const unpacked = unpack(compression, read, UNPACKED_CHUNK_BYTES);
  const source = new StreamSource(unpacked, window, () => bytesRead, close);
  if (!live) return openUnpacked(place, source);
  await source.refill(head.length);
  return laneOf(place, source, sniff(window, log, false));
}

async function openStream(path: string): Promise<Readable> {
  if (isStandardInput(path)) {
    if (process.stdin.isTTY) {
      const text = 'standard input is a terminal: pipe a capture into sanscope, or name a file';
      throw new CaptureError(path, text);
    }
    return process.stdin;
  }
  try {
    if (!statSync(path).isFIFO()) return createReadStream(path);
    // A socket, unlike a file stream, can be closed while it waits for bytes. Opening waits until
    // somebody writes.
    const fd = await promisify(open)(path, 'r');
    return new Socket({ fd, readable: true, writable: false });
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Reads until a header's worth of bytes is there, or the pipe has ended. */
async function firstBytes(path: string, pipe: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head = new Uint8Array(0);
  try {
    while (head.length < CLASSIC_HEADER_BYTES) {
      const step = await pipe.next();
      if (step.done) break;
      const grown = new Uint8Array(head.length + step.value.length);
      grown.set(head);
      grown.set(step.value, head.length);
      head = grown;
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  if (head.length === 0) throw emptyFile(path);
  return head;
}

async function* joined(
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  count: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    count(chunk);
    yield chunk;
  }
}
