// hot: no allocation per packet
// Commands that are open at once, in the order of time. When a command ended is told at its end, or, where its
// status was not captured, much later and not exactly: such a one counts only until its own last PDU, for so
// long it was open for certain. So a step is applied to the functions of its LUN, session and capture
// only when no command that is still open can bring an earlier one.

import { DEPTH_COMMANDS_MAX } from '../limits.js';
import type { LunMetrics } from './counters.js';

const FIRST = 256;

export interface DepthSink {
  step(lun: LunMetrics, timeNs: number, by: number): void;
}

/**
 * Invariant: steps between `#head` and `#end` are in the order of time; those before are applied. Numbers from
 * `#oldest` up to `#next` may be open; DEPTH_COMMANDS_MAX of them at most.
 */
export class DepthLine {
  readonly #sink: DepthSink;
  #times = new Float64Array(FIRST);
  #bys = new Int8Array(FIRST);
  #luns: LunMetrics[] = [];
  #head = 0;
  #end = 0;
  /** By number of the task, in a ring: 1 open; when it began. */
  #open = new Uint8Array(FIRST);
  #starts = new Float64Array(FIRST);
  #oldest = -1;
  #next = 0;

  constructor(sink: DepthSink) {
    this.#sink = sink;
  }

  started(number: number, lun: LunMetrics, timeNs: number): void {
    if (this.#oldest < 0) this.#oldest = number;
    if (number - this.#oldest >= this.#open.length) this.#room(number);
    const mask = this.#open.length - 1;
    // Numbers that were passed over are of tasks without a command.
    for (let n = this.#next; n < number; n++) this.#open[n & mask] = 0;
    this.#next = number + 1;
    this.#open[number & mask] = 1;
    this.#starts[number & mask] = timeNs;
    this.#put(lun, timeNs, 1);
  }

  /** It was open until then; not told for one that is open at the end. */
  ended(number: number, lun: LunMetrics, timeNs: number): void {
    this.#put(lun, timeNs, -1);
    this.over(number);
  }

  /** No step of it will come any more. */
  over(number: number): void {
    const mask = this.#open.length - 1;
    if (number < this.#oldest || number >= this.#next) return;
    this.#open[number & mask] = 0;
    if (number !== this.#oldest) return;
    while (this.#oldest < this.#next && this.#open[this.#oldest & mask] === 0) this.#oldest++;
    this.#apply(
      this.#oldest < this.#next ? this.#starts[this.#oldest & mask] : Number.POSITIVE_INFINITY,
    );
  }

  finish(): void {
    this.#apply(Number.POSITIVE_INFINITY);
  }

  /** Room for one number more: the ring grows up to its bound, then the oldest is not waited for. */
  #room(number: number): void {
    if (this.#open.length < DEPTH_COMMANDS_MAX) {
      const open = new Uint8Array(this.#open.length * 2);
      const starts = new Float64Array(open.length);
      for (let n = this.#oldest; n < this.#next; n++) {
        open[n & (open.length - 1)] = this.#open[n & (this.#open.length - 1)];
        starts[n & (open.length - 1)] = this.#starts[n & (this.#open.length - 1)];
      }
      this.#open = open;
      this.#starts = starts;
      if (number - this.#oldest >= open.length) this.#room(number);
      return;
    }
    const mask = this.#open.length - 1;
    while (
      number - this.#oldest >= this.#open.length ||
      (this.#oldest < this.#next && this.#open[this.#oldest & mask] === 0)
    ) {
      this.#oldest++;
    }
    if (this.#oldest < this.#next) this.#apply(this.#starts[this.#oldest & mask]);
  }

  #put(lun: LunMetrics, timeNs: number, by: number): void {
    if (this.#end === this.#times.length) this.#makeRoom();
    let at = this.#end++;
    // Nearly always the last: only ends that are told late go back.
    while (at > this.#head && this.#times[at - 1] > timeNs) {
      this.#times[at] = this.#times[at - 1];
      this.#bys[at] = this.#bys[at - 1];
      this.#luns[at] = this.#luns[at - 1];
      at--;
    }
    this.#times[at] = timeNs;
    this.#bys[at] = by;
    this.#luns[at] = lun;
  }

  #makeRoom(): void {
    const kept = this.#end - this.#head;
    if (kept * 2 > this.#times.length) {
      const times = new Float64Array(this.#times.length * 2);
      times.set(this.#times);
      this.#times = times;
      const bys = new Int8Array(times.length);
      bys.set(this.#bys);
      this.#bys = bys;
    }
    this.#times.copyWithin(0, this.#head, this.#end);
    this.#bys.copyWithin(0, this.#head, this.#end);
    this.#luns.splice(0, this.#head);
    this.#end = kept;
    this.#head = 0;
  }

  /** Steps before `timeNs` are final. */
  #apply(timeNs: number): void {
    while (this.#head < this.#end && this.#times[this.#head] < timeNs) {
      const at = this.#head++;
      this.#sink.step(this.#luns[at], this.#times[at], this.#bys[at]);
    }
    if (this.#head === this.#end) {
      this.#head = 0;
      this.#end = 0;
      this.#luns.length = 0;
    }
  }
}
