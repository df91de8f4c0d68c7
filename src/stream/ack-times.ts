// When the receiver acknowledged bytes that were not told yet: a gap that it proves is no younger.

/** ACKs ahead kept: more than come in one grace of a usual capture. */
const KEPT_MAX = 64;

/**
 * Invariant: `acks` ascend (serial numbers), and each has its time. Where more come than are kept, a
 * time is the later one's: it stays an upper bound.
 */
export class AckTimes {
  private readonly acks: number[] = [];
  private readonly times: number[] = [];

  /** All before `ack` is acknowledged since `timeNs`; what lies before `told` is not asked for again. */
  note(ack: number, timeNs: number, told: number): void {
    let old = 0;
    while (old < this.acks.length && ((this.acks[old] - told) | 0) <= 0) old++;
    if (old > 0) {
      this.acks.splice(0, old);
      this.times.splice(0, old);
    }
    const last = this.acks.length - 1;
    if (last >= 0 && ((ack - this.acks[last]) | 0) <= 0) return;
    if (last + 1 < KEPT_MAX) {
      this.acks.push(ack);
      this.times.push(timeNs);
    } else {
      this.acks[last] = ack;
      this.times[last] = timeNs;
    }
  }

  /** When all before `end` had been acknowledged, as far as is known: infinite where it is not. */
  since(end: number): number {
    for (let i = 0; i < this.acks.length; i++) {
      if (((this.acks[i] - end) | 0) >= 0) return this.times[i];
    }
    return Number.POSITIVE_INFINITY;
  }
}
