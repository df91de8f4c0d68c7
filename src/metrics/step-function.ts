// hot: no allocation per packet
// A step function of time with whole numbers: how many commands were open. Its window begins with
// the first command and ends with the last event (or the capture, where commands are still open).

import { asDoubles } from '../lib/double-fields.js';
import { QUEUE_DEPTHS_MAX } from '../limits.js';

/** V8 keeps arrays of up to 64 bytes in the object: most have few depths. */
const FIRST_DEPTHS = 8;

/** Invariant: the times at all depths sum up to the window; depth is never negative. */
export class StepFunction {
  depth = 0;
  max = 0;
  /** Commands that count only as long as they were open for certain: all here is at least so. */
  uncertain = 0;
  /** Window, ns since the capture's first packet. */
  fromNs = 0;
  toNs = 0;
  /** Integral of depth over time: depth · ns. */
  area = 0;
  #started: boolean;
  /** ns spent at each depth; the last slot holds all that are deeper. */
  #timeAt: Float64Array;

  constructor() {
    this.#started = false;
    this.#timeAt = new Float64Array(FIRST_DEPTHS);
  }

  /** Steps up or down at `timeNs`. A time before the last one (a clock that stepped back) is now. */
  change(timeNs: number, by: number): void {
    if (this.#started) {
      this.#advance(timeNs);
    } else {
      this.#started = true;
      this.fromNs = timeNs;
      this.toNs = timeNs;
    }
    this.depth += by;
    if (this.depth < 0) this.depth = 0;
    if (this.depth > this.max) this.max = this.depth;
  }

  /** The capture is over: what is open stays open until then. */
  finish(timeNs: number): void {
    if (this.depth > 0) this.#advance(timeNs);
  }

  spanNs(): number {
    return this.toNs - this.fromNs;
  }

  /** Time with at least one command open. */
  busyNs(): number {
    return this.spanNs() - this.#timeAt[0];
  }

  /** Time-weighted mean; for a window of no length the depth itself. */
  mean(): number {
    const span = this.spanNs();
    return span > 0 ? this.area / span : this.max;
  }

  /** The smallest depth that is not exceeded in `p` of the window. */
  percentile(p: number): number {
    const want = this.spanNs() * p;
    if (want <= 0) return this.max;
    let time = 0;
    for (let depth = 0; depth < this.#timeAt.length; depth++) {
      time += this.#timeAt[depth];
      // Sums of many steps round; a part in 10^12 is not a depth more.
      if (time >= want * (1 - 1e-12)) return Math.min(depth, this.max);
    }
    return this.max;
  }

  invariants(): boolean {
    let time = 0;
    for (let i = 0; i < this.#timeAt.length; i++) time += this.#timeAt[i];
    return this.depth >= 0 && Math.abs(time - this.spanNs()) <= this.spanNs() * 1e-9;
  }

  #advance(timeNs: number): void {
    const passed = timeNs - this.toNs;
    if (passed <= 0) return;
    this.toNs = timeNs;
    this.area += passed * this.depth;
    const slot = Math.min(this.depth, QUEUE_DEPTHS_MAX);
    if (slot >= this.#timeAt.length) this.#grow(slot);
    this.#timeAt[slot] += passed;
  }

  #grow(slot: number): void {
    let size = this.#timeAt.length;
    while (size <= slot) size *= 2;
    const more = new Float64Array(Math.min(size, QUEUE_DEPTHS_MAX + 1));
    more.set(this.#timeAt);
    this.#timeAt = more;
  }
}

asDoubles(new StepFunction(), ['fromNs', 'toNs', 'area']);
