// What the target asked the initiator to go on with, and it did not: the rest of a text, a logout, a
// negotiation (RFC 7143 11.9.1, 11.11.4).

import { durationText, plural } from '../../lib/number-text.js';
import type { Session, SessionEvent } from '../../session/model.js';
import { flowOf } from '../../stream/connection.js';
import { AsyncEvent } from '../../wire/iscsi/codes.js';
import { type Facts, storyOf } from '../facts.js';
import type { Found } from '../finding.js';
import { LOSES_CONNECTION, type Rule } from '../rule.js';
import { type Ignored, ignoredRequests } from '../support/async-requests.js';
import { heardSince } from '../support/heard.js';
import { closerOf } from '../support/who.js';
import { framing } from '../watch/framing.js';

/** An initiator that goes on does so at once. */
const WAITED_LEAST_NS = 2e9;

export const askedToGoOn: Rule = {
  id: 'asked-to-go-on',
  about:
    'A Text Response that said it was not all (C=1, or F=0 with a Target Transfer Tag), and no Text ' +
    'Request for the rest within two seconds; an Asynchronous Message that asked for a logout or a ' +
    'negotiation, which did not come within the seconds of its Parameter3. Told where the initiator was ' +
    'heard afterwards and nothing of it is missing.',
  watches: [framing],
  tells: {
    'text-rest-not-asked': {
      question: 'Whose move was it when a request hung?',
      owes: 'initiator',
      leadsTo: [...LOSES_CONNECTION, 'login-storm'],
      about: 'The initiator never asked for the rest of a text answer.',
      reference:
        'RFC 7143 11.11.4 (“MUST copy the Target Transfer Tag … in its next request to indicate that it ' +
        'wants the rest of the data”), 6.2 (C bit)',
      confidence: 'certain',
      proof: ['text-response.final', 'text-response.continue', 'text-response.targetTransferTag'],
      disproof: 'A Text Request that the capture misses without a trace.',
      next:
        'See the initiator’s software: it does not follow up answers that take more than one PDU. A larger ' +
        'MaxRecvDataSegmentLength of the initiator, or fewer targets and portals told, let the answer fit.',
    },
    'logout-request-ignored': {
      question: 'Who closed, and why',
      owes: 'initiator',
      leadsTo: [...LOSES_CONNECTION, 'async-message', 'reject', 'commands-rejected'],
      about:
        'The target asked for a logout, and the initiator did not log out in the time it was given.',
      reference:
        'RFC 7143 11.9.1 (“MUST honor this request by issuing a Logout as early as possible but no later ' +
        'than Parameter3 seconds”)',
      confidence: 'certain',
      proof: ['async-message.asyncEvent', 'async-message.parameter3'],
      disproof: 'A Logout Request that the capture misses without a trace.',
      next:
        'See the host’s log of that time, and whether its initiator knows Asynchronous Messages; what the ' +
        'target wanted to do (an update, a failover) is in its own log.',
    },
    'negotiation-request-ignored': {
      question: 'Whose move was it when a request hung?',
      owes: 'initiator',
      leadsTo: [...LOSES_CONNECTION, 'async-message'],
      about: 'The target asked for a negotiation, and the initiator sent no Text Request in time.',
      reference: 'RFC 7143 11.9.1 (“a Text Request … no later than Parameter3 seconds”)',
      confidence: 'certain',
      proof: ['async-message.asyncEvent', 'async-message.parameter3'],
      disproof: 'A Text Request that the capture misses without a trace.',
      next: 'See the initiator’s software: it does not begin a negotiation that the target asks for.',
    },
  },
  find(facts) {
    return facts.sessions.flatMap((session) => [
      ...session.events.flatMap((event) => textLeft(event, session, facts)),
      ...ignoredRequests(session, facts).map(ignored),
    ]);
  },
};

function textLeft(event: SessionEvent, session: Session, facts: Facts): Found[] {
  const { rest } = event;
  const story = storyOf(facts, event.connection);
  if (rest === undefined || story === undefined || story.initiatorDirection < 0) return [];
  const { connection } = story;
  const left = session.events.find(
    (one) =>
      one.kind === 'logout' && one.connection === event.connection && one.timeNs >= rest.timeNs,
  );
  const closedNs = left?.timeNs ?? connection.closedNs;
  const untilNs = closedNs >= 0 ? closedNs : facts.lastNs;
  const waitedNs = untilNs - rest.timeNs;
  const byTarget = left === undefined && closerOf(story) === 'target';
  const gone = left !== undefined || closerOf(story) === 'initiator';
  // Who goes away has asked for nothing more: however soon. Else it had time to ask, and was there.
  if (!gone && waitedNs < WAITED_LEAST_NS) return [];
  if (!heardSince(story, 'initiator', rest.timeNs, facts)) return [];
  const { lastNs } = flowOf(connection, story.initiatorDirection);
  if (lastNs <= rest.timeNs) return [];
  const sendTargets = event.fields['initiator.SendTargets'];
  const what = sendTargets === undefined ? 'a text answer' : `SendTargets=${sendTargets}`;
  const span = durationText(waitedNs);
  const ended = byTarget ? ' Then the target closed the connection.' : '';
  const how = rest.continues
    ? 'C=1: a set of keys that is not complete'
    : 'F=0 and a Target Transfer Tag: the target has more to say';
  return [
    {
      id: 'text-rest-not-asked',
      severity: byTarget ? 'critical' : 'warning',
      title: gone
        ? `The initiator left without asking for the rest of ${what}`
        : `The initiator did not ask for the rest of ${what} for ${span}`,
      text:
        `The Text Response in frame ${rest.frame} is not the last (${how}), and the initiator’s TCP took it. ` +
        `No Text Request asked for what follows${gone ? '' : ` in ${span}`}.${ended}` +
        (sendTargets === undefined
          ? ''
          : ' The host may know only a part of the targets and portals.'),
      count: 1,
      frames: [event.frame, rest.frame],
      session: session.id,
      connection: event.connection,
      fromNs: rest.timeNs,
      toNs: untilNs,
      values: { waitedNs },
    },
  ];
}

function ignored({ event, session, story, seconds, endNs, lateFrame }: Ignored): Found {
  const logout = Number(event.fields.asyncEvent) === AsyncEvent.logoutRequest;
  const what = logout ? 'logout' : 'negotiation';
  const waitedNs = endNs - event.timeNs;
  const span = durationText(waitedNs);
  const byTarget = lateFrame === 0 && closerOf(story) === 'target';
  const said = story.initiatorLastNs > event.timeNs;
  const after = logout && said ? ' Meanwhile it sent other PDUs on that connection: it lives.' : '';
  return {
    id: logout ? 'logout-request-ignored' : 'negotiation-request-ignored',
    severity: byTarget ? 'critical' : 'warning',
    title:
      lateFrame > 0
        ? `The initiator took ${span} for the ${what} that the target wanted within ${plural(seconds, 'second')}`
        : `The initiator ignored the target’s request for a ${what}`,
    text:
      `The Asynchronous Message in frame ${event.frame} wants it within ${plural(seconds, 'second')} (Parameter3). ` +
      (lateFrame > 0
        ? `It came after ${span} (frame ${lateFrame}).`
        : `None came in ${span}.${after}${byTarget ? ' Then the target closed the connection, as it may.' : ''}`),
    count: 1,
    frames: [event.frame, lateFrame].filter((frame) => frame > 0),
    session: session.id,
    connection: event.connection,
    fromNs: event.timeNs,
    toNs: endNs,
    values: { waitedNs, secondsGiven: seconds },
  };
}
