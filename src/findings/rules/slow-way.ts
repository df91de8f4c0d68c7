// A way that passes so much and no more: the segments of a PDU come at a rate of its own, which no window, no
// sender and no receiver sets.

import { bytesText, durationText, plural } from '../../lib/number-text.js';
import type { IscsiConnection } from '../../session/model.js';
import { flowOf } from '../../stream/connection.js';
import { Opcode } from '../../wire/iscsi/codes.js';
import { connectionsOf } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule } from '../rule.js';
import { lengthened, longWayOf, roundTripOf, slowWayOf } from '../support/slow-way.js';
import { endOf, otherEnd } from '../support/who.js';
import { type Even, ways } from '../watch/slow-way.js';

export const slowWay: Rule = {
  id: 'slow-way',
  about:
    'The bytes of 16 and more large Data-In or Data-Out in turn came evenly at 100 Mbit/s or less, fewer than ' +
    'two segments in the connection’s least round trip, while the receiver’s window was open and nothing was ' +
    'lost: what a narrow link, a shaper or a policy does. A slow target pauses before its data, not within it.',
  tells: {
    'slow-way': {
      question: 'A way that passes little',
      owes: 'network',
      leadsTo: [
        'slow-commands',
        'tcp-delay',
        'sent-again-in-vain',
        'ping-slow',
        'path-skew',
        'host-slow',
        'r2t-answered-late',
        'task-management',
      ],
      about: 'The way passes bytes at a low and constant rate.',
      reference: 'RFC 5136 (capacity of a link), RFC 3148 (bulk transfer); ACK clocking, RFC 5681',
      confidence: 'likely',
      disproof:
        'A sender that hands its data to TCP in pieces of a segment, as slowly: a capture at the sender shows ' +
        'whether it waits for ACKs.',
      next:
        'See the ports on the way: a link that fell back to a lower speed, a shaper or policer, a line of the ' +
        'provider that is full. The rate that is told is what it passes.',
    },
    'way-long': {
      question: 'A way that passes little',
      owes: 'none',
      leadsTo: ['slow-commands', 'r2t-serialised', 'sent-again-in-vain'],
      about:
        'The round trip between both ends is 20 ms and more, from the handshake on; or it became so, steadily and ' +
        'also for what was alone on its way.',
      reference:
        'RFC 7323 1.1 (bandwidth × delay); RFC 7143 13.14, 13.17 (MaxBurstLength, MaxOutstandingR2T)',
      confidence: 'likely',
      disproof:
        'A queue of other traffic on the way, or a receiver that delays every ACK alike: a capture at the other end.',
      next:
        'Nothing is broken. Fewer round trips: ImmediateData, InitialR2T=No, a larger FirstBurstLength and MaxBurstLength, ' +
        'MaxOutstandingR2T above 1; more commands at once; TCP windows of rate × round trip.',
    },
    'acks-under-load': {
      question: 'A way that passes little',
      leadsTo: ['slow-commands', 'tcp-delay', 'sent-again-in-vain'],
      about:
        'What a side sends is acknowledged far later under load than at rest: it queues up before its receiver has it.',
      reference: 'RFC 7567 1 (queues that are full); RFC 6298 (round trips)',
      confidence: 'likely',
      disproof:
        'A receiver that delays its ACKs, or whose machine is busy: a capture there shows when the data came.',
      next:
        'Capture at the receiver: data that comes evenly there is a narrow way (slow-way), data that comes at once ' +
        'and is acknowledged late is the receiver. See the speeds of the ports between.',
    },
  },
  watches: [ways],
  find(facts) {
    return connectionsOf(facts)
      .flatMap((story) =>
        [0, 1].flatMap((side) => {
          const one = slowWayOf(story, side, facts);
          return one === undefined ? queued(story, side) : [told(one, story, side)];
        }),
      )
      .concat(connectionsOf(facts).flatMap(long));
  },
};

function told(one: Even, story: IscsiConnection, side: number): Found {
  const { connection, session } = story;
  const from = endOf(story, side);
  const to = otherEnd(from);
  const bitsPerSecond = 8e9 / one.nsPerByte;
  const roundTripNs = roundTripOf(connection);
  return {
    id: slowWay.id,
    severity: 'warning',
    title: `The way from the ${from} to the ${to} passes ${rateText(bitsPerSecond)} and no more`,
    text:
      `${plural(one.pdus, 'PDU')} of up to ${bytesText(one.bytesMax)} in turn: ${durationText(one.nsPerByte * 1000)} ` +
      `a 1,000 bytes from the first to the last byte of each, ${durationText(one.ns)} of waiting in all. A round trip ` +
      `takes ${durationText(roundTripNs)} at least: no window and no ACK is so slow, and the ${to}’s window was ` +
      `open. The ${from} had the data: within a PDU it has nothing to wait for.`,
    count: one.pdus,
    frames: inOrder(one.frames),
    session,
    connection: connection.id,
    fromNs: one.fromNs,
    toNs: one.toNs,
    values: {
      bitsPerSecond: Math.round(bitsPerSecond),
      transferNsTotal: one.ns,
      roundTripNsMin: roundTripNs,
    },
  };
}

/** "1.02 Mbit/s". */
function rateText(bitsPerSecond: number): string {
  if (bitsPerSecond < 1e6) return `${Math.round(bitsPerSecond / 1e3)} kbit/s`;
  const mbit = bitsPerSecond / 1e6;
  return `${mbit < 10 ? mbit.toFixed(1) : Math.round(mbit)} Mbit/s`;
}

/** A line that storage uses, to say what a long way asks for. */
const LINE_BYTES_PER_NS = 0.125;

function long(story: IscsiConnection): Found[] {
  const { connection, session, pdusByOpcode, initiatorDirection } = story;
  const way = initiatorDirection < 0 ? undefined : longWayOf(story);
  if (way === undefined) return [];
  const { ns, since } = way;
  const r2ts = pdusByOpcode[Opcode.r2t];
  const flightMax = Math.max(connection.a.flightMax, connection.b.flightMax);
  const begun =
    since === undefined
      ? 'It was so long from the handshake on: that is its length, no load made it.'
      : `Before it was ${durationText(since.beforeNs)}. Since then also what was alone on its way took as long: no queue ` +
        'of this connection made it.';
  const asked =
    r2ts === 0
      ? ''
      : ` Each R2T costs one more: ${plural(r2ts, 'R2T')}, up to ${durationText(r2ts * ns)} in all.`;
  return [
    {
      id: 'way-long',
      severity: 'note',
      title: `The way ${since === undefined ? 'is' : 'became'} ${durationText(ns)} long, there and back`,
      text:
        `${begun} Each command waits for it once at least.${asked} At most ${bytesText(flightMax)} were on their way at ` +
        `once, which lets ${rateText((flightMax * 8e9) / ns)} through; 1 Gbit/s takes ${bytesText(Math.round(ns * LINE_BYTES_PER_NS))}.`,
      count: 1,
      frames: [],
      session,
      connection: connection.id,
      fromNs: since?.fromNs ?? connection.openedNs,
      toNs: connection.lastNs,
      values: { roundTripNsMin: ns, r2ts, flightBytesMax: flightMax },
    },
  ];
}

/** Far above a delayed ACK of Linux (40 ms), for so long, and so often. */
const LATE_NS = 80e6;
const LATE_TIMES = 10;
const LATE_LEAST_NS = 1e9;
const LATE_SAMPLES = 20;
const BUCKET_SAMPLES = 3;
/** More than one command's answer was on its way. */
const FLIGHT_LEAST = 16_384;
/** What else makes ACKs late: losses, delayed ACKs. */
const AGAIN_SHARE = 0.02;
const DELAYED_SHARE = 0.1;

/**
 * At the end that sends: what it sent at once was acknowledged bit by bit, later the more was on its way. Whether the
 * way is narrow or the receiver slow this end cannot know: the sender it is not.
 */
function queued(story: IscsiConnection, side: number): Found[] {
  const { connection, initiatorDirection, session } = story;
  const flow = flowOf(connection, side);
  const receiver = flowOf(connection, side ^ 1);
  const { rtt, dataSegments, flightMax } = flow;
  const again = flow.retransmittedSegments - flow.retransmittedSpurious;
  if (initiatorDirection < 0 || flightMax < FLIGHT_LEAST) return [];
  if (again > dataSegments * AGAIN_SHARE || receiver.zeroWindows > 0) return [];
  if (receiver.delayedAcks > rtt.count * DELAYED_SHARE) return [];
  const late = rtt.buckets().filter(({ count, meanNs }) => {
    return count >= BUCKET_SAMPLES && meanNs >= Math.max(LATE_NS, rtt.minNs * LATE_TIMES);
  });
  // A way that is long is so at rest, too.
  if (lengthened(story, side) !== undefined) return [];
  const samples = late.reduce((sum, { count }) => sum + count, 0);
  if (late.length * rtt.widthNs < LATE_LEAST_NS || samples < LATE_SAMPLES) return [];
  const meanNs = late.reduce((sum, one) => sum + one.count * one.meanNs, 0) / samples;
  const mostNs = Math.max(...late.map((one) => one.maxNs));
  const from = endOf(story, side);
  const to = otherEnd(from);
  return [
    {
      id: 'acks-under-load',
      severity: 'warning',
      title: `What the ${from} sends is acknowledged after ${durationText(meanNs)} under load, ${durationText(rtt.minNs)} at rest`,
      text:
        `Up to ${bytesText(flightMax)} were on their way at once, and their ACKs came up to ${durationText(mostNs)} later. ` +
        `The ${from} had sent them: it is not what is slow. They wait on the way (a narrow link, a shaper), or the ` +
        `${to} acknowledges late; this end of the capture cannot tell which.`,
      count: samples,
      frames: [],
      session,
      connection: connection.id,
      fromNs: late[0].fromNs,
      toNs: late[late.length - 1].fromNs + rtt.widthNs,
      values: {
        ackNsMean: meanNs,
        ackNsMax: mostNs,
        roundTripNsMin: rtt.minNs,
        flightBytesMax: flightMax,
      },
    },
  ];
}
