// TCP connections that never came about, by who tried to reach whom: SYNs without an answer, refused by
// a RST, reset before a first byte, answered as if an older connection were still there (half-open,
// RFC 9293 3.5.1), or answered when who tried had given up. Made when a connection is over.

import { FAILED_CONNECTS_MAX } from '../limits.js';
import { addressText, type Connection, endpointText } from './connection.js';

const FRAMES_KEPT = 20;

const NONE = {
  attempts: 0,
  syns: 0,
  unanswered: 0,
  refused: 0,
  reset: 0,
  halfOpen: 0,
  late: 0,
  alone: 0,
};

/** All tries of one host to reach one address and port. Times in ns since the first packet. */
export interface FailedConnect {
  /** Who tried (address), and where to (address and port). */
  readonly from: string;
  readonly to: string;
  /** Tries (a connection each), and SYNs, repeated ones counted. */
  attempts: number;
  syns: number;
  /**
   * Of the tries: no answer at all; a RST to the SYN; a RST after the handshake; half-open; a SYN/ACK to SYNs that
   * had been sent again, which who tried answered with a RST: it had given up.
   */
  unanswered: number;
  refused: number;
  reset: number;
  halfOpen: number;
  late: number;
  /** Of those without an answer: one SYN, and nothing after it. It may still be answered, or ICMP said why. */
  alone: number;
  firstNs: number;
  lastNs: number;
  /** The first SYN of each of the first tries. */
  readonly frames: number[];
}

/** Invariant: every entry has at least one try, and each try is of one kind. */
export class FailedConnects {
  readonly all: Map<string, FailedConnect> = new Map();
  /** Tries that found no room. */
  dropped = 0;

  /** These and what was counted; this one stays as it is. */
  with(connections: readonly Connection[]): FailedConnects {
    if (connections.length === 0) return this;
    const all = new FailedConnects();
    for (const [key, one] of this.all) all.all.set(key, { ...one, frames: [...one.frames] });
    for (const connection of connections) all.over(connection);
    return all;
  }

  /** A connection is over: counted here where it failed. */
  over(c: Connection): void {
    const kind = failure(c);
    if (kind === undefined) return;
    const from = addressText(c, 'a');
    const to = endpointText(c, 'b');
    const key = `${from} ${to}`;
    let one = this.all.get(key);
    if (one === undefined) {
      // A scan's single SYNs leave room for those that failed for certain.
      if (this.all.size >= (isAlone(c) ? FAILED_CONNECTS_MAX / 2 : FAILED_CONNECTS_MAX)) {
        this.dropped++;
        return;
      }
      one = { from, to, ...NONE, firstNs: c.openedNs, lastNs: c.lastNs, frames: [] };
      this.all.set(key, one);
    }
    one.attempts++;
    one.syns += 1 + c.a.synRetransmitted;
    one[kind]++;
    if (kind === 'unanswered' && isAlone(c)) one.alone++;
    if (c.openedNs < one.firstNs) one.firstNs = c.openedNs;
    if (c.lastNs > one.lastNs) one.lastNs = c.lastNs;
    if (one.frames.length < FRAMES_KEPT) one.frames.push(c.openedFrame);
  }
}

/** How it failed; undefined where it did not, or where the capture may just miss its answer. */
type Failure = 'unanswered' | 'refused' | 'reset' | 'halfOpen' | 'late';

function failure(c: Connection): Failure | undefined {
  const { a, b } = c;
  if (!a.synSeen || !c.openerKnown || a.dataSegments + b.dataSegments > 0) return undefined;
  const byTarget = c.closedHow === 'rst' && c.closedBy === 'b';
  if (b.synSeen && byTarget) return 'reset';
  if (b.synSeen) return isLate(c) ? 'late' : undefined;
  if (byTarget) return 'refused';
  // Another answer than a SYN/ACK or a RST: an ACK of another connection's numbers.
  if (b.packets > 0) return 'halfOpen';
  return 'unanswered';
}

/** Its RST has no ACK: the number of who knows of no such connection (RFC 9293 3.5.2), not of one that was set up and dropped. */
function isLate({ a, closedHow, closedBy, handshakeAckNs }: Connection): boolean {
  return a.synRetransmitted > 0 && closedHow === 'rst' && closedBy === 'a' && handshakeAckNs < 0;
}

/** One SYN alone at the end of a capture may still be answered. */
function isAlone({ a, closedHow }: Connection): boolean {
  return a.synRetransmitted === 0 && closedHow === 'open' && a.packets <= 1;
}
