// Runs packets through a PacketDecoder and keeps copies of the segments that come out.

import { Packet } from '../../src/capture/packet.js';
import { addressText } from '../../src/lib/address.js';
import { PacketDecoder } from '../../src/packet/decoder.js';
import type { Segment, SegmentSink } from '../../src/packet/segment.js';
import { ProblemLog } from '../../src/problem.js';

/** What one segment said, apart from where its bytes lie. */
export interface SegmentCopy {
  readonly frame: number;
  readonly timeNs: number;
  readonly src: string;
  readonly dst: string;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  readonly options: Uint8Array;
  readonly payload: Uint8Array;
  readonly payloadLength: number;
  readonly snaplen: number;
  readonly ipId: number;
  readonly ttl: number;
  readonly trafficClass: number;
}

export interface Shown {
  /** Bytes captured of the packet, all by default; the rest was on the wire. */
  captured?: number;
  /** Bytes on the wire, all by default. */
  original?: number;
  timeNs?: number;
  snaplen?: number;
}

/** The packet lies in the middle of a window of other bytes, so that reading outside of it shows. */
const MARGIN = 64;

export class Bench implements SegmentSink {
  readonly segments: SegmentCopy[] = [];
  readonly problems = new ProblemLog(16);
  readonly decoder = new PacketDecoder(this, this.problems);
  frames = 0;

  /** Decodes one packet; returns its segment, where there is one. */
  show(bytes: Uint8Array, linkType = 1, shown: Shown = {}): SegmentCopy | undefined {
    const captured = shown.captured ?? bytes.length;
    const window = new Uint8Array(captured + 2 * MARGIN).fill(0xa5);
    window.set(bytes.subarray(0, captured), MARGIN);
    const packet = new Packet();
    packet.bytes = window;
    packet.view = new DataView(window.buffer);
    packet.offset = MARGIN;
    packet.capturedLength = captured;
    packet.originalLength = shown.original ?? bytes.length;
    packet.timeNs = shown.timeNs ?? this.frames * 1000;
    packet.frame = ++this.frames;
    packet.linkType = linkType;
    packet.snaplen = shown.snaplen ?? 0;
    const before = this.segments.length;
    this.decoder.packet(packet);
    this.decoder.invariants();
    return this.segments[before];
  }

  segment(s: Segment): void {
    this.segments.push(copySegment(s));
  }
}

/** One packet on a decoder of its own. */
export function decoded(
  bytes: Uint8Array,
  linkType = 1,
  shown: Shown = {},
): SegmentCopy | undefined {
  return new Bench().show(bytes, linkType, shown);
}

export function copySegment(s: Segment): SegmentCopy {
  return {
    frame: s.frame,
    timeNs: s.timeNs,
    src: addressText(s.srcA, s.srcB, s.srcC, s.srcD),
    dst: addressText(s.dstA, s.dstB, s.dstC, s.dstD),
    srcPort: s.srcPort,
    dstPort: s.dstPort,
    seq: s.seq,
    ack: s.ack,
    flags: s.flags,
    window: s.window,
    options: s.bytes.slice(s.optionsOffset, s.optionsOffset + s.optionsLength),
    payload: s.bytes.slice(s.payloadOffset, s.payloadOffset + s.payloadCaptured),
    payloadLength: s.payloadLength,
    snaplen: s.snaplen,
    ipId: s.ipId,
    ttl: s.ttl,
    trafficClass: s.trafficClass,
  };
}
