// Commands that ended without a status: lost with their connection, aborted, rejected, or their
// status was not captured.

import { plural } from '../../lib/units.js';
import { Outcome } from '../../session/task.js';
import type { Severity } from '../finding.js';
import { bySession, type Rule } from '../rule.js';

interface Row {
  readonly id: string;
  readonly outcome: number;
  readonly severity: Severity;
  readonly words: string;
  readonly text: string;
  readonly inferred?: boolean;
}

const ROWS: readonly Row[] = [
  {
    id: 'commands-lost',
    outcome: Outcome.lost,
    severity: 'critical',
    words: 'lost with the connection',
    text: 'The connection or session ended while these commands were open. See who ended it, and why.',
  },
  {
    id: 'commands-aborted',
    outcome: Outcome.aborted,
    severity: 'critical',
    words: 'aborted by task management',
    text: 'The initiator gave up on these commands. Their age at the abort tells which timer ran out.',
  },
  {
    id: 'commands-rejected',
    outcome: Outcome.rejected,
    severity: 'critical',
    words: 'rejected',
    text: 'The target answered with a Reject PDU (RFC 7143 11.17); its data is the header it refused.',
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
  },
];

export const commandsEnded: Rule = {
  id: 'commands-ended',
  about: 'Commands that ended without a captured status, by how they ended.',
  tells: Object.fromEntries(ROWS.map(({ id, text }) => [id, text])),
  find(facts) {
    return ROWS.flatMap((row) =>
      bySession(facts, (group) => group.outcome === row.outcome).map((group) => ({
        id: row.id,
        severity: row.severity,
        title: `${plural(group.count, 'command')} ${row.words}`,
        text: row.text,
        count: group.count,
        frames: group.frames,
        session: group.session,
        inferred: row.inferred,
      })),
    );
  },
};
