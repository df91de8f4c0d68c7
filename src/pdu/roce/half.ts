// hot: no allocation per packet
// What one side of a queue pair requests, in the order of its packet sequence numbers (IBTA 9.7.1):
// what comes again is counted and left, what comes early waits for what is missing. A receiver drops
// what is early and asks for all from there on again (NAK, 9.7.5.2.8); where its ACK covers what the
// capture has not, the capture missed it, or has it some packets later: captures reorder. So the proof holds
// after a short grace only, and until then the other side's requests wait too: its answer to a command that
// is still to come would come before it.
//
// Invariant: `expected` is the number of the next packet in order; all that wait lie behind it.

import { REORDER_GRACE_NS, REORDER_GRACE_PACKETS, ROCE_HELD_MAX } from '../../limits.js';
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
  /** Packets until what an ACK covered is missing for good, 0 where none did; up to where it covered. */
  private graceLeft = 0;
  private gracePsn = 0;
  private graceNs = -0;
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
  take(packet: RocePacket, numbers: number, otherInGrace: boolean): void {
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
    if (otherInGrace && this.graceLeft === 0) {
      this.hold(packet);
      return;
    }
    this.pass(packet, numbers);
    this.sink.inOrder(this, packet, packet.timeNs);
  }

  get inGrace(): boolean {
    return this.graceLeft > 0;
  }

  /** The receiver has all packets up to `psn`: of those that are not here some may still come. */
  acknowledged(psn: number, timeNs: number): void {
    if (!this.known || psnDistance(psn, this.expected) < 0) return;
    if (this.held.length > 0 && psnDistance(psn, this.endInOrder()) < 0) return;
    if (this.graceLeft === 0) {
      this.graceLeft = REORDER_GRACE_PACKETS;
      this.graceNs = timeNs;
    } else if (psnDistance(psn, this.gracePsn) <= 0) return;
    this.gracePsn = psn;
  }

  /** One more packet of the connection: true where the grace is over, and something was missing. */
  tick(frame: number, timeNs: number): boolean {
    if (this.graceLeft === 0) return false;
    if (timeNs - this.graceNs < REORDER_GRACE_NS && --this.graceLeft > 0) return false;
    this.graceLeft = 0;
    this.proven(this.gracePsn, frame, timeNs);
    return true;
  }

  /** A packet in order takes `numbers` of them; where that is not known (0) the next one says it. */
  pass(packet: RocePacket, numbers: number): void {
    this.expected = (packet.psn + numbers) & 0xffffff;
    if (numbers === 0) this.known = false;
    if (this.graceLeft > 0 && psnDistance(this.expected, this.gracePsn) > 0) this.graceLeft = 0;
  }

  get waiting(): boolean {
    return this.held.length > 0;
  }

  /** Packet (its number in the capture) of the one that waits and is next now; 0 where that is missing. */
  nextHeldFrame(): number {
    for (let i = 0; i < this.held.length; i++) {
      if (this.held[i].psn === this.expected) return this.held[i].frame;
    }
    return 0;
  }

  /** Of those that wait, the one that is next now; undefined where it is still missing. */
  nextHeld(): RocePacket | undefined {
    for (let i = 0; i < this.held.length; i++) {
      if (this.held[i].psn === this.expected) return this.remove(i);
    }
    return undefined;
  }

  /** The first number that is missing: those before it are in order, and wait for the other side only. */
  private endInOrder(): number {
    let next = this.expected;
    for (let i = 0; i < this.held.length; i++) {
      if (this.held[i].psn !== next) continue;
      next = (next + 1) & 0xffffff;
      i = -1;
    }
    return next;
  }

  /** What waits for a missing packet is sent again: the receiver dropped it. */
  dropHeld(): void {
    const next = this.endInOrder();
    for (let i = this.held.length - 1; i >= 0; i--) {
      if (psnDistance(this.held[i].psn, next) >= 0) this.give(i);
    }
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
    if (this.graceLeft > 0) this.proven(this.gracePsn, frame, timeNs);
    this.graceLeft = 0;
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
