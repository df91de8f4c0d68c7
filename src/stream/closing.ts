// How a connection ends: by whom, and whether a RST is to be believed.

import { ACK, type Segment } from '../packet/segment.js';
import type { CloseHow } from './connection.js';
import type { Half, Link } from './half-connection.js';

/** The first FIN, or the RST: who closed. */
export function close(link: Link, h: Half, how: CloseHow, s: Segment): void {
  const c = link.connection;
  c.closedBy = h === link.a ? 'a' : 'b';
  c.closedHow = how;
  c.closedNs = s.timeNs;
  c.closedFrame = s.frame;
  const p = h === link.a ? link.b : link.a;
  if (p.started && p.ackKnown) c.closedUnackedBytes = Math.max(0, (p.highest - p.acked) | 0);
}

/** A RST whose sequence was not exact, but after which the connection was silent. */
export function believePending(link: Link, h: Half, p: Half): void {
  const c = link.connection;
  const dataNs = Math.max(h.lastDataNs, h.log.lastNs(), p.lastDataNs, p.log.lastNs());
  if (c.closedBy !== '' || h.rstPendingNs < 0 || dataNs > h.rstPendingNs) return;
  c.closedBy = h === link.a ? 'a' : 'b';
  c.closedHow = 'rst';
  c.closedNs = h.rstPendingNs;
  c.closedFrame = h.rstPendingFrame;
  h.facts.rstNs = h.rstPendingNs;
  h.facts.rstFrame = h.rstPendingFrame;
}

/** A RST is obeyed where its sequence is exact (RFC 5961 section 3.2), as far as the capture shows it. */
export function believable(h: Half, p: Half, s: Segment): boolean {
  const seq = s.seq | 0;
  const ack = s.ack | 0;
  if (!h.started) {
    if ((s.flags & ACK) !== 0 && p.facts.synSeen)
      return ack === ((p.isn + 1) | 0) || ack === p.next;
    return !h.ackKnown || seq === h.acked;
  }
  if (seq === h.next || seq === h.highest || (h.ackKnown && seq === h.acked)) return true;
  return h.finSeen && seq === ((h.finSeq + 1) | 0);
}
