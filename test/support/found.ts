// Findings of built conversations and of captures, each asked for by its id. Who asks is remembered: each
// id has to be told once at least, and once not by what comes near (findings/each-finding.last.test.ts).

import type { Finding } from '../../src/findings/finding.js';
import type { Report } from '../../src/report/report.js';
import { asked } from './asked.js';
import type { BuiltPacket } from './build.js';
import { byTime } from './build.js';
import type { Dialogue } from './dialogue.js';
import { reportOf } from './report.js';
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
  return told(run(packets).report, id);
}

export async function foundInFile(path: string, id: string): Promise<readonly Finding[]> {
  return told(await reportOf(path), id);
}

/** The same of a report that is there already. */
export function told(report: Report, id: string): readonly Finding[] {
  const findings = report.findings.filter((finding) => finding.id === id);
  const counts = asked.get(id) ?? { told: 0, quiet: 0 };
  if (findings.length > 0) counts.told++;
  else counts.quiet++;
  asked.set(id, counts);
  return findings;
}
