// Tells the sink: bytes of a packet or of a pool, gaps, ends; and keeps count of them. Whether and
// when is decided in holes.ts.

import { PROBLEMS_KEPT_PER_KIND } from '../limits.js';
import type { Segment } from '../packet/segment.js';
import type { ProblemKind, ProblemLog } from '../problem.js';
import type { Half, Link } from './half-connection.js';
import type { StreamSink } from './sink.js';

/** Gaps remembered of a direction, to know bytes that come too late. */
const GAPS_REMEMBERED = 16;

export class Teller {
  /** Told when both directions of a link ended, by whatever way. */
  whenDone: (link: Link, timeNs: number) => void = () => {};
  private readonly sink: StreamSink;
  private readonly problems: ProblemLog;

  constructor(sink: StreamSink, problems: ProblemLog) {
    this.sink = sink;
    this.problems = problems;
  }

  /** Bytes of the packet itself, in line. */
  tell(h: Half, s: Segment, from: number, n: number): void {
    const { timeNs, frame, view } = s;
    const readyNs = Math.max(timeNs, h.readyNs);
    const captured = Math.min(Math.max(s.payloadCaptured - from, 0), n);
    h.next = (h.next + n) | 0;
    this.give(h, s.bytes, view, s.payloadOffset + from, captured, n, timeNs, frame, readyNs);
  }

  /** `length` bytes that are in line, of which `captured` lie in `bytes` from `at`. */
  give(
    h: Half,
    bytes: Uint8Array,
    view: DataView,
    at: number,
    captured: number,
    length: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    if (h.passedBytes > 0) this.settle(h);
    if (captured > 0) {
      this.sink.data(h.direction, bytes, view, at, captured, timeNs, frame, readyNs);
      h.facts.streamBytes += captured;
    }
    if (captured < length) this.tellCut(h, length - captured, timeNs, frame, readyNs);
    else this.ask(h);
  }

  /** As give(), for bytes that the sink need not see: fewer than h.indifferent. */
  count(h: Half, captured: number, length: number, frame: number, readyNs: number): void {
    const facts = h.facts;
    h.indifferent -= length;
    h.passedBytes += length;
    h.passedFrame = frame;
    if (readyNs > h.passedNs) h.passedNs = readyNs;
    facts.streamBytes += captured;
    if (captured < length) {
      const cut = length - captured;
      h.passedCut += cut;
      remember(h, cut);
      facts.cutBytes += cut;
      facts.cutGaps++;
      facts.streamBytes += cut;
    }
  }

  /** Bytes that were counted are told; before anything else is of that direction. */
  settle(h: Half): void {
    const { passedBytes, passedCut, passedFrame, passedNs } = h;
    h.passedBytes = 0;
    h.passedCut = 0;
    h.passedNs = Number.NEGATIVE_INFINITY;
    h.indifferent = 0;
    this.sink.passed?.(h.direction, passedBytes, passedCut, passedFrame, passedNs);
  }

  private ask(h: Half): void {
    h.indifferent = this.sink.indifferent?.(h.direction) ?? 0;
  }

  /** The first stretch of the pool, which is in line. */
  tellHead(h: Half): void {
    const { length, captured, at, timeNs, frame } = h.pool.head();
    const { bytes, view } = h.pool.chunk;
    const readyNs = Math.max(timeNs, h.readyNs);
    h.next = (h.next + length) | 0;
    h.pool.shift();
    if (h.pool.count === 0) h.readyNs = Number.NEGATIVE_INFINITY;
    this.give(h, bytes, view, at, captured, length, timeNs, frame, readyNs);
  }

  tellMissing(h: Half, length: number, timeNs: number, frame: number, acked: boolean): void {
    const facts = h.facts;
    if (h.passedBytes > 0) this.settle(h);
    remember(h, length);
    facts.missingBytes += length;
    facts.missingGaps++;
    if (acked) facts.ackedUnseenBytes += length;
    facts.streamBytes += length;
    h.next = (h.next + length) | 0;
    if (((h.next - h.highest) | 0) > 0) h.highest = h.next;
    const why = acked ? 'acknowledged by the receiver, so never captured' : 'not captured';
    this.say('bytes-missing', `${length} bytes missing: ${why}`, h, frame);
    this.sink.gap(h.direction, length, 'missing', timeNs, frame, Math.max(timeNs, h.readyNs));
    this.ask(h);
  }

  /** A gap that snaplen made, told at once. */
  private tellCut(h: Half, length: number, timeNs: number, frame: number, readyNs: number): void {
    const facts = h.facts;
    remember(h, length);
    if (facts.cutGaps === 0) {
      this.say(
        'bytes-cut',
        `snaplen cut ${length} bytes of a segment, and of later ones`,
        h,
        frame,
      );
    }
    facts.cutBytes += length;
    facts.cutGaps++;
    facts.streamBytes += length;
    this.sink.gap(h.direction, length, 'cut', timeNs, frame, readyNs);
    this.ask(h);
  }

  /** Nothing more comes in this direction. */
  finish(link: Link, h: Half, timeNs: number, frame: number): void {
    if (h.ended) return;
    h.ended = true;
    h.plain = false;
    if (h.passedBytes > 0) this.settle(h);
    this.sink.ended(h.direction, timeNs, frame);
    link.done = link.a.ended && link.b.ended;
    if (link.done) this.whenDone(link, timeNs);
  }

  /** A problem, in words only while examples are wanted. */
  say(kind: ProblemKind, text: string, h: Half, frame: number): void {
    if ((this.problems.counts.get(kind) ?? 0) >= PROBLEMS_KEPT_PER_KIND) {
      this.problems.count(kind);
      return;
    }
    const connection = h.direction >> 1;
    this.problems.add({ kind, text, connection, frame: frame === 0 ? undefined : frame });
  }
}

function remember(h: Half, length: number): void {
  h.gaps ??= new Float64Array(GAPS_REMEMBERED * 2);
  const at = (h.gapsTold++ % GAPS_REMEMBERED) * 2;
  h.gaps[at] = h.facts.streamBytes;
  h.gaps[at + 1] = h.facts.streamBytes + length;
}
