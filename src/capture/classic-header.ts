// The header of a classic pcap file (draft-ietf-opsawg-pcap, section 4), and the words about its records.

import { PACKET_BYTES_MAX } from '../limits.js';
import { unknownVersion } from './capture-error.js';
import type { RecordRules } from './classic-damage.js';
import type { ByteOrder, FileFacts, FileLog } from './facts.js';
import type { ByteWindow } from './window.js';

export const CLASSIC_HEADER_BYTES = 24;

export interface ClassicHeader {
  readonly byteOrder: ByteOrder;
  readonly resolution: string;
  readonly nsPerFraction: number;
  readonly snaplen: number;
  readonly linkType: number;
  readonly rules: RecordRules;
  /** Where the first record begins. */
  readonly headerBytes: number;
}

interface Magic {
  readonly nano: boolean;
  /** A. Kuznetzov's variant has interface, protocol and packet type behind the record's header. */
  readonly headerLength: number;
  /** Ixia's hardware and software captures have the length of all records behind the file's header. */
  readonly more: number;
}

const MAGICS: Readonly<Record<number, Magic>> = {
  2712847316: { nano: false, headerLength: 16, more: 0 },
  2712812621: { nano: true, headerLength: 16, more: 0 },
  2712849716: { nano: false, headerLength: 24, more: 0 },
  469762475: { nano: true, headerLength: 16, more: 4 },
  469762476: { nano: true, headerLength: 16, more: 4 },
};

/** AIX writes version 2.2 with nanoseconds, and interface types (RFC 1573 ifType) for link types. */
const AIX_LINK_TYPES: Readonly<Record<number, number>> = { 6: 1, 9: 6, 15: 10, 24: 0 };

/** The magic's byte order, or undefined where it is none of classic pcap. */
export function classicOrder(start: Uint8Array): ByteOrder | undefined {
  if (start.length < 4) return undefined;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (view.getUint32(0, true) in MAGICS) return 'little';
  return view.getUint32(0, false) in MAGICS ? 'big' : undefined;
}

/** Reads the header; `start` has its 24 bytes and a magic that classicOrder knows. */
export function classicHeader(file: string, start: Uint8Array): ClassicHeader {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const byteOrder = classicOrder(start) ?? 'little';
  const little = byteOrder === 'little';
  const magic = MAGICS[view.getUint32(0, little)];
  const major = view.getUint16(4, little);
  const minor = view.getUint16(6, little);
  if (major !== 2 || minor > 4) throw unknownVersion(file, 'pcap', `${major}.${minor}`, '2.4');
  const swapped = minor < 3;
  // The upper six bits tell the length of the frame check sequence.
  const linkType = view.getUint32(20, little) & 0x03ffffff;
  const aix = minor === 2 && linkType in AIX_LINK_TYPES;
  const nano = magic.nano || aix;
  return {
    byteOrder,
    resolution: nano ? '1 ns' : '1 us',
    nsPerFraction: nano ? 1 : 1000,
    snaplen: view.getUint32(16, little),
    linkType: aix ? AIX_LINK_TYPES[linkType] : linkType,
    headerBytes: CLASSIC_HEADER_BYTES + magic.more,
    rules: {
      little,
      headerLength: magic.headerLength,
      capturedAt: swapped ? 12 : 8,
      originalAt: swapped ? 8 : 12,
      fractionLimit: nano ? 1e9 : 1e6,
      ordered: true,
    },
  };
}

/** The header of another file that begins at `at`, whole and of a version that is known. */
export function laterHeader(window: ByteWindow, at: number): ClassicHeader | undefined {
  if (at + CLASSIC_HEADER_BYTES > window.end) return undefined;
  const start = window.bytes.subarray(at, at + CLASSIC_HEADER_BYTES);
  const order = classicOrder(start);
  if (order === undefined) return undefined;
  const little = order === 'little';
  const version = [window.view.getUint16(at + 4, little), window.view.getUint16(at + 6, little)];
  return version[0] === 2 && version[1] <= 4 ? classicHeader('', start) : undefined;
}

/** What the facts say of a classic file's packets: they all come from one interface. */
export function addClassicInterface(facts: FileFacts, header: ClassicHeader): void {
  const { linkType, snaplen, resolution } = header;
  const section = facts.sections++;
  facts.interfaces.push({ section, id: 0, linkType, snaplen, resolution, packets: 0 });
}

export function logLength(log: FileLog, at: number, said: number, captured: number): void {
  log.malformed(
    at,
    () => `the record says ${said} bytes, but the next one begins after ${captured}: taken as such`,
  );
}

/** A record that breaks a rule, but whose successor is where its length says. */
export function logOdd(
  log: FileLog,
  window: ByteWindow,
  at: number,
  rules: RecordRules,
  fractionLimit: number,
): void {
  const { view } = window;
  const captured = view.getUint32(at + rules.capturedAt, rules.little);
  const original = view.getUint32(at + rules.originalAt, rules.little);
  const fraction = view.getUint32(at + 4, rules.little);
  log.malformed(window.origin + at, () =>
    captured > original
      ? `a record holds ${captured} bytes of a packet that had ${original}`
      : original > PACKET_BYTES_MAX
        ? `a record says that its packet of ${captured} bytes had ${original}`
        : `a record's part of a second is ${fraction}, above ${fractionLimit - 1}`,
  );
}
