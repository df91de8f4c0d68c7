// Small segments pass and full ones never do: a path whose MTU is smaller than both ends think.

import { durationText, plural } from '../../lib/number-text.js';
import type { IscsiConnection } from '../../session/model.js';
import { type Flow, flowOf } from '../../stream/connection.js';
import { connectionsOf, type Facts } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, LOSES_CONNECTION, type Rule } from '../rule.js';
import { tcpWatches } from '../watch/tcp.js';

/** Tries of the same segment: two may be chance, three with growing pauses are the timer's. */
const TIMES_LEAST = 3;
/** … or so many with even pauses. */
const TIMES_EVEN = 8;
/** What passes every path (IPv6's least MTU, 1280, less headers); below it the size is not the cause. */
const SMALL = 1220;
/** The stuck segment is as large as this side sends them. */
const FULL_SHARE = 0.9;

export const mtuBlackHole: Rule = {
  id: 'mtu-black-hole',
  about:
    'A full-sized segment was sent again three times and more with growing pauses, while the other side ' +
    'went on to answer small ones: a hop on the path drops large packets, and may not say so.',
  tells: {
    'mtu-black-hole': {
      question: 'MTU',
      owes: 'network',
      leadsTo: [
        ...LOSES_CONNECTION,
        'mtu-black-hole',
        'ping-timeout',
        'tcp-delay',
        'command-stuck',
        'commands-open',
        'capture-loss',
        'status-not-captured',
        'login-unanswered',
      ],
      about: 'Full-sized segments never arrive, small ones do.',
      reference: 'RFC 2923 2.1 (black holes), RFC 4821',
      confidence: 'likely',
      disproof:
        'A path that lost all packets at that time, also small ones (see the other direction).',
      next:
        'Ping with DF and the full size (-M do -s 8972 for jumbo frames) hop by hop; set the same MTU on ' +
        'hosts, switches and target, or lower the MSS.',
    },
    'fragmentation-needed': {
      question: 'MTU',
      owes: 'network',
      leadsTo: [
        ...LOSES_CONNECTION,
        'mtu-black-hole',
        'ping-timeout',
        'tcp-delay',
        'command-stuck',
        'commands-open',
        'capture-loss',
        'status-not-captured',
        'login-unanswered',
      ],
      about: 'A router said that packets are too big for its next hop.',
      reference: 'RFC 1191, RFC 4443 3.2',
      confidence: 'certain',
      disproof:
        'Messages about other traffic: they hold the header of the packet that did not fit.',
      next: 'Set the MTU that it names on this path, or find why that hop has a smaller one.',
    },
  },
  watches: [tcpWatches],
  find(facts) {
    return [
      ...connectionsOf(facts).flatMap((story) =>
        [0, 1].flatMap((side) => stuck(story, side, facts)),
      ),
      ...told(facts),
    ];
  },
};

function stuck(story: IscsiConnection, side: number, facts: Facts): Found[] {
  const { connection, initiatorDirection } = story;
  const watch = facts.evidence.of(tcpWatches).byDirection.get(connection.id * 2 + side);
  if (watch === undefined) return [];
  const one = watch.stuckest();
  // A sender that is told of the drop by its own host tries again without growing pauses.
  if (one.times < TIMES_LEAST || (one.doubled < 1 && one.times < TIMES_EVEN)) return [];
  const flow = flowOf(connection, side);
  const length = one.length;
  if (length <= SMALL || length < flow.payloadMax * FULL_SHARE) return [];
  // A side that is silent is gone, whatever the size; one that answers gets the small ones.
  if (one.peerSince < 1 || story.pdus < 2) return [];
  const fromInitiator = side === initiatorDirection;
  const who = fromInitiator ? 'initiator' : 'target';
  const peer = flowOf(connection, side ^ 1);
  return [
    {
      id: mtuBlackHole.id,
      severity: 'critical',
      title: `Segments of ${length} bytes from the ${who} do not get through`,
      text:
        `Sent ${plural(one.times + 1, 'time')} in ${durationText(one.lastNs - one.firstNs)}${one.doubled > 0 ? ' with growing pauses' : ''}, ` +
        `while the other side answered smaller ones (${plural(one.peerSince, 'packet')}). ${mss(flow, peer)}` +
        (facts.packets.tooBig.count > 0
          ? 'A router had said so (ICMP).'
          : 'No router said so (ICMP).'),
      count: one.times,
      frames: inOrder(one.frames),
      session: story.session,
      connection: connection.id,
      confidence: facts.packets.tooBig.count > 0 ? 'certain' : undefined,
      fromNs: one.firstNs,
      toNs: one.lastNs,
      values: { segmentBytes: length, times: one.times, mss: peer.mss },
    },
  ];
}

function mss(flow: Flow, peer: Flow): string {
  if (peer.mss < 0) return 'The MSS of its peer was not captured. ';
  return `Its peer’s SYN allows segments of ${peer.mss} bytes (its own: ${flow.mss < 0 ? 'not captured' : flow.mss}). `;
}

function told({ packets: { tooBig } }: Facts): Found[] {
  if (tooBig.count === 0) return [];
  const mtu = tooBig.mtuMin > 0 ? `The smallest size that it named is ${tooBig.mtuMin}.` : '';
  return [
    {
      id: 'fragmentation-needed',
      severity: 'warning',
      title: `${plural(tooBig.count, 'message')} of a router that packets are too big`,
      text: `ICMP "fragmentation needed" or "packet too big". ${mtu}`.trim(),
      count: tooBig.count,
      frames: inOrder([tooBig.frame]),
      values: { mtuMin: tooBig.mtuMin },
    },
  ];
}
