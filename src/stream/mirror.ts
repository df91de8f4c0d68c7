// hot: no allocation per packet
// Copies of packets, as a mirror port makes them when it sees a frame both come and go, or an
// interface that is captured twice: the same headers again within a very short time.

import { MIRROR_COPY_NS } from '../limits.js';
import type { Segment } from '../packet/segment.js';

/** Packets remembered: more than pass in the few microseconds between a frame and its copy. */
const SIZE = 1024;

/**
 * The last packets of all connections, each in the slot that its hash names. Two packets count as
 * the same where 32 bits of hash over ports, sequence, ACK, IP identification, window, flags and
 * length agree. TTL is left out: a copy taken behind a router has one less.
 */
export class Mirror {
  private readonly hashes = new Int32Array(SIZE);
  private readonly times = new Float64Array(SIZE).fill(Number.NEGATIVE_INFINITY);
  /** Of the last `seen` that was true: ns since the first of the two. */
  sinceNs = 0;

  /** True where the same headers came a moment ago; else remembers these. */
  seen(s: Segment): boolean {
    let h = Math.imul(s.seq | 0, 0x9e3779b1) ^ Math.imul(s.ack | 0, 0x85ebca77);
    h ^= Math.imul((s.srcPort << 16) | s.dstPort, 0xc2b2ae3d);
    h ^= Math.imul((s.ipId << 16) | s.window, 0x27d4eb2f);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) ^ ((s.payloadLength << 8) | s.flags);
    h ^= h >>> 13;
    const slot = h & (SIZE - 1);
    const since = s.timeNs - this.times[slot];
    if (this.hashes[slot] === h && since < MIRROR_COPY_NS && since > -MIRROR_COPY_NS) {
      this.sinceNs = since;
      return true;
    }
    this.hashes[slot] = h;
    this.times[slot] = s.timeNs;
    return false;
  }
}
