// The blocks of pcapng (draft-ietf-opsawg-pcapng) that describe packets: sections, interfaces,
// statistics, options; and whether a block begins at some place at all. Cold: none is met per packet.

import { BLOCK_BYTES_MAX, INTERFACE_TEXT_MAX } from '../limits.js';
import type { InterfaceFacts } from './facts.js';
import type { ByteWindow } from './window.js';

export const SECTION_HEADER = 0x0a0d0d0a;
export const INTERFACE_DESCRIPTION = 1;
export const OBSOLETE_PACKET = 2;
export const SIMPLE_PACKET = 3;
export const NAME_RESOLUTION = 4;
export const INTERFACE_STATISTICS = 5;
export const ENHANCED_PACKET = 6;

/** Low half of both types of custom blocks. */
const CUSTOM = 0xbad;

/** Shortest length of the blocks that begin a search after damage. */
const SHORTEST: Readonly<Record<number, number | undefined>> = {
  [SECTION_HEADER]: 28,
  [INTERFACE_DESCRIPTION]: 20,
  [OBSOLETE_PACKET]: 32,
  [SIMPLE_PACKET]: 16,
  [NAME_RESOLUTION]: 12,
  [INTERFACE_STATISTICS]: 24,
  [ENHANCED_PACKET]: 32,
  9: 12, // systemd journal
  10: 20, // decryption secrets
  2989: 16, // custom, may be copied
  1073744813: 16, // custom, not to be copied
};

export function isKnownBlock(type: number): boolean {
  return SHORTEST[type] !== undefined;
}

/** Byte order of a section header at `at` by its magic; undefined where it is neither. */
export function sectionOrder(view: DataView, at: number): 'little' | 'big' | undefined {
  if (view.getUint32(at + 8, true) === 0x1a2b3c4d) return 'little';
  return view.getUint32(at + 8, false) === 0x1a2b3c4d ? 'big' : undefined;
}

/** An interface, and how its ticks become time. */
export class PcapngInterface {
  readonly facts: InterfaceFacts;
  /** Ticks a second, and nanoseconds a tick (0: only the slow way is exact). */
  readonly ticksPerSecond: number;
  readonly nsPerTick: number;
  /** What the upper 32 bits of a time amount to, kept until they change. */
  high = -1;
  baseSeconds = 0;
  baseTicks = 0;
  readonly #ticks: bigint;
  readonly #offset: bigint;

  /** `resolution` is if_tsresol as it stands; `offset` is if_tsoffset in seconds. */
  constructor(facts: InterfaceFacts, resolution: number, offset: bigint) {
    const power = resolution & 0x7f;
    const binary = (resolution & 0x80) !== 0;
    this.facts = facts;
    this.#ticks = (binary ? 2n : 10n) ** BigInt(power);
    this.#offset = offset;
    this.ticksPerSecond = Number(this.#ticks);
    // 10^9 is 2^9 × 1953125: with up to 32 bits of ticks the product is exact.
    this.nsPerTick = power <= (binary ? 32 : 9) ? 1e9 / this.ticksPerSecond : 0;
    facts.resolution = resolutionWords(power, binary);
  }

  /** Works out what `high` × 2^32 ticks amount to. */
  setHigh(high: number): void {
    const ticks = BigInt(high) << 32n;
    this.high = high;
    this.baseSeconds = Number(ticks / this.#ticks + this.#offset);
    this.baseTicks = Number(ticks % this.#ticks);
  }

  /** Any resolution, exact to the nanosecond (rest cut off). */
  exactTime(high: number, low: number): { seconds: number; nanoseconds: number } {
    const ticks = (BigInt(high) << 32n) + BigInt(low);
    const seconds = ticks / this.#ticks;
    const rest = ticks - seconds * this.#ticks;
    return {
      seconds: Number(seconds + this.#offset),
      nanoseconds: Number((rest * 1_000_000_000n) / this.#ticks),
    };
  }
}

function resolutionWords(power: number, binary: boolean): string {
  if (binary) return `2^-${power} s`;
  return { 0: '1 s', 3: '1 ms', 6: '1 us', 9: '1 ns' }[power] ?? `10^-${power} s`;
}

/** Calls `visit` with each option between `from` and `to`: its code, where its value is, its length. */
export function eachOption(
  view: DataView,
  from: number,
  to: number,
  little: boolean,
  visit: (code: number, at: number, length: number) => void,
): void {
  let at = from;
  while (at + 4 <= to) {
    const code = view.getUint16(at, little);
    const length = view.getUint16(at + 2, little);
    if (code === 0 || at + 4 + length > to) return;
    visit(code, at + 4, length);
    at += 4 + ((length + 3) & ~3);
  }
}

/** Reads an interface description block of `length` bytes at `at`. */
export function readInterface(
  window: ByteWindow,
  at: number,
  length: number,
  little: boolean,
  section: number,
  id: number,
): { interface: PcapngInterface; comments: number } {
  const { view } = window;
  const facts: InterfaceFacts = {
    section,
    id,
    linkType: view.getUint16(at + 8, little),
    snaplen: view.getUint32(at + 12, little),
    resolution: '',
    packets: 0,
  };
  let resolution = 6;
  let offset = 0n;
  let comments = 0;
  eachOption(view, at + 16, at + length - 4, little, (code, value, size) => {
    if (code === 1) comments += 1;
    if (code === 2) facts.name = text(window, value, size);
    if (code === 3) facts.description = text(window, value, size);
    if (code === 9 && size >= 1) resolution = view.getUint8(value);
    if (code === 11 && size > 1) facts.filter = text(window, value + 1, size - 1);
    if (code === 14 && size === 8) offset = view.getBigInt64(value, little);
  });
  return { interface: new PcapngInterface(facts, resolution, offset), comments };
}

/** Takes the counters of an interface statistics block; answers the number of comments. */
export function readStatistics(
  window: ByteWindow,
  at: number,
  length: number,
  little: boolean,
  facts: InterfaceFacts,
): number {
  const { view } = window;
  let comments = 0;
  eachOption(view, at + 20, at + length - 4, little, (code, value, size) => {
    if (code === 1) comments += 1;
    if (size !== 8) return;
    const count = Number(view.getBigUint64(value, little));
    if (code === 4) facts.received = count;
    if (code === 5) facts.droppedByInterface = count;
    if (code === 7) facts.droppedBySystem = count;
  });
  return comments;
}

/** Options of an enhanced packet block: adds to the interface's drops, answers the comments. */
export function readPacketOptions(
  view: DataView,
  from: number,
  to: number,
  little: boolean,
  facts: InterfaceFacts,
): number {
  let comments = 0;
  eachOption(view, from, to, little, (code, value, size) => {
    if (code === 1) comments += 1;
    if (code !== 4 || size !== 8) return;
    const count = Number(view.getBigUint64(value, little));
    facts.droppedBeforePackets = (facts.droppedBeforePackets ?? 0) + count;
  });
  return comments;
}

/** The answer of `blockAt`: no, yes, or (above 1) the bytes that must be unread from there on. */
const NO = 0;
export const YES = 1;

/** Whether a block begins at `at`: a known type, and the same possible length before and after. */
export function blockAt(window: ByteWindow, at: number, little: boolean): number {
  const { view } = window;
  if (at + 12 > window.end) return window.ended ? NO : 12;
  const type = view.getUint32(at, little);
  if (type === 0) return NO;
  if (type > 10 && type !== SECTION_HEADER && (type & 0xffff) !== CUSTOM) return NO;
  const shortest = SHORTEST[type];
  if (shortest === undefined) return NO;
  const order = type === SECTION_HEADER ? sectionOrder(view, at) : little ? 'little' : 'big';
  if (order === undefined) return NO;
  const length = view.getUint32(at + 4, order === 'little');
  if (length < shortest || length > BLOCK_BYTES_MAX || length % 4 !== 0) return NO;
  if (at + length > window.end) return window.ended ? NO : length;
  return view.getUint32(at + length - 4, order === 'little') === length ? YES : NO;
}

function text(window: ByteWindow, at: number, length: number): string {
  const words = new TextDecoder().decode(
    window.bytes.subarray(at, at + Math.min(length, INTERFACE_TEXT_MAX)),
  );
  const end = words.indexOf('\0');
  return end < 0 ? words : words.slice(0, end);
}
