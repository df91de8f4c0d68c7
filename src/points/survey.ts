// First reading of a capture point: its connections, and of each direction some segments that are
// chosen by their sequence numbers alone, so that another point chooses the same ones.

import {
  POINT_HEADS_MAX,
  POINT_SAMPLES_LEAST,
  POINT_SAMPLES_MAX,
  POINT_SAMPLES_TOTAL,
} from '../limits.js';
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
  /** Others began like it: it names none. */
  repeated: boolean;
}

const HEAD_BYTES = 16;
/** Fewer bytes tell nothing. */
const HEAD_BYTES_LEAST = 12;

export interface SurveyedConnection {
  readonly connection: PointConnection;
  /** Chosen by their sequence numbers, and by how their payload begins. */
  readonly samples: readonly [Sample[], Sample[]];
  readonly heads: readonly [Sample[], Sample[]];
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
      known = { connection, samples: [[], []], heads: [[], []] };
      this.found[connection.id] = known;
    }
    if (s.payloadLength === 0) return;
    const way = connection.id * 2 + direction;
    const before = this.#highest[way] ?? Number.NEGATIVE_INFINITY;
    if (position < before) return; // sent again: its time says little
    this.#highest[way] = position + s.payloadLength;
    this.#sample(known.samples[direction], position, s);
    this.#head(known.heads[direction], position, s);
  }

  /** Keeps those of the lowest rank: the same at every point that saw them. */
  #sample(kept: Sample[], position: number, s: Segment): void {
    const rank = rankOf(s.seq);
    if (kept.length >= this.#most && rank >= kept[kept.length - 1].rank) return;
    insert(kept, sampleOf(s, position, rank));
    if (kept.length > this.#most) kept.pop();
    else if (++this.#total > POINT_SAMPLES_TOTAL) this.#thin();
  }

  /** Likewise, by the first bytes of what they carry. */
  #head(kept: Sample[], position: number, s: Segment): void {
    const rank = headRank(s);
    if (rank < 0 || (kept.length >= POINT_HEADS_MAX && rank > kept[kept.length - 1].rank)) return;
    const known = kept.find((sample) => sample.rank === rank);
    if (known !== undefined) {
      known.repeated = true;
      return;
    }
    insert(kept, sampleOf(s, position, rank));
    if (kept.length > POINT_HEADS_MAX) kept.pop();
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
    for (const known of this.found) {
      for (const kept of [...(known?.samples ?? []), ...(known?.heads ?? [])]) kept.length = 0;
    }
  }
}

function sampleOf(s: Segment, position: number, rank: number): Sample {
  return {
    seq: s.seq,
    position,
    length: s.payloadLength,
    timeNs: s.timeNs,
    timestamp: timestampValue(s),
    ipId: s.ipId,
    head: headOf(s),
    rank,
    repeated: false,
  };
}

function insert(kept: Sample[], sample: Sample): void {
  let at = kept.length;
  while (at > 0 && kept[at - 1].rank > sample.rank) at--;
  kept.splice(at, 0, sample);
}

/** By what the payload begins with; -1: too short, or zeros, which many begin with. */
function headRank({ bytes, payloadOffset, payloadCaptured }: Segment): number {
  if (payloadCaptured < HEAD_BYTES_LEAST) return -1;
  let hash = 0;
  let other = 0;
  const end = payloadOffset + Math.min(HEAD_BYTES, payloadCaptured);
  for (let i = payloadOffset; i < end; i++) {
    hash = (Math.imul(hash, 31) + bytes[i]) | 0;
    if (bytes[i] !== 0) other++;
  }
  return other < 3 ? -1 : rankOf(hash);
}

/** One string, not a chain of small ones: many are kept. */
function headOf({ bytes, payloadOffset, payloadCaptured }: Segment): string {
  const length = Math.min(HEAD_BYTES, payloadCaptured);
  return Buffer.from(bytes.buffer, bytes.byteOffset + payloadOffset, length).toString('hex');
}
