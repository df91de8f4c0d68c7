// Cells → operations: one row a session, LUN and operation, and the same over all of them.

import { hex64 } from '../lib/hex.js';
import { Histogram } from '../lib/histogram.js';
import { EXACT_VALUES_PER_CELL } from '../limits.js';
import type { LunMetrics, OperationCell } from '../metrics/counters.js';
import { POOLED } from '../metrics/metrics.js';
import { PHASES, tcpCauseSums, tcpCausesOf } from '../scsi/phase-names.js';
import { operationText } from '../scsi/task-facts.js';
import { countsOf, latencyReport } from './numbers.js';
import type { OperationReport, PhaseTotal } from './report.js';

/** Of one LUN, by operation code, then service action. */
export function operationReports(lun: LunMetrics): OperationReport[] {
  const pooled = lun.session === POOLED;
  const session = pooled ? undefined : lun.session;
  const key = pooled ? undefined : hex64(lun.lunHigh, lun.lunLow);
  const spanNs = lun.depth.spanNs();
  return [...lun.cells.values()]
    .sort(byCode)
    .map((cell) => ({ ...operationReport(session, key, [cell]), ...ratesOf(cell, spanNs) }));
}

/** Absent where the span has no length. */
function ratesOf(
  cell: OperationCell,
  spanNs: number,
): Pick<OperationReport, 'iopsMean' | 'MBpsMean'> {
  if (spanNs <= 0) return {};
  const perSecond = (n: number): number => Math.round((n / (spanNs / 1e9)) * 1000) / 1000;
  return {
    iopsMean: perSecond(cell.commands),
    MBpsMean: perSecond((cell.dataInBytes + cell.dataOutBytes) / 1e6),
  };
}

/** Of all LUNs together, by operation code, then service action. */
export function operationTotals(luns: readonly LunMetrics[]): OperationReport[] {
  const byOperation = new Map<number, OperationCell[]>();
  for (const lun of luns) {
    for (const cell of lun.cells.values()) {
      const list = byOperation.get(cell.operation);
      if (list === undefined) byOperation.set(cell.operation, [cell]);
      else list.push(cell);
    }
  }
  return [...byOperation.values()]
    .sort(([a], [b]) => byCode(a, b))
    .map((cells) => operationReport(undefined, undefined, cells));
}

/** `cells` are all of one operation. */
function operationReport(
  session: number | undefined,
  lun: string | undefined,
  cells: readonly OperationCell[],
): OperationReport {
  const [first] = cells;
  return {
    session,
    lun,
    operation: operationText(first.operation),
    opcode: first.opcode < 0 ? undefined : first.opcode,
    serviceAction: first.serviceAction < 0 ? undefined : first.serviceAction,
    ...countsOf(cells),
    latency: latencyReport(merged(cells, (cell) => cell.latency)),
    latenciesAtMost: total(cells, (cell) => cell.latencyAtMost) || undefined,
    firstData: latencyReport(merged(cells, (cell) => cell.firstData)) ?? undefined,
    firstR2t: latencyReport(merged(cells, (cell) => cell.firstR2t)) ?? undefined,
    transfer: latencyReport(merged(cells, (cell) => cell.transfer)) ?? undefined,
    array: latencyReport(merged(cells, (cell) => cell.array)) ?? undefined,
    host: latencyReport(merged(cells, (cell) => cell.host)) ?? undefined,
    latencyLog2Us: log2Microseconds(merged(cells, (cell) => cell.latency)),
    phases: phaseTotals(cells),
    r2ts: total(cells, (cell) => cell.r2ts) || undefined,
    r2tsMax: cells.reduce((most, cell) => Math.max(most, cell.r2tsMax), 0) || undefined,
    firstBurstWrites: total(cells, (cell) => cell.firstBurstWrites) || undefined,
  };
}

function total(cells: readonly OperationCell[], of: (cell: OperationCell) => number): number {
  return cells.reduce((sum, cell) => sum + of(cell), 0);
}

function phaseTotals(cells: readonly OperationCell[]): PhaseTotal[] | undefined {
  const phases = PHASES.flatMap(({ name, owes }, i) => {
    const totalNs = total(cells, (cell) => cell.phaseNs[i]);
    if (totalNs === 0) return [];
    const tcpNs = total(cells, (cell) => cell.phaseTcpNs[i]);
    if (tcpNs === 0) return [{ name, owes, totalNs }];
    const tcp = tcpCauseSums(
      cells.map(({ tcpCauseNs }) => (tcpCauseNs ? { tcp: tcpCausesOf(tcpCauseNs, i) } : {})),
    );
    return [{ name, owes, totalNs, tcpNs, tcp }];
  });
  return phases.length > 0 ? phases : undefined;
}

/** Exact: a bucket of the histogram never straddles a power of two of microseconds. */
function log2Microseconds(h: Histogram | undefined): number[] | undefined {
  if (h === undefined || h.count === 0) return undefined;
  const counts: number[] = [];
  h.buckets((from, _to, count) => {
    const us = Math.floor(from / 1000);
    const i = us === 0 ? 0 : Math.floor(Math.log2(us)) + 1;
    while (counts.length <= i) counts.push(0);
    counts[i] += count;
  });
  return counts;
}

/** One distribution of several cells: exactly what recording them together had given. */
export function merged(
  cells: readonly OperationCell[],
  of: (cell: OperationCell) => Histogram | undefined,
): Histogram | undefined {
  if (cells.length === 1) return of(cells[0]);
  const all = new Histogram(EXACT_VALUES_PER_CELL);
  for (const cell of cells) {
    const one = of(cell);
    if (one !== undefined) all.merge(one);
  }
  return all;
}

function byCode(a: OperationCell, b: OperationCell): number {
  return a.opcode - b.opcode || a.serviceAction - b.serviceAction;
}
