// TCP options (RFC 9293 3.1; RFC 7323 2.2 window scale, 3.2 timestamps; RFC 2018 SACK): read where
// a SYN or a duplicate ACK makes them interesting.

import type { Segment } from '../packet/segment.js';
import type { Flow } from './connection.js';

const END = 0;
const NO_OPERATION = 1;
const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const SACK = 5;
const TIMESTAMPS = 8;

/** Where the option `kind` lies, with `length` bytes at least; -1 where there is none. */
function findOption(s: Segment, kind: number, length: number): number {
  const end = s.optionsOffset + s.optionsLength;
  let at = s.optionsOffset;
  while (at < end) {
    const k = s.bytes[at];
    if (k === END) return -1;
    if (k === NO_OPERATION) {
      at++;
      continue;
    }
    const n = at + 1 < end ? s.bytes[at + 1] : 0;
    // A length below 2 would not move on: the rest cannot be read.
    if (n < 2 || at + n > end) return -1;
    if (k === kind && n >= length) return at;
    at += n;
  }
  return -1;
}

/** True where the segment carries SACK blocks. */
export function hasSack(s: Segment): boolean {
  return s.optionsLength > 0 && findOption(s, SACK, 10) >= 0;
}

/**
 * Bytes of the longest SACK block beyond the segment's own ACK (RFC 2018 3): what came behind the hole there. A
 * block below it tells of a duplicate (RFC 2883 4). 0 where there is none.
 */
export function sackedBytes(s: Segment): number {
  const at = findOption(s, SACK, 10);
  if (at < 0) return 0;
  const end = at + s.bytes[at + 1];
  let most = 0;
  for (let block = at + 2; block + 8 <= end; block += 8) {
    const left = word(s.bytes, block);
    if (((left - s.ack) | 0) <= 0) continue;
    const bytes = (word(s.bytes, block + 4) - left) | 0;
    if (bytes > most) most = bytes;
  }
  return most;
}

/**
 * Bytes that came twice (RFC 2883 section 4): the first block, where it lies before what is acknowledged (4.1), or
 * within the second one (4.2).
 */
export function duplicateSack(s: Segment): readonly [left: number, right: number] | undefined {
  if (s.optionsLength < 10) return undefined;
  const at = findOption(s, SACK, 10);
  if (at < 0) return undefined;
  const left = word(s.bytes, at + 2);
  const right = word(s.bytes, at + 6);
  if (((right - left) | 0) <= 0) return undefined;
  if (((right - s.ack) | 0) <= 0) return [left, right];
  if (s.bytes[at + 1] < 18) return undefined;
  const within =
    ((left - word(s.bytes, at + 10)) | 0) >= 0 && ((right - word(s.bytes, at + 14)) | 0) <= 0;
  return within ? [left, right] : undefined;
}

/** A SYN's options, kept as facts of who sent it. */
export function readSynOptions(s: Segment, facts: Flow): void {
  const mss = findOption(s, MSS, 4);
  if (mss >= 0) facts.mss = (s.bytes[mss + 2] << 8) | s.bytes[mss + 3];
  const scale = findOption(s, WINDOW_SCALE, 3);
  if (scale >= 0) facts.windowScale = s.bytes[scale + 2];
  facts.sackPermitted = findOption(s, SACK_PERMITTED, 2) >= 0;
  facts.timestamps = findOption(s, TIMESTAMPS, 10) >= 0;
}

/** TSval of the Timestamps option (RFC 7323 3.2), unsigned; -1 where there is none. */
export function timestampValue(s: Segment): number {
  if (s.optionsLength < 10) return -1;
  const at = findOption(s, TIMESTAMPS, 10);
  if (at < 0) return -1;
  return word(s.bytes, at + 2);
}

function word(b: Uint8Array, at: number): number {
  return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
}
