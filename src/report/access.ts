// How a LUN was used → its part of the report.

import type { Access, Sizes } from '../metrics/access.js';
import { latencyReport } from './numbers.js';
import type { AccessReport, SizesReport } from './report.js';

/** undefined where nothing was read or written, and no two commands came. */
export function accessReport(a: Access | undefined): AccessReport | undefined {
  if (a === undefined) return undefined;
  const all = a.reads.commands + a.writes.commands;
  if (all === 0 && a.gap.count === 0) return undefined;
  return {
    reads: sizesReport(a.reads),
    writes: sizesReport(a.writes),
    readShare: share(a.reads.commands, all),
    sequentialShare: share(a.sequential, a.addressed),
    sequentialShareOf32: share(a.nearStart, a.addressed),
    misaligned: a.misaligned,
    alignable: a.alignable,
    misalignedFrame: a.misaligned > 0 ? a.misalignedFrame : undefined,
    gap: latencyReport(a.gap),
    idle: latencyReport(a.idle),
  };
}

function sizesReport(s: Sizes): SizesReport | null {
  if (s.commands === 0) return null;
  const sizes = [...s.bySize]
    .sort(([a, n], [b, m]) => m - n || a - b)
    .map(([bytes, commands]) => ({ bytes, commandCount: commands }));
  return {
    commandCount: s.commands,
    bytes: s.bytes,
    meanBytes: Math.round(s.bytes / s.commands),
    sizes,
    others: s.others > 0 ? s.others : undefined,
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1e4) / 1e4;
}
