// Findings of built conversations, through the whole road from packets.

import type { Finding } from '../../src/findings/finding.js';
import type { BuiltPacket } from './build.js';
import { byTime } from './build.js';
import type { Dialogue } from './dialogue.js';
import { run } from './run.js';

export const MS = 1_000_000;
export const S = 1_000 * MS;

/** All packets of these dialogues in the order of time. */
function packetsOfAll(dialogues: readonly Dialogue[]): BuiltPacket[] {
  return byTime(dialogues.flatMap((d) => d.tcp.captured()));
}

/** Findings of one id. */
export function found(of: readonly Dialogue[], id: string): readonly Finding[] {
  return foundIn(packetsOfAll(of), id);
}

export function foundIn(packets: readonly BuiltPacket[], id: string): readonly Finding[] {
  return run(packets).report.findings.filter((finding) => finding.id === id);
}
