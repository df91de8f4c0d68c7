// What happens seldom in a session and means something: rejects, task management, asynchronous
// messages, pings without an answer, reinstatement, SNACK.

import type { Session, SessionEvent, SessionEventKind } from '../../session/model.js';
import {
  ASYNC_EVENT_NAMES,
  codeName,
  type Names,
  REJECT_REASON_NAMES,
  TASK_MANAGEMENT_NAMES,
  TASK_MANAGEMENT_RESPONSE_NAMES,
} from '../../wire/iscsi/codes.js';
import type { Finding, Severity } from '../finding.js';
import { type Gathered, gather, type Rule } from '../rule.js';

interface Row {
  readonly kind: SessionEventKind;
  readonly id: string;
  readonly severity: Severity;
  readonly title: (event: SessionEvent) => string;
  readonly text: string;
}

const ROWS: readonly Row[] = [
  {
    kind: 'task management',
    id: 'task-management',
    severity: 'warning',
    title: managementTitle,
    text:
      'The initiator gave up waiting or reset the logical unit or target. The age of the command ' +
      'at that moment tells which of its timers ran out.',
  },
  {
    kind: 'reject',
    id: 'reject',
    severity: 'warning',
    title: (event) => `Reject: ${named(REJECT_REASON_NAMES, event, 'reason')}`,
    text: 'The target refused a PDU (RFC 7143 11.17); the data of the Reject is its header.',
  },
  {
    kind: 'async message',
    id: 'async-message',
    severity: 'warning',
    title: (event) => `Asynchronous message: ${named(ASYNC_EVENT_NAMES, event, 'asyncEvent')}`,
    text: 'The target told of something that no command asked for (RFC 7143 11.9).',
  },
  {
    kind: 'nop',
    id: 'ping-unanswered',
    severity: 'warning',
    title: () => 'A ping (NOP) was not answered',
    text:
      'Initiators drop a connection whose ping is not answered in time (open-iscsi: conn error ' +
      '1022). See whether the other side was silent or busy sending data.',
  },
  {
    kind: 'reinstatement',
    id: 'reinstatement',
    severity: 'warning',
    title: () => 'A new login took the place of a session or connection that was still there',
    text:
      'The initiator came back after it lost its connection, or two hosts use the same name and ISID ' +
      '(RFC 7143 6.3.5): compare their addresses.',
  },
  {
    kind: 'SNACK',
    id: 'snack',
    severity: 'note',
    title: () => 'The initiator asked for PDUs again (SNACK)',
    text: 'It missed PDUs, by a bad digest or a gap in their numbers (RFC 7143 11.16).',
  },
];

interface EventGroup extends Gathered {
  readonly row: Row;
  readonly session: number;
  readonly title: string;
}

export const sessionEvents: Rule = {
  id: 'session-events',
  about:
    'Rejects, task management, asynchronous messages, pings without an answer, reinstatement and ' +
    'SNACK, one finding a session and kind.',
  tells: Object.fromEntries(ROWS.map(({ id, text }) => [id, text])),
  find(facts) {
    const all = new Map<string, EventGroup>();
    for (const session of facts.sessions) collect(session, all);
    return [...all.values()].map(toFinding);
  },
};

function collect(session: Session, all: Map<string, EventGroup>): void {
  for (const event of session.events) {
    const row = ROWS.find((r) => r.kind === event.kind);
    if (row === undefined) continue;
    if (row.kind === 'nop' && event.fields['answered'] !== false) continue;
    const title = row.title(event);
    const make = () => ({ count: 0, frames: [], row, session: session.id, title });
    gather(all, `${session.id} ${title}`, make, 1, [event.frame]);
  }
}

function toFinding({ row, session, title, count, frames }: EventGroup): Finding {
  return { id: row.id, severity: row.severity, title, text: row.text, count, frames, session };
}

function managementTitle(event: SessionEvent): string {
  const what = named(TASK_MANAGEMENT_NAMES, event, 'function');
  const response = event.fields['response'];
  const answer =
    response === undefined
      ? 'not answered'
      : `answered ${named(TASK_MANAGEMENT_RESPONSE_NAMES, event, 'response')}`;
  return `Task management: ${what}, ${answer}`;
}

function named(names: Names, event: SessionEvent, field: string): string {
  const code = event.fields[field];
  return typeof code === 'number' ? codeName(names, code) : 'not captured';
}
