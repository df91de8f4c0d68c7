// Small segments pass and full ones never do: a path whose MTU is smaller than both ends think.

import { bytesText, durationText, plural } from '../../lib/number-text.js';
import type { IscsiConnection } from '../../session/model.js';
import { type Flow, flowOf } from '../../stream/connection.js';
import { connectionsOf, type Facts } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, LOSES_CONNECTION, type Rule } from '../rule.js';
import { cutPdus } from '../watch/cut-pdus.js';
import { framing } from '../watch/framing.js';
import { tcpWatches } from '../watch/tcp.js';

/** Tries of the same segment: two may be chance, three with growing pauses are the timer's. */
const TIMES_LEAST = 3;
/** … or so many with even pauses. */
const TIMES_EVEN = 8;
/** What passes every path (IPv6's least MTU, 1280, less headers); below it the size is not the cause. */
const SMALL = 1220;
/** What a frame of 1500 bytes carries at most (IPv4, no options): what is larger needs jumbo frames. */
const STANDARD_MSS = 1460;
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
  watches: [cutPdus, framing, tcpWatches],
  find(facts) {
    return [
      ...connectionsOf(facts).flatMap((story) =>
        [0, 1].flatMap((side) => stuck(story, side, facts)),
      ),
      ...behind(facts),
      ...lost(facts),
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
  // Larger ones may have passed before a port was set anew.
  const jumbo = length > STANDARD_MSS && flowOf(connection, side ^ 1).mss > STANDARD_MSS;
  if (length <= SMALL || (!jumbo && length < flow.payloadMax * FULL_SHARE)) return [];
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

/** What one sender's large segments did at the receiving end: they never came. */
interface Behind {
  readonly story: IscsiConnection;
  readonly side: number;
  readonly frame: number;
  readonly fromNs: number;
  readonly dueBytes: number;
}

/**
 * At the end that receives: both SYNs agree on jumbo frames, nothing larger than a standard frame ever
 * came, and the connection was given up where the first larger one was due. Once may be chance: it
 * takes two connections of the same two ends.
 */
function behind(facts: Facts): Found[] {
  const byEnds = new Map<string, Behind[]>();
  for (const story of connectionsOf(facts)) {
    for (const side of [0, 1]) {
      const one = notArrived(story, side, facts);
      if (one === undefined) continue;
      const session = facts.sessions[story.session];
      const key = `${session?.initiatorAddress} ${session?.targetAddress} ${side}`;
      byEnds.set(withoutPort(key), [...(byEnds.get(withoutPort(key)) ?? []), one]);
    }
  }
  return [...byEnds.values()].filter((all) => all.length >= 2).map(toBehind);
}

/** The initiator's port is another with each connection. */
function withoutPort(key: string): string {
  return key.replace(/:\d+ /, ' ');
}

function notArrived(story: IscsiConnection, side: number, facts: Facts): Behind | undefined {
  const { connection, ended } = story;
  const flow = flowOf(connection, side);
  const peer = flowOf(connection, side ^ 1);
  if (ended !== 'connection lost' || flow.mss <= STANDARD_MSS || peer.mss <= STANDARD_MSS) return;
  if (flow.payloadMax > STANDARD_MSS || flow.dataSegments < 2) return;
  const direction = connection.id * 2 + side;
  const cut = facts.evidence.of(cutPdus).byDirection.get(direction);
  const gap = facts.evidence.of(framing).groups.get(connection.id)?.losses;
  const due = Math.max(flow.lostBytes, cut?.dueBytes ?? 0);
  if (due <= STANDARD_MSS) return;
  const frame = cut?.frame ?? gap?.frames[0] ?? connection.closedFrame;
  const fromNs = cut !== undefined && cut.timeNs >= 0 ? cut.timeNs : connection.synNs;
  return { story, side, frame, fromNs, dueBytes: due };
}

function toBehind(all: readonly Behind[]): Found {
  const [{ story, side, dueBytes, fromNs }] = all;
  const last = all[all.length - 1].story.connection.closedNs;
  const who = side === story.initiatorDirection ? 'initiator' : 'target';
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
      const who = side === story.initiatorDirection ? 'initiator' : 'target';
      return [
        {
          id: 'lost-on-path',
          severity: 'warning' as const,
          title: `${bytesText(flow.lostBytes)} of the ${who} were lost on the way, before the capture point`,
          text:
            'Later bytes came, and the receiver went on to acknowledge what lies before the hole only ' +
            `(${plural(flowOf(story.connection, side ^ 1).duplicateAcks, 'duplicate ACK')}): it never got ` +
            'them, so the capture did not lose them. What came behind the hole could not be read.',
          count: 1,
          frames: inOrder([flow.lostFrame]),
          session: story.session,
          connection: story.connection.id,
          fromNs: flow.lostNs,
          toNs: story.connection.lastNs,
          values: { lostBytes: flow.lostBytes },
        },
      ];
    }),
  );
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
