// hot: no allocation per packet
// Packets of Read Responses whose request is not known yet: it waits in its half, or the capture has it some
// packets later. They are looked at again with each packet of the connection, for a short grace.
//
// Invariant: those that wait lie in the order in which they came, at most ROCE_HELD_MAX of them.

import { REORDER_GRACE_PACKETS, ROCE_HELD_MAX } from '../../limits.js';
import { RocePacket } from './packet.js';

/** The room for one is that of the largest path MTU. */
const ROOM = 4096;

export class LateAnswers {
  count = 0;
  private readonly packets: RocePacket[] = [];
  private readonly rooms: Uint8Array[] = [];
  private readonly left: number[] = [];

  /** False where there is no room. */
  hold(packet: RocePacket): boolean {
    if (this.count >= ROCE_HELD_MAX || packet.captured > ROOM) return false;
    if (this.count === this.packets.length) {
      this.packets.push(new RocePacket());
      this.rooms.push(new Uint8Array(ROOM));
      this.left.push(0);
    }
    packet.copyTo(this.packets[this.count], this.rooms[this.count], 0);
    this.left[this.count] = REORDER_GRACE_PACKETS;
    this.count++;
    return true;
  }

  at(i: number): RocePacket {
    return this.packets[i];
  }

  /** One more packet of the connection: true where this one has waited long enough. */
  tick(i: number): boolean {
    return --this.left[i] <= 0;
  }

  /** It is no longer among those that wait; borrowed until the next `hold`. */
  take(i: number): RocePacket {
    const packet = this.packets[i];
    const room = this.rooms[i];
    for (let j = i; j + 1 < this.count; j++) {
      this.packets[j] = this.packets[j + 1];
      this.rooms[j] = this.rooms[j + 1];
      this.left[j] = this.left[j + 1];
    }
    this.count--;
    this.packets[this.count] = packet;
    this.rooms[this.count] = room;
    return packet;
  }
}
