// Requests that are no commands and that the target left without an answer: text (SendTargets), logout;
// and logouts that it refused (RFC 7143 11.10, 11.14, 11.15).

import { durationText } from '../../lib/number-text.js';
import type { IscsiConnection, SessionEvent } from '../../session/model.js';
import { flowOf } from '../../stream/connection.js';
import { type Facts, storyOf } from '../facts.js';
import type { Found } from '../finding.js';
import { LOSES_CONNECTION, type Rule } from '../rule.js';

/** What a target answers from its memory takes milliseconds. */
const WAITED_LEAST_NS = 2e9;

export const requestsUnanswered: Rule = {
  id: 'requests-unanswered',
  about:
    'A Text Request (SendTargets, a negotiation) or a Logout Request without its response for two ' +
    'seconds and longer, when the connection or the capture ended; a logout that the target refused.',
  tells: {
    'text-unanswered': {
      question: 'Whose move was it when a request hung?',
      owes: 'target',
      leadsTo: [...LOSES_CONNECTION, 'login-storm'],
      about: 'The target did not answer a Text Request.',
      reference: 'RFC 7143 11.10, 11.11; open-iscsi discovery times out and begins anew',
      confidence: 'certain',
      proof: ['text-request.initiatorTaskTag'],
      disproof: 'A Text Response in bytes that the capture misses.',
      next:
        'See the target’s discovery service: it took the request (TCP acknowledged it) and said nothing. ' +
        'A static target at the host goes round discovery.',
    },
    'logout-unanswered': {
      question: 'Whose move was it when a request hung?',
      owes: 'target',
      leadsTo: LOSES_CONNECTION,
      about: 'The target did not answer a Logout Request.',
      reference: 'RFC 7143 11.14, 11.15; open-iscsi node.conn[0].timeo.logout_timeout 15 s',
      confidence: 'certain',
      proof: ['logout-request.reason'],
      disproof: 'A Logout Response in bytes that the capture misses.',
      next: 'See the target: commands that it cannot end keep a logout waiting.',
    },
    'logout-refused': {
      question: 'Whose move was it when a request hung?',
      owes: 'target',
      about: 'The target refused a logout: the session or connection goes on.',
      reference: 'RFC 7143 11.15.1',
      confidence: 'certain',
      proof: ['logout-response.response'],
      disproof: 'Nothing: the response is the target’s own word.',
      next: 'See the response: a CID that does not exist, or recovery that the target does not do.',
    },
  },
  find(facts) {
    return facts.sessions.flatMap((session) =>
      session.events.flatMap((event) => {
        if (event.kind === 'text negotiation' && event.endNs < 0)
          return textHangs(event, facts, session.id);
        if (event.kind === 'logout') return logout(event, facts, session.id);
        return [];
      }),
    );
  },
};

function waited(event: SessionEvent, story: IscsiConnection | undefined, facts: Facts): number {
  if (story === undefined) return -1;
  const { connection, initiatorDirection } = story;
  const target = flowOf(connection, initiatorDirection ^ 1);
  if (target.packets === 0 || target.missingBytes > 0) return -1;
  const endNs = connection.closedNs >= 0 ? connection.closedNs : facts.lastNs;
  return endNs - event.timeNs;
}

function textHangs(event: SessionEvent, facts: Facts, session: number): Found[] {
  // A Reject is an answer too: its own rule tells it.
  if (event.fields.rejected === true) return [];
  const story = storyOf(facts, event.connection);
  const ns = waited(event, story, facts);
  if (ns < WAITED_LEAST_NS || story === undefined) return [];
  const sendTargets = event.fields['initiator.SendTargets'];
  const what = sendTargets === undefined ? 'A Text Request' : `SendTargets=${sendTargets}`;
  const closer = story.connection.closedNs >= 0 ? ' when the connection ended' : '';
  return [
    {
      ...placed(event, session, ns),
      id: 'text-unanswered',
      severity: 'critical',
      title: `${what} got no answer from the target for ${durationText(ns)}`,
      text:
        `The Text Request (frame ${event.frame}) had waited ${durationText(ns)}${closer}. ${since(story, event)}` +
        (sendTargets === undefined ? '' : ' The host learns of no target.'),
    },
  ];
}

function logout(event: SessionEvent, facts: Facts, session: number): Found[] {
  const story = storyOf(facts, event.connection);
  const { response, rejected } = event.fields;
  if (rejected === true) return [];
  if (event.endNs >= 0 && typeof response === 'number' && response !== 0) {
    return [
      {
        ...placed(event, session, event.endNs - event.timeNs),
        id: 'logout-refused',
        severity: 'warning',
        title: `The target refused a logout (response ${response})`,
        text: 'What was to be closed goes on: commands may follow.',
      },
    ];
  }
  const ns = waited(event, story, facts);
  if (event.endNs >= 0 || ns < WAITED_LEAST_NS || story === undefined) return [];
  return [
    {
      ...placed(event, session, ns),
      id: 'logout-unanswered',
      severity: 'warning',
      title: `A logout got no answer from the target for ${durationText(ns)}`,
      text: since(story, event),
    },
  ];
}

function placed(event: SessionEvent, session: number, ns: number) {
  return {
    count: 1,
    frames: [event.frame],
    session,
    connection: event.connection,
    fromNs: event.timeNs,
    toNs: event.timeNs + Math.max(0, ns),
    values: { waitedNs: ns },
  };
}

/** What the target did meanwhile. */
function since(story: IscsiConnection, event: SessionEvent): string {
  const { targetLastNs, connection, initiatorDirection } = story;
  if (targetLastNs > event.timeNs) return 'Meanwhile it sent other PDUs: it lives.';
  const { lastNs } = flowOf(connection, initiatorDirection ^ 1);
  return lastNs > event.timeNs
    ? 'Its TCP acknowledged the request; no PDU came.'
    : 'Nothing of it came any more, not even TCP’s acknowledgement.';
}
