// Second reading: writes the packets of a selection, as they were captured, with their comments.

import type { Packet, PacketSink } from '../capture/packet.js';
import type { PcapngWriter } from '../capture/pcapng-writer.js';
import type { Epoch } from '../capture/time.js';
import { PacketDecoder } from '../packet/decoder.js';
import type { LinkFrame } from '../packet/link-frame.js';
import { FIN, RST, type Segment, type SegmentSink, SYN } from '../packet/segment.js';
import type { UdpDatagram } from '../packet/udp-datagram.js';
import { CapturedFrames } from '../pdu/fc/captured.js';
import type { FcFrame, FcSink } from '../pdu/fc/frame.js';
import { RocePacket } from '../pdu/roce/packet.js';
import type { ProblemLog } from '../problem.js';
import { D_ID_WORD, PORT_ID, S_ID_WORD } from '../wire/fc/header-offsets.js';
import { ROCE_PORT } from '../wire/rdma/infiniband.js';
import { keyOf, portsKey } from './road-keys.js';
import type { Stretch } from './selection.js';

/** A road and what is kept of it. */
export interface KeptRoad {
  /** road-keys.ts: packets that belong to it. */
  readonly keys: readonly string[];
  /** Packets that open and close it, and nothing else (RoCE's connection manager). */
  readonly edgeKeys: readonly string[];
  readonly stretches: readonly Stretch[];
  /** All of it that passes in this time. */
  readonly wholeNs?: readonly [from: number, to: number];
  /** Ports may be used again: of the packets that end or begin one, those of its own time only. */
  readonly from: number;
  readonly to: number;
  /** Its handshake is kept whole until then. */
  readonly openedNs: number;
}

/** What is kept whatever road it is of. */
export interface KeptPackets {
  readonly stretches: readonly Stretch[];
  readonly fromNs: number;
  readonly toNs: number;
}

export interface SliceComments {
  readonly comments: ReadonlyMap<number, readonly string[]>;
  readonly marks: ReadonlyMap<number, readonly string[]>;
}

/** A road, and where in its stretches the reading is. */
interface Reading {
  readonly road: KeptRoad;
  at: number;
}

export class Slicer implements PacketSink, SegmentSink {
  kept = 0;
  commented = 0;
  readonly #decoder: PacketDecoder;
  readonly #writer: PcapngWriter;
  readonly #epoch: () => Epoch;
  readonly #said: SliceComments;
  readonly #packets: KeptPackets;
  #packetsAt = 0;
  readonly #byKey = new Map<string, Reading[]>();
  readonly #byEdge = new Map<string, Reading[]>();
  readonly #roce = new RocePacket();
  #frame = 0;
  #timeNs = 0;
  #wanted = false;

  constructor(
    roads: readonly KeptRoad[],
    packets: KeptPackets,
    said: SliceComments,
    writer: PcapngWriter,
    epoch: () => Epoch,
    problems: ProblemLog,
  ) {
    const frames = new CapturedFrames(
      new PortsSink((one, other) => {
        this.#passes(this.#byKey.get(portsKey(one, other)), false);
      }),
    );
    this.#decoder = new PacketDecoder(this, problems, {
      datagramSink: this,
      frameSink: {
        etherTypes: frames.etherTypes,
        linkTypes: frames.linkTypes,
        frame: (frame: LinkFrame) => frames.frame(frame),
      },
    });
    this.#writer = writer;
    this.#epoch = epoch;
    this.#said = said;
    this.#packets = packets;
    for (const road of roads) {
      const reading: Reading = { road, at: 0 };
      for (const key of road.keys) add(this.#byKey, key, reading);
      for (const key of road.edgeKeys) add(this.#byEdge, key, reading);
    }
  }

  packet(packet: Packet): void {
    const { frame, timeNs } = packet;
    this.#frame = frame;
    this.#timeNs = timeNs;
    this.#wanted = this.#isOfPackets(frame, timeNs);
    this.#decoder.packet(packet);
    const comments = this.#said.comments.get(frame);
    if (!this.#wanted && comments === undefined) return;
    const marks = this.#said.marks.get(frame);
    const all = marks === undefined ? comments : [...(comments ?? []), ...marks];
    this.#writer.packet(packet, this.#epoch(), all);
    if (all !== undefined) this.commented++;
    this.kept++;
  }

  segment(s: Segment): void {
    const { srcA, srcB, srcC, srcD, srcPort, dstA, dstB, dstC, dstD, dstPort } = s;
    const key = keyOf('t', srcA, srcB, srcC, srcD, srcPort, dstA, dstB, dstC, dstD, dstPort);
    const edge = (s.flags & (SYN | FIN | RST)) !== 0;
    this.#passes(this.#byKey.get(key), edge);
  }

  datagram(d: UdpDatagram): void {
    if (d.dstPort !== ROCE_PORT || !this.#roce.read(d)) return;
    const { srcA, srcB, srcC, srcD, dstA, dstB, dstC, dstD } = d;
    const qp = this.#roce.destinationQp;
    const key = keyOf('r', srcA, srcB, srcC, srcD, dstA, dstB, dstC, dstD, qp);
    this.#passes(this.#byKey.get(key), false);
    this.#passes(this.#byEdge.get(key), true);
  }

  #passes(readings: Reading[] | undefined, edge: boolean): void {
    if (readings === undefined) return;
    for (const reading of readings) {
      if (takes(reading, this.#frame, this.#timeNs, edge)) this.#wanted = true;
    }
  }

  #isOfPackets(frame: number, timeNs: number): boolean {
    const { stretches, fromNs, toNs } = this.#packets;
    if (timeNs >= fromNs && timeNs <= toNs) return true;
    while (stretches[this.#packetsAt]?.to < frame) this.#packetsAt++;
    const now = stretches[this.#packetsAt];
    return now !== undefined && now.from <= frame;
  }
}

/** Tells between which ports a frame goes. */
class PortsSink implements FcSink {
  readonly #told: (one: number, other: number) => void;

  constructor(told: (one: number, other: number) => void) {
    this.#told = told;
  }

  begin(frame: FcFrame): number {
    if (frame.headerCaptured < S_ID_WORD + 4) return 0;
    const { view, at } = frame;
    this.#told(view.getUint32(at + S_ID_WORD) & PORT_ID, view.getUint32(at + D_ID_WORD) & PORT_ID);
    return 0;
  }

  end(): void {}
  lost(): void {}
  unframed(): void {}
  ended(): void {}
}

function takes(reading: Reading, frame: number, timeNs: number, edge: boolean): boolean {
  const { stretches, wholeNs, from, to, openedNs } = reading.road;
  while (reading.at < stretches.length && stretches[reading.at].to < frame) reading.at++;
  const now = stretches[reading.at];
  if (now !== undefined && now.from <= frame) return true;
  if (frame < from || frame > to) return false;
  if (edge || timeNs <= openedNs) return true;
  return wholeNs !== undefined && timeNs >= wholeNs[0] && timeNs <= wholeNs[1];
}

function add(table: Map<string, Reading[]>, key: string, reading: Reading): void {
  const known = table.get(key);
  if (known === undefined) table.set(key, [reading]);
  else known.push(reading);
}
