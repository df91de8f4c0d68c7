// First reading of a capture point: its connections, and of each direction some segments that are
// chosen by their sequence numbers alone, so that another point chooses the same ones.

import { POINT_SAMPLES_LEAST, POINT_SAMPLES_MAX, POINT_SAMPLES_TOTAL } from '../limits.js';
import type { Segment, SegmentSink } from '../packet/segment.js';
import { timestampValue } from '../stream/options.js';
import { type PointConnection, PointConnections } from './point-connections.js';

/** One data segment that was chosen. */
export interface Sample {
  readonly seq: number;
  readonly position: number;
  readonly length: number;
  readonly timeNs: number;
  readonly timestamp: number;
  readonly ipId: number;
  /** First bytes of the payload, as many as were captured (at most HEAD_BYTES), in hex. */
  readonly head: string;
  readonly rank: number;
}

const HEAD_BYTES = 16;

export interface SurveyedConnection {
  readonly connection: PointConnection;
  readonly samples: readonly [Sample[], Sample[]];
}

/** Mixes a sequence number: which segments are chosen must not depend on where they lie. */
function rankOf(seq: number): number {
  let h = Math.imul(seq ^ (seq >>> 16), 0x45d9f3b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 16)) >>> 0;
}

export class Survey implements SegmentSink {
  readonly connections = new PointConnections();
  readonly found: SurveyedConnection[] = [];
  firstNs = Number.POSITIVE_INFINITY;
  lastNs = Number.NEGATIVE_INFINITY;
  segments = 0;
  readonly #highest: number[] = [];
  #most = POINT_SAMPLES_MAX;
  #total = 0;

  segment(s: Segment): void {
    const connection = this.connections.find(s);
    if (connection === undefined) return;
    const direction = this.connections.direction;
    this.segments++;
    if (s.timeNs < this.firstNs) this.firstNs = s.timeNs;
    if (s.timeNs > this.lastNs) this.lastNs = s.timeNs;
    const position = connection.positions[direction].of(s.seq);
    let known = this.found[connection.id];
    if (known === undefined) {
      known = { connection, samples: [[], []] };
      this.found[connection.id] = known;
    }
    if (s.payloadLength === 0) return;
    this.#sample(known.samples[direction], connection.id * 2 + direction, position, s);
  }

  /** Keeps those of the lowest rank: the same at every point that saw them. */
  #sample(kept: Sample[], way: number, position: number, s: Segment): void {
    const before = this.#highest[way] ?? 0;
    if (kept.length > 0 && position < before) return; // sent again: its time says little
    this.#highest[way] = position + s.payloadLength;
    const rank = rankOf(s.seq);
    if (kept.length >= this.#most && rank >= kept[kept.length - 1].rank) return;
    let at = kept.length;
    while (at > 0 && kept[at - 1].rank > rank) at--;
    kept.splice(at, 0, {
      seq: s.seq,
      position,
      length: s.payloadLength,
      timeNs: s.timeNs,
      timestamp: timestampValue(s),
      ipId: s.ipId,
      head: headOf(s),
      rank,
    });
    if (kept.length > this.#most) kept.pop();
    else if (++this.#total > POINT_SAMPLES_TOTAL) this.#thin();
  }

  /** Many connections: each keeps half, those of the lowest rank, as the other point's survey will. */
  #thin(): void {
    if (this.#most <= POINT_SAMPLES_LEAST) return;
    this.#most = Math.max(POINT_SAMPLES_LEAST, this.#most >> 1);
    this.#total = 0;
    for (const known of this.found) {
      for (const kept of known?.samples ?? []) {
        if (kept.length > this.#most) kept.length = this.#most;
        this.#total += kept.length;
      }
    }
  }

  /** The connections are paired: samples have done their work. */
  forgetSamples(): void {
    for (const known of this.found) for (const kept of known?.samples ?? []) kept.length = 0;
  }
}

/** One string, not a chain of small ones: many are kept. */
function headOf({ bytes, payloadOffset, payloadCaptured }: Segment): string {
  const length = Math.min(HEAD_BYTES, payloadCaptured);
  return Buffer.from(bytes.buffer, bytes.byteOffset + payloadOffset, length).toString('hex');
}
