// Packets of a file that were seen before, from a place on: nothing before it is read again but the
// file's header. Regular files only, neither packed nor piped.

import { openSync } from 'node:fs';
import { FILE_WINDOW_BYTES } from '../limits.js';
import { ProblemLog } from '../problem.js';
import { CLASSIC_HEADER_BYTES } from './classic-header.js';
import { emptyFacts, FileLog } from './facts.js';
import { FileSource } from './file-source.js';
import type { Packet } from './packet.js';
import { PcapngReader } from './pcapng.js';
import type { RecordReader } from './record-reader.js';
import { sniff } from './sniff.js';

/** Most PDUs are some packets: they are read at once. */
const WINDOW_BYTES = 1 << 17;
/** Before a packet's bytes in an enhanced packet block of pcapng. */
const ENHANCED_BYTES = 28;
/** Record headers of classic pcap; the longer one is A. Kuznetzov's. */
const CLASSIC_RECORD_BYTES: readonly number[] = [16, 24];

/** When a packet was captured. */
type Clock = Pick<RecordReader, 'seconds' | 'nanoseconds'>;

/**
 * Gives `take` each packet from the one whose bytes begin at `offset` on, until it answers false or
 * the file ends. Their numbers are not told, nor times but by the clock. False where no packet stands there, or the
 * file does not describe it before its first packet. Throws what the file system throws.
 */
export function packetsFrom(
  path: string,
  offset: number,
  take: (packet: Packet, clock: Clock) => boolean,
): boolean {
  const source = new FileSource(path, openSync(path, 'r'), WINDOW_BYTES, FILE_WINDOW_BYTES, true);
  try {
    const log = new FileLog(emptyFacts(path), new ProblemLog(0), 0);
    source.refill(1);
    const reader = sniff(source.window, log, false);
    if (!next(reader, source)) return false;
    const before =
      reader instanceof PcapngReader
        ? ENHANCED_BYTES
        : reader.packet.fileOffset - CLASSIC_HEADER_BYTES;
    if (before !== ENHANCED_BYTES && !CLASSIC_RECORD_BYTES.includes(before)) return false;
    source.seek(offset - before);
    if (!next(reader, source) || reader.packet.fileOffset !== offset) return false;
    while (take(reader.packet, reader)) if (!next(reader, source)) break;
    if (source.failure !== undefined) throw source.failure;
    return true;
  } finally {
    source.close();
  }
}

function next(reader: RecordReader, source: FileSource): boolean {
  while (!reader.next()) {
    if (reader.done) return false;
    source.refill(reader.needed);
  }
  return true;
}
