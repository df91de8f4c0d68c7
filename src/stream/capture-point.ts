// At which end was the capture taken? Nothing in a capture says so; several things hint at it.

import { ackRttNs, type Connection, type Flow, synRttNs } from './connection.js';

export type CaptureSide = 'opener' | 'acceptor' | 'between' | 'unknown';

export interface SideGuess {
  readonly side: CaptureSide;
  /** 0 (no hint) to 1. */
  readonly confidence: number;
  /** One sentence a hint, also those against. */
  readonly reasons: readonly string[];
}

interface Hint {
  readonly side: CaptureSide;
  readonly weight: number;
  readonly reason: string;
}

/** What hosts start TTL or hop limit with (Linux and most: 64; Windows: 128; routers, Solaris: 255). */
const FIRST_TTLS = [64, 128, 255];
/** Samples below which a least round trip says little. */
const ROUND_TRIPS_MIN = 10;
/** Below this both halves of a round trip are the hosts' own work: no hint. */
const ROUND_TRIP_NS_MIN = 20e3;

/** Weighs handshake, round trips, TTL, super-frames and lengths of 0; hints that agree strengthen each other. */
export function captureSide(c: Connection): SideGuess {
  const hints = [handshake(c), roundTrips(c), ttl(c), superFrames(c), lengths(c)].filter(
    (h) => h !== undefined,
  );
  let best: CaptureSide = 'unknown';
  let confidence = 0;
  for (const side of ['opener', 'acceptor', 'between'] as const) {
    let doubt = 1;
    for (const h of hints) doubt *= h.side === side ? 1 - h.weight : 1;
    let against = 1;
    for (const h of hints) against *= h.side === side ? 1 : 1 - h.weight / 2;
    const certain = (1 - doubt) * against;
    if (certain <= confidence) continue;
    best = side;
    confidence = certain;
  }
  return { side: best, confidence, reasons: hints.map((h) => h.reason) };
}

/** Near the opener the SYN/ACK takes the round trip; near the acceptor the last ACK does. */
function handshake(c: Connection): Hint | undefined {
  const there = synRttNs(c);
  const back = ackRttNs(c);
  if (there < 0 || back < 0 || !c.a.synSeen || c.a.synRetransmitted > 0) return undefined;
  return split(there, back, 0.8, 'handshake: SYN to SYN/ACK', 'SYN/ACK to ACK');
}

/** The same, from the quickest ACKs of data. */
function roundTrips(c: Connection): Hint | undefined {
  const { rtt: a } = c.a;
  const { rtt: b } = c.b;
  if (a.count < ROUND_TRIPS_MIN || b.count < ROUND_TRIPS_MIN) return undefined;
  return split(a.minNs, b.minNs, 0.5, "quickest ACK of the opener's data", "of the acceptor's");
}

function split(a: number, b: number, weight: number, nameA: string, nameB: string) {
  if (a + b < ROUND_TRIP_NS_MIN) return undefined;
  const part = a / (a + b);
  const reason = `${nameA} ${Math.round(a / 1e3)} µs, ${nameB} ${Math.round(b / 1e3)} µs`;
  if (part >= 0.85) return { side: 'opener', weight, reason } as const;
  if (part <= 0.15) return { side: 'acceptor', weight, reason } as const;
  const between = part >= 0.3 && part <= 0.7;
  return between ? ({ side: 'between', weight: weight / 2, reason } as const) : undefined;
}

/** A TTL that no router has touched was sent nearby; it says nothing where both are untouched. */
function ttl(c: Connection): Hint | undefined {
  const a = untouched(c.a);
  const b = untouched(c.b);
  if (a === undefined || b === undefined || (a && b)) return undefined;
  const reason = `TTL ${c.a.ttlMax} from the opener, ${c.b.ttlMax} from the acceptor`;
  if (a) return { side: 'opener', weight: 0.5, reason };
  return b ? { side: 'acceptor', weight: 0.5, reason } : { side: 'between', weight: 0.5, reason };
}

function untouched(f: Flow): boolean | undefined {
  return f.ttlMax === 0 ? undefined : f.ttlMin === f.ttlMax && FIRST_TTLS.includes(f.ttlMax);
}

/** Segments above the MSS are cut by the sender's card, or merged by the receiver's: the former is commoner. */
function superFrames(c: Connection): Hint | undefined {
  const a = c.a.superFrames;
  const b = c.b.superFrames;
  if (a > 0 === b > 0) return undefined;
  const reason = `segments above the MSS only from the ${a > 0 ? 'opener' : 'acceptor'}: ${a + b}`;
  return { side: a > 0 ? 'opener' : 'acceptor', weight: 0.2, reason };
}

/** IP length 0 never travels: who captures it is the sender, before its card has cut the frame up. */
function lengths(c: Connection): Hint | undefined {
  const a = c.a.lengthsUntold;
  const b = c.b.lengthsUntold;
  if (a > 0 === b > 0) return undefined;
  const reason = `IP length 0 only from the ${a > 0 ? 'opener' : 'acceptor'}: ${a + b}`;
  return { side: a > 0 ? 'opener' : 'acceptor', weight: 0.9, reason };
}
