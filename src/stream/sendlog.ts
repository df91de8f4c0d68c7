// hot: no allocation per packet
// When each segment of one direction was first seen: for round trips, and for how long a
// retransmission was waited for. A ring that grows while unacknowledged segments need room.

/** V8 keeps arrays of up to 64 bytes in the object: cheap for connections that carry little. */
const FIRST_SIZE = 8;
const SIZE_MAX = 1024;
const NO_ENDS = new Int32Array(0);
const NO_TIMES = new Float64Array(0);

/**
 * Ends of segments (sequence numbers, ascending) and their times. `tail` … `head` are not yet
 * acknowledged; older ones are remembered until their place is needed.
 * Invariant: 0 ≤ head - tail ≤ size, and ends ascend (serial numbers).
 */
export class SendLog {
  private ends = NO_ENDS;
  private times = NO_TIMES;
  /** Size - 1: -1 until the first segment, since many connections never carry one. */
  private mask = -1;
  private head = 0;
  private tail = 0;
  /** Entries that are real, counting back from `head`; and whether older ones were forgotten. */
  private kept = 0;
  private forgot = false;
  /** Segments that the last `take` found acknowledged. */
  taken = 0;

  /** A new segment that ends before sequence number `end` was seen. */
  push(end: number, timeNs: number): void {
    if (this.head - this.tail > this.mask) this.makeRoom();
    const at = this.head & this.mask;
    this.ends[at] = end;
    this.times[at] = timeNs;
    this.head++;
    if (this.kept <= this.mask) this.kept++;
    else this.forgot = true;
  }

  /** All before `ack` is acknowledged. Returns when the last whole segment of it was seen, or NaN. */
  take(ack: number): number {
    const from = this.tail;
    let tail = from;
    const head = this.head;
    while (tail < head && ((ack - this.ends[tail & this.mask]) | 0) >= 0) tail++;
    this.tail = tail;
    this.taken = tail - from;
    return tail === from ? Number.NaN : this.times[(tail - 1) & this.mask];
  }

  /** When the newest segment was seen, -1 for none. */
  lastNs(): number {
    return this.kept === 0 ? -1 : this.times[(this.head - 1) & this.mask];
  }

  /** Segments not yet acknowledged. */
  waiting(): number {
    return this.head - this.tail;
  }

  /** When the byte `seq` was first seen, NaN where that is no longer (or was never) known. */
  firstSeen(seq: number): number {
    let low = this.head - this.kept;
    let high = this.head;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (((this.ends[middle & this.mask] - seq) | 0) > 0) high = middle;
      else low = middle + 1;
    }
    // The oldest entry's start is not known: the byte may be older than the log.
    if (low === this.head || (low === this.head - this.kept && this.forgot)) return Number.NaN;
    return this.times[low & this.mask];
  }

  /** Throws where the invariant is broken. */
  invariants(): void {
    const waiting = this.head - this.tail;
    let ok = waiting >= 0 && waiting <= this.mask + 1 && this.kept <= this.mask + 1;
    for (let i = this.head - this.kept + 1; i < this.head; i++) {
      ok &&= ((this.ends[i & this.mask] - this.ends[(i - 1) & this.mask]) | 0) > 0;
    }
    if (!ok) throw new Error('send log out of order');
  }

  /** Twice the room, or the oldest is forgotten. */
  private makeRoom(): void {
    const size = this.mask + 1;
    if (size >= SIZE_MAX) {
      this.tail++;
      return;
    }
    const grown = Math.max(FIRST_SIZE, size * 2);
    const ends = new Int32Array(grown);
    const times = new Float64Array(grown);
    // Counted anew from 0, so that the counters stay small.
    for (let i = 0; i < size; i++) {
      ends[i] = this.ends[(this.tail + i) & this.mask];
      times[i] = this.times[(this.tail + i) & this.mask];
    }
    this.ends = ends;
    this.times = times;
    this.mask = grown - 1;
    this.head = size;
    this.tail = 0;
    this.kept = size;
  }
}
