// What a file is, told by its first bytes, and the reader for it.

import { cutHeader, emptyFile, notACapture, unknownVersion } from './capture-error.js';
import { ClassicReader } from './classic.js';
import { plausible } from './classic-damage.js';
import {
  addClassicInterface,
  CLASSIC_HEADER_BYTES,
  type ClassicHeader,
  classicHeader,
  classicOrder,
} from './classic-header.js';
import type { Compression, FileLog } from './facts.js';
import { PcapngReader } from './pcapng.js';
import { SECTION_HEADER, sectionOrder } from './pcapng-blocks.js';
import type { RecordReader } from './record-reader.js';
import type { ByteWindow } from './window.js';

const MAGICS: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['lz4', [0x02, 0x21, 0x4c, 0x18]], // the legacy frame
];

export function compressionOf(start: Uint8Array): Compression {
  const at = behindSkipped(start);
  const known = MAGICS.find(([, magic]) => magic.every((byte, i) => start[at + i] === byte));
  if (known !== undefined) return known[0];
  // Where it is too long to see what follows it is the one that is met.
  return at > 0 ? 'zstd' : 'none';
}

const SKIPPABLE_HEADER_BYTES = 8;

/** zstd and lz4 share frames that are to be skipped (RFC 8878 3.1.2): pzstd begins with one. Where they end. */
function behindSkipped(start: Uint8Array): number {
  let at = 0;
  while (at + SKIPPABLE_HEADER_BYTES <= start.length) {
    const [a, b, c, d, ...length] = start.subarray(at, at + SKIPPABLE_HEADER_BYTES);
    if ((a & 0xf0) !== 0x50 || b !== 0x2a || c !== 0x4d || d !== 0x18) return at;
    at += SKIPPABLE_HEADER_BYTES;
    for (let i = 0; i < 4; i++) at += length[i] * 256 ** i;
  }
  return at;
}

/** The reader for what the window begins with. Throws where that is no capture. */
export function sniff(window: ByteWindow, log: FileLog, unpacked: boolean): RecordReader {
  const path = log.facts.name;
  const start = unread(window);
  if (start.length === 0 && !unpacked) throw emptyFile(path);
  if (classicOrder(start) !== undefined) {
    const header = classicFacts(start, log);
    window.start += Math.min(header.headerBytes, start.length);
    return new ClassicReader(window, header, log);
  }
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (start.length < 4 || view.getUint32(0) !== SECTION_HEADER) {
    throw notACapture(path, start, unpacked);
  }
  if (start.length < 16) throw cutHeader(path, 'pcapng', start.length, 28);
  const order = sectionOrder(view, 0);
  if (order === undefined) throw notACapture(path, start, unpacked);
  const little = order === 'little';
  const major = view.getUint16(12, little);
  const version = `${major}.${view.getUint16(14, little)}`;
  if (major !== 1) throw unknownVersion(path, 'pcapng', version, '1');
  log.facts.format = 'pcapng';
  log.facts.byteOrder = order;
  return new PcapngReader(window, log);
}

/** Reads the header of a classic file into the facts. */
export function classicFacts(start: Uint8Array, log: FileLog): ClassicHeader {
  const path = log.facts.name;
  if (start.length < CLASSIC_HEADER_BYTES) {
    throw cutHeader(path, 'pcap', start.length, CLASSIC_HEADER_BYTES);
  }
  const header = classicHeader(path, start);
  log.facts.format = 'pcap';
  log.facts.byteOrder = header.byteOrder;
  addClassicInterface(log.facts, header);
  return header;
}

/** What pcap-parser reads, with the help of its guard. */
export function isPlainClassic(head: Uint8Array): boolean {
  if (classicOrder(head) === undefined || head.length < CLASSIC_HEADER_BYTES) return false;
  const swapped = head[0] === 0xa1 ? (head[6] << 8) + head[7] : (head[7] << 8) + head[6];
  const last = head[0] === 0xa1 ? head[3] : head[0];
  return (last === 0xd4 || last === 0x4d) && swapped >= 3 && leadsOn(head);
}

/** False where the second record of a file can be seen not to follow the first: a variant, or damage. */
function leadsOn(head: Uint8Array): boolean {
  const { rules } = classicHeader('', head);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const first = CLASSIC_HEADER_BYTES;
  if (first + rules.headerLength > head.length) return true;
  const next = first + rules.headerLength + view.getUint32(first + rules.capturedAt, rules.little);
  return next + rules.headerLength > head.length || plausible(view, next, rules);
}

export function unread(window: ByteWindow): Uint8Array {
  return window.bytes.subarray(window.start, window.end);
}
