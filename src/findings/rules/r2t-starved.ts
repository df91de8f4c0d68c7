// Writes whose first R2T came very late: the target had the command and did not ask for its data.

import { durationText } from '../../lib/units.js';
import { hex64 } from '../../lib/words.js';
import type { LunMetrics, OperationCell } from '../../metrics/cells.js';
import { operationName } from '../../wire/scsi/operations.js';
import type { Finding } from '../finding.js';
import type { Rule } from '../rule.js';

const LATE_NS = 100e6;
/** So many times what is usual. */
const UNUSUAL = 20;
const COMMANDS_LEAST = 8;

export const r2tStarved: Rule = {
  id: 'r2t-starved',
  about:
    'The first R2T of a write came 100 ms or more after the command, and 20 times later than that of ' +
    'most writes of the same logical unit: the target has no buffer, or its disks stall.',
  find(facts) {
    return facts.metrics.sessions.flatMap((session) =>
      [...(session?.luns.values() ?? [])]
        .flatMap((byLow) => [...byLow.values()])
        .flatMap((lun) => [...lun.cells.values()].flatMap((cell) => found(lun, cell))),
    );
  },
};

function found(lun: LunMetrics, { firstR2t, firstR2tFrame, operation }: OperationCell): Finding[] {
  if (firstR2t === undefined || firstR2t.count < COMMANDS_LEAST) return [];
  const usual = firstR2t.percentile(0.5);
  if (firstR2t.max < LATE_NS || firstR2t.max < usual * UNUSUAL) return [];
  return [
    {
      id: r2tStarved.id,
      severity: 'warning',
      title: `${operationName(operation)} waited ${durationText(firstR2t.max)} for its first R2T`,
      text:
        `Usually it comes after ${durationText(usual)} (p50; p99 ${durationText(firstR2t.percentile(0.99))}). ` +
        'See what else the target answered meanwhile: nothing means that it stalled.',
      count: 1,
      frames: [firstR2tFrame],
      session: lun.session,
      lun: hex64(lun.lunHigh, lun.lunLow),
    },
  ];
}
