// What the capture does not hold: bytes never captured, bytes cut by snaplen, boundaries lost.

import { snaplenOf } from '../../capture/facts.js';
import { bytesText, countText, percentText, plural } from '../../lib/number-text.js';
import type { IscsiConnection } from '../../session/model.js';
import { flowOf } from '../../stream/connection.js';
import { connectionsOf, type Facts, storyOf } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule, when } from '../rule.js';
import { headersCut } from '../support/headers-cut.js';
import { framing } from '../watch/framing.js';

/** Packets that make a side of a conversation. */
const ONE_SIDE_LEAST = 3;

export const captureLoss: Rule = {
  id: 'capture-loss',
  about:
    'Bytes of iSCSI connections that are not in the capture: missing (never captured), cut (by ' +
    'snaplen), or between PDUs whose boundaries were lost. Numbers that rest on them say so.',
  tells: {
    'capture-loss': {
      question: 'Can the capture be trusted?',
      owes: 'capture',
      leadsTo: ['status-not-captured', 'login-answer-not-captured'],
      about: 'Bytes are not in the capture.',
      reference: 'Zeek capture_loss (acknowledged and never seen)',
      confidence: 'certain',
      disproof: 'The same bytes in another file of the same capture.',
      next:
        'Capture again: without snaplen (-s 0), with a larger buffer (-B), both directions, written to a ' +
        'fast disk, with a filter on the hosts that matter.',
    },
  },
  watches: [framing],
  find(facts) {
    return [...missing(facts), ...cut(facts), ...unframed(facts)];
  },
};

function missing(facts: Facts): Found[] {
  const findings: Found[] = [];
  for (const story of connectionsOf(facts)) {
    const { connection } = story;
    const { a, b } = connection;
    // What its receiver never got was not lost by the capture (lost-on-path).
    const bytes = a.missingBytes + b.missingBytes - a.lostBytes - b.lostBytes;
    if (isOneDirection(story)) {
      // One packet or two may have had an address changed on their way: no side of a conversation is missing.
      if (a.packets + b.packets >= ONE_SIDE_LEAST) findings.push(oneDirection(story));
      continue;
    }
    if (bytes === 0) continue;
    const acked = a.ackedUnseenBytes + b.ackedUnseenBytes;
    findings.push({
      id: captureLoss.id,
      severity: 'warning',
      title: `${bytesText(bytes)} of the connection are missing in the capture`,
      text:
        `${plural(a.missingGaps + b.missingGaps, 'gap')}, ` +
        `${percentText(bytes, a.streamBytes + b.streamBytes)} of its bytes. ` +
        (acked > 0
          ? `${bytesText(acked)} of them were acknowledged by their receiver: the capture lost ` +
            'them, not the network.'
          : 'No acknowledgement of them was captured either.'),
      count: a.missingGaps + b.missingGaps,
      frames: gapsOf(facts, connection.id),
      session: story.session,
      connection: connection.id,
      values: { missingBytes: bytes, acknowledgedBytes: acked },
    });
  }
  return findings;
}

/** Packets at which bytes were found to be missing: the first few of the capture are kept. */
function gapsOf({ problems }: Facts, connection: number): number[] {
  const known = problems.kept.filter(
    (problem) => problem.kind === 'bytes-missing' && problem.connection === connection,
  );
  return inOrder(known.map(({ frame = 0 }) => frame));
}

function isOneDirection({ connection }: IscsiConnection): boolean {
  return connection.a.packets === 0 || connection.b.packets === 0;
}

function oneDirection(story: IscsiConnection): Found {
  const { connection, initiatorDirection } = story;
  const fromInitiator = flowOf(connection, initiatorDirection).packets > 0;
  const [seen, unseen] = fromInitiator ? ['initiator', 'target'] : ['target', 'initiator'];
  return {
    id: captureLoss.id,
    severity: 'warning',
    title: `Only what the ${seen} sent was captured`,
    text:
      `There is no packet of the ${unseen}: its answers, and so latencies, can only be bounded by ` +
      'what the other side acknowledged. Capture both directions of the link.',
    count: 1,
    frames: [],
    session: story.session,
    connection: connection.id,
  };
}

function cut(facts: Facts): Found[] {
  const { packetsTruncated, packets, originalBytes, capturedBytes } = facts.capture;
  if (packetsTruncated === 0) return [];
  const snaplen = snaplenOf(facts.capture);
  const headers = headersCut(facts);
  const take =
    headers === undefined
      ? ''
      : ` Of ${countText(headers.count)} headers only ${headers.bytes} of 48 bytes and the like are here: ` +
        `snaplen ${headers.snaplen} takes those that begin a segment, 160 is safe.`;
  return [
    {
      id: captureLoss.id,
      severity: 'note',
      title: `Packets were cut when they were captured${snaplen > 0 ? ` (snaplen ${snaplen})` : ''}`,
      text:
        `${plural(packetsTruncated, 'packet')} of ${plural(packets, 'packet')} lack their last bytes, ` +
        `${bytesText(originalBytes - capturedBytes)} in all. Commands are counted by their headers; ` +
        `a header that was cut is not captured, never malformed.${take}`,
      count: packetsTruncated,
      frames: [],
      ...(headers === undefined
        ? {}
        : { next: `Capture with a snaplen of ${headers.snaplen} or more.` }),
    },
  ];
}

function unframed(facts: Facts): Found[] {
  const findings: Found[] = [];
  for (const group of facts.evidence.of(framing).groups.values()) {
    if (group.unframedBytes === 0) continue;
    // A direction of which there is nothing has no boundaries either: said already.
    const story = storyOf(facts, group.connection);
    if (group.losses.count === 1 && story !== undefined && isOneDirection(story)) continue;
    findings.push({
      id: captureLoss.id,
      severity: 'note',
      title: `${bytesText(group.unframedBytes)} could not be told apart into PDUs`,
      text:
        'The capture began in mid-stream, or bytes that hide a header are missing; boundaries were ' +
        'found again after them. PDUs in between are not counted.',
      count: group.losses.count,
      frames: group.losses.frames,
      session: story?.session,
      connection: group.connection,
      inferred: true,
      ...when(group.losses),
    });
  }
  return findings;
}
