// Joins IPv4 (RFC 791 3.2, RFC 815) and IPv6 fragments (RFC 8200 4.5) in a bounded store.
// Overlaps: the bytes that came first stay, for both versions. (RFC 5722 lets IPv6 receivers drop the
// datagram instead; a capture has no receiver to protect, and shows both fragments as counts.)

import { assert } from '../lib/assert.js';
import {
  FRAGMENT_AGAIN_NS,
  FRAGMENT_AGE_NS,
  FRAGMENT_BYTES_TOTAL,
  FRAGMENT_DATAGRAMS_MAX,
} from '../limits.js';
import { Datagram, UNITS_MAX } from './datagram.js';
import { byProtocol } from './ip.js';
import { Layer, malformed, type Walk } from './walk.js';

/** Told of what the store gives up. */
export interface FragmentWatch {
  /** A datagram that was never whole; `why` it was given up. */
  missing(datagram: Datagram, why: MissingWhy): void;
  /** A fragment that brought bytes again; `differs` where they were other bytes. */
  overlap(differs: boolean): void;
}

export type MissingWhy = 'age' | 'bound' | 'end' | 'reused';

const BUCKETS = 1024;
const NONE = new Uint8Array(0);

/**
 * Invariant: the datagrams of the list (oldest first) are those in the buckets; `#bytes` is the sum
 * of their buffers. A datagram that is whole stays in the list, without a buffer, to know a mirror's
 * second copy of its fragments.
 */
export class FragmentStore {
  #oldest: Datagram | undefined;
  #newest: Datagram | undefined;
  #free: Datagram | undefined;
  readonly #buckets: (Datagram | undefined)[] = new Array(BUCKETS).fill(undefined);
  readonly #watch: FragmentWatch;
  #count = 0;
  #bytes = 0;
  /** Buffer of the datagram handed on last; the next one takes it. */
  #spare: Uint8Array = NONE;

  constructor(watch: FragmentWatch) {
    this.#watch = watch;
  }

  /**
   * Takes the fragment that the walk describes. Where it makes a datagram whole the walk goes on in
   * the joined bytes (valid until the next fragment). Returns the layer that follows.
   */
  add(w: Walk, timeNs: number, frame: number): number {
    const length = w.wire - w.at;
    const end = w.fragmentOffset + length;
    if (length <= 0) return malformed(w, 'fragment without data');
    if (w.fragmentMore && (length & 7) !== 0) {
      return malformed(w, 'fragment that is not the last has no multiple of 8 bytes');
    }
    if (end > UNITS_MAX * 8) return malformed(w, 'fragment reaches beyond 65,535 bytes');
    this.#expire(timeNs);
    let d = this.#datagram(w, timeNs, frame);
    if (d.done) return Layer.stopFragmentAgain;
    if (!d.agrees(end, !w.fragmentMore)) {
      if (Math.abs(timeNs - d.startedNs) <= FRAGMENT_AGAIN_NS) {
        return malformed(w, 'fragments of one datagram disagree about its length');
      }
      this.#evict(d, 'reused');
      d = this.#datagram(w, timeNs, frame);
    }
    this.#put(d, w, length);
    d.frame = frame;
    if (!d.whole()) return Layer.stopFragmentHeld;
    return this.#deliver(d, w, timeNs);
  }

  /** The capture is over: what is not whole never will be. */
  end(): void {
    while (this.#oldest) this.#evict(this.#oldest, 'end');
  }

  invariants(): void {
    let count = 0;
    let bytes = 0;
    for (let d = this.#oldest; d; d = d.newer) {
      count++;
      bytes += d.buffer.length;
      assert(!d.newer || d.newer.older === d, 'the list of fragments is broken');
    }
    assert(count === this.#count && bytes === this.#bytes, 'sums of fragments are wrong');
    assert(count <= FRAGMENT_DATAGRAMS_MAX, 'too many datagrams');
    assert(bytes <= FRAGMENT_BYTES_TOTAL, 'too many fragment bytes');
  }

  #put(d: Datagram, w: Walk, length: number): void {
    const captured = Math.min(length, Math.max(0, w.end - w.at));
    if (d.buffer.length === 0 && w.bytes !== this.#spare) this.#lend(d);
    const grown = d.reserve(w.fragmentOffset + captured);
    this.#bytes += grown;
    const overlap = d.put(w, length, captured);
    if (overlap !== 'none') this.#watch.overlap(overlap === 'differs');
    while (this.#bytes > FRAGMENT_BYTES_TOTAL && this.#oldest && this.#oldest !== d) {
      this.#evict(this.#oldest, 'bound');
    }
  }

  #deliver(d: Datagram, w: Walk, timeNs: number): number {
    const bytes = d.buffer;
    w.bytes = bytes;
    w.view = new DataView(bytes.buffer);
    w.at = 0;
    w.wire = d.total;
    w.end = Math.min(d.total, d.cutAt, bytes.length);
    this.#bytes -= bytes.length;
    this.#spare = bytes;
    d.buffer = NONE;
    d.done = true;
    d.doneNs = timeNs;
    return byProtocol(w, d.protocol);
  }

  /** Steady state needs no memory: the buffer handed on last serves the next datagram. */
  #lend(d: Datagram): void {
    d.buffer = this.#spare;
    this.#bytes += d.buffer.length;
    this.#spare = NONE;
  }

  #datagram(w: Walk, timeNs: number, frame: number): Datagram {
    const hash = hashOf(w);
    for (let d = this.#buckets[hash]; d; d = d.chain) {
      if (!d.same(w)) continue;
      if (!d.done || Math.abs(timeNs - d.doneNs) <= FRAGMENT_AGAIN_NS) return d;
      // The identification came round (RFC 4963): another datagram with the same name.
      this.#evict(d, 'reused');
      break;
    }
    if (this.#count >= FRAGMENT_DATAGRAMS_MAX) this.#evict(this.#oldest!, 'bound');
    const d = this.#free ?? new Datagram();
    this.#free = d.chain;
    d.open(w, hash, timeNs, frame);
    d.chain = this.#buckets[hash];
    this.#buckets[hash] = d;
    d.older = this.#newest;
    if (this.#newest) this.#newest.newer = d;
    else this.#oldest = d;
    this.#newest = d;
    this.#count++;
    return d;
  }

  #expire(timeNs: number): void {
    while (this.#oldest && timeNs - this.#oldest.startedNs > FRAGMENT_AGE_NS) {
      this.#evict(this.#oldest, 'age');
    }
  }

  #evict(d: Datagram, why: MissingWhy): void {
    if (!d.done) this.#watch.missing(d, why);
    let before = this.#buckets[d.hash];
    if (before === d) this.#buckets[d.hash] = d.chain;
    else {
      while (before && before.chain !== d) before = before.chain;
      if (before) before.chain = d.chain;
    }
    if (d.older) d.older.newer = d.newer;
    else this.#oldest = d.newer;
    if (d.newer) d.newer.older = d.older;
    else this.#newest = d.older;
    this.#count--;
    this.#bytes -= d.buffer.length;
    d.buffer = NONE;
    d.older = undefined;
    d.newer = undefined;
    d.chain = this.#free;
    this.#free = d;
  }
}

function hashOf(w: Walk): number {
  const s = w.segment;
  let h = w.fragmentId ^ Math.imul(s.srcD ^ s.srcB, 0x9e3779b1) ^ Math.imul(s.dstD, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return ((h >>> 16) ^ h) & (BUCKETS - 1);
}
