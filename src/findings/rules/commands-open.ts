// Commands that had no answer when the capture ended.

import { durationText, plural } from '../../lib/number-text.js';
import { Outcome } from '../../scsi/task.js';
import type { Facts } from '../facts.js';
import type { Severity } from '../finding.js';
import type { Rule } from '../rule.js';
import { bySession } from '../support/by-session.js';
import { badTasks } from '../watch/bad-tasks.js';

/** Shorter than this at the end of a capture is no sign of trouble. */
const USUAL_NS = 1e9;
/** SCSI command timers of common hosts are 30 to 60 s. */
const TIMER_NS = 30e9;

export const commandsOpen: Rule = {
  id: 'commands-open',
  about:
    'Commands without a response when the capture ended. Open for less than a second they were ' +
    'probably cut off by the end of the capture; longer, the target owes an answer.',
  tells: {
    'commands-open': {
      question: 'One command without an answer',
      about: 'Commands that were open at the end.',
      reference: 'RFC 7143 11.4',
      confidence: 'certain',
      proof: ['scsi-command.initiatorTaskTag'],
      disproof: 'A capture that goes on longer, or their statuses in bytes that this one misses.',
      next: 'Capture on: an abort 30 to 60 s after the command shows that its host waited too.',
    },
  },
  watches: [badTasks],
  find(facts) {
    const groups = bySession(facts, (group) => group.outcome === Outcome.open);
    return groups.map(({ session, count, frames, fromNs, toNs }) => {
      const ageNs = oldest(facts, session);
      return {
        id: commandsOpen.id,
        severity: severityOf(ageNs),
        title: `${plural(count, 'command')} without an answer at the end of the capture`,
        text:
          ageNs < 0
            ? 'No response, abort or logout ended them.'
            : `The oldest was open for ${durationText(ageNs)} when the capture ended.`,
        count,
        frames,
        session,
        fromNs,
        toNs,
        ...(ageNs < 0 ? {} : { values: { ageNsMax: ageNs } }),
      };
    });
  },
};

function oldest(facts: Facts, session: number): number {
  const first = facts.metrics.open.sorted().find((command) => command.session === session);
  return first === undefined ? -1 : facts.lastNs - first.commandNs;
}

function severityOf(ageNs: number): Severity {
  if (ageNs >= TIMER_NS) return 'critical';
  return ageNs >= USUAL_NS ? 'warning' : 'note';
}
