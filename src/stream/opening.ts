// How a connection begins: what a SYN says, what the first ACK says where a SYN was not captured, and
// whether a SYN opens another connection between the same ports.

import { ACK, type Segment } from '../packet/segment.js';
import type { Connection } from './connection.js';
import type { Half, Link } from './half-connection.js';
import { readSynOptions } from './options.js';
import { jumpLimit, start } from './sequence.js';

/** Late copies of a SYN come sooner than this after the close, or while nothing is said. */
const REPLAY_AFTER_CLOSE_NS = 100e6;
const REPLAY_IDLE_NS = 1e9;

/** True where a SYN cannot belong to the connection as it stands. */
export function isReuse(link: Link, h: Half, p: Half, s: Segment): boolean {
  const isn = s.seq | 0;
  if (h.facts.synSeen && isn === h.isn) return isReplay(link, p, s);
  if (link.done) return true;
  const answers = (s.flags & ACK) !== 0 && p.facts.synSeen;
  if (!h.started) return answers && (s.ack | 0) !== p.start && p.facts.streamBytes === 0;
  if (!h.facts.synSeen && isn === ((h.start - 1) | 0)) return false;
  const idle = h.facts.dataSegments + p.facts.dataSegments === 0;
  const opens = (s.flags & ACK) === 0;
  // Who opens again has forgotten the connection; while the other side talks it may be an attack (RFC 5961 4).
  if (opens && s.timeNs - p.facts.lastNs > REPLAY_IDLE_NS) return true;
  // The answer to such a SYN proves it.
  if (!opens && p.synAgainSet && (s.ack | 0) === ((p.synAgain + 1) | 0)) return true;
  return idle || Math.abs((isn - h.next) | 0) > jumpLimit(p);
}

/**
 * The same SYN again, but not for want of an answer: what was captured is sent once more (tcpreplay in
 * a loop). Copies and stragglers of the first come sooner.
 */
function isReplay(link: Link, p: Half, s: Segment): boolean {
  if ((s.flags & ACK) !== 0) return false;
  if (link.done) return s.timeNs - link.connection.closedNs > REPLAY_AFTER_CLOSE_NS;
  return p.facts.dataSegments > 0 && s.timeNs - p.facts.lastNs > REPLAY_IDLE_NS;
}

/** What a SYN says of its sender, once. */
export function synFacts(h: Half, p: Half, s: Segment): void {
  const isn = s.seq | 0;
  if (!h.started) start(h, (isn + 1) | 0);
  h.isn = isn;
  h.facts.synSeen = true;
  h.facts.startKnown = true;
  readSynOptions(s, h.facts);
  // What this side announces bounds what the other sends. Where it is silent, RFC 9293 3.7.1 says
  // 536, which no sender on one LAN keeps to.
  if (h.facts.mss > 0) p.superAbove = h.facts.mss;
  // A SYN's window is never scaled (RFC 7323 2.2).
  h.windowRaw = s.window;
  h.windowBytes = s.window;
}

/** The first ACK of what `p` sends. */
export function firstAck(h: Half, p: Half, s: Segment): void {
  const ack = s.ack | 0;
  p.ackKnown = true;
  p.acked = p.started ? p.start : ack;
  if (p.started) return;
  p.next = ack;
  p.highest = ack;
  // After our SYN, before any data of ours: it acknowledges the SYN/ACK, which was not captured.
  if (h.facts.synSeen && (s.seq | 0) === h.start && h.facts.streamBytes === 0) {
    start(p, ack);
    p.facts.startKnown = true;
  }
}

export function seenTtl(h: Half, s: Segment): void {
  const facts = h.facts;
  h.ttl = s.ttl;
  if (s.ttl === 0) return;
  if (facts.ttlMin === 0 || s.ttl < facts.ttlMin) facts.ttlMin = s.ttl;
  if (s.ttl > facts.ttlMax) facts.ttlMax = s.ttl;
}

export function nameEnds(c: Connection, s: Segment, fromA: boolean): void {
  c.a0 = fromA ? s.srcA : s.dstA;
  c.a1 = fromA ? s.srcB : s.dstB;
  c.a2 = fromA ? s.srcC : s.dstC;
  c.a3 = fromA ? s.srcD : s.dstD;
  c.aPort = fromA ? s.srcPort : s.dstPort;
  c.b0 = fromA ? s.dstA : s.srcA;
  c.b1 = fromA ? s.dstB : s.srcB;
  c.b2 = fromA ? s.dstC : s.srcC;
  c.b3 = fromA ? s.dstD : s.srcD;
  c.bPort = fromA ? s.dstPort : s.srcPort;
}
