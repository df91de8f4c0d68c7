// hot: no allocation per packet
// Buffers that an initiator advertised with its commands (RFC 7145 7.3.1): by Steering Tag, whose task
// each belongs to and where it begins. Those of tasks that are over stay for a while: data may come late,
// or come to a buffer that it should not.
//
// Invariant: `byStag` holds no more than STAGS_MAX entries; `ring` names them in the order of their coming.

import { STAGS_MAX } from '../../limits.js';
import type { OpenTask } from '../../scsi/open-task.js';

const WORD = 2 ** 32;

export class Buffer {
  stag = 0;
  high = 0;
  low = 0;
  /** The task, which is still the same where its order is. */
  open: OpenTask | null = null;
  order = 0;
  initiatorTaskTag = 0;
  /** For RDMA Writes (a read's data), else for RDMA Reads. */
  forWrites = false;
  /** How long it is, as far as the command says (its expected length). */
  length = 0;

  get alive(): boolean {
    return this.open?.open === true && this.open.order === this.order;
  }

  /** Bytes from its beginning to a place. */
  offsetOf(high: number, low: number): number {
    return (high - this.high) * WORD + (low - this.low);
  }
}

export class Buffers {
  private readonly byStag = new Map<number, Buffer>();
  private readonly ring: Buffer[] = [];
  private at = 0;

  of(stag: number): Buffer | undefined {
    return this.byStag.get(stag);
  }

  /** A command advertises a buffer; one of the same tag is no more. */
  advertise(
    stag: number,
    high: number,
    low: number,
    open: OpenTask,
    forWrites: boolean,
    length: number,
  ): void {
    let b = this.byStag.get(stag);
    if (b === undefined) {
      b = this.room();
      b.stag = stag;
      this.byStag.set(stag, b);
    }
    b.high = high;
    b.low = low;
    b.open = open;
    b.order = open.order;
    b.initiatorTaskTag = open.task.tag;
    b.forWrites = forWrites;
    b.length = length;
  }

  /** An object for one more: a new one, or the oldest whose task is over, or just the oldest. */
  private room(): Buffer {
    if (this.ring.length < STAGS_MAX) {
      const b = new Buffer();
      this.ring.push(b);
      return b;
    }
    for (let tries = 0; tries < this.ring.length; tries++) {
      this.at = (this.at + 1) % this.ring.length;
      if (!this.ring[this.at].alive) break;
    }
    const b = this.ring[this.at];
    this.byStag.delete(b.stag);
    return b;
  }
}
