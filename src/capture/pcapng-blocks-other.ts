// The cold road of the pcapng reader: all blocks but enhanced packets.

import { BLOCK_BYTES_MAX, BLOCK_SKIP_MAX, INTERFACES_MAX } from '../limits.js';
import {
  ENHANCED_PACKET,
  eachOption,
  INTERFACE_DESCRIPTION,
  INTERFACE_STATISTICS,
  isKnownBlock,
  NAME_RESOLUTION,
  OBSOLETE_PACKET,
  readInterface,
  readStatistics,
  SECTION_HEADER,
  SIMPLE_PACKET,
  sectionOrder,
} from './pcapng-blocks.js';
import { oddBlock, shortBlock } from './pcapng-damage.js';
import {
  AGAIN,
  type BlockReader,
  malformed,
  noInterface,
  PACKET,
  tooLong,
} from './pcapng-section.js';

/** Any block but an enhanced packet block, at `at`. */
export function otherBlock(reader: BlockReader, at: number, type: number): number {
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
function wholeBlock(reader: BlockReader, at: number, type: number, length: number): number {
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

function sectionHeader(reader: BlockReader, at: number): number {
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

function interfaceBlock(reader: BlockReader, at: number, length: number): number {
  const { window, section, log } = reader;
  if (length < 20) return malformed(reader, at, 'an interface block is too short to hold one');
  const id = section.interfaces.length;
  if (id >= INTERFACES_MAX) {
    const text = `more than ${INTERFACES_MAX} interfaces in a section: packets of further ones are left out`;
    log.add('limit-reached', text, window.origin + at);
    return AGAIN;
  }
  const number = log.facts.sections - 1;
  const made = readInterface(window, at, length, section.little, number, id);
  section.interfaces.push(made.interface);
  if (log.facts.interfaces.length < INTERFACES_MAX) log.facts.interfaces.push(made.interface.facts);
  else {
    const text = `more than ${INTERFACES_MAX} interfaces: nothing is told of further ones but their packets`;
    log.add('limit-reached', text, window.origin + at);
  }
  log.facts.comments += made.comments;
  return AGAIN;
}

function statisticsBlock(reader: BlockReader, at: number, length: number): number {
  const { window, section, log } = reader;
  if (length < 24) return malformed(reader, at, 'a statistics block is too short to hold any');
  const of = section.interfaces[window.view.getUint32(at + 8, section.little)];
  if (of === undefined) return malformed(reader, at, 'statistics of an interface never described');
  log.facts.comments += readStatistics(window, at, length, section.little, of.facts);
  return AGAIN;
}

/** Captured length is not in the block: the least of original, snaplen and what the block holds. */
function simplePacket(reader: BlockReader, at: number, length: number): number {
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

function obsoletePacket(reader: BlockReader, at: number, length: number): number {
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
function longBlock(reader: BlockReader, at: number, type: number, length: number): number {
  const { window, section, log } = reader;
  const harmless = isKnownBlock(type) && (type === NAME_RESOLUTION || type > ENHANCED_PACKET);
  if (!harmless || length > BLOCK_SKIP_MAX) return oddBlock(reader, at);
  log.facts.otherBlocks += 1;
  section.astray = true;
  section.skip = length;
  window.start = at;
  return AGAIN;
}
