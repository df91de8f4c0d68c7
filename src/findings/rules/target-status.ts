// Commands that the target turned away: BUSY, TASK SET FULL, RESERVATION CONFLICT and others.

import { hex64 } from '../../lib/hex.js';
import { durationText, plural } from '../../lib/number-text.js';
import { OUTCOME_NAMES, Outcome } from '../../scsi/task.js';
import type { Facts } from '../facts.js';
import type { Found, Owes } from '../finding.js';
import { type FindingText, type Rule, when } from '../rule.js';
import { bySession } from '../support/by-session.js';
import { resetOf, resetText } from '../support/resets.js';
import { badTasks } from '../watch/bad-tasks.js';
import type { LunWatch } from '../watch/lun-watch.js';
import { luns } from '../watch/luns.js';
import type { Refusal } from '../watch/refusals.js';

interface Row {
  readonly id: string;
  readonly owes: Owes;
  readonly outcome: number;
  readonly text: string;
  readonly reference: string;
  readonly next: string;
}

const ROWS: readonly Row[] = [
  {
    id: 'aca-active',
    owes: 'target',
    outcome: Outcome.acaActive,
    text: 'An auto contingent allegiance stands from an earlier error: only ACA tasks are taken.',
    reference: 'SAM (auto contingent allegiance); RFC 3783 4.1.3',
    next: 'See the error before it; CLEAR ACA ends it.',
  },
  {
    id: 'task-aborted',
    owes: 'unknown',
    outcome: Outcome.taskAborted,
    text: 'Another initiator, or a reset, aborted the command.',
    reference: 'SAM (TASK ABORTED, TAS bit)',
    next: 'Look for another host’s reset or PREEMPT AND ABORT at that time.',
  },
  {
    id: 'other-status',
    owes: 'target',
    outcome: Outcome.otherStatus,
    text: 'A status that SAM does not name.',
    reference: 'SAM (status codes)',
    next: 'Look for newer target software.',
  },
  {
    id: 'target-failure',
    owes: 'target',
    outcome: Outcome.targetFailure,
    text: 'The iSCSI response is not "command completed at target": it was not executed.',
    reference: 'RFC 7143 11.4.3',
    next: 'See the target’s log: its iSCSI front end could not reach the logical unit.',
  },
];

const STATUS: Omit<FindingText, 'about' | 'next' | 'reference'> = {
  question: 'TASK SET FULL, BUSY and others',
  confidence: 'certain',
  proof: ['scsi-response.status', 'scsi-response.response'],
  disproof: 'Nothing: the status is the target’s own word.',
};

export const targetStatus: Rule = {
  id: 'target-status',
  about:
    'Commands that ended with a status other than GOOD and CHECK CONDITION. BUSY and TASK SET FULL ' +
    'with the commands that were open, so that the queue depth that the LUN takes shows, and how soon ' +
    'the host tried again.',
  tells: {
    'task-set-full': {
      ...STATUS,
      leadsTo: ['commands-aborted', 'task-management'],
      about: 'The queue of the logical unit is full: the hosts together send more than it takes.',
      reference: 'SAM (TASK SET FULL)',
      next:
        'Set the queue depth of the hosts so that all together stay below the least number of open ' +
        'commands at which it was full.',
    },
    'status-busy': {
      ...STATUS,
      owes: 'target',
      leadsTo: ['commands-aborted', 'task-management'],
      about: 'The logical unit could not take the command just then.',
      reference: 'SAM (BUSY)',
      next: 'See what the target was at (failover, rebuild, a full pool); hosts retry some times only.',
    },
    ...Object.fromEntries(
      ROWS.map(({ id, owes, text, reference, next }) => [
        id,
        { ...STATUS, owes, about: text, reference, next },
      ]),
    ),
  },
  watches: [badTasks, luns],
  find(facts) {
    return [
      ...facts.evidence.of(luns).all.flatMap(refused),
      ...ROWS.flatMap((row) => others(row, facts)),
    ];
  },
};

function others({ id, outcome, text }: Row, facts: Facts): Found[] {
  return bySession(facts, (group) => group.outcome === outcome).map((group) => ({
    id,
    severity: 'warning',
    title: `${plural(group.count, 'command')} ended with ${OUTCOME_NAMES[outcome]}`,
    ...(outcome === Outcome.taskAborted ? abortedBy(group.session, text, facts) : { text }),
    count: group.count,
    frames: group.frames,
    session: group.session,
    fromNs: group.fromNs,
    toNs: group.toNs,
  }));
}

/** Whose reset it was, where that was captured. */
function abortedBy(
  session: number,
  text: string,
  facts: Facts,
): Pick<Found, 'text' | 'because' | 'owes'> {
  for (const group of facts.evidence.of(badTasks).groups.values()) {
    if (group.session !== session || group.outcome !== Outcome.taskAborted) continue;
    const reset = resetOf(facts, group, group.firstNs, group.lastNs);
    if (reset === undefined) continue;
    return {
      text: `They were open at the ${resetText(reset)}.`,
      because: { id: 'task-management', session: reset.session.id },
      owes: 'initiator',
    };
  }
  return { text };
}

function refused(lun: LunWatch): Found[] {
  if (lun.refusals === undefined) return [];
  const { busy, full } = lun.refusals;
  return [
    ...(full.count > 0 ? [toFinding('task-set-full', lun, full)] : []),
    ...(busy.count > 0 ? [toFinding('status-busy', lun, busy)] : []),
  ];
}

function toFinding(id: string, lun: LunWatch, refusal: Refusal): Found {
  const { openMin, openMax, openSum, count } = refusal;
  const { retries = 0, retryNsMin = -1, retryNsMax = -1 } = lun.refusals ?? {};
  const open =
    openMin === openMax
      ? `${openMin}`
      : `${openMin} to ${openMax}, ${Math.round(openSum / count)} on average`;
  const alone =
    openMax <= 1
      ? 'This host had nothing else open there: others fill the queue, or it is no matter of depth.'
      : id === 'task-set-full'
        ? `So the queue that this host gets is ${openMin - 1} deep at least.`
        : '';
  const again =
    retries === 0
      ? 'It was not seen to be sent again.'
      : `Sent again ${plural(retries, 'time')}, after ${durationText(retryNsMin)} to ${durationText(retryNsMax)}.`;
  return {
    id,
    severity: 'warning',
    title: `${plural(count, 'command')} ended with ${OUTCOME_NAMES[refusal.outcome]}`,
    text: `With so many commands of the LUN open, these counted: ${open}. ${alone} ${again}`.replace(
      '  ',
      ' ',
    ),
    count,
    frames: refusal.frames,
    session: lun.session,
    lun: hex64(lun.lunHigh, lun.lunLow),
    ...when(refusal),
    values: { openMin, openMax, retries, retryNsMin, retryNsMax },
  };
}
