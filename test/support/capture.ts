// Reads captures for tests: all packets, copied, with what was said about them.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCapture } from '../../src/capture/capture.js';
import type { CaptureFacts } from '../../src/capture/facts.js';
import { isoTime } from '../../src/capture/time.js';
import { PROBLEMS_KEPT_PER_KIND } from '../../src/limits.js';
import { type ProblemKind, ProblemLog } from '../../src/problem.js';
import { temporaryFolder } from './temporary.js';

export interface ReadPacket {
  readonly frame: number;
  readonly timeNs: number;
  /** ISO 8601 with 9 decimals. */
  readonly time: string;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly linkType: number;
  readonly snaplen: number;
  readonly file: number;
  readonly fileOffset: number;
}

export interface ReadCapture {
  readonly packets: readonly ReadPacket[];
  readonly facts: CaptureFacts;
  readonly problems: ProblemLog;
  /** Messages of the files that could not be read. */
  readonly failures: readonly string[];
}

/**
 * Reads whole captures; throws what openCapture throws. `stopAfter` stops at that frame; `ahead` says
 * that another thread reads, as from a slow disk.
 */
export async function readCapture(
  paths: readonly string[],
  stopAfter = 0,
  ahead = false,
): Promise<ReadCapture> {
  const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
  const capture = await openCapture(paths, { problems });
  if (ahead) capture.readAheadBelow = Number.POSITIVE_INFINITY;
  const packets: ReadPacket[] = [];
  const facts = await capture.run({
    packet(packet) {
      const { frame, timeNs, originalLength, linkType, snaplen, file, fileOffset } = packet;
      const end = packet.offset + packet.capturedLength;
      packets.push({
        frame,
        timeNs,
        time: isoTime(capture.epoch, timeNs),
        bytes: packet.bytes.slice(packet.offset, end),
        originalLength,
        linkType,
        snaplen,
        file,
        fileOffset,
      });
      if (frame === stopAfter) capture.stop();
    },
  });
  return { packets, facts, problems, failures: capture.failures.map((f) => f.message) };
}

/** How often each kind of problem was met. */
export function problemCounts(problems: ProblemLog): Partial<Record<ProblemKind, number>> {
  return Object.fromEntries(problems.counts);
}

const folder = temporaryFolder();
let files = 0;

/** Writes a file that is gone after the tests; answers its path. */
export function temporaryFile(bytes: Uint8Array | string, name = 'capture'): string {
  files += 1;
  const path = join(folder, `${files}-${name}`);
  writeFileSync(path, bytes);
  return path;
}
