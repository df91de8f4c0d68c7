// Copies of one segment at two capture points. One direction of one connection: each data segment
// (and SYN and FIN, which take a sequence number) that a point saw is paired with its copy at the other;
// offload may have cut or merged it meanwhile, so bytes are paired, not packets. What stays alone was lost
// between the points, or missed by a capture: the receiver's acknowledgments decide (judge).

import { COPIES_ALONE_MAX, POINT_COPY_NEAR_NS } from '../limits.js';

/** Bytes of a segment that the other point has not as the same segment. */
export interface Hole {
  readonly from: number;
  readonly to: number;
  /** When the other point saw them in another copy, and when this point saw them sent again; -1 never. */
  elsewhereNs: number;
  againNs: number;
  /** In how many other copies the other point saw them. */
  elsewhere: number;
}

/** One segment at one point. Positions and times of the second point are already the first's kind. */
export class Copy {
  readonly start: number;
  readonly end: number;
  readonly timestamp: number;
  readonly ipId: number;
  readonly timeNs: number;
  readonly frame: number;
  /** Bytes, as they are told. */
  readonly size: number;
  /** Brought nothing that its point had not seen: sent again, or overtaken. */
  readonly again: boolean;
  /** Bytes of it that the other point saw as the same segment. */
  paired = 0;
  /** As of a hole that is all of it. */
  elsewhereNs = -1;
  againNs = -1;
  elsewhere = 0;
  #elsewhereLastNs = -1;
  /** What is not paired, in order, where a part is; undefined: all of it. */
  #holes: Hole[] | undefined = undefined;

  constructor(
    start: number,
    end: number,
    timestamp: number,
    ipId: number,
    timeNs: number,
    frame: number,
    size: number,
    again: boolean,
  ) {
    this.start = start;
    this.end = end;
    this.timestamp = timestamp;
    this.ipId = ipId;
    this.timeNs = timeNs;
    this.frame = frame;
    this.size = size;
    this.again = again;
  }

  get isPaired(): boolean {
    return this.paired >= this.end - this.start;
  }

  holes(): readonly Hole[] {
    const { start: from, end: to, elsewhereNs, againNs, elsewhere } = this;
    return this.#holes ?? [{ from, to, elsewhereNs, againNs, elsewhere }];
  }

  /** All of it. */
  pairWhole(): void {
    this.paired = this.end - this.start;
    this.#holes = [];
  }

  /** These bytes, of which none is paired. */
  pairPart(from: number, to: number): void {
    this.paired += to - from;
    this.#holes = this.holes().flatMap((hole) => {
      if (hole.to <= from || hole.from >= to) return [hole];
      const left: Hole[] = [];
      if (hole.from < from) left.push({ ...hole, to: from });
      if (hole.to > to) left.push({ ...hole, from: to });
      return left;
    });
  }

  /** The other point saw bytes of these in another copy. */
  seenElsewhere(from: number, to: number, timeNs: number): void {
    if (this.elsewhereNs < 0) this.elsewhereNs = timeNs;
    // The same copy may be told of more than once.
    const more = timeNs === this.#elsewhereLastNs ? 0 : 1;
    this.#elsewhereLastNs = timeNs;
    this.elsewhere += more;
    for (const hole of this.#holes ?? []) {
      if (hole.from >= to || hole.to <= from) continue;
      hole.elsewhere += more;
      if (hole.elsewhereNs < 0) hole.elsewhereNs = timeNs;
    }
  }

  /** Its own point saw bytes of these sent again. */
  sentAgain(from: number, to: number, timeNs: number): void {
    if (this.againNs < 0) this.againNs = timeNs;
    for (const hole of this.#holes ?? []) {
      if (hole.from < to && hole.to > from && hole.againNs < 0) hole.againNs = timeNs;
    }
  }
}

export interface CopySink {
  /** The same bytes at both points; `first` and `second` are the copies there. */
  pair(first: Copy, second: Copy, bytes: number): void;
  /** Nothing at the other point is this segment. `point` 0 or 1 saw it. */
  alone(point: number, copy: Copy): void;
}

export interface Kept {
  readonly timestamps: boolean;
  readonly ipIds: boolean;
}

/**
 * Invariant: `#fresh` of a point is sorted by start and holds what is not wholly paired (and, behind
 * the head, some that is); `#again` holds only what is not wholly paired.
 */
export class Copies {
  readonly #sink: CopySink;
  readonly #kept: Kept;
  /** Expected time at the second point less time at the first. */
  readonly #expectedNs: (timeNs: number) => number;
  readonly #fresh: [Copy[], Copy[]] = [[], []];
  readonly #again: [Copy[], Copy[]] = [[], []];
  readonly #highest: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  readonly #longest: [number, number] = [0, 0];
  readonly #done: [number, number] = [0, 0];

  constructor(sink: CopySink, kept: Kept, expectedNs: (timeNs: number) => number) {
    this.#sink = sink;
    this.#kept = kept;
    this.#expectedNs = expectedNs;
  }

  add(
    point: number,
    start: number,
    end: number,
    timestamp: number,
    ipId: number,
    timeNs: number,
    frame: number,
    size: number,
  ): void {
    const again = start < this.#highest[point];
    if (end > this.#highest[point]) this.#highest[point] = end;
    if (end - start > this.#longest[point]) this.#longest[point] = end - start;
    const copy = new Copy(start, end, timestamp, ipId, timeNs, frame, size, again);
    const other = 1 - point;
    const exact = this.#bestExact(copy, point, other);
    if (exact !== undefined) {
      copy.pairWhole();
      exact.pairWhole();
      this.#pair(point, copy, exact, end - start);
    } else this.#pairParts(point, copy, other);
    if (again) {
      this.#tellElsewhere(copy, point);
      this.#overlapping(point, start, end, (c) => c.sentAgain(start, end, timeNs));
    }
    if (copy.isPaired) return;
    (again ? this.#again : this.#fresh)[point].push(copy);
    if (this.#fresh[point].length + this.#again[point].length > COPIES_ALONE_MAX) {
      this.#giveUpOldest(point);
    }
  }

  /** The highest position that a point has seen so far. */
  highest(point: number): number {
    return this.#highest[point];
  }

  /** Of the segments that a point has seen so far. */
  longest(point: number): number {
    return this.#longest[point];
  }

  /** All that is alone and older than `beforeNs` (by its point's time) is told as alone. */
  settle(point: number, beforeNs: number): void {
    for (const list of [this.#fresh, this.#again]) {
      const left: Copy[] = [];
      for (const copy of list[point]) {
        if (copy.isPaired) continue;
        if (copy.timeNs < beforeNs) this.#sink.alone(point, copy);
        else left.push(copy);
      }
      list[point] = left;
    }
    this.#done[point] = 0;
  }

  /** Of the same length at the same place: the one of the same stamps, else the nearest in time. */
  #bestExact(copy: Copy, point: number, other: number): Copy | undefined {
    let best: Copy | undefined;
    let bestNs = Number.POSITIVE_INFINITY;
    const expectedNs = this.#expectedNs(copy.timeNs);
    const consider = (c: Copy) => {
      if (c.start !== copy.start || c.end !== copy.end || c.paired > 0) return;
      if (!this.#same(c, copy, true)) return;
      const ns = Math.abs(this.#difference(point, copy, c) - expectedNs);
      if (ns < bestNs) {
        best = c;
        bestNs = ns;
      }
    };
    this.#overlapping(other, copy.start, copy.end, consider);
    return best;
  }

  /** Cut or merged on the way: the parts that are of the same stamps, those first that come when they should. */
  #pairParts(point: number, copy: Copy, other: number): void {
    const parts: Copy[] = [];
    this.#overlapping(other, copy.start, copy.end, (c) => parts.push(c));
    const expected = this.#expectedNs(copy.timeNs);
    const near = (c: Copy) =>
      Math.abs(this.#difference(point, copy, c) - expected) < POINT_COPY_NEAR_NS;
    const inTurn = [...parts.filter(near), ...parts.filter((c) => !near(c))];
    for (const c of inTurn) {
      if (!this.#same(c, copy, false)) {
        c.seenElsewhere(copy.start, copy.end, copy.timeNs);
        copy.seenElsewhere(c.start, c.end, c.timeNs);
        continue;
      }
      let bytes = 0;
      for (const { from, to } of common(copy, c)) {
        copy.pairPart(from, to);
        c.pairPart(from, to);
        bytes += to - from;
      }
      if (bytes > 0) this.#pair(point, copy, c, bytes);
    }
  }

  #same(a: Copy, b: Copy, sameSize: boolean): boolean {
    if (this.#kept.timestamps && a.timestamp !== b.timestamp) return false;
    if (!sameSize) {
      // The same size at the same place is no part of each other.
      return a.start !== b.start || a.end !== b.end;
    }
    return !this.#kept.ipIds || a.ipId === b.ipId;
  }

  #pair(point: number, copy: Copy, other: Copy, bytes: number): void {
    const [first, second] = point === 0 ? [copy, other] : [other, copy];
    this.#sink.pair(first, second, bytes);
    // What was alone of these bytes is seen elsewhere, also where they are a part of more.
    if (other.again && copy.end - copy.start < other.end - other.start) {
      this.#tellAlone(1 - point, copy, copy.timeNs, other);
    }
    if (!other.isPaired) return;
    // It came again: what was alone of these bytes is seen elsewhere.
    if (other.again || copy.again) {
      this.#tellAlone(1 - point, other, copy.timeNs);
      this.#tellAlone(point, copy, other.timeNs);
    }
    this.#sweep(1 - point, other);
  }

  #tellElsewhere(copy: Copy, point: number): void {
    this.#tellAlone(1 - point, copy, copy.timeNs);
  }

  /** Copies at `point` of the bytes of `like`, other than it, were seen at the other point by then. */
  #tellAlone(point: number, like: Copy, timeNs: number, but = like): void {
    this.#overlapping(point, like.start, like.end, (c) => {
      if (c !== like && c !== but) c.seenElsewhere(like.start, like.end, timeNs);
    });
  }

  #difference(point: number, copy: Copy, other: Copy): number {
    return point === 0 ? other.timeNs - copy.timeNs : copy.timeNs - other.timeNs;
  }

  /** Not wholly paired copies of a point that share bytes with [start, end). */
  #overlapping(point: number, start: number, end: number, each: (copy: Copy) => void): void {
    const fresh = this.#fresh[point];
    let low = 0;
    let high = fresh.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (fresh[middle].end <= start) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < fresh.length && fresh[i].start < end; i++) {
      if (!fresh[i].isPaired) each(fresh[i]);
    }
    for (const copy of this.#again[point]) {
      if (copy.start < end && copy.end > start && !copy.isPaired) each(copy);
    }
  }

  /** Takes what is wholly paired out, some at once. */
  #sweep(point: number, copy: Copy): void {
    if (copy.again) {
      const list = this.#again[point];
      const at = list.indexOf(copy);
      if (at >= 0) list.splice(at, 1);
      return;
    }
    this.#done[point]++;
    const list = this.#fresh[point];
    if (this.#done[point] * 2 < list.length || this.#done[point] < 64) return;
    this.#fresh[point] = list.filter((c) => !c.isPaired);
    this.#done[point] = 0;
  }

  #giveUpOldest(point: number): void {
    const oldest = [...this.#fresh[point], ...this.#again[point]]
      .map((c) => c.timeNs)
      .sort((a, b) => a - b);
    this.settle(point, oldest[oldest.length >> 1]);
  }
}

/** Bytes that both have and that are not paired in either. */
function common(a: Copy, b: Copy): { readonly from: number; readonly to: number }[] {
  return a.holes().flatMap((x) =>
    b.holes().flatMap((y) => {
      const from = Math.max(x.from, y.from);
      const to = Math.min(x.to, y.to);
      return from < to ? [{ from, to }] : [];
    }),
  );
}
