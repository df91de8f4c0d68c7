// hot: no allocation per packet
// Copies of packets, as a mirror port makes them when it sees a frame both come and go, or an
// interface that is captured twice: the same headers again within a very short time.

import { MIRROR_COPY_NS } from '../limits.js';
import type { Segment } from '../packet/segment.js';

/** Packets remembered: more than pass in the few microseconds between a frame and its copy. */
const SIZE = 1024;

/**
 * Words remembered of a packet: sequence, ACK, ports, identification with window, length with flags,
 * and of both addresses the last word (two hosts may well use the same port and sequence).
 */
const WORDS = 7;

/** Packets noted, but not yet in their slots. */
const NOTED = 1024;

/**
 * The last packets of all connections, each in the slot that a hash of its headers names. Two
 * packets count as the same where ends, sequence, ACK, IP identification, window, flags and length
 * are equal: compared word for word, for sequence and identification grow in step, and their hashes
 * meet far more often than those of chance do. TTL is left out: a copy taken behind a router
 * has one less. A packet that brought something new cannot be a copy: it is noted only, and finds
 * its slot when one comes that may be.
 */
export class Mirror {
  private readonly words = new Int32Array(SIZE * WORDS);
  private readonly times = new Float64Array(SIZE).fill(Number.NEGATIVE_INFINITY);
  private readonly notes = new Int32Array(NOTED * WORDS);
  private readonly noteTimes = new Float64Array(NOTED);
  private noted = 0;
  /** Of the last `seen` that was true: ns since the first of the two. */
  sinceNs = 0;

  /** Remembers a packet that is no copy of another: the words that `seen` compares. */
  note(
    seq: number,
    ack: number,
    ports: number,
    idWindow: number,
    lengthFlags: number,
    src: number,
    dst: number,
    timeNs: number,
  ): void {
    const i = this.noted++ & (NOTED - 1);
    const at = i * WORDS;
    const notes = this.notes;
    notes[at] = seq;
    notes[at + 1] = ack;
    notes[at + 2] = ports;
    notes[at + 3] = idWindow;
    notes[at + 4] = lengthFlags;
    notes[at + 5] = src;
    notes[at + 6] = dst;
    this.noteTimes[i] = timeNs;
  }

  /** True where the same headers came a moment ago; else remembers these. */
  seen(s: Segment): boolean {
    if (this.noted > 0) this.file();
    const seq = s.seq | 0;
    const ack = s.ack | 0;
    const ports = (s.srcPort << 16) | s.dstPort;
    const idWindow = (s.ipId << 16) | s.window;
    const lengthFlags = (s.payloadLength << 8) | s.flags;
    const slot = slotOf(seq, ack, ports, idWindow, lengthFlags, s.srcD, s.dstD);
    const since = s.timeNs - this.times[slot];
    const w = this.words;
    const at = slot * WORDS;
    if (
      w[at] === seq &&
      w[at + 1] === ack &&
      w[at + 2] === ports &&
      w[at + 3] === idWindow &&
      w[at + 4] === lengthFlags &&
      w[at + 5] === s.srcD &&
      w[at + 6] === s.dstD &&
      since < MIRROR_COPY_NS &&
      since > -MIRROR_COPY_NS
    ) {
      this.sinceNs = since;
      return true;
    }
    w[at] = seq;
    w[at + 1] = ack;
    w[at + 2] = ports;
    w[at + 3] = idWindow;
    w[at + 4] = lengthFlags;
    w[at + 5] = s.srcD;
    w[at + 6] = s.dstD;
    this.times[slot] = s.timeNs;
    return false;
  }

  /** Brings what was noted to its slots, the oldest first. */
  private file(): void {
    const { notes, words } = this;
    const end = this.noted;
    for (let n = end > NOTED ? end - NOTED : 0; n < end; n++) {
      const i = n & (NOTED - 1);
      const at = i * WORDS;
      const slot = slotOf(
        notes[at],
        notes[at + 1],
        notes[at + 2],
        notes[at + 3],
        notes[at + 4],
        notes[at + 5],
        notes[at + 6],
      );
      for (let word = 0; word < WORDS; word++) words[slot * WORDS + word] = notes[at + word];
      this.times[slot] = this.noteTimes[i];
    }
    this.noted = 0;
  }
}

function slotOf(
  seq: number,
  ack: number,
  ports: number,
  idWindow: number,
  lengthFlags: number,
  src: number,
  dst: number,
): number {
  let h = Math.imul(seq, 0x9e3779b1) ^ Math.imul(ack, 0x85ebca77);
  h ^= Math.imul(ports, 0xc2b2ae3d) ^ Math.imul(idWindow, 0x27d4eb2f);
  h ^= Math.imul(src ^ (dst << 7), 0x165667b1);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) ^ lengthFlags;
  h ^= h >>> 13;
  return h & (SIZE - 1);
}
