// One logical unit by several sessions (its VPD 83h names it): the share and latency of each path.

import { hex64 } from '../../lib/hex.js';
import { countText, durationText, percentText, plural } from '../../lib/number-text.js';
import type { LunMetrics, OperationCell } from '../../metrics/counters.js';
import { operationName } from '../../wire/scsi/operations.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';
import type { Rule } from '../rule.js';
import { lunsOf } from '../support/luns.js';
import { designatorOf } from '../support/units.js';

/** Fewer commands of an operation make no percentile to compare. */
const COMMANDS_LEAST = 100;
/** The middle of a path against the best: below twice, loads differ as much by chance. */
const SLOWER = 2;
const SLOWER_LEAST_NS = 200e3;
/** Paths are compared where they were used at the same time, and with commands of a like size. */
const TOGETHER_LEAST = 0.5;
const SIZE_MOST = 2;

export const pathSkew: Rule = {
  id: 'path-skew',
  about:
    'A logical unit that one host uses by several sessions (same NAA or EUI-64 in VPD 83h), with 100 ' +
    'and more commands of one operation on each, and one path twice as slow (p50) as another.',
  tells: {
    'path-skew': {
      question: 'Paths that differ',
      about: 'One path to a logical unit is much slower than another.',
      reference: 'SPC (VPD 83h), host multipath; tcmu-runner issue 341',
      confidence: 'likely',
      proof: ['scsi-command.cdb'],
      disproof: 'Other commands (larger, at other blocks) on the slow path.',
      next:
        'A non-optimized path (ALUA) is slow by design: see that the host prefers the optimized one. ' +
        'Else compare round trips and loss of both paths (TCP).',
    },
  },
  find(facts) {
    const units = new Map<string, LunMetrics[]>();
    for (const lun of lunsOf(facts)) {
      const session = facts.sessions[lun.session];
      const named = designatorOf(session?.luns.get(hex64(lun.lunHigh, lun.lunLow)));
      if (named === undefined) continue;
      const key = `${named} ${session?.initiatorName || session?.initiatorAddress}`;
      const list = units.get(key);
      if (list === undefined) units.set(key, [lun]);
      else list.push(lun);
    }
    return [...units].flatMap(([key, luns]) => ofUnit(key.split(' ')[0], luns, facts));
  },
};

interface Path {
  readonly lun: LunMetrics;
  readonly cell: OperationCell;
  readonly p50: number;
}

function ofUnit(name: string, luns: readonly LunMetrics[], facts: Facts): Found[] {
  if (luns.length < 2) return [];
  const operations = new Set(luns.flatMap((lun) => [...lun.cells.keys()]));
  for (const operation of operations) {
    const paths = luns
      .map((lun) => ({ lun, cell: lun.cells.get(operation) }))
      .filter((one): one is { lun: LunMetrics; cell: OperationCell } => one.cell !== undefined)
      .filter(({ cell }) => cell.latency.count >= COMMANDS_LEAST)
      .map(({ lun, cell }): Path => ({ lun, cell, p50: cell.latency.percentile(0.5) }))
      .sort((a, b) => a.p50 - b.p50);
    if (paths.length < 2) continue;
    const [best] = paths;
    const worst = paths[paths.length - 1];
    if (!comparable(best, worst)) continue;
    const skewed = worst.p50 >= best.p50 * SLOWER && worst.p50 - best.p50 >= SLOWER_LEAST_NS;
    if (skewed) return [toFinding(name, operation, paths, facts)];
  }
  return [];
}

/** Used at the same time for half of the shorter one's, with commands of a like size. */
function comparable(one: Path, other: Path): boolean {
  const [a, b] = [one.lun.depth, other.lun.depth];
  const together = Math.min(a.toNs, b.toNs) - Math.max(a.fromNs, b.fromNs);
  if (together < Math.min(a.spanNs(), b.spanNs()) * TOGETHER_LEAST) return false;
  const [small, large] = [sizeOf(one.cell), sizeOf(other.cell)].sort((x, y) => x - y);
  return large <= small * SIZE_MOST;
}

function sizeOf({ commands, dataInBytes, dataOutBytes }: OperationCell): number {
  return (dataInBytes + dataOutBytes) / Math.max(1, commands);
}

function toFinding(name: string, operation: number, paths: readonly Path[], facts: Facts): Found {
  const total = paths.reduce((sum, path) => sum + path.cell.latency.count, 0);
  const worst = paths[paths.length - 1];
  const told = paths.map(({ lun, cell, p50 }) => {
    const address = facts.sessions[lun.session]?.targetAddress ?? '';
    return `S${lun.session} (${address}) ${durationText(p50)}, ${percentText(cell.latency.count, total)} of the commands`;
  });
  return {
    id: pathSkew.id,
    severity: 'note',
    title: `${operationName(operation)}: one path is ${(worst.p50 / paths[0].p50).toFixed(1)} times as slow as another`,
    text:
      `${name} by ${plural(paths.length, 'session')}, p50: ${told.slice(0, 6).join('; ')}. ` +
      `${countText(total)} commands in all.`,
    count: total,
    frames: [],
    session: worst.lun.session,
    lun: hex64(worst.lun.lunHigh, worst.lun.lunLow),
    values: { paths: paths.length, bestNsP50: paths[0].p50, worstNsP50: worst.p50 },
  };
}
