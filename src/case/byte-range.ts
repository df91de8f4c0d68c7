// Bytes of one direction of a TCP connection, put together from packets that were seen before: from
// the first byte of a PDU to its last one, which its header tells.

import type { Packet } from '../capture/packet.js';
import { PacketDecoder } from '../packet/decoder.js';
import type { Segment, SegmentSink } from '../packet/segment.js';
import { ProblemLog } from '../problem.js';
import type { Connection } from '../stream/connection.js';
import type { GapKind } from '../stream/sink.js';
import { BHS_BYTES } from '../wire/iscsi/bhs.js';
import { LENGTHS } from '../wire/iscsi/bhs-offsets.js';

/** What is known of a byte. */
const THERE = 1;
const CUT = 2;
/** AHS, digests and padding (RFC 7143 11.1): beside header and data. */
const BESIDE_BYTES = 1020 + 4 + 3 + 4;

export interface StretchWish {
  readonly connection: Connection;
  /** True for the bytes of side A. */
  readonly fromA: boolean;
  /** Position of the first byte in the direction's bytes, modulo 2^32. */
  readonly position: number;
  readonly dataLength: number;
  readonly headerDigest: boolean;
  readonly dataDigest: boolean;
}

/** Told of the bytes in their order, in as few pieces as there are. */
export interface StretchSink {
  there(bytes: Uint8Array, view: DataView, at: number, length: number): void;
  /** Cut by snaplen; or in no packet that was read. */
  gap(length: number, kind: GapKind): void;
}

/** Invariant: the state of bytes 0 … #reach-1 is known. */
export class Stretch implements SegmentSink {
  /** True where two packets contradict each other: which one counted is not known here. */
  contradicts = false;
  readonly #wish: StretchWish;
  readonly #seq: number;
  readonly #bytes: Uint8Array;
  readonly #state: Uint8Array;
  readonly #decoder: PacketDecoder;
  #reach = 0;
  #whole = -1;

  constructor(wish: StretchWish) {
    const { connection, fromA } = wish;
    const room = BHS_BYTES + wish.dataLength + BESIDE_BYTES;
    this.#wish = wish;
    this.#seq = (fromA ? connection.a : connection.b).startSeq + wish.position;
    this.#bytes = new Uint8Array(room);
    this.#state = new Uint8Array(room);
    this.#decoder = new PacketDecoder(this, new ProblemLog(0));
  }

  /** True once the header is known: the rest may be missing. */
  get hasHeader(): boolean {
    return this.#whole >= 0;
  }

  /** True once every byte of the PDU is known. */
  get done(): boolean {
    return this.#reach === this.#whole;
  }

  packet(packet: Packet): void {
    this.#decoder.packet(packet);
  }

  segment(s: Segment): void {
    if (s.payloadLength === 0 || !this.#isOurs(s)) return;
    const at = (s.seq - this.#seq) | 0;
    if (at >= this.#state.length || at + s.payloadLength <= 0) return;
    this.#take(s, at);
    while (this.#reach < this.#state.length && this.#state[this.#reach] !== 0) {
      this.#reach++;
      if (this.#reach === BHS_BYTES) this.#whole = this.#length();
      if (this.#reach === this.#whole) return;
    }
  }

  tell(sink: StretchSink): void {
    const view = new DataView(this.#bytes.buffer);
    for (let at = 0; at < this.#whole; ) {
      const state = this.#state[at];
      let end = at + 1;
      while (end < this.#whole && this.#state[end] === state) end++;
      if (state === THERE) sink.there(this.#bytes, view, at, end - at);
      else sink.gap(end - at, state === CUT ? 'cut' : 'missing');
      at = end;
    }
  }

  /** Of a header that was cut too, lengths are those that were seen when it was first read. */
  #length(): number {
    const { dataLength, headerDigest, dataDigest } = this.#wish;
    const ahs = this.#bytes[LENGTHS] * 4;
    const padded = (dataLength + 3) & ~3;
    return BHS_BYTES + ahs + padded + (headerDigest ? 4 : 0) + (dataDigest ? 4 : 0);
  }

  #take(s: Segment, at: number): void {
    const bytes = this.#bytes;
    const state = this.#state;
    const first = Math.max(0, at);
    const captured = Math.min(state.length, at + s.payloadCaptured);
    const end = Math.min(state.length, at + s.payloadLength);
    for (let i = first; i < captured; i++) {
      const byte = s.bytes[s.payloadOffset + i - at];
      if (state[i] === 0) {
        bytes[i] = byte;
        state[i] = THERE;
      } else if (state[i] === CUT || bytes[i] !== byte) this.contradicts = true;
    }
    for (let i = Math.max(first, captured); i < end; i++) {
      if (state[i] === 0) state[i] = CUT;
      else if (state[i] === THERE) this.contradicts = true;
    }
  }

  #isOurs(s: Segment): boolean {
    const { connection: c, fromA } = this.#wish;
    const isA =
      s.srcPort === c.aPort &&
      s.srcD === c.a3 &&
      s.srcC === c.a2 &&
      s.srcB === c.a1 &&
      s.srcA === c.a0;
    const isB =
      s.srcPort === c.bPort &&
      s.srcD === c.b3 &&
      s.srcC === c.b2 &&
      s.srcB === c.b1 &&
      s.srcA === c.b0;
    const toA =
      s.dstPort === c.aPort &&
      s.dstD === c.a3 &&
      s.dstC === c.a2 &&
      s.dstB === c.a1 &&
      s.dstA === c.a0;
    const toB =
      s.dstPort === c.bPort &&
      s.dstD === c.b3 &&
      s.dstC === c.b2 &&
      s.dstB === c.b1 &&
      s.dstA === c.b0;
    return fromA ? isA && toB : isB && toA;
  }
}
