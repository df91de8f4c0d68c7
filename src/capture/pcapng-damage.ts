// pcapng blocks that contradict themselves: put right where one length still fits, else the next
// block is looked for.

import { BLOCK_BYTES_MAX, PACKET_BYTES_MAX } from '../limits.js';
import { blockAt, ENHANCED_PACKET, YES } from './pcapng-blocks.js';
import {
  AGAIN,
  type BlockReader,
  malformed,
  noInterface,
  tooLong,
  WAIT,
} from './pcapng-section.js';

/** Fewer bytes than needed: wait, or see what the end of the file is. */
export function shortBlock(reader: BlockReader, at: number, needed: number): number {
  const { window, log } = reader;
  if (!window.ended) {
    reader.needed = needed;
    return WAIT;
  }
  const there = window.end - at;
  if (there === 0) {
    reader.done = true;
    return WAIT;
  }
  if (there >= 12 && repairable(reader, at)) return oddBlock(reader, at);
  for (let next = at + 4; next + 12 <= window.end; next++) {
    if (blockAt(window, next, reader.section.little) === YES) return oddBlock(reader, at);
  }
  log.cut(window.origin + at, there, needed, 'block');
  window.start = window.end;
  reader.done = true;
  return WAIT;
}

/** True where only the first length of the packet block at `at` is wrong. */
function repairable(reader: BlockReader, at: number): boolean {
  const { window, section } = reader;
  const { view } = window;
  const little = section.little;
  if (at + 32 > window.end || view.getUint32(at, little) !== ENHANCED_PACKET) return false;
  const captured = view.getUint32(at + 20, little);
  const length = 32 + ((captured + 3) & ~3);
  if (captured > PACKET_BYTES_MAX || at + length > window.end) return false;
  return view.getUint32(at + length - 4, little) === length;
}

/** The lengths of the block at `at` contradict each other: put it right, or skip to the next block. */
export function oddBlock(reader: BlockReader, at: number): number {
  const { window, section } = reader;
  const { view } = window;
  const little = section.little;
  if (window.ahead(at) > 0) {
    reader.needed = window.ahead(at);
    return WAIT;
  }
  const type = view.getUint32(at, little);
  if (type === ENHANCED_PACKET) {
    if (window.end - at < 32 && !window.ended) return shortBlock(reader, at, 32);
    const wanted = 32 + ((view.getUint32(at + 20, little) + 3) & ~3) + 12;
    if (window.end - at < wanted && !window.ended && wanted <= BLOCK_BYTES_MAX) {
      return shortBlock(reader, at, wanted);
    }
    const verdict = oddPacket(reader, at);
    if (verdict !== WAIT) return verdict;
  }
  section.astray = true;
  section.scanning = true;
  section.scanFrom = window.origin + at;
  window.start = at + 1;
  return AGAIN;
}

/** An enhanced packet block that contradicts itself: WAIT where it cannot be put right. */
function oddPacket(reader: BlockReader, at: number): number {
  const { window, section } = reader;
  const { view } = window;
  const little = section.little;
  if (at + 32 > window.end) return WAIT;
  const id = view.getUint32(at + 8, little);
  const captured = view.getUint32(at + 20, little);
  const original = view.getUint32(at + 24, little);
  const of = section.interfaces[id];
  const length = view.getUint32(at + 4, little);
  if (blockAt(window, at, little) === YES) {
    window.start = at + length;
    if (captured > length - 32) {
      if (of === undefined || ((original + 3) & ~3) !== length - 32) {
        return malformed(reader, at, tooLong(captured, length - 32));
      }
      malformed(
        reader,
        at,
        `${tooLong(captured, length - 32)}: its original ${original} are taken`,
      );
      return reader.take(at, length, original, of);
    }
    return noInterface(reader, at, id);
  }
  if (of === undefined) return WAIT;
  if (repairable(reader, at)) {
    const right = 32 + ((captured + 3) & ~3);
    malformed(reader, at, `a block says ${length} bytes before and ${right} after: ${right} fit`);
    return reader.take(at, right, captured, of);
  }
  const fits = length >= 32 && length <= BLOCK_BYTES_MAX && captured <= length - 32;
  if (!fits || length % 4 !== 0 || !followed(reader, at + length)) return WAIT;
  const after = view.getUint32(at + length - 4, little);
  malformed(reader, at, `a block says ${length} bytes before and ${after} after: ${length} fit`);
  return reader.take(at, length, captured, of);
}

/** True where a block begins at `at`, or the file ends there. */
function followed(reader: BlockReader, at: number): boolean {
  const { window } = reader;
  if (window.ended && at === window.end) return true;
  return blockAt(window, at, reader.section.little) === YES;
}

/** Goes on stepping over a long block, or looking for the next one. False: more bytes, or the end. */
export function skipOn(reader: BlockReader): boolean {
  const { section } = reader;
  if (section.skip > 0 && !stepOver(reader)) return false;
  if (section.scanning && !scan(reader)) return false;
  section.astray = false;
  return true;
}

function stepOver(reader: BlockReader): boolean {
  const { window, section, log } = reader;
  const step = Math.min(section.skip, window.end - window.start);
  window.start += step;
  section.skip -= step;
  if (section.skip === 0) return true;
  reader.needed = Math.min(section.skip, window.capacityMax);
  if (!window.ended) return false;
  log.cut(window.origin + window.end, 0, section.skip, 'block still');
  section.skip = 0;
  reader.done = true;
  return false;
}

function scan(reader: BlockReader): boolean {
  const { window, section, log } = reader;
  let at = window.start;
  for (; window.end - at >= 12; at++) {
    const verdict = blockAt(window, at, section.little);
    if (verdict === YES) {
      log.skipped(section.scanFrom, window.origin + at - section.scanFrom, FOUND);
      section.scanning = false;
      window.start = at;
      return true;
    }
    if (verdict > YES) return rest(reader, at, verdict);
  }
  if (!window.ended) return rest(reader, at, 12);
  log.skipped(section.scanFrom, window.origin + window.end - section.scanFrom, NOT_FOUND);
  section.scanning = false;
  window.start = window.end;
  reader.done = true;
  return false;
}

function rest(reader: BlockReader, at: number, needed: number): boolean {
  reader.window.start = at;
  reader.needed = needed;
  return false;
}

const FOUND = 'the lengths of a block contradict each other; reading goes on at the next block';
const NOT_FOUND = 'the lengths of a block contradict each other, and no block follows';
