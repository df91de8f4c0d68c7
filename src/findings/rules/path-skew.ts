// One logical unit by several sessions (its VPD 83h names it): the share and latency of each path.

import { hex64 } from '../../lib/hex.js';
import { countText, durationText, percentText, plural } from '../../lib/number-text.js';
import type { LunMetrics, OperationCell } from '../../metrics/counters.js';
import { operationName } from '../../wire/scsi/operations.js';
import { type Facts, storiesOf } from '../facts.js';
import type { Found } from '../finding.js';
import type { Rule } from '../rule.js';
import { lunsOf } from '../support/luns.js';
import { designatorOf } from '../support/units.js';

/** Fewer commands of an operation make no percentile to compare: a few do where the paths are far apart. */
const COMMANDS_LEAST = 100;
const FEW_LEAST = 20;
const FEW_SLOWER = 4;
const FEW_SLOWER_LEAST_NS = 5e6;
/** The middle of a path against the best: below twice, loads differ as much by chance. */
const SLOWER = 2;
const SLOWER_LEAST_NS = 200e3;
/** Paths are compared where they were used at the same time, and with commands of a like size. */
const TOGETHER_LEAST = 0.5;
const SIZE_MOST = 2;
/** Round trips explain a path where they make up half of the difference; people feel it from here on. */
const ROUND_TRIP_SHARE = 0.5;
const FELT_NS = 5e6;

export const pathSkew: Rule = {
  id: 'path-skew',
  about:
    'A logical unit that one host uses by several sessions (same NAA or EUI-64 in VPD 83h), with 100 ' +
    'and more commands of one operation on each, and one path twice as slow (p50) as another; or with 20 ' +
    'and more, one path four times as slow and by 5 ms. With the round trips of both, where they explain it.',
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
  for (const operation of operationsOf(luns)) {
    const paths = luns
      .map((lun) => ({ lun, cell: lun.cells.get(operation) }))
      .filter((one): one is { lun: LunMetrics; cell: OperationCell } => one.cell !== undefined)
      .filter(({ cell }) => cell.latency.count >= FEW_LEAST)
      .map(({ lun, cell }): Path => ({ lun, cell, p50: cell.latency.percentile(0.5) }))
      .sort((a, b) => a.p50 - b.p50);
    if (paths.length < 2) continue;
    const [best] = paths;
    const worst = paths[paths.length - 1];
    if (!comparable(best, worst)) continue;
    if (isSkewed(best, worst)) return [toFinding(name, operation, paths, facts)];
  }
  return [];
}

/** The busiest first: it says most. */
function operationsOf(luns: readonly LunMetrics[]): number[] {
  const counts = new Map<number, number>();
  for (const { cells } of luns) {
    for (const [operation, { commands }] of cells) {
      counts.set(operation, (counts.get(operation) ?? 0) + commands);
    }
  }
  return [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
}

function isSkewed(best: Path, worst: Path): boolean {
  const few = Math.min(best.cell.latency.count, worst.cell.latency.count) < COMMANDS_LEAST;
  const times = few ? FEW_SLOWER : SLOWER;
  const least = few ? FEW_SLOWER_LEAST_NS : SLOWER_LEAST_NS;
  return worst.p50 >= best.p50 * times && worst.p50 - best.p50 >= least;
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
  const trips = roundTrips(paths[0], worst, facts);
  return {
    id: pathSkew.id,
    severity: trips !== undefined && worst.p50 - paths[0].p50 >= FELT_NS ? 'warning' : 'note',
    ...(trips === undefined ? {} : { owes: 'network' as const, next: trips.next }),
    title: `${operationName(operation)}: one path is ${(worst.p50 / paths[0].p50).toFixed(1)} times as slow as another (S${worst.lun.session}, ${facts.sessions[worst.lun.session]?.targetAddress ?? ''})`,
    text:
      `${name} by ${plural(paths.length, 'session')}, p50: ${told.slice(0, 6).join('; ')}. ` +
      `${countText(total)} commands in all.${trips?.text ?? ''}`,
    count: total,
    frames: [],
    session: worst.lun.session,
    lun: hex64(worst.lun.lunHigh, worst.lun.lunLow),
    values: { paths: paths.length, bestNsP50: paths[0].p50, worstNsP50: worst.p50 },
  };
}

/** That the way is longer, where the least round trips of both paths say so. */
function roundTrips(
  best: Path,
  worst: Path,
  facts: Facts,
): { text: string; next: string } | undefined {
  const [short, long] = [best, worst].map(({ lun }) => roundTripNs(lun.session, facts));
  if (short < 0 || long < 0) return undefined;
  if (long - short < (worst.p50 - best.p50) * ROUND_TRIP_SHARE) return undefined;
  const address = facts.sessions[worst.lun.session]?.targetAddress ?? '';
  return {
    text:
      ` TCP’s round trips take ${durationText(long)} at least on the slow one, ${durationText(short)} on the ` +
      'other: the way is longer, not the target slower.',
    next: `Follow the way to ${address}: its routes and switches, another site, a queue; prefer the other path until then.`,
  };
}

/** The least of a session's round trips from the capture to the far end; -1 unknown. */
function roundTripNs(session: number, facts: Facts): number {
  const flows = storiesOf(facts, session).flatMap(({ connection: { a, b } }) => [a.rtt, b.rtt]);
  const known = flows.filter(({ count }) => count > 0).map(({ minNs }) => minNs);
  return known.length === 0 ? -1 : Math.max(...known);
}
