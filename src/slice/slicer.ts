// Second reading: writes the packets of a selection, as they were captured, with their comments.

import type { Packet, PacketSink } from '../capture/packet.js';
import type { PcapngWriter } from '../capture/pcapng-writer.js';
import type { Epoch } from '../capture/time.js';
import { PacketDecoder } from '../packet/decoder.js';
import { FIN, RST, type Segment, type SegmentSink, SYN } from '../packet/segment.js';
import type { ProblemLog } from '../problem.js';
import type { Connection } from '../stream/connection.js';

/** Stretches of one connection, and where in them the reading is. */
interface Reading {
  readonly stretches: readonly { from: number; to: number }[];
  at: number;
  /** Ports may be used again: of the packets that end or begin one, those of its own time only. */
  readonly from: number;
  readonly to: number;
}

export class Slicer implements PacketSink, SegmentSink {
  kept = 0;
  commented = 0;
  readonly #decoder: PacketDecoder;
  readonly #writer: PcapngWriter;
  readonly #epoch: () => Epoch;
  readonly #comments: ReadonlyMap<number, readonly string[]>;
  readonly #marks: ReadonlyMap<number, readonly string[]>;
  readonly #byEnds = new Map<string, Reading[]>();
  #wanted = false;

  constructor(
    slices: readonly {
      connection: Connection;
      stretches: readonly { from: number; to: number }[];
    }[],
    comments: ReadonlyMap<number, readonly string[]>,
    marks: ReadonlyMap<number, readonly string[]>,
    writer: PcapngWriter,
    epoch: () => Epoch,
    problems: ProblemLog,
  ) {
    this.#decoder = new PacketDecoder(this, problems);
    this.#writer = writer;
    this.#epoch = epoch;
    this.#comments = comments;
    this.#marks = marks;
    for (const { connection: c, stretches } of slices) {
      const reading: Reading = { stretches, at: 0, from: c.openedFrame, to: c.lastFrame };
      for (const key of [
        keyOf(c.a0, c.a1, c.a2, c.a3, c.aPort, c.b0, c.b1, c.b2, c.b3, c.bPort),
        keyOf(c.b0, c.b1, c.b2, c.b3, c.bPort, c.a0, c.a1, c.a2, c.a3, c.aPort),
      ]) {
        const known = this.#byEnds.get(key);
        if (known === undefined) this.#byEnds.set(key, [reading]);
        else known.push(reading);
      }
    }
  }

  packet(packet: Packet): void {
    this.#wanted = false;
    this.#decoder.packet(packet);
    const comments = this.#comments.get(packet.frame);
    if (!this.#wanted && comments === undefined) return;
    const marks = this.#marks.get(packet.frame);
    const all = marks === undefined ? comments : [...(comments ?? []), ...marks];
    this.#writer.packet(packet, this.#epoch(), all);
    if (all !== undefined) this.commented++;
    this.kept++;
  }

  segment(s: Segment): void {
    const readings = this.#byEnds.get(
      keyOf(s.srcA, s.srcB, s.srcC, s.srcD, s.srcPort, s.dstA, s.dstB, s.dstC, s.dstD, s.dstPort),
    );
    if (readings === undefined) return;
    for (const reading of readings) if (takes(reading, s)) this.#wanted = true;
  }
}

function takes(reading: Reading, s: Segment): boolean {
  const { stretches } = reading;
  while (reading.at < stretches.length && stretches[reading.at].to < s.frame) reading.at++;
  const now = stretches[reading.at];
  if (now !== undefined && now.from <= s.frame) return true;
  const edge = (s.flags & (SYN | FIN | RST)) !== 0;
  return edge && s.frame >= reading.from && s.frame <= reading.to;
}

function keyOf(...words: readonly number[]): string {
  return words.map((word) => (word | 0).toString(36)).join('/');
}
