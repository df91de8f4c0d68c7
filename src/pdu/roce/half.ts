// hot: no allocation per packet
// What one side of a queue pair requests, in the order of its packet sequence numbers (IBTA 9.7.1):
// what comes again is counted and left, what comes early waits for what is missing. A receiver drops
// what is early and asks for all from there on again (NAK, 9.7.5.2.8); where its ACK covers what the
// capture has not, the capture missed it.
//
// Invariant: `expected` is the number of the next packet in order; all that wait lie behind it.

import { ROCE_HELD_MAX } from '../../limits.js';
import { RocePacket } from './packet.js';

/** Packets that are held, and their bytes: the room for one is that of the largest path MTU. */
const ROOM = 4096;

export interface HalfSink {
  /** The next packet in order; `readyNs` when its receiver could read it. */
  inOrder(half: Half, packet: RocePacket, readyNs: number): void;
  /** So many packets are missing for good. */
  missing(half: Half, packets: number, frame: number, readyNs: number): void;
}

export class Half {
  /** 0: the side that opened the connection. */
  readonly direction: number;
  expected = 0;
  /** Whether `expected` means anything yet. */
  known = false;
  /** Counts: packets, those that came again, that came early; packets missing for good. */
  packets = 0;
  bytes = 0;
  again = 0;
  againFrame = 0;
  early = 0;
  lost = 0;
  lostFrame = 0;
  congested = 0;
  congestedFrame = 0;
  icrcBad = 0;
  /** An ICRC of it was right. */
  icrcRight = false;
  /** Bytes so far: the place of the next one. */
  position = 0;
  private readonly sink: HalfSink;
  private held: RocePacket[] = [];
  private room: Uint8Array[] = [];
  /** Objects for those to come. */
  private free: RocePacket[] = [];
  private freeRoom: Uint8Array[] = [];

  constructor(direction: number, sink: HalfSink) {
    this.direction = direction;
    this.sink = sink;
  }

  /** How many numbers a request takes: one, or one for each packet of its response (9.7.5.1.1). */
  take(packet: RocePacket, numbers: number): void {
    if (!this.known) {
      this.known = true;
      this.expected = packet.psn;
    }
    const ahead = psnDistance(packet.psn, this.expected);
    if (ahead < 0) {
      this.again++;
      if (this.againFrame === 0) this.againFrame = packet.frame;
      return;
    }
    if (ahead > 0) {
      this.early++;
      this.hold(packet);
      return;
    }
    this.pass(packet, numbers);
    this.sink.inOrder(this, packet, packet.timeNs);
  }

  /** A packet in order takes `numbers` of them; where that is not known (0) the next one says it. */
  pass(packet: RocePacket, numbers: number): void {
    this.expected = (packet.psn + numbers) & 0xffffff;
    if (numbers === 0) this.known = false;
  }

  get waiting(): boolean {
    return this.held.length > 0;
  }

  /** Of those that wait, the one that is next now; undefined where it is still missing. */
  nextHeld(): RocePacket | undefined {
    for (let i = 0; i < this.held.length; i++) {
      if (this.held[i].psn === this.expected) return this.remove(i);
    }
    return undefined;
  }

  /** What waits is sent again: the receiver dropped it. */
  dropHeld(): void {
    while (this.held.length > 0) this.give(this.held.length - 1);
  }

  /**
   * All packets up to `psn` have arrived: those of them that are missing were never captured. The
   * first that waits is due next then, if there is one.
   */
  proven(psn: number, frame: number, timeNs: number): void {
    if (!this.known || psnDistance(psn, this.expected) < 0) return;
    let next = (psn + 1) & 0xffffff;
    for (const p of this.held) {
      const covered = psnDistance(psn, p.psn) >= 0;
      if (covered && psnDistance(p.psn, next) < 0) next = p.psn;
    }
    const missing = psnDistance(next, this.expected);
    if (missing <= 0) return;
    this.lost += missing;
    if (this.lostFrame === 0) this.lostFrame = frame;
    this.expected = next;
    this.sink.missing(this, missing, frame, timeNs);
  }

  /** No more packets: what waits has waited for nothing. */
  settle(frame: number, timeNs: number): void {
    let last = -1;
    for (const p of this.held) if (last < 0 || psnDistance(p.psn, last) > 0) last = p.psn;
    if (last >= 0) this.proven(last, frame, timeNs);
  }

  private hold(packet: RocePacket): void {
    for (const p of this.held) if (p.psn === packet.psn) return;
    if (this.held.length >= ROCE_HELD_MAX) {
      this.settle(packet.frame, packet.timeNs);
      return;
    }
    const copy = this.free.pop() ?? new RocePacket();
    const room = this.freeRoom.pop() ?? new Uint8Array(ROOM);
    if (packet.captured > ROOM) return;
    packet.copyTo(copy, room, 0);
    this.held.push(copy);
    this.room.push(room);
  }

  private remove(i: number): RocePacket {
    const packet = this.held[i];
    this.give(i);
    return packet;
  }

  private give(i: number): void {
    this.free.push(this.held[i]);
    this.freeRoom.push(this.room[i]);
    this.held.splice(i, 1);
    this.room.splice(i, 1);
  }
}

/** How far `a` is ahead of `b`, of numbers of 24 bits. */
export function psnDistance(a: number, b: number): number {
  return ((a - b) << 8) >> 8;
}
