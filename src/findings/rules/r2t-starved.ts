// Writes whose first R2T came very late: the target had the command and did not ask for its data.

import { durationText, plural } from '../../lib/units.js';
import { hex64 } from '../../lib/words.js';
import type { LunMetrics, OperationCell } from '../../metrics/cells.js';
import { operationName } from '../../wire/scsi/operations.js';
import type { Found } from '../finding.js';
import type { Rule } from '../rule.js';
import { lunsOf } from './luns.js';

/** Disks take some 10 ms; a tenth of a second is felt by who waits. */
const LATE_NS = 100e6;
/** So many times what is usual: a target that is always slow is not starved but slow. */
const UNUSUAL = 20;
/** Fewer writes make no usual. */
const COMMANDS_LEAST = 8;

export const r2tStarved: Rule = {
  id: 'r2t-starved',
  about:
    'The first R2T of a write came 100 ms or more after the command, and 20 times later than that of ' +
    'most writes of the same logical unit: the target has no buffer, or its disks stall.',
  tells: {
    'r2t-starved': {
      about: 'A write waited far longer than usual for its first R2T.',
      reference:
        'RFC 7143 11.8 (an R2T is the target’s to send); VirtualWisdom’s write-ack latency',
      confidence: 'certain',
      proof: ['scsi-command.initiatorTaskTag', 'r2t.initiatorTaskTag'],
      disproof: 'An R2T before it that the capture misses; TCP’s part is told apart (tcp-delay).',
      next:
        'See what else the target answered meanwhile: others answered point to buffers for writes, ' +
        'nothing answered to a stall of all of it.',
    },
  },
  find(facts) {
    return lunsOf(facts).flatMap((lun) => [...lun.cells.values()].flatMap((c) => found(lun, c)));
  },
};

function found(lun: LunMetrics, cell: OperationCell): Found[] {
  const { firstR2t, firstR2tFrame, operation } = cell;
  if (firstR2t === undefined || firstR2t.count < COMMANDS_LEAST) return [];
  const usual = firstR2t.percentile(0.5);
  if (firstR2t.max < LATE_NS || firstR2t.max < usual * UNUSUAL) return [];
  const p99 = firstR2t.percentile(0.99);
  return [
    {
      id: r2tStarved.id,
      severity: 'warning',
      title: `${operationName(operation)} waited ${durationText(firstR2t.max)} for its first R2T`,
      text:
        `Usually it comes after ${durationText(usual)} (p50 of ${plural(firstR2t.count, 'write')}; ` +
        `p99 ${durationText(p99)}).`,
      count: 1,
      frames: [firstR2tFrame],
      session: lun.session,
      lun: hex64(lun.lunHigh, lun.lunLow),
      values: { firstR2tNsMax: firstR2t.max, firstR2tNsP50: usual, firstR2tNsP99: p99 },
    },
  ];
}
