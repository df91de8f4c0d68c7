// Cells → operations: one row a session, LUN and operation, and the same over all of them.

import { Histogram } from '../lib/histogram.js';
import { hex64 } from '../lib/words.js';
import { EXACT_VALUES_PER_CELL } from '../limits.js';
import type { LunMetrics, OperationCell } from '../metrics/cells.js';
import { POOLED } from '../metrics/metrics.js';
import { operationText } from './commands.js';
import { countsOf, latencyReport } from './numbers.js';
import type { OperationReport } from './report.js';

/** Of one LUN, by operation code, then service action. */
export function operationReports(lun: LunMetrics): OperationReport[] {
  const pooled = lun.session === POOLED;
  const session = pooled ? undefined : lun.session;
  const key = pooled ? undefined : hex64(lun.lunHigh, lun.lunLow);
  return [...lun.cells.values()].sort(byCode).map((cell) => operationReport(session, key, [cell]));
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
    latencyNs: latencyReport(merged(cells, (cell) => cell.latency)),
    firstDataNs: latencyReport(merged(cells, (cell) => cell.firstData)) ?? undefined,
    firstR2tNs: latencyReport(merged(cells, (cell) => cell.firstR2t)) ?? undefined,
    transferNs: latencyReport(merged(cells, (cell) => cell.transfer)) ?? undefined,
  };
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
