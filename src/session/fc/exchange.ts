// hot: no allocation per packet
// An exchange that carries a SCSI command: its task, which bytes came, and its sequences. Exchanges
// of a nexus are found by OX_ID, the originator's; they come from a pool and go back to it.

import type { OpenTask } from '../../scsi/open-task.js';
import type { SessionEvent } from '../model.js';
import { Ranges } from './ranges.js';

/**
 * Frames of one direction's sequences (FC-FS): SEQ_CNT counts on within a sequence, from 0 or from
 * where the one before ended. Frames may overtake each other on two connections: what is missing is
 * known at the end only, as the sum of what sequences should hold less what was seen.
 */
export class Sequences {
  /** Frames that lack so far; below 0 where late ones of an earlier sequence were counted since. */
  lack = 0;
  /** Where a frame was first found lacking. */
  lackFrame = 0;
  lackNs = -1;
  /** The sequence under way: its SEQ_ID (-1 none), its SEQ_CNTs, frames seen, whether its last came. */
  #id = -1;
  /** The one before it. */
  #before = -1;
  #beforeHigh = 0;
  #beforeEnded = false;
  #low = 0;
  #high = 0;
  #seen = 0;
  #lowSeen = false;
  #ended = false;

  clear(): void {
    this.lack = 0;
    this.lackFrame = 0;
    this.lackNs = -1;
    this.#id = -1;
    this.#before = -1;
    this.#seen = 0;
    this.#ended = false;
  }

  /** A frame; `first`: its SOF begins a sequence, `last`: it ends one. */
  take(
    id: number,
    cnt: number,
    first: boolean,
    last: boolean,
    frame: number,
    timeNs: number,
  ): void {
    if (!(first && last) && this.#isLate(id, cnt, first)) {
      if (id !== this.#id) {
        this.lack--;
        return;
      }
      this.#seen++;
      if (cnt === this.#low) this.#lowSeen = true;
      if (last) this.#ended = true;
      return;
    }
    if (
      !first &&
      id !== this.#id &&
      id === this.#before &&
      cnt > this.#beforeHigh &&
      !this.#beforeEnded
    ) {
      // The end of the sequence before, after the next one has begun.
      this.lack += cnt - this.#beforeHigh - 1;
      this.#beforeHigh = cnt;
      this.#beforeEnded = last;
      return;
    }
    if (first || id !== this.#id || this.#ended) {
      const next = this.#id >= 0 ? this.#high + 1 : -1;
      this.fold();
      this.#id = id;
      this.#lowSeen = first || cnt === next;
      // It began at 0, or where the one before ended: whichever lacks less.
      this.#low = this.#lowSeen ? cnt : next > 0 && cnt > next ? next : 0;
      this.#high = cnt;
      this.#seen = 1;
      this.#ended = last;
    } else {
      if (cnt > this.#high) this.#high = cnt;
      this.#seen++;
      if (last) this.#ended = true;
    }
    if (this.lackNs >= 0 || this.#high - this.#low + 1 === this.#seen) return;
    this.lackFrame = frame;
    this.lackNs = timeNs;
  }

  /** Frames that lack by now, the sequence under way included. */
  lackingNow(): number {
    const now = this.#id < 0 ? 0 : this.#high - this.#low + 1 - this.#seen;
    return Math.max(0, this.lack + now);
  }

  /** No more frames of the sequence under way. */
  fold(): void {
    if (this.#id < 0) return;
    this.lack += this.#high - this.#low + 1 - this.#seen;
    this.#before = this.#id;
    this.#beforeHigh = this.#high;
    this.#beforeEnded = this.#ended;
    this.#id = -1;
    this.#seen = 0;
  }

  /** It belongs where one was found lacking: to the sequence under way, or to the one before. */
  #isLate(id: number, cnt: number, begins: boolean): boolean {
    if (id === this.#id) {
      if (begins) return !this.#lowSeen && cnt === this.#low;
      const lacks = this.#high - this.#low + 1 > this.#seen;
      return lacks && cnt < this.#high && cnt >= this.#low;
    }
    return id === this.#before && this.lack > 0;
  }
}

export class Exchange {
  oxId = 0;
  rxId = 0xffff;
  open: OpenTask | null = null;
  order = 0;
  readonly inRanges = new Ranges();
  readonly outRanges = new Ranges();
  readonly fromOriginator = new Sequences();
  readonly fromResponder = new Sequences();
  /** The last frame of it. */
  lastKind = 0;
  lastFrame = 0;
  lastNs = -1;
  /** Data came before any FCP_XFER_RDY. */
  early = false;
  /** The burst of the FCP_DATA under way (task-calls.ts), -1 none. */
  burst = -1;
  /** ABTS: index into the list of aborts, -1 none. */
  abort = -1;
  /** The event of its ABTS, and, where it carries task management itself, of that. */
  abortEvent: SessionEvent | null = null;
  management: SessionEvent | null = null;
  recFrame = 0;
  /** Losses of the link when it began. */
  lossesAtStart = 0;
  /** Its response came before all of its data, on another connection: the outcome that is due, -1 none. */
  due = -1;
  dueNs = -1;
  dueFrame = 0;
  /** A class 2 frame of it met a busy: it is sent again. */
  busy = false;
  /** SRR asked for something again: what comes twice is meant to. */
  again = false;

  reset(oxId: number): void {
    this.oxId = oxId;
    this.rxId = 0xffff;
    this.open = null;
    this.inRanges.clear();
    this.outRanges.clear();
    this.fromOriginator.clear();
    this.fromResponder.clear();
    this.lastKind = 0;
    this.lastFrame = 0;
    this.lastNs = -1;
    this.early = false;
    this.abort = -1;
    this.abortEvent = null;
    this.management = null;
    this.recFrame = 0;
    this.lossesAtStart = 0;
    this.again = false;
    this.busy = false;
    this.due = -1;
    this.burst = -1;
  }
}

const POOL_MAX = 4096;

export class ExchangePool {
  readonly #free: Exchange[] = [];

  take(oxId: number): Exchange {
    const exchange = this.#free.pop() ?? new Exchange();
    exchange.reset(oxId);
    return exchange;
  }

  give(exchange: Exchange): void {
    exchange.open = null;
    if (this.#free.length < POOL_MAX) this.#free.push(exchange);
  }
}
