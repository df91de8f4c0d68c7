// Commands that ended without a status: lost with their connection, aborted, rejected, or their
// status was not captured.

import { plural } from '../../lib/number-text.js';
import { Outcome } from '../../scsi/task.js';
import type { Facts } from '../facts.js';
import type { Found, Severity } from '../finding.js';
import type { FindingText, Rule } from '../rule.js';
import { bySession, type SessionGroup } from '../support/by-session.js';
import { DOUBTS, type Doubt, doubtOf, headersCutOf } from '../support/doubt.js';
import { fcNexusOf } from '../support/fc.js';
import { badTasks } from '../watch/bad-tasks.js';
import { framing } from '../watch/framing.js';

interface Row {
  readonly id: string;
  readonly outcome: number;
  readonly severity: Severity;
  readonly words: string;
  readonly text: string;
  readonly inferred?: boolean;
  readonly tell: Omit<FindingText, 'about'>;
}

const ROWS: readonly Row[] = [
  {
    id: 'commands-lost',
    outcome: Outcome.lost,
    severity: 'critical',
    words: 'lost with the connection',
    text: 'The connection or session ended while these commands were open.',
    tell: {
      question: 'Who closed, and why',
      reference: 'RFC 7143 7.5 (connection failure); 6.3.5',
      confidence: 'certain',
      proof: ['scsi-command.initiatorTaskTag'],
      disproof: 'Their statuses in bytes that the capture misses.',
      next: 'See who ended the connection, and why (connection-lost); hosts send them again after login.',
    },
  },
  {
    id: 'commands-aborted',
    outcome: Outcome.aborted,
    severity: 'critical',
    words: 'aborted by task management',
    text: 'The initiator gave up on these commands, and the target agreed to drop them.',
    tell: {
      question: 'Aborts and resets',
      reference: 'RFC 7143 11.5.1',
      confidence: 'certain',
      proof: ['task-management-request.referencedTaskTag', 'task-management-response.response'],
      disproof: 'Their statuses in bytes that the capture misses.',
      next: 'See their age at the abort (task-management): it tells which timer ran out.',
    },
  },
  {
    id: 'commands-rejected',
    outcome: Outcome.rejected,
    severity: 'critical',
    words: 'rejected',
    text: 'The target answered with a Reject PDU; its data is the header it refused.',
    tell: {
      question: 'Rejects',
      reference: 'RFC 7143 11.17',
      confidence: 'certain',
      proof: ['reject.reason'],
      disproof: 'Nothing: the Reject holds the header of the command.',
      next: 'See the reject’s reason and the field that it points at (reject).',
    },
  },
  {
    id: 'status-not-captured',
    outcome: Outcome.statusNotCaptured,
    severity: 'note',
    words: 'whose status was not captured',
    text:
      'That they ended is inferred from later sequence numbers or the tag being used again; when ' +
      'they ended is only an upper bound, so they are left out of the latencies.',
    inferred: true,
    tell: {
      question: 'Can the capture be trusted?',
      owes: 'capture',
      reference: 'RFC 7143 4.2.2.2, 11.2.1.8',
      confidence: 'likely',
      proof: ['scsi-command.expStatSN'],
      disproof: 'A capture without gaps.',
      next: 'Capture without snaplen, with larger buffers, or at another point.',
    },
  },
];

export const commandsEnded: Rule = {
  id: 'commands-ended',
  about: 'Commands that ended without a captured status, by how they ended.',
  tells: Object.fromEntries(ROWS.map(({ id, text, tell }) => [id, { about: text, ...tell }])),
  watches: [badTasks, framing],
  find(facts) {
    return ROWS.flatMap((row) =>
      bySession(
        facts,
        (group) => group.outcome === row.outcome && isTold(row, group.session, facts),
      ).map((group) => toFinding(row, group, facts)),
    );
  },
};

/** Fibre Channel has its own words for what ends an exchange (fc-exchanges.ts). */
function isTold(row: Row, session: number, facts: Facts): boolean {
  return row.outcome === Outcome.statusNotCaptured || fcNexusOf(facts, session) === undefined;
}

function toFinding(row: Row, group: SessionGroup, facts: Facts): Found {
  // A status that was not captured, or too late, makes a command look lost.
  const doubt = row.outcome === Outcome.lost ? doubtOfStatus(group.session, facts) : undefined;
  return {
    id: row.id,
    severity: doubt === undefined ? row.severity : doubt === 'missing' ? 'warning' : 'note',
    title: `${plural(group.count, 'command')} ${row.words}`,
    text: doubt === undefined ? row.text : `${row.text} ${DOUBTS[doubt]}`,
    count: group.count,
    frames: group.frames,
    session: group.session,
    inferred: doubt === undefined ? row.inferred : true,
    fromNs: group.fromNs,
    toNs: group.toNs,
    confidence: doubt === undefined ? undefined : 'possible',
  };
}

/** A status is one PDU: of one whose header was cut nobody knows that it was there. */
function doubtOfStatus(session: number, facts: Facts): Doubt | undefined {
  return doubtOf(session, facts) ?? (headersCutOf(session, facts) ? 'cut' : undefined);
}
