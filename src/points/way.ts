// One direction of one connection between two capture points: its segments paired, and of those that
// stay alone, whether the way lost them or a capture missed them.

import { POINT_ALONE_NS, POINT_TWICE_MAX } from '../limits.js';
import { FIN, RST, SYN } from '../packet/segment.js';
import { AckLine } from './ack-line.js';
import { Copies, type Copy, type CopySink, type Hole, type Kept } from './copies.js';
import type { PointSegment } from './merged-order.js';

/** What became of a direction's segments. Counts are of segments as the point that saw them cut them. */
export class WayCounts {
  /** Pairs (of a segment that offload cut, its parts), and of segments without data. */
  matched = 0;
  matchedBytes = 0;
  acksMatched = 0;
  /** Lost between the points: bytes that came again, or never came. */
  lost = 0;
  lostBytes = 0;
  /** Never acknowledged, or sent again before it was and both copies are not there: lost or missed. */
  unanswered = 0;
  unansweredBytes = 0;
  /** Smallest and largest of the lost, largest that passed (bytes of payload). */
  lostSmallest = 0;
  lostLargest = 0;
  passedLargest = 0;
  /** The upstream and the downstream point did not capture it, though it passed there. */
  missedUpstream = 0;
  missedDownstream = 0;
  /** Segments without data that only the upstream point saw: lost or missed. */
  acksAlone = 0;
  /** … and that only the downstream point saw. */
  acksMissedUpstream = 0;
  /** Sent again though the first copy had passed both points: lost behind them; or acknowledged before. */
  lostBeyond = 0;
  againForNothing = 0;
  /** Paired in another order than they were sent. */
  overtaken = 0;
  /** Cut in pieces, or merged, between the points. */
  cut = 0;
  merged = 0;
  /** Only one point's capture was running then. */
  outside = 0;
  readonly examples: LostExample[] = [];
}

export interface LostExample {
  readonly kind: 'lost' | 'missed upstream' | 'missed downstream';
  /** Which point saw it (0, 1), and where. */
  readonly point: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly bytes: number;
}

const EXAMPLES_MAX = 16;

export interface WayContext {
  /** The point that its packets pass first (0, 1). */
  readonly upstream: number;
  /** True where the other point's capture was running when this one saw something. */
  covered(point: number, timeNs: number): boolean;
  /** A pair: times by each point's own clock (the second's since the first's epoch). */
  sample(firstNs: number, secondNs: number, outward: boolean): void;
  /** Time at the second point less time at the first, by each one's clock, at a time of the first. */
  expectedNs(timeNs: number): number;
  /** What it carries is acknowledged by nobody: answers of RoCE. */
  readonly unacknowledged: boolean;
}

/** Segments without data that wait for their copies, at most: of a connection in one direction. */
const ACKS_WAITING_MAX = 65_536;

/** A segment without data that waits for its copy. */
interface BareSegment {
  readonly point: number;
  readonly timeNs: number;
  readonly start: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  /** 0 where they are not kept between the points. */
  readonly ipId: number;
  readonly timestamp: number;
}

function hashOf(s: PointSegment, ipId: number, timestamp: number): number {
  const positions = Math.imul(s.start | 0, 31) ^ (s.ack | 0) ^ Math.imul(timestamp | 0, 7);
  return (positions ^ (s.window << 8) ^ (s.flags << 24) ^ Math.imul(ipId, 65_599)) | 0;
}

function isCopy(
  one: BareSegment,
  point: number,
  s: PointSegment,
  ipId: number,
  timestamp: number,
): boolean {
  return (
    one.point !== point &&
    one.start === s.start &&
    one.ack === s.ack &&
    one.flags === s.flags &&
    one.window === s.window &&
    one.ipId === ipId &&
    one.timestamp === timestamp
  );
}

export class Way implements CopySink {
  readonly counts = new WayCounts();
  /** Acknowledgments of its bytes, as each point saw them. */
  readonly acks: readonly [AckLine, AckLine] = [new AckLine(), new AckLine()];
  readonly #copies: Copies;
  readonly #context: WayContext;
  readonly #kept: Kept;
  /** Bytes that their receiver said it has twice. */
  #twice: { readonly from: number; readonly to: number }[] = [];
  /** By a hash: those that wait. */
  readonly #bare = new Map<number, BareSegment[]>();
  #bareCount = 0;
  #lastUpstreamNs = Number.NEGATIVE_INFINITY;

  constructor(kept: Kept, context: WayContext) {
    this.#context = context;
    this.#kept = kept;
    this.#copies = new Copies(this, kept, (timeNs) => context.expectedNs(timeNs));
  }

  segment(point: number, s: PointSegment): void {
    const { flags, start } = s;
    const length = s.payload + ((flags & SYN) !== 0 ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0);
    if (length > 0 && (flags & RST) === 0) {
      const { timestamp, ipId, timeNs, frame, size } = s;
      this.#copies.add(point, start, start + length, timestamp, ipId, timeNs, frame, size);
      return;
    }
    this.#withoutData(point, s);
  }

  cameTwice(from: number, to: number): void {
    if (this.#twice.length >= POINT_TWICE_MAX)
      this.#twice = this.#twice.slice(POINT_TWICE_MAX >> 1);
    this.#twice.push({ from, to });
  }

  pair(first: Copy, second: Copy, bytes: number): void {
    const { counts } = this;
    counts.matched++;
    counts.matchedBytes += Math.min(bytes, first.size);
    const { upstream } = this.#context;
    const [up, down] = upstream === 0 ? [first, second] : [second, first];
    const upLength = up.end - up.start;
    const downLength = down.end - down.start;
    if (upLength > downLength) counts.cut++;
    if (downLength > upLength) counts.merged++;
    if (down.size > counts.passedLargest) counts.passedLargest = down.size;
    if (up.timeNs < this.#lastUpstreamNs) counts.overtaken++;
    else this.#lastUpstreamNs = up.timeNs;
    if (down.again && up.again) this.#wasNeeded(down, 1 - upstream);
    // What was merged on the way came with its last part: earlier ones waited there.
    if (downLength > upLength && up.end < down.end) return;
    this.#context.sample(first.timeNs, second.timeNs, upstream === 0);
  }

  alone(point: number, copy: Copy): void {
    if (!this.#context.covered(point, copy.timeNs)) {
      this.counts.outside++;
      return;
    }
    for (const hole of copy.holes()) this.#alone(point, copy, hole);
  }

  /**
   * What an adapter cuts is as many segments as the other point has them long: where only a part of it is missing, or
   * others like it came in parts.
   */
  #alone(point: number, copy: Copy, hole: Hole): void {
    const { counts } = this;
    const { upstream, unacknowledged } = this.#context;
    const isWhole = hole.to - hole.from === copy.end - copy.start;
    const bytes = isWhole ? copy.size : hole.to - hole.from;
    const usual = this.#copies.longest(1 - point);
    const isCut = !isWhole || (counts.cut > 0 && !unacknowledged);
    const segments = isCut && usual > 0 ? Math.max(1, Math.ceil(bytes / usual)) : 1;
    if (unacknowledged && hole.elsewhereNs < 0) {
      this.#answerAlone(point, copy);
      return;
    }
    if (point !== upstream) {
      counts.missedUpstream += segments;
      this.#example('missed upstream', point, copy);
      return;
    }
    const came = this.#delivered(copy, hole);
    if (came === undefined) {
      counts.unanswered += segments;
      counts.unansweredBytes += bytes;
      return;
    }
    if (came) {
      counts.missedDownstream += segments;
      this.#example('missed downstream', point, copy);
      return;
    }
    const one = segments > 1 ? usual : bytes;
    if (counts.lost === 0 || one < counts.lostSmallest) counts.lostSmallest = one;
    if (one > counts.lostLargest) counts.lostLargest = one;
    counts.lost += segments;
    counts.lostBytes += bytes;
    this.#example('lost', point, copy);
  }

  /** Acknowledged before another copy came: it had come, and the capture downstream missed it. */
  #delivered({ again }: Copy, hole: Hole): boolean | undefined {
    const { from, to, elsewhereNs, againNs, elsewhere } = hole;
    const { upstream } = this.#context;
    const acked = this.acks[1 - upstream].when(to);
    if (elsewhereNs >= 0) {
      // One copy was seen, and its receiver has two: this is the other.
      const hasTwo = () => this.#twice.some((said) => said.from <= from && said.to >= to);
      return (acked >= 0 && acked < elsewhereNs) || (elsewhere === 1 && hasTwo());
    }
    const known = this.acks[upstream].when(to);
    // Its sender tried again, and had no answer either.
    if (acked < 0 && known < 0) return again || againNs >= 0 ? false : undefined;
    // Its sender had no answer when it sent it again: which of the two came nobody can tell.
    return againNs >= 0 && known >= againNs ? undefined : true;
  }

  /** Nobody asked for it again: it came, and the capture missed it; of an acknowledgment nobody would have asked. */
  #answerAlone(point: number, copy: Copy): void {
    const { counts } = this;
    const down = 1 - this.#context.upstream;
    if (point === down) counts.acksMissedUpstream++;
    // An answer behind it came, which would have made its requester ask (a reliable connection answers in order).
    else if (copy.size > 0 && this.#copies.highest(down) >= copy.end) counts.missedDownstream++;
    else counts.acksAlone++;
  }

  /** What is older than this at a point (by the first point's clock, roughly) is settled. */
  settle(beforeNs: readonly [number, number]): void {
    for (const point of [0, 1]) {
      this.#copies.settle(point, beforeNs[point]);
      // Whatever waits is younger, and so is the ACK that decides it.
      this.acks[point].forget(beforeNs[point] - POINT_ALONE_NS);
    }
    for (const [key, waiting] of this.#bare) {
      const left = waiting.filter(({ point, timeNs }) => {
        if (timeNs >= beforeNs[point]) return true;
        this.#bareAlone(point, timeNs);
        return false;
      });
      this.#bareCount -= waiting.length - left.length;
      if (left.length === 0) this.#bare.delete(key);
      else this.#bare.set(key, left);
    }
  }

  #withoutData(point: number, s: PointSegment): void {
    const { timeNs } = s;
    const ipId = this.#kept.ipIds ? s.ipId : 0;
    const timestamp = this.#kept.timestamps ? s.timestamp : 0;
    const key = hashOf(s, ipId, timestamp);
    const waiting = this.#bare.get(key);
    const at = waiting?.findIndex((one) => isCopy(one, point, s, ipId, timestamp)) ?? -1;
    if (waiting !== undefined && at >= 0) {
      const [other] = waiting.splice(at, 1);
      this.#bareCount--;
      if (waiting.length === 0) this.#bare.delete(key);
      this.counts.matched++;
      this.counts.acksMatched++;
      const [firstNs, secondNs] = point === 0 ? [timeNs, other.timeNs] : [other.timeNs, timeNs];
      this.#context.sample(firstNs, secondNs, this.#context.upstream === 0);
      return;
    }
    if (this.#bareCount >= ACKS_WAITING_MAX) {
      this.#bareAlone(point, timeNs);
      return;
    }
    this.#bareCount++;
    const { start, ack, flags, window } = s;
    const one = { point, timeNs, start, ack, flags, window, ipId, timestamp };
    if (waiting === undefined) this.#bare.set(key, [one]);
    else waiting.push(one);
  }

  #bareAlone(point: number, timeNs: number): void {
    if (!this.#context.covered(point, timeNs)) this.counts.outside++;
    else if (point === this.#context.upstream) this.counts.acksAlone++;
    else this.counts.acksMissedUpstream++;
  }

  /** A copy that was sent again, and that the downstream point had seen before. */
  #wasNeeded(down: Copy, point: number): void {
    const acked = this.acks[point].when(down.end);
    if (acked >= 0 && acked < down.timeNs) this.counts.againForNothing++;
    else this.counts.lostBeyond++;
  }

  #example(kind: LostExample['kind'], point: number, copy: Copy): void {
    const { examples } = this.counts;
    // Of each kind: what captures miss must not hide what was lost.
    const all = examples.length < EXAMPLES_MAX ? 0 : examples.filter((e) => e.kind === kind).length;
    if (all >= EXAMPLES_MAX) return;
    const bytes = copy.size;
    examples.push({ kind, point, frame: copy.frame, timeNs: copy.timeNs, bytes });
  }
}
