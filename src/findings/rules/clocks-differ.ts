// Data that was captured after its own acknowledgement: two taps, and two clocks.

import { durationText, percentText, plural } from '../../lib/number-text.js';
import { flowOf } from '../../stream/connection.js';
import { connectionsOf, type Facts } from '../facts.js';
import type { Found } from '../finding.js';
import type { Rule } from '../rule.js';

/** A few such segments are the capture's disorder; of two clocks a good part of them is. */
const SEGMENTS_MIN = 10;
const SHARE_MIN = 0.2;

export const clocksDiffer: Rule = {
  id: 'clocks-differ',
  about:
    'The two directions were captured by clocks that differ (two taps, two files): data of one side ' +
    'comes, as a rule, after the other side acknowledged it. Latencies are then wrong by as much.',
  tells: {
    'clocks-differ': {
      question: 'Can the capture be trusted?',
      owes: 'capture',
      about: 'Much of what one side sent was captured after the other side had acknowledged it.',
      reference: 'RFC 9293 3.4: what was not received is not acknowledged',
      confidence: 'likely',
      disproof: 'One tap and one clock: then a queue delays one direction by that much.',
      next: 'Shift one of the files by what is told (editcap -t), and read them again.',
    },
  },
  find(facts) {
    return [...lateSide(facts, true), ...lateSide(facts, false)];
  },
};

function lateSide(facts: Facts, ofInitiator: boolean): Found[] {
  let late = 0;
  let segments = 0;
  let ns = 0;
  for (const { connection, initiatorDirection } of connectionsOf(facts)) {
    const f = flowOf(connection, ofInitiator ? initiatorDirection : initiatorDirection ^ 1);
    late += f.seenAfterAck;
    segments += f.dataSegments;
    ns = Math.max(ns, f.seenAfterAckNsMax);
  }
  if (late < SEGMENTS_MIN || late < segments * SHARE_MIN) return [];
  const [who, other] = ofInitiator ? ['initiator', 'target'] : ['target', 'initiator'];
  return [
    {
      id: clocksDiffer.id,
      severity: 'warning',
      title: `What the ${who} sent was captured after the ${other} had acknowledged it`,
      text:
        `${plural(late, 'segment')} (${percentText(late, segments)} of its data) came up to ` +
        `${durationText(ns)} after their ACK, which cannot be: the two directions were captured by ` +
        `two clocks, the ${who}'s late by that much at least. Times between the two sides are wrong ` +
        'by it, latencies too.',
      count: late,
      frames: [],
      inferred: true,
      values: { segments: late, dataSegments: segments, afterAckNsMax: ns },
    },
  ];
}
