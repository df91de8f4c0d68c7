// The state of the pcapng reader between its hot and its cold road, and the words both cold files use.

import type { PcapngReader } from './pcapng.js';
import type { PcapngInterface } from './pcapng-blocks.js';

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

export function noInterface(reader: PcapngReader, at: number, id: number): number {
  const count = reader.section.interfaces.length;
  const known = count === 0 ? 'none is' : `only ${count} ${count === 1 ? 'is' : 'are'}`;
  return malformed(reader, at, `a packet of interface ${id}, but ${known} described: left out`);
}

export function tooLong(captured: number, room: number): string {
  return `a packet block says ${captured} captured bytes, its length leaves room for ${room}`;
}

export function malformed(reader: PcapngReader, at: number, text: string): number {
  reader.log.malformed(reader.window.origin + at, () => text);
  return AGAIN;
}
