// One path → a lane of packets: what kind of file it is, told by its first bytes, not by its name.
// What pipes and compressed files need is loaded where there is one: it takes longer than to read a
// small capture.

import { closeSync, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { FILE_READ_BYTES, FILE_WINDOW_BYTES } from '../limits.js';
import { label, unreadable } from './capture-error.js';
import type { FileLog } from './facts.js';
import { FileSource } from './file-source.js';
import { laneOf, type Place } from './input-location.js';
import type { PipeSpool } from './pipe-spool.js';
import type { Lane } from './pump.js';
import { compressionOf, sniff, unread } from './sniff.js';
import { isStandardInput } from './standard-input.js';

/** With more files than this windows are small, and files are closed between two looks. */
const FILES_AT_ONCE = 8;
const SMALL_WINDOW_BYTES = 1 << 16;

/** Opens `path` (`-` is standard input). Throws a CaptureError. */
export async function openLane(
  path: string,
  index: number,
  count: number,
  log: FileLog,
  spool?: PipeSpool,
): Promise<Lane> {
  const few = count <= FILES_AT_ONCE;
  const place: Place = {
    path,
    index,
    log,
    few,
    windowBytes: few ? FILE_READ_BYTES : SMALL_WINDOW_BYTES,
    spool,
  };
  const stats = look(path);
  if (stats.isDirectory()) throw unreadable(path, { code: 'EISDIR' });
  log.facts.piped = !stats.isFile();
  if (stats.isFile()) return openFile(place);
  const { openPipe } = await import('./open-flowing.js');
  return openPipe(place);
}

function look(path: string): Stats {
  try {
    return isStandardInput(path) ? fstatSync(0) : statSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function openFile(place: Place): Promise<Lane> {
  const source = openFileSource(place);
  try {
    place.log.facts.size = source.size().now;
    source.refill(1);
    if (source.failure) throw unreadable(place.path, source.failure);
    const compression = compressionOf(unread(source.window));
    if (compression === 'none') {
      return laneOf(place, source, sniff(source.window, place.log, false));
    }
    const { openPacked } = await import('./open-flowing.js');
    return await openPacked(place, source, compression);
  } catch (error) {
    source.close();
    throw error;
  }
}

function openFileSource({ path, few, windowBytes }: Place): FileSource {
  let fd = -1;
  try {
    fd = isStandardInput(path) ? 0 : openSync(path, 'r');
    const name = isStandardInput(path) ? '-' : path;
    return new FileSource(name, fd, windowBytes, FILE_WINDOW_BYTES, few);
  } catch (error) {
    if (fd > 0) closeSync(fd);
    throw unreadable(path, error);
  }
}

/** The words of a problem that a failing source leaves behind. */
export function failureText(path: string, failure: Error): string {
  return `${label(path)} could not be read further: ${failure.message}`;
}
