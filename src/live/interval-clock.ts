// When an interval ends, and how late packets are. Intervals are cut by the packets' own times, so
// that the numbers are those of the traffic whatever the load here; where no packet comes, the
// clock of this machine goes on from the last one.

import type { Epoch } from '../capture/time.js';

const NS_PER_MS = 1e6;
/** Capturing programs hand packets on in bursts: so long silence may be packets under way. */
const GRACE_MS = 500;

export class LiveClock {
  epoch: Epoch | undefined = undefined;
  /** Where the interval at hand began and where it ends, ns since the first packet. */
  fromNs = 0;
  toNs: number;
  delayMs = 0;
  delayMsMax = 0;
  readonly #everyNs: number;
  readonly #sameClock: boolean;
  readonly #now: () => number;
  readonly #startedMs: number;
  #epochMs = 0;
  #lastNs = 0;
  /** When the last packet was handed to us. */
  #lastMs: number;
  /** Least difference of the clocks: what is more is delay. */
  #aheadMs = Number.POSITIVE_INFINITY;

  /** `sameClock`: packets are timed by this machine. `now`: ms since 1970. */
  constructor(everyNs: number, sameClock: boolean, now: () => number = Date.now) {
    this.#everyNs = everyNs;
    this.#sameClock = sameClock;
    this.#now = now;
    this.#startedMs = now();
    this.#lastMs = this.#startedMs;
    this.toNs = everyNs;
  }

  /** The first packet: time begins. */
  begin(epoch: Epoch): void {
    this.epoch = epoch;
    this.#epochMs = epoch.seconds * 1000 + epoch.nanoseconds / NS_PER_MS;
    this.fromNs = 0;
    this.toNs = this.#everyNs;
  }

  /** A packet is about to be processed. True where the interval ended before it. */
  packet(timeNs: number): boolean {
    const nowMs = this.#now();
    const late = nowMs - (this.#epochMs + timeNs / NS_PER_MS);
    if (late < this.#aheadMs) this.#aheadMs = late;
    const delay = Math.max(0, this.#sameClock ? late : late - this.#aheadMs);
    this.delayMs = delay;
    if (delay > this.delayMsMax) this.delayMsMax = delay;
    this.#lastMs = nowMs;
    if (timeNs > this.#lastNs) this.#lastNs = timeNs;
    return timeNs >= this.toNs;
  }

  /** The interval at hand ends at this time at the latest. */
  endBy(ns: number): void {
    if (ns > this.fromNs && ns < this.toNs) this.toNs = ns;
  }

  /** No packet came for a while. True where the interval ended meanwhile. */
  quiet(): boolean {
    return this.nowNs() >= this.toNs + GRACE_MS * NS_PER_MS;
  }

  /** No packet came for longer than one may be under way. */
  get idle(): boolean {
    return this.epoch !== undefined && this.#now() - this.#lastMs >= GRACE_MS;
  }

  /** The time it is by the packets' clock. */
  nowNs(): number {
    if (this.epoch === undefined) return (this.#now() - this.#startedMs) * NS_PER_MS;
    return this.#lastNs + (this.#now() - this.#lastMs) * NS_PER_MS;
  }

  /** The next interval begins; after a long silence it is as long as the silence. */
  next(untilNs: number): void {
    this.fromNs = this.toNs;
    const passed = Math.floor((untilNs - this.fromNs) / this.#everyNs);
    // So far off (a damaged pcapng time) that a double tells no interval from the next: the next double there is.
    const least = Math.max(this.#everyNs, this.fromNs * Number.EPSILON);
    this.toNs = this.fromNs + Math.max(least, passed * this.#everyNs);
    this.delayMsMax = 0;
  }

  /** The last interval ends here: it may be a short one. */
  end(atNs: number): void {
    this.toNs = Math.max(this.fromNs + 1, atNs);
  }
}
