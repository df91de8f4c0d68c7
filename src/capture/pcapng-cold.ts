// The cold road of the pcapng reader: blocks other than enhanced packets, and damage.

import { BLOCK_BYTES_MAX, BLOCK_SKIP_MAX, PACKET_BYTES_MAX } from '../limits.js';
import type { PcapngReader } from './pcapng.js';
import {
  blockAt,
  ENHANCED_PACKET,
  eachOption,
  INTERFACE_DESCRIPTION,
  INTERFACE_STATISTICS,
  isKnownBlock,
  NAME_RESOLUTION,
  OBSOLETE_PACKET,
  type PcapngInterface,
  readInterface,
  readStatistics,
  SECTION_HEADER,
  SIMPLE_PACKET,
  sectionOrder,
  YES,
} from './pcapng-blocks.js';

/** What became of a block: nothing to deliver, more bytes needed (or none left), a packet. */
export const AGAIN = 0;
export const WAIT = 1;
export const PACKET = 2;

/** The section that is being read. */
export class Section {
  little = true;
  interfaces: PcapngInterface[] = [];
  /** Not at the beginning of a block: stepping over one, or looking for the next. */
  astray = false;
  /** Bytes still to step over. */
  skip = 0;
  /** Looking for the next block; the damage begins at offset `scanFrom`. */
  scanning = false;
  scanFrom = 0;
}

/** Any block but an enhanced packet block, at `at`. */
export function otherBlock(reader: PcapngReader, at: number, type: number): number {
  const { window, section } = reader;
  if (type === SECTION_HEADER) return sectionHeader(reader, at);
  const length = window.view.getUint32(at + 4, section.little);
  if (length < 12 || length % 4 !== 0) return oddBlock(reader, at);
  if (length > BLOCK_BYTES_MAX) return longBlock(reader, at, type, length);
  if (window.end - at < length) return shortBlock(reader, at, length);
  if (window.view.getUint32(at + length - 4, section.little) !== length) {
    return oddBlock(reader, at);
  }
  return wholeBlock(reader, at, type, length);
}

/** A block that lies whole in the window, with equal lengths before and after. */
function wholeBlock(reader: PcapngReader, at: number, type: number, length: number): number {
  const { facts } = reader.log;
  reader.window.start = at + length;
  switch (type) {
    case INTERFACE_DESCRIPTION:
      return interfaceBlock(reader, at, length);
    case INTERFACE_STATISTICS:
      return statisticsBlock(reader, at, length);
    case SIMPLE_PACKET:
      return simplePacket(reader, at, length);
    case OBSOLETE_PACKET:
      return obsoletePacket(reader, at, length);
    case NAME_RESOLUTION:
      facts.nameBlocks += 1;
      return AGAIN;
    default:
      facts.otherBlocks += 1;
      return AGAIN;
  }
}

function sectionHeader(reader: PcapngReader, at: number): number {
  const { window, section, log } = reader;
  const { view } = window;
  const order = sectionOrder(view, at);
  if (order === undefined) return oddBlock(reader, at);
  const little = order === 'little';
  const length = view.getUint32(at + 4, little);
  if (length < 28 || length > BLOCK_BYTES_MAX || length % 4 !== 0) return oddBlock(reader, at);
  if (window.end - at < length) return shortBlock(reader, at, length);
  if (view.getUint32(at + length - 4, little) !== length) return oddBlock(reader, at);
  const major = view.getUint16(at + 12, little);
  if (major !== 1) {
    const text = () =>
      `a section of version ${major}; only version 1 is known: its packets are lost`;
    log.malformed(window.origin + at, text);
  }
  eachOption(view, at + 24, at + length - 4, little, (code) => {
    if (code === 1) log.facts.comments += 1;
  });
  if (log.facts.sections === 0) log.facts.byteOrder = order;
  log.facts.sections += 1;
  section.little = little;
  section.interfaces = [];
  window.start = at + length;
  return AGAIN;
}

function interfaceBlock(reader: PcapngReader, at: number, length: number): number {
  const { window, section, log } = reader;
  if (length < 20) return malformed(reader, at, 'an interface block is too short to hold one');
  const id = section.interfaces.length;
  const number = log.facts.sections - 1;
  const made = readInterface(window, at, length, section.little, number, id);
  section.interfaces.push(made.interface);
  log.facts.interfaces.push(made.interface.facts);
  log.facts.comments += made.comments;
  return AGAIN;
}

function statisticsBlock(reader: PcapngReader, at: number, length: number): number {
  const { window, section, log } = reader;
  if (length < 24) return malformed(reader, at, 'a statistics block is too short to hold any');
  const of = section.interfaces[window.view.getUint32(at + 8, section.little)];
  if (of === undefined) return malformed(reader, at, 'statistics of an interface never described');
  log.facts.comments += readStatistics(window, at, length, section.little, of.facts);
  return AGAIN;
}

/** Captured length is not in the block: the least of original, snaplen and what the block holds. */
function simplePacket(reader: PcapngReader, at: number, length: number): number {
  const { window, section } = reader;
  const of = section.interfaces[0];
  if (length < 16) return malformed(reader, at, 'a simple packet block is too short to hold one');
  if (of === undefined) return noInterface(reader, at, 0);
  const original = window.view.getUint32(at + 8, section.little);
  const snaplen = of.facts.snaplen > 0 ? of.facts.snaplen : original;
  reader.timed = false;
  reader.fill(at + 12, Math.min(original, snaplen, length - 16), original, of);
  return PACKET;
}

function obsoletePacket(reader: PcapngReader, at: number, length: number): number {
  const { window, section } = reader;
  const { view } = window;
  const little = section.little;
  if (length < 32) return malformed(reader, at, 'a packet block is too short to hold one');
  const id = view.getUint16(at + 8, little);
  const of = section.interfaces[id];
  if (of === undefined) return noInterface(reader, at, id);
  const captured = view.getUint32(at + 20, little);
  if (captured > length - 32) return malformed(reader, at, tooLong(captured, length - 32));
  const drops = view.getUint16(at + 10, little);
  if (drops > 0 && drops !== 0xffff) {
    of.facts.droppedBeforePackets = (of.facts.droppedBeforePackets ?? 0) + drops;
  }
  reader.setTime(of, view.getUint32(at + 12, little), view.getUint32(at + 16, little));
  reader.fill(at + 28, captured, view.getUint32(at + 24, little), of);
  return PACKET;
}

/** A block above the bound: stepped over where its type may be that long, else damage. */
function longBlock(reader: PcapngReader, at: number, type: number, length: number): number {
  const { window, section, log } = reader;
  const harmless = isKnownBlock(type) && (type === NAME_RESOLUTION || type > ENHANCED_PACKET);
  if (!harmless || length > BLOCK_SKIP_MAX) return oddBlock(reader, at);
  log.facts.otherBlocks += 1;
  section.astray = true;
  section.skip = length;
  window.start = at;
  return AGAIN;
}

/** Fewer bytes than needed: wait, or see what the end of the file is. */
export function shortBlock(reader: PcapngReader, at: number, needed: number): number {
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
function repairable(reader: PcapngReader, at: number): boolean {
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
export function oddBlock(reader: PcapngReader, at: number): number {
  const { window, section } = reader;
  const { view } = window;
  const little = section.little;
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
function oddPacket(reader: PcapngReader, at: number): number {
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
function followed(reader: PcapngReader, at: number): boolean {
  const { window } = reader;
  if (window.ended && at === window.end) return true;
  return blockAt(window, at, reader.section.little) === YES;
}

function noInterface(reader: PcapngReader, at: number, id: number): number {
  const count = reader.section.interfaces.length;
  const known = count === 0 ? 'none is' : `only ${count} ${count === 1 ? 'is' : 'are'}`;
  return malformed(reader, at, `a packet of interface ${id}, but ${known} described: left out`);
}

function tooLong(captured: number, room: number): string {
  return `a packet block says ${captured} captured bytes, its length leaves room for ${room}`;
}

function malformed(reader: PcapngReader, at: number, text: string): number {
  reader.log.malformed(reader.window.origin + at, () => text);
  return AGAIN;
}

/** Goes on stepping over a long block, or looking for the next one. False: more bytes, or the end. */
export function skipOn(reader: PcapngReader): boolean {
  const { section } = reader;
  if (section.skip > 0 && !stepOver(reader)) return false;
  if (section.scanning && !scan(reader)) return false;
  section.astray = false;
  return true;
}

function stepOver(reader: PcapngReader): boolean {
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

function scan(reader: PcapngReader): boolean {
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

function rest(reader: PcapngReader, at: number, needed: number): boolean {
  reader.window.start = at;
  reader.needed = needed;
  return false;
}

const FOUND = 'the lengths of a block contradict each other; reading goes on at the next block';
const NOT_FOUND = 'the lengths of a block contradict each other, and no block follows';
