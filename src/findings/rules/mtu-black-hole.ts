// Small segments pass and full ones never do: a path whose MTU is smaller than both ends think.

import { bytesText, durationText, plural } from '../../lib/number-text.js';
import type { Unreachable } from '../../packet/unreachable.js';
import type { IscsiConnection } from '../../session/model.js';
import { addressText, endpointText, flowOf } from '../../stream/connection.js';
import { connectionsOf, type Facts } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, LOSES_CONNECTION, type Rule } from '../rule.js';
import {
  type Behind,
  holesBehind,
  mssText,
  STANDARD_MSS,
  stuckForSize,
} from '../support/black-hole.js';
import { endOf } from '../support/who.js';
import { cutPdus } from '../watch/cut-pdus.js';
import { framing } from '../watch/framing.js';
import { LOST_AGAIN_NS, largeData } from '../watch/large-data.js';
import { tcpWatches } from '../watch/tcp.js';

export const mtuBlackHole: Rule = {
  id: 'mtu-black-hole',
  about:
    'A full-sized segment was sent again three times and more with growing pauses, while the other side ' +
    'went on to answer small ones, or told by SACK that they came: a hop on the path drops large packets, and ' +
    'may not say so. At the end that receives: connections in turn that stop where a large one was due.',
  tells: {
    'mtu-black-hole': {
      question: 'MTU',
      owes: 'network',
      leadsTo: [
        ...LOSES_CONNECTION,
        'mtu-black-hole',
        'side-silent',
        'lost-on-path',
        'ping-timeout',
        'tcp-delay',
        'command-stuck',
        'command-ignored',
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
    'lost-on-path': {
      question: 'Lost where: by the capture, or on the way?',
      owes: 'network',
      leadsTo: [
        ...LOSES_CONNECTION,
        'ping-timeout',
        'tcp-delay',
        'command-stuck',
        'command-ignored',
        'commands-open',
        'status-not-captured',
        'capture-loss',
      ],
      about: 'Bytes never reached their receiver: its acknowledgements stand still at the hole.',
      reference: 'RFC 5681 3.2 (duplicate acknowledgements), RFC 2018 (SACK)',
      confidence: 'certain',
      disproof: 'A receiver that dropped them itself behind its network card.',
      next:
        'Look on the way from the sender to this capture: errors and drops of switch ports, MTU, a cable. ' +
        'A capture nearer to the sender shows how far they came.',
    },
    'fragmentation-needed': {
      question: 'MTU',
      owes: 'network',
      leadsTo: [
        ...LOSES_CONNECTION,
        'mtu-black-hole',
        'side-silent',
        'lost-on-path',
        'ping-timeout',
        'tcp-delay',
        'command-stuck',
        'command-ignored',
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
  watches: [cutPdus, framing, tcpWatches, largeData],
  find(facts) {
    return [
      ...connectionsOf(facts).flatMap((story) =>
        [0, 1].flatMap((side) => stuck(story, side, facts)),
      ),
      ...holesBehind(facts).map(toBehind),
      ...lost(facts),
      ...told(facts),
    ];
  },
};

function stuck(story: IscsiConnection, side: number, facts: Facts): Found[] {
  const { connection } = story;
  const one = stuckForSize(story, side, facts);
  if (one === undefined) return [];
  const who = endOf(story, side);
  const peer = flowOf(connection, side ^ 1);
  const small =
    one.behindBytes > 0
      ? `while ${plural(one.behindBytes, 'byte')} sent behind it arrived (SACK)`
      : `while the other side answered smaller ones (${plural(one.peerSince, 'packet')})`;
  return [
    {
      id: mtuBlackHole.id,
      severity: 'critical',
      title: `Segments of ${one.length} bytes from the ${who} do not get through`,
      text:
        `Sent ${plural(one.times + 1, 'time')} in ${durationText(one.lastNs - one.firstNs)}${one.doubled > 0 ? ' with growing pauses' : ''}, ` +
        `${small}. ${mssText(flowOf(connection, side), peer)}` +
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
      values: { segmentBytes: one.length, times: one.times, mss: peer.mss },
    },
  ];
}

function toBehind(all: readonly Behind[]): Found {
  const [{ story, side, dueBytes, fromNs }] = all;
  const last = all[all.length - 1].story.connection.closedNs;
  const who = endOf(story, side);
  const largest = Math.max(...all.map((one) => flowOf(one.story.connection, one.side).payloadMax));
  const flow = flowOf(story.connection, side);
  return {
    id: mtuBlackHole.id,
    severity: 'critical',
    title: `Large segments from the ${who} never arrive here; small ones do (MTU)`,
    text:
      `${plural(all.length, 'connection')} in turn stopped where the first large segment was due ` +
      `(${plural(dueBytes, 'byte')}); the largest that ever came has ${plural(largest, 'byte')}, though both ` +
      `SYNs agree on ${flow.mss}. They were lost on the way before this end, not by the capture.`,
    count: all.length,
    frames: inOrder(all.map((one) => one.frame)),
    session: story.session,
    connection: story.connection.id,
    fromNs,
    toNs: last,
    values: { mss: flow.mss, payloadBytesMax: largest, connections: all.length },
  };
}

/** Lost on the way before the capture, whatever their size. */
function lost(facts: Facts): Found[] {
  return connectionsOf(facts).flatMap((story) =>
    [0, 1].flatMap((side) => {
      const flow = flowOf(story.connection, side);
      if (flow.lostBytes === 0) return [];
      const who = endOf(story, side);
      return [
        {
          id: 'lost-on-path',
          severity: 'warning' as const,
          title: `${bytesText(flow.lostBytes)} of the ${who} were lost on the way, before the capture point`,
          text:
            'Later bytes came, and the receiver went on to acknowledge what lies before the hole only ' +
            `(${plural(flowOf(story.connection, side ^ 1).duplicateAcks, 'duplicate ACK')}): it never got ` +
            `them, so the capture did not lose them. What came behind the hole could not be read. ${onlySmall(story, side)}`,
          count: 1,
          frames: inOrder([flow.lostFrame]),
          session: story.session,
          connection: story.connection.id,
          fromNs: flow.lostNs,
          toNs: story.connection.lastNs,
          values: { lostBytes: flow.lostBytes },
          ...(onlySmall(story, side) === '' ? {} : { next: SMALL_NEXT }),
        },
      ];
    }),
  );
}

const SMALL_NEXT =
  'Ping from the sender with DF and the full size (-M do -s 8972 for jumbo frames) hop by hop; then see errors ' +
  'and drops of switch ports. A capture at the sender shows whether it sends large segments again and again.';

/** Jumbo frames were agreed, more than one standard frame is lacking, and what came behind fits into one. */
function onlySmall({ connection }: IscsiConnection, side: number): string {
  const flow = flowOf(connection, side);
  const jumbo = flow.mss > STANDARD_MSS && flowOf(connection, side ^ 1).mss > STANDARD_MSS;
  const small = flow.lostBehindBytes > 0 && flow.lostBehindBytes <= STANDARD_MSS;
  if (!jumbo || !small || flow.lostBytes <= STANDARD_MSS) return '';
  return (
    `Both SYNs agree on jumbo frames, and only small ones came behind it (${plural(flow.lostBehindBytes, 'byte')}): ` +
    'an MTU on the way would do that, but this end cannot tell what size the lost ones had.'
  );
}

function told(facts: Facts): Found[] {
  const { tooBig, tooBigOf } = facts.packets;
  if (tooBig.count === 0) return [];
  const mtu = tooBig.mtuMin > 0 ? `The smallest size that it named is ${tooBig.mtuMin}.` : '';
  const quoted = tooBigOf.reduce((sum, { count }) => sum + count, 0);
  const heeded =
    tooBig.mtuMin > 0 && quoted === tooBig.count && tooBigOf.every((one) => isHeeded(one, facts));
  return [
    {
      id: 'fragmentation-needed',
      severity: heeded ? 'note' : 'warning',
      title: heeded
        ? `The path takes packets of ${tooBig.mtuMin} bytes at most: a router said so, and it was heeded`
        : `${plural(tooBig.count, 'message')} of a router that packets are too big`,
      text: `ICMP "fragmentation needed" or "packet too big". ${mtu}${heeded ? HEEDED : ''}`.trim(),
      ...(heeded
        ? {
            ...HEEDED_HOLDS,
            fromNs: Math.min(...tooBigOf.map(({ firstNs }) => firstNs)),
            toNs: Math.max(...tooBigOf.map(({ lastNs }) => lastNs)),
          }
        : {}),
      count: tooBig.count,
      frames: inOrder([tooBig.frame]),
      values: { mtuMin: tooBig.mtuMin },
    },
  ];
}

const HEEDED =
  ' Path MTU discovery works (RFC 1191, RFC 8201): commands with more data than one packet holds, begun after the ' +
  'last of these messages, ended well, and none was told to be too big again.';

const HEEDED_HOLDS = {
  owes: 'none' as const,
  leads: ['tcp-delay'],
  next: 'Nothing, where this path is meant to have that MTU: only the first large packets of a connection are sent twice.',
};

/**
 * The sender took up the size: a large command of the same direction began after the last message and ended well,
 * and the connection went on for longer than a lost segment takes to come again. No message came to it, though that
 * router does send them.
 */
function isHeeded(told: Unreachable, facts: Facts): boolean {
  const { evidence } = facts;
  const of = connectionsOf(facts).flatMap((story) =>
    [0, 1].filter((side) => isOf(told, story, side)).map((side) => ({ story, side })),
  );
  return (
    of.length > 0 &&
    told.lastNs - told.firstNs < LOST_AGAIN_NS &&
    of.every(({ story, side }) => {
      if (stuckForSize(story, side, facts) !== undefined) return false;
      const by = story.session * 2 + (side === story.initiatorDirection ? 0 : 1);
      const large = evidence.of(largeData).bySender.get(by);
      const heardNs = flowOf(story.connection, side ^ 1).lastNs;
      return large !== undefined && large.arrivedNs(heardNs) > told.lastNs;
    })
  );
}

/** That message is about what this side of the connection sends. */
function isOf({ from, to }: Unreachable, { connection }: IscsiConnection, side: number): boolean {
  const [own, peer] = side === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const);
  return addressText(connection, own) === from && endpointText(connection, peer) === to;
}
