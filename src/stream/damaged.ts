// hot: no allocation per packet
// Packets damaged before or by the capture. No receiver believes a segment whose checksum is wrong
// (RFC 9293 3.10.7.4), nor do we where it would do harm: open a hole, acknowledge what nobody sent,
// close. Whether checksums say anything is learned of each side: a host's own packets are captured
// before its network card fills them in, and merged ones keep that of one part.

import {
  headerWrong,
  SUM_OFFLOADED,
  SUM_RIGHT,
  SUM_UNKNOWN,
  SUM_WRONG,
  sumOf,
} from '../packet/checksum.js';
import { ACK, FIN, RST, type Segment, SYN, URG } from '../packet/segment.js';
import type { Half } from './half-connection.js';

/** So many packets of a side that do not take the express road are looked at, whatever they are. */
const LEARNED_FROM = 8;
/** Never again (a small integer, as the counts are). */
const NEVER = -0x10000000;
const ODD = SYN | FIN | RST | URG;

/** True where the segment is damaged: nothing of it is to be believed. */
export function damaged(h: Half, p: Half, s: Segment): boolean {
  // A length that flipped: as if snaplen had cut the segment, and what follows were old.
  if (s.payloadCaptured < s.payloadLength && headerWrong(s)) return true;
  const learning = h.sumsLooked < LEARNED_FROM;
  const harm = harmful(h, p, s);
  if (!learning && (!harm || h.sumsRight <= 0)) return false;
  const sum = sumOf(s);
  if (learning && sum !== SUM_UNKNOWN) {
    h.sumsLooked++;
    if (sum === SUM_RIGHT) h.sumsRight++;
    // Left to the card, or wrong where nothing else is: this side's say nothing.
    else if (!harm || sum === SUM_OFFLOADED) h.sumsRight--;
  }
  if (sum !== SUM_WRONG || !harm || h.sumsRight <= 0) return false;
  const seq = s.seq | 0;
  // Two that follow on each other, both wrong: packets that were merged, and no damage.
  if (s.payloadLength > 0 && h.damagedSet && h.damagedEnd === seq) {
    h.sumsRight = NEVER;
    return false;
  }
  h.damagedSet = true;
  h.damagedEnd = (seq + s.payloadLength) | 0;
  return true;
}

/** True where much hangs on the segment's numbers: it is not just what comes next. */
function harmful(h: Half, p: Half, s: Segment): boolean {
  if ((s.flags & ODD) !== 0) return true;
  if ((s.flags & ACK) !== 0 && p.started && ((s.ack - p.highest) | 0) > 0) return true;
  return s.payloadLength > 0 && h.started && (s.seq | 0) !== h.next && (s.seq | 0) !== h.highest;
}
