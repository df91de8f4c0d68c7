// A way that passes so much and no more: the segments of a PDU come at a rate of its own, which no window, no
// sender and no receiver sets.

import { bytesText, durationText, plural } from '../../lib/number-text.js';
import type { IscsiConnection } from '../../session/model.js';
import { flowOf } from '../../stream/connection.js';
import { connectionsOf } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule } from '../rule.js';
import { roundTripOf, slowWayOf } from '../support/slow-way.js';
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
    'acks-under-load': {
      question: 'A way that passes little',
      leadsTo: ['slow-commands', 'tcp-delay'],
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
    return connectionsOf(facts).flatMap((story) =>
      [0, 1].flatMap((side) => {
        const one = slowWayOf(story, side, facts);
        return one === undefined ? queued(story, side) : [told(one, story, side)];
      }),
    );
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
