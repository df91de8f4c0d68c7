// All that the rules (and the report) may look at: what the road knows once the capture is over.

import type { CaptureFacts } from '../capture/facts.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Unreachable } from '../packet/unreachable.js';
import type { UnreadConnection } from '../pdu/stage.js';
import type { ProblemLog } from '../problem.js';
import type { FcStory } from '../session/fc/model.js';
import type { RdmaFacts } from '../session/iser/facts.js';
import type { IsnsStory } from '../session/isns/model.js';
import type { Forgotten, IscsiConnection, Session } from '../session/model.js';
import type { Connection } from '../stream/connection.js';
import type { FailedConnect } from '../stream/failed-connects.js';
import type { Watched } from './watch.js';

/** What became of the packets. */
export interface PacketFacts {
  /** Handed on to the stream stage. */
  readonly tcpSegments: number;
  /** The others: reason → count (`not IP`, `UDP`, …), as the packet stage calls them. */
  readonly others: Readonly<Record<string, number>>;
  /** ICMP "fragmentation needed" and ICMPv6 "packet too big": how many, the first, the least MTU told. */
  readonly tooBig: { readonly count: number; readonly frame: number; readonly mtuMin: number };
  /** ICMP "unreachable" and "time exceeded" of TCP packets. */
  readonly unreachables: readonly Unreachable[];
  /** The same of TCP packets that were too big. */
  readonly tooBigOf: readonly Unreachable[];
}

/** What the road knows at its end. */
export interface RoadFacts {
  readonly capture: CaptureFacts;
  readonly packets: PacketFacts;
  /** Time of the latest packet, ns since the capture's first: where open tasks end. */
  readonly lastNs: number;
  /** TCP connections that carried iSCSI. */
  readonly stories: readonly IscsiConnection[];
  readonly sessions: readonly Session[];
  /** Of the oldest sessions that were over, where there were too many (limits.ts: SESSIONS_IN_FULL). */
  readonly forgotten: Readonly<Forgotten>;
  /** Fibre Channel: links, ports, and what only they have. */
  readonly fc: FcStory;
  /** Age from which on frames in a tunnel are told; undefined: nobody set one. */
  readonly fcAgeLimitNs: number | undefined;
  /** iSNS: requests and answers, and what the database holds. */
  readonly isns: IsnsStory;
  /** Connections that carried RDMA, or were to: also those that came to no PDU. */
  readonly rdma: readonly { readonly connection: Connection; readonly facts: RdmaFacts }[];
  /** TCP connections on tunnels' ports whose bytes are no framing known. */
  readonly unread: readonly UnreadConnection[];
  /** TCP connections in all, also those of other protocols. */
  readonly connectionsTotal: number;
  /** Tries to connect that failed, of any protocol. */
  readonly failedConnects: readonly FailedConnect[];
  readonly problems: ProblemLog;
}

/** Each TCP connection once: of several logins on one, the last has what TCP did. */
export function connectionsOf({ stories }: RoadFacts): IscsiConnection[] {
  return stories.filter((story) => !story.replaced);
}

/** The last story of a TCP connection. */
export function storyOf({ stories }: RoadFacts, connection: number): IscsiConnection | undefined {
  return stories.find((story) => story.connection.id === connection && !story.replaced);
}

const indexes = new WeakMap<RoadFacts, Map<number, IscsiConnection[]>>();

/** The stories of a session: a login storm has as many of both, so that they are sorted once. */
export function storiesOf(facts: RoadFacts, session: number): readonly IscsiConnection[] {
  let index = indexes.get(facts);
  if (index === undefined) {
    index = groupedBy(facts.stories, (story) => story.session);
    indexes.set(facts, index);
  }
  return index.get(session) ?? [];
}

/** What has the same key, in its order. */
export function groupedBy<K, T>(all: Iterable<T>, keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

/** What a rule may look at. */
export interface Facts extends RoadFacts {
  readonly metrics: Metrics;
  readonly evidence: Pick<Watched, 'of'>;
}
