// hot: no allocation per packet
// Which connection a segment belongs to: an open-addressing hash over the two endpoints, with the
// last two connections tried first. Both directions of a connection have the same hash.

import type { Segment } from '../packet/segment.js';
import type { Link } from './half-connection.js';

/** Words of a key: A's address (4), B's address (4), both ports in one, the hash. */
const KEY = 10;
const PORTS = 8;
const HASH = 9;
const FIRST_SLOTS = 64;

/**
 * Invariant: every live slot is found from its hash by steps of one without passing an empty
 * bucket; buckets are at most half full.
 */
export class ConnectionTable {
  /** Connections by slot; a free slot holds undefined. */
  readonly links: (Link | undefined)[] = [];
  count = 0;
  private keys = new Int32Array(FIRST_SLOTS * KEY);
  /** Slot + 1, or 0. */
  private buckets = new Int32Array(FIRST_SLOTS * 2);
  private mask = FIRST_SLOTS * 2 - 1;
  private readonly free: number[] = [];
  private last = 0;
  private lastButOne = 0;

  /** Slot * 2 where the segment comes from A, + 1 where it comes from B; -1 where it is unknown. */
  locate(s: Segment): number {
    let side = this.match(this.last, s);
    if (side >= 0) return this.last * 2 + side;
    side = this.match(this.lastButOne, s);
    if (side >= 0) {
      const slot = this.lastButOne;
      this.lastButOne = this.last;
      this.last = slot;
      return slot * 2 + side;
    }
    return this.search(s);
  }

  /** A slot for a new connection between the ends of `s`, whose A is the segment's source or not. */
  add(s: Segment, fromA: boolean): number {
    if (this.count === this.keys.length / KEY) this.grow();
    const slot = this.free.length > 0 ? this.free.pop()! : this.count;
    this.count++;
    const key = slot * KEY;
    const keys = this.keys;
    const a = fromA ? key : key + 4;
    const b = fromA ? key + 4 : key;
    keys[a] = s.srcA;
    keys[a + 1] = s.srcB;
    keys[a + 2] = s.srcC;
    keys[a + 3] = s.srcD;
    keys[b] = s.dstA;
    keys[b + 1] = s.dstB;
    keys[b + 2] = s.dstC;
    keys[b + 3] = s.dstD;
    keys[key + PORTS] = fromA ? (s.srcPort << 16) | s.dstPort : (s.dstPort << 16) | s.srcPort;
    keys[key + HASH] = hashOf(s);
    this.place(slot);
    this.lastButOne = this.last;
    this.last = slot;
    return slot;
  }

  /** Forgets a slot; later ones of its chain move up, so that no search ends too early. */
  remove(slot: number): void {
    const { buckets, keys, mask } = this;
    let hole = keys[slot * KEY + HASH] & mask;
    while (buckets[hole] !== slot + 1) hole = (hole + 1) & mask;
    buckets[hole] = 0;
    for (let i = (hole + 1) & mask; buckets[i] !== 0; i = (i + 1) & mask) {
      const home = keys[(buckets[i] - 1) * KEY + HASH] & mask;
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        buckets[hole] = buckets[i];
        buckets[i] = 0;
        hole = i;
      }
    }
    // No packet has port 0 on both sides and hash 0: a free slot matches nothing.
    keys.fill(0, slot * KEY, slot * KEY + KEY);
    this.links[slot] = undefined;
    this.free.push(slot);
    this.count--;
  }

  /** Throws where the invariant is broken. */
  invariants(): void {
    let live = 0;
    for (let slot = 0; slot < this.links.length; slot++) {
      if (this.links[slot] === undefined) continue;
      live++;
      let i = this.keys[slot * KEY + HASH] & this.mask;
      while (this.buckets[i] !== slot + 1) {
        if (this.buckets[i] === 0) throw new Error('connection cannot be found');
        i = (i + 1) & this.mask;
      }
    }
    if (live !== this.count || live * 2 > this.mask + 1) throw new Error('connections miscounted');
  }

  private search(s: Segment): number {
    const hash = hashOf(s);
    const { buckets, keys, mask } = this;
    for (let i = hash & mask; buckets[i] !== 0; i = (i + 1) & mask) {
      const slot = buckets[i] - 1;
      if (keys[slot * KEY + HASH] !== hash) continue;
      const side = this.match(slot, s);
      if (side < 0) continue;
      this.lastButOne = this.last;
      this.last = slot;
      return slot * 2 + side;
    }
    return -1;
  }

  /** 0 where the segment goes from A to B, 1 the other way, -1 where it is another connection's. */
  private match(slot: number, s: Segment): number {
    const keys = this.keys;
    const k = slot * KEY;
    const ports = keys[k + PORTS];
    if (
      ports === ((s.srcPort << 16) | s.dstPort) &&
      keys[k + 3] === s.srcD &&
      keys[k + 7] === s.dstD &&
      keys[k + 2] === s.srcC &&
      keys[k + 6] === s.dstC &&
      keys[k + 1] === s.srcB &&
      keys[k + 5] === s.dstB &&
      keys[k] === s.srcA &&
      keys[k + 4] === s.dstA
    ) {
      return this.links[slot] === undefined ? -1 : 0;
    }
    if (
      ports === ((s.dstPort << 16) | s.srcPort) &&
      keys[k + 3] === s.dstD &&
      keys[k + 7] === s.srcD &&
      keys[k + 2] === s.dstC &&
      keys[k + 6] === s.srcC &&
      keys[k + 1] === s.dstB &&
      keys[k + 5] === s.srcB &&
      keys[k] === s.dstA &&
      keys[k + 4] === s.srcA
    ) {
      return this.links[slot] === undefined ? -1 : 1;
    }
    return -1;
  }

  private place(slot: number): void {
    let i = this.keys[slot * KEY + HASH] & this.mask;
    while (this.buckets[i] !== 0) i = (i + 1) & this.mask;
    this.buckets[i] = slot + 1;
  }

  private grow(): void {
    const keys = new Int32Array(this.keys.length * 2);
    keys.set(this.keys);
    this.keys = keys;
    this.buckets = new Int32Array(this.buckets.length * 2);
    this.mask = this.buckets.length - 1;
    for (let slot = 0; slot < this.links.length; slot++) {
      if (this.links[slot] !== undefined) this.place(slot);
    }
  }
}

/** The same for both directions: each end is mixed by itself, then both are added. */
function hashOf(s: Segment): number {
  const source = mix(s.srcA, s.srcB, s.srcC, s.srcD, s.srcPort);
  const sum = (source + mix(s.dstA, s.dstB, s.dstC, s.dstD, s.dstPort)) | 0;
  return sum ^ (sum >>> 16);
}

function mix(a: number, b: number, c: number, d: number, port: number): number {
  let h = Math.imul(a ^ Math.imul(b, 0x85ebca6b), 0xc2b2ae35);
  h = Math.imul(h ^ Math.imul(c, 0x27d4eb2f) ^ d, 0x9e3779b1);
  h = Math.imul((h ^ (h >>> 15)) + Math.imul(port, 0x2c1b3c6d), 0x85ebca6b);
  return h ^ (h >>> 13);
}
