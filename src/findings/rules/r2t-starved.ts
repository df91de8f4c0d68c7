// Writes whose first R2T came very late: the target had the command and did not ask for its data.

import { hex64 } from '../../lib/hex.js';
import { durationText, plural } from '../../lib/number-text.js';
import type { LunMetrics, OperationCell } from '../../metrics/counters.js';
import { PhaseCode } from '../../scsi/task.js';
import { operationName } from '../../wire/scsi/operations.js';
import type { Found } from '../finding.js';
import type { Rule } from '../rule.js';
import { lunsOf } from '../support/luns.js';
import { luns } from '../watch/luns.js';
import { R2T_LATE_NS, type R2tWait } from '../watch/r2t-waits.js';

/** So many times what is usual: a target that is always slow is not starved but slow. */
const UNUSUAL = 20;
/** Fewer writes make no usual. */
const COMMANDS_LEAST = 8;

export const r2tStarved: Rule = {
  id: 'r2t-starved',
  about:
    'The first R2T of a write came 100 ms or more after the command, or the next one after its burst, and ' +
    '20 times later than usual for the same logical unit: the target has no buffer, or its disks stall. ' +
    'What else it answered meanwhile tells which.',
  tells: {
    'r2t-starved': {
      question: 'Writes that wait for an R2T',
      owes: 'target',
      leadsTo: ['connection-lost', 'commands-lost', 'reinstatement'],
      about: 'A write waited far longer than usual for an R2T.',
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
  watches: [luns],
  find(facts) {
    return lunsOf(facts).flatMap((lun) => {
      const watch = facts.evidence
        .of(luns)
        .all.find(
          ({ session, lunHigh, lunLow }) =>
            session === lun.session && lunHigh === lun.lunHigh && lunLow === lun.lunLow,
        );
      if (watch?.r2tWaits === undefined) return [];
      const { first, between } = watch.r2tWaits;
      const cells = [...lun.cells.values()];
      return cells.flatMap((cell) => [...early(lun, cell, first), ...late(lun, cell, between)]);
    });
  },
};

function early(lun: LunMetrics, cell: OperationCell, wait: R2tWait): Found[] {
  const { firstR2t, firstR2tFrame } = cell;
  if (firstR2t === undefined || firstR2t.count < COMMANDS_LEAST) return [];
  const usual = firstR2t.percentile(0.5);
  if (firstR2t.max < R2T_LATE_NS || firstR2t.max < usual * UNUSUAL) return [];
  // The LUN's longest wait may be of another operation: then nothing is known of its others.
  const others = firstR2tFrame === wait.frame ? wait.others : -1;
  return [
    toFinding(lun, cell, { ns: firstR2t.max, usual, frame: firstR2tFrame, others, wait }, true),
  ];
}

function late(lun: LunMetrics, cell: OperationCell, wait: R2tWait): Found[] {
  const writes = cell.latency.count;
  if (wait.count === 0 || writes < COMMANDS_LEAST || cell.r2ts < 2 * writes) return [];
  const rest = cell.phaseNs[PhaseCode.betweenBursts] - wait.ns;
  const usual = Math.max(0, rest) / (writes - 1);
  if (wait.ns < usual * UNUSUAL) return [];
  const { ns, frame, others } = wait;
  return [toFinding(lun, cell, { ns, usual, frame, others, wait }, false)];
}

interface Starved {
  readonly ns: number;
  readonly usual: number;
  readonly frame: number;
  /** Commands that ended meanwhile; -1 not known. */
  readonly others: number;
  readonly wait: R2tWait;
}

function toFinding(lun: LunMetrics, cell: OperationCell, of: Starved, first: boolean): Found {
  const { ns, usual, frame, others, wait } = of;
  const what = first ? 'its first R2T' : 'R2Ts between its bursts';
  const meanwhile =
    others < 0
      ? ''
      : others === 0
        ? ' No other command of the session ended while it was open: all of the target stalled.'
        : ` ${plural(others, 'other command')} of the session ended while it was open: the target ` +
          'works, and has no room for this one’s data.';
  return {
    id: r2tStarved.id,
    severity: 'warning',
    title: `${operationName(cell.operation)} waited ${durationText(ns)} for ${what}`,
    text: `Usually that takes ${durationText(usual)}.${meanwhile}`,
    count: Math.max(1, wait.count),
    frames: [frame],
    session: lun.session,
    lun: hex64(lun.lunHigh, lun.lunLow),
    fromNs: wait.timeNs,
    toNs: wait.timeNs + ns,
    values: { waitNsMax: ns, waitNsUsual: usual, othersEnded: Math.max(0, others) },
  };
}
