// One command gets no answer while others do: whose fault it is shows in what the target said of it.

import { durationText, plural } from '../../lib/number-text.js';
import { operationName } from '../../wire/scsi/operations.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';
import type { Occurrences } from '../groups.js';
import { LOSES_CONNECTION, type Rule, when } from '../rule.js';
import { headersWhole, targetHeard } from '../support/heard.js';
import { framing } from '../watch/framing.js';
import type { StuckWatch } from '../watch/stuck.js';
import { stuck } from '../watch/stuck.js';

/** Disks retry for some seconds; a command that waited two says more than the end of the capture. */
const AGE_LEAST_NS = 2e9;
/** One other answer may have been on its way; three show that the session works. */
const OTHERS_LEAST = 3;

export const commandStuck: Rule = {
  id: 'command-stuck',
  about:
    'Commands of two seconds and older without an answer (open at the end, aborted or lost), while ' +
    'three and more others of the session were answered. ExpCmdSN says whether the target had taken ' +
    'them in, R2Ts whether it asked for their data.',
  tells: {
    'command-stuck': {
      question: 'One command without an answer',
      owes: 'target',
      leadsTo: [...LOSES_CONNECTION, 'commands-open', 'fc-exchange-aborted'],
      about: 'The target took the command in (ExpCmdSN passed it) and never answered it.',
      reference: 'RFC 7143 4.2.2.1; SAM (every command ends with a status)',
      confidence: 'certain',
      proof: ['scsi-command.initiatorTaskTag', 'scsi-command.cmdSN', 'scsi-response.expCmdSN'],
      disproof: 'Its status in bytes that the capture misses.',
      next: 'Look behind the target’s front end: the LUN’s disks, its backing store, its pool.',
    },
    'command-not-accepted': {
      question: 'One command without an answer',
      owes: 'target',
      leadsTo: [...LOSES_CONNECTION, 'commands-open'],
      about: 'ExpCmdSN never passed the command: the target did not take it in.',
      reference: 'RFC 7143 4.2.2.1',
      confidence: 'likely',
      proof: ['scsi-command.cmdSN', 'scsi-response.expCmdSN'],
      disproof: 'A PDU of the target with a later ExpCmdSN, missed by the capture.',
      next: 'Look at the way to the target: TCP (was it acknowledged?), a bad digest, a hole in CmdSN.',
    },
    'r2t-never-came': {
      question: 'Writes that wait for an R2T',
      owes: 'target',
      leadsTo: [...LOSES_CONNECTION, 'commands-open'],
      about: 'A write waits for data that no R2T asks for.',
      reference: 'RFC 7143 11.8',
      confidence: 'certain',
      proof: ['scsi-command.expectedDataTransferLength', 'r2t.desiredDataTransferLength'],
      disproof: 'An R2T in bytes that the capture misses.',
      next: 'See the target’s buffers and cache: it took the command and has no room for its data.',
    },
  },
  watches: [framing, stuck],
  find(facts) {
    return [...facts.evidence.of(stuck).bySession.values()].flatMap((watch) =>
      ofSession(watch, facts),
    );
  },
};

function ofSession(watch: StuckWatch, facts: Facts): Found[] {
  const { accepted, refused, noR2t } = watch;
  if (watch.oldestNs < AGE_LEAST_NS) return [];
  const found: Found[] = [];
  // What the capture misses of the target may be the answer, or the R2T.
  const since = [accepted, refused, noR2t].flatMap((one) => (one.count > 0 ? [one.firstNs] : []));
  if (!targetHeard(watch.session, Math.min(...since), facts)) return [];
  if (accepted.count > 0 && watch.acceptedOthers >= OTHERS_LEAST) {
    found.push(
      one(watch, accepted, 'command-stuck', {
        title: `${plural(accepted.count, 'command')} got no answer while others did`,
        text: `ExpCmdSN had passed ${them(accepted)}: the target had it, and did not finish it.`,
        others: watch.acceptedOthers,
      }),
    );
  }
  if (refused.count > 0 && watch.refusedOthers >= OTHERS_LEAST && !explained(watch, facts)) {
    found.push(
      one(watch, refused, 'command-not-accepted', {
        title: `${plural(refused.count, 'command')} the target did not take in, while it answered others`,
        text: `ExpCmdSN never passed ${them(refused)}: it did not reach the target, or was put off.`,
        others: watch.refusedOthers,
      }),
    );
  }
  // Of an R2T whose header was cut nobody knows what it asks for.
  if (noR2t.count > 0 && headersWhole(watch.session, noR2t.firstNs, facts)) {
    found.push(
      one(watch, noR2t, 'r2t-never-came', {
        title: `${plural(noR2t.count, 'write')} whose data the target never asked for`,
        text: 'All data that was asked for, or needs no R2T, had been sent.',
        others: watch.noR2tOthers,
      }),
    );
  }
  return found;
}

/** A hole in CmdSN, or one beyond the window, says the same and why. */
function explained({ session, ignored }: StuckWatch, facts: Facts): boolean {
  const window = facts.sessions[session]?.window;
  return ignored.count > 0 || (window !== undefined && window.holes.length > 0);
}

function them({ count }: Occurrences): string {
  return count === 1 ? 'it' : 'them';
}

function one(
  watch: StuckWatch,
  sight: Occurrences,
  id: string,
  says: { title: string; text: string; others: number },
): Found {
  const operations = [...watch.operations].filter((o) => o >= 0).map(operationName);
  return {
    id,
    severity: 'critical',
    title: says.title,
    text:
      `${says.text} The oldest waited ${durationText(watch.oldestNs)}; meanwhile at least ` +
      `${plural(says.others, 'other command')} of the session ended. Operations: ` +
      `${operations.slice(0, 4).join(', ') || 'not captured'}.`,
    count: sight.count,
    frames: sight.frames,
    session: watch.session,
    ...when(sight),
    toNs: sight.firstNs + watch.oldestNs,
    values: { ageNsMax: watch.oldestNs, othersAnswered: says.others },
  };
}
