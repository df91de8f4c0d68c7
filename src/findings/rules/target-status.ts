// Commands that the target turned away: BUSY, TASK SET FULL, RESERVATION CONFLICT and others.

import { plural } from '../../lib/units.js';
import { OUTCOME_NAMES, Outcome } from '../../session/task.js';
import { bySession, type Rule } from '../rule.js';

const TEXTS: Readonly<Record<number, string>> = {
  [Outcome.busy]: 'The logical unit could not take the command just then; hosts retry.',
  [Outcome.taskSetFull]:
    'The queue of the logical unit is full: the hosts together send more than it takes.',
  [Outcome.reservationConflict]:
    'Another initiator holds a reservation. See the last PERSISTENT RESERVE OUT or RESERVE.',
  [Outcome.acaActive]: 'An auto contingent allegiance stands from an earlier error (SAM-5 5.9).',
  [Outcome.taskAborted]: 'Another initiator (or a reset) aborted the command (SAM-5 5.6).',
  [Outcome.otherStatus]: 'A status that SAM-5 does not name.',
  [Outcome.targetFailure]:
    'The iSCSI response is not "command completed at target" (RFC 7143 11.4.3): it was not executed.',
};

export const targetStatus: Rule = {
  id: 'target-status',
  about: 'Commands that ended with a status other than GOOD and CHECK CONDITION, by status.',
  find(facts) {
    return Object.entries(TEXTS).flatMap(([outcome, text]) =>
      bySession(facts, (group) => group.outcome === Number(outcome)).map((group) => ({
        id: targetStatus.id,
        severity: 'warning' as const,
        title: `${plural(group.count, 'command')} ended with ${OUTCOME_NAMES[Number(outcome)]}`,
        text,
        count: group.count,
        frames: group.frames,
        session: group.session,
      })),
    );
  },
};
