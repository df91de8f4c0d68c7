// The state of the pcapng reader between its hot and its cold road, and the words both cold files use.

import type { FileLog } from './facts.js';
import type { PcapngInterface } from './pcapng-blocks.js';
import type { ByteWindow } from './window.js';

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

/** The reader as its cold road sees it (pcapng.ts). */
export interface BlockReader {
  readonly window: ByteWindow;
  readonly log: FileLog;
  readonly section: Section;
  timed: boolean;
  /** Bytes that a block needs before it can be read. */
  needed: number;
  done: boolean;
  /** Fills the packet from an enhanced packet block. */
  take(at: number, length: number, captured: number, of: PcapngInterface): number;
  /** Points the packet at `captured` bytes from `at`. */
  fill(at: number, captured: number, original: number, of: PcapngInterface): void;
  setTime(of: PcapngInterface, high: number, low: number): void;
}

export function noInterface(reader: BlockReader, at: number, id: number): number {
  const count = reader.section.interfaces.length;
  const known = count === 0 ? 'none is' : `only ${count} ${count === 1 ? 'is' : 'are'}`;
  return malformed(reader, at, `a packet of interface ${id}, but ${known} described: left out`);
}

export function tooLong(captured: number, room: number): string {
  return `a packet block says ${captured} captured bytes, its length leaves room for ${room}`;
}

export function malformed(reader: BlockReader, at: number, text: string): number {
  reader.log.malformed(reader.window.origin + at, () => text);
  return AGAIN;
}
