// The initiator owes data: an R2T asked for it (RFC 7143 11.8), and it did not come, or seconds later.

import { bytesText, countText, durationText, plural } from '../../lib/number-text.js';
import { type Facts, storyOf } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, LOSES_CONNECTION, type Rule, when } from '../rule.js';
import { doubtOf } from '../support/doubt.js';
import { ends } from '../watch/ends.js';
import { type HostLate, hostData } from '../watch/host-data.js';
import { type StuckWatch, stuck } from '../watch/stuck.js';

/** LIO closes a connection whose data is 3 s late; from here on somebody gives up. */
const LONG_NS = 3e9;

export const r2tUnanswered: Rule = {
  id: 'r2t-unanswered',
  about:
    'Writes that the target asked data of by R2T, or whose unsolicited data was announced: the initiator owes it. It never came until the ' +
    'connection, the session or the capture ended (a second or longer), or only after a second and ' +
    'more; with what the initiator did meanwhile.',
  tells: {
    'r2t-unanswered': {
      question: 'Whose move was it when a command hung?',
      owes: 'initiator',
      leadsTo: [...LOSES_CONNECTION, 'commands-open', 'task-management', 'command-stuck'],
      about:
        'The initiator did not send the data that an R2T asked for, or that it had announced (F=0).',
      reference:
        'RFC 7143 11.8; Linux LIO closes after 3 s ("Unable to recover from DataOut timeout while in ' +
        'ERL=0"), the host logs conn error 1020',
      confidence: 'certain',
      proof: ['r2t.targetTransferTag', 'r2t.desiredDataTransferLength'],
      disproof: 'Data-Out of these R2Ts in bytes that the capture misses.',
      next:
        'Look at the host, not at the storage: was it stopped, out of memory or of processor, or is its ' +
        'initiator stuck? Its kernel log of that time tells.',
    },
    'r2t-answered-late': {
      question: 'Whose move was it when a command hung?',
      owes: 'initiator',
      leadsTo: ['commands-aborted', 'task-management'],
      about: 'The initiator sent the data of an R2T a second or longer after it was asked for.',
      reference: 'RFC 7143 11.8',
      confidence: 'certain',
      proof: ['r2t.targetTransferTag', 'data-out.targetTransferTag'],
      disproof:
        'A receive window of the target that was closed, or a path that lost the first sending.',
      next: 'Look at the host at that time: processor, memory, a stopped machine, its send queue.',
    },
  },
  watches: [ends, hostData, stuck],
  find(facts) {
    return [
      ...[...facts.evidence.of(stuck).bySession.values()].flatMap((one) => never(one, facts)),
      ...[...facts.evidence.of(hostData).bySession.values()].flatMap((one) => late(one, facts)),
    ];
  },
};

function never({ session, dataOwed }: StuckWatch, facts: Facts): Found[] {
  if (dataOwed.count === 0 || doubtOf(session, facts) !== undefined) return [];
  const { sinceNs, endNs, bytes, connection, others } = dataOwed;
  const count = dataOwed.count + dataOwed.tooLate;
  const story = storyOf(facts, connection);
  // Of other transports the way loses frames, and nobody sends them again.
  if (story === undefined || story.session !== session) return [];
  // What came after the end came too late.
  const state = facts.evidence.of(ends).states.get(connection) ?? story;
  const ns = endNs - sinceNs;
  const lost = story.ended === 'connection lost';
  return [
    {
      id: 'r2t-unanswered',
      severity: lost || ns >= LONG_NS ? 'critical' : 'warning',
      title: `The initiator owed the data of ${plural(count, 'write')} for ${durationText(ns)}, and never sent it`,
      text:
        `${askedText(dataOwed)} ` +
        `${meanwhile(others, state.initiatorLastNs, dataOwed.lastNs)} The target waited for the host, ` +
        'not the host for the target.',
      count,
      frames: inOrder(dataOwed.frames),
      session,
      ...(connection < 0 ? {} : { connection }),
      fromNs: sinceNs,
      toNs: endNs,
      values: { waitedNs: ns, bytesDue: bytes, othersAnswered: others },
    },
  ];
}

/** What makes it the initiator's to send: R2Ts, or its own word. */
function askedText({ bytes, announced }: StuckWatch['dataOwed']): string {
  const words: string[] = [];
  if (bytes > 0) {
    words.push(`The target had asked for it by R2T: ${bytesText(bytes)} in all are still due.`);
  }
  if (announced > 0) {
    const which = `${plural(announced, 'write')} ${announced === 1 ? 'has' : 'have'} F=0`;
    words.push(`${which}: data without an R2T was announced, and did not come whole.`);
  }
  return words.join(' ');
}

/** Whether the initiator lived. */
function meanwhile(others: number, lastNs: number, sinceNs: number): string {
  if (lastNs <= sinceNs + 1e6)
    return 'Since then it sent no PDU at all: it stood still, or was cut off.';
  const answered = others > 0 ? `, and ${plural(others, 'other command')} ended` : '';
  return `Meanwhile it sent other PDUs${answered}: it lives, and left these out.`;
}

function late(one: HostLate, facts: Facts): Found[] {
  if (one.count === 0 || doubtOf(one.session, facts) === 'clocks') return [];
  const quick =
    one.quick > 0
      ? ` ${countText(one.quick)} other writes of the session got their data sooner.`
      : '';
  return [
    {
      id: 'r2t-answered-late',
      severity: 'warning',
      title: `The initiator sent the data of an R2T ${durationText(one.nsMax)} after it was asked for`,
      text:
        `${plural(one.count, 'write')} waited a second or longer for the host between an R2T and the ` +
        `first byte of its data.${quick} The target had done its part.`,
      count: one.count,
      frames: inOrder([one.frame, ...one.frames]),
      session: one.session,
      ...when(one),
      toNs: Math.max(one.lastNs, one.r2tNs + one.nsMax),
      values: { hostNsMax: one.nsMax },
    },
  ];
}
