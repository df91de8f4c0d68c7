// What happens seldom in a session and means something: asynchronous messages, reinstatement, SNACK.

import type { SessionEvent, SessionEventKind } from '../../session/model.js';
import { ASYNC_EVENT_NAMES, codeName } from '../../wire/iscsi/codes.js';
import type { Found, Severity } from '../finding.js';
import {
  type FindingText,
  gather,
  LOSES_CONNECTION,
  nothing,
  type OccurrenceGroup,
  once,
  type Rule,
} from '../rule.js';
import { ignoredRequests } from '../support/async-requests.js';
import { framing } from '../watch/framing.js';

interface Row {
  readonly kind: SessionEventKind;
  readonly id: string;
  readonly severity: Severity;
  readonly title: (event: SessionEvent) => string;
  readonly text: string;
  readonly tell: Omit<FindingText, 'about'>;
}

const ROWS: readonly Row[] = [
  {
    kind: 'async message',
    id: 'async-message',
    severity: 'warning',
    title: (event) => `Asynchronous message: ${asyncName(event)}`,
    text: 'The target told of something that no command asked for.',
    tell: {
      question: 'Who closed, and why',
      owes: 'target',
      leadsTo: LOSES_CONNECTION,
      reference: 'RFC 7143 11.9',
      confidence: 'certain',
      proof: ['async-message.asyncEvent'],
      disproof: 'Nothing: it is the target’s own word.',
      next: 'See the target’s log of that time; a Logout Request wants a logout within Parameter3 seconds.',
    },
  },
  {
    kind: 'reinstatement',
    id: 'reinstatement',
    severity: 'warning',
    title: () => 'A new login took the place of a session or connection that was still there',
    text:
      'The initiator came back after it lost its connection, or two hosts use the same name and ISID: ' +
      'compare their addresses.',
    tell: {
      question: 'Sessions that throw each other out',
      leadsTo: [
        'reinstatement-loop',
        'unit-attention',
        'cmdsn-outside-window',
        'cmdsn-hole',
        'commands-lost',
      ],
      reference: 'RFC 7143 6.3.4, 6.3.5',
      confidence: 'certain',
      proof: ['login-request.isid', 'login-request.tsih', 'login-request.cid'],
      disproof: 'A logout of the old one, missed by the capture.',
      next: 'See how the old one ended (connection-lost), and what its commands waited for.',
    },
  },
  {
    kind: 'SNACK',
    id: 'snack',
    severity: 'note',
    title: () => 'The initiator asked for PDUs again (SNACK)',
    text: 'It missed PDUs, by a bad digest or a gap in their numbers.',
    tell: {
      question: 'Digests',
      reference: 'RFC 7143 11.16',
      confidence: 'certain',
      proof: ['snack-request.type', 'snack-request.begRun', 'snack-request.runLength'],
      disproof: 'Nothing: it is the initiator’s own word.',
      next: 'See digest-bad: what was asked for again had not come whole.',
    },
  },
];

interface EventGroup extends OccurrenceGroup {
  readonly row: Row;
  readonly session: number;
  readonly title: string;
}

export const sessionEvents: Rule = {
  id: 'session-events',
  about: 'Asynchronous messages, reinstatement and SNACK, one finding a session and kind.',
  watches: [framing],
  tells: Object.fromEntries(ROWS.map(({ id, text, tell }) => [id, { about: text, ...tell }])),
  find(facts) {
    const all = new Map<string, EventGroup>();
    for (const session of facts.sessions) {
      const ignored = ignoredRequests(session, facts).map(({ event }) => event);
      // What the initiator was asked for and did not do is told as its own.
      const told = session.events.filter((event) => !ignored.includes(event));
      collect(session.id, told, all);
    }
    return [...all.values()].map(toFinding);
  },
};

function collect(
  session: number,
  events: readonly SessionEvent[],
  all: Map<string, EventGroup>,
): void {
  for (const event of events) {
    const row = ROWS.find((r) => r.kind === event.kind);
    if (row === undefined) continue;
    const title = row.title(event);
    const make = () => ({ ...nothing(), row, session, title });
    gather(all, `${session} ${title}`, make, once(event.frame, event.timeNs));
  }
}

function toFinding({ row, session, title, count, frames, fromNs, toNs }: EventGroup): Found {
  const { id, severity, text } = row;
  return { id, severity, title, text, count, frames, session, fromNs, toNs };
}

function asyncName(event: SessionEvent): string {
  const code = event.fields.asyncEvent;
  return typeof code === 'number' ? codeName(ASYNC_EVENT_NAMES, code) : 'not captured';
}
