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

/** Packets noted that brought something new. */
const NOTED = 512;

/**
 * The last packets of all connections. Two count as the same where ends, sequence, ACK, IP
 * identification, window, flags and length are equal: compared word for word. TTL is left out: a
 * copy taken behind a router has one less.
 *
 * A packet that brought something new is no copy: nine in ten are noted in a ring, and nothing is
 * looked for. The others are looked for there, and among their own kind, each in the slot that a
 * hash of its headers names (word for word again, for sequence and identification grow in step, and
 * their hashes meet far more often than those of chance do).
 */
export class Mirror {
  private readonly words = new Int32Array(SIZE * WORDS);
  private readonly times = new Float64Array(SIZE).fill(Number.NEGATIVE_INFINITY);
  private readonly notes = new Int32Array(NOTED * WORDS);
  private readonly noteTimes = new Float64Array(NOTED).fill(Number.NEGATIVE_INFINITY);
  private readonly noteKeys = new Int32Array(NOTED);
  private noted = 0;
  /** Of the last `seen` that was true: ns since the first of the two. */
  sinceNs = 0;

  /** Remembers a packet of `h` that brought something new: the words that `seen` compares. */
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
    const i = this.noted;
    this.noted = (i + 1) & (NOTED - 1);
    const at = i * WORDS;
    const notes = this.notes;
    notes[at] = seq;
    notes[at + 1] = ack;
    notes[at + 2] = ports;
    notes[at + 3] = idWindow;
    notes[at + 4] = lengthFlags;
    notes[at + 5] = src;
    notes[at + 6] = dst;
    this.noteKeys[i] = keyOf(seq, ack, idWindow);
    this.noteTimes[i] = timeNs;
  }

  noteSegment(s: Segment): void {
    const { srcD, dstD, timeNs } = s;
    this.note(
      s.seq | 0,
      s.ack | 0,
      portsOf(s),
      idWindowOf(s),
      lengthFlagsOf(s),
      srcD,
      dstD,
      timeNs,
    );
  }

  /**
   * True where the same headers came a moment ago; else remembers these. Where `noted` is false the
   * packet is of a kind that is never noted.
   */
  seen(s: Segment, noted: boolean): boolean {
    const slot = slotOf(s);
    const at = slot * WORDS;
    const w = this.words;
    if (isSame(w, at, s) && this.isRecent(s.timeNs - this.times[slot])) return true;
    if (noted && this.amongNoted(s)) return true;
    w[at] = s.seq | 0;
    w[at + 1] = s.ack | 0;
    w[at + 2] = portsOf(s);
    w[at + 3] = idWindowOf(s);
    w[at + 4] = lengthFlagsOf(s);
    w[at + 5] = s.srcD;
    w[at + 6] = s.dstD;
    this.times[slot] = s.timeNs;
    return false;
  }

  /** The newest first: a copy follows closely. */
  private amongNoted(s: Segment): boolean {
    const key = keyOf(s.seq | 0, s.ack | 0, idWindowOf(s));
    const { noted } = this;
    return this.within(s, key, noted - 1, 0) || this.within(s, key, NOTED - 1, noted);
  }

  /** Looks from `newest` down to `oldest`: most is spent here of what a packet that came again costs. */
  private within(s: Segment, key: number, newest: number, oldest: number): boolean {
    const keys = this.noteKeys;
    for (let i = newest; i >= oldest; i--) {
      if (keys[i] !== key || !isSame(this.notes, i * WORDS, s)) continue;
      if (this.isRecent(s.timeNs - this.noteTimes[i])) return true;
    }
    return false;
  }

  private isRecent(sinceNs: number): boolean {
    this.sinceNs = sinceNs;
    return sinceNs < MIRROR_COPY_NS && sinceNs > -MIRROR_COPY_NS;
  }
}

function isSame(words: Int32Array, at: number, s: Segment): boolean {
  return (
    words[at] === (s.seq | 0) &&
    words[at + 1] === (s.ack | 0) &&
    words[at + 2] === portsOf(s) &&
    words[at + 3] === idWindowOf(s) &&
    words[at + 4] === lengthFlagsOf(s) &&
    words[at + 5] === s.srcD &&
    words[at + 6] === s.dstD
  );
}

function portsOf(s: Segment): number {
  return (s.srcPort << 16) | s.dstPort;
}

function idWindowOf(s: Segment): number {
  return (s.ipId << 16) | s.window;
}

function lengthFlagsOf(s: Segment): number {
  return (s.payloadLength << 8) | s.flags;
}

function keyOf(seq: number, ack: number, idWindow: number): number {
  return (seq + Math.imul(ack, 0x9e3779b1)) ^ idWindow;
}

function slotOf(s: Segment): number {
  let h = Math.imul(s.seq | 0, 0x9e3779b1) ^ Math.imul(s.ack | 0, 0x85ebca77);
  h ^= Math.imul(portsOf(s), 0xc2b2ae3d) ^ Math.imul(idWindowOf(s), 0x27d4eb2f);
  h ^= Math.imul(s.srcD ^ (s.dstD << 7), 0x165667b1);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) ^ lengthFlagsOf(s);
  h ^= h >>> 13;
  return h & (SIZE - 1);
}
