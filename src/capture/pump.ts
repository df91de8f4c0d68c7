// hot: no allocation per packet
// Delivers packets of several files in time order: each file is a lane, and the lane whose packet
// is oldest delivers until another one's is older.

import { asDoubles } from '../lib/double-fields.js';
import type { FileLog } from './facts.js';
import { Delivery, type PacketSink, type PlainSink } from './packet.js';
import type { RecordReader } from './record-reader.js';
import { type Epoch, SECOND_NS } from './time.js';
import type { Refill } from './window.js';

/** Why a lane stopped delivering. */
export const BEATEN = 0;
export const DRY = 1;
const STOPPED = 2;

export class Lane {
  /** Index of the file: where times are equal the file named first comes first. */
  readonly file: number;
  readonly reader: RecordReader;
  readonly source: Refill;
  readonly log: FileLog;
  /** Bytes read that progress was told of. */
  bytesTold = 0;
  packets = 0;
  capturedBytes = 0;
  originalBytes = 0;
  packetsTruncated = 0;
  /** What was captured of the longest of these. */
  cutLength = 0;
  packetsWithoutTime = 0;
  previousNs = Number.NEGATIVE_INFINITY;
  firstNs = Number.POSITIVE_INFINITY;
  lastNs = Number.NEGATIVE_INFINITY;

  constructor(file: number, reader: RecordReader, source: Refill, log: FileLog) {
    this.file = file;
    this.reader = reader;
    this.source = source;
    this.log = log;
    asDoubles<Lane>(this, ['capturedBytes', 'originalBytes']);
  }
}

/** Invariant: frames count from 1 without a hole; the epoch is that of the first packet with a time. */
export class Pump {
  stopped = false;
  frame = 0;
  /** True once a packet had a time. */
  timed = false;
  readonly epoch: Epoch = { seconds: 0, nanoseconds: 0 };
  readonly #sink: PacketSink;
  readonly #delivery = new Delivery();
  /** Time of the last packet delivered, of whatever file. */
  #nowNs = -0; // a double from the start (lib/double-fields.ts)

  constructor(sink: PacketSink) {
    this.#sink = sink;
  }

  /**
   * Delivers the lane's packets, of which the first is loaded, while they are older than the rival's
   * (or as old, where `ties` says so).
   */
  run(lane: Lane, rivalSeconds: number, rivalNanoseconds: number, ties: boolean): number {
    const reader = lane.reader;
    const packet = reader.packet;
    const sink = this.#sink;
    const plain = sink.plain;
    packet.file = lane.file;
    packet.refused = false;
    do {
      const seconds = reader.seconds;
      const nanoseconds = reader.nanoseconds;
      if (seconds >= rivalSeconds) {
        if (seconds > rivalSeconds || nanoseconds > rivalNanoseconds) return BEATEN;
        if (nanoseconds === rivalNanoseconds && !ties) return BEATEN;
      }
      if (reader.timed) this.#setTime(lane, seconds, nanoseconds);
      else lane.packetsWithoutTime += 1;
      packet.timeNs = this.#nowNs;
      packet.frame = ++this.frame;
      lane.packets++;
      lane.capturedBytes += packet.capturedLength;
      lane.originalBytes += packet.originalLength;
      if (packet.capturedLength < packet.originalLength) {
        lane.packetsTruncated++;
        if (packet.capturedLength > lane.cutLength) lane.cutLength = packet.capturedLength;
      }
      sink.packet(packet);
      if (this.stopped) return STOPPED;
      if (plain !== undefined && reader.timed && reader.deliver !== undefined) {
        packet.refused = this.#deliver(lane, plain, rivalSeconds, rivalNanoseconds);
      }
    } while (reader.next());
    return DRY;
  }

  /** Lets the reader deliver what is plain. */
  #deliver(lane: Lane, plain: PlainSink, rivalSeconds: number, rivalNanoseconds: number): boolean {
    const delivery = this.#delivery;
    const { frame } = this;
    const { seconds, nanoseconds } = this.epoch;
    delivery.epochSeconds = seconds;
    delivery.epochNanoseconds = nanoseconds;
    delivery.untilNs = (rivalSeconds - seconds) * SECOND_NS[0] + (rivalNanoseconds - nanoseconds);
    delivery.timeNs = lane.previousNs;
    delivery.frame = frame;
    const refused = lane.reader.deliver!(plain, delivery);
    const count = delivery.frame - frame;
    if (count === 0) return refused;
    const { timeNs } = delivery;
    const whole = Math.floor((timeNs + nanoseconds) / 1e9);
    lane.reader.seconds = seconds + whole;
    lane.reader.nanoseconds = timeNs + nanoseconds - whole * 1e9;
    this.frame = delivery.frame;
    this.#nowNs = timeNs;
    lane.previousNs = timeNs;
    if (timeNs > lane.lastNs) lane.lastNs = timeNs;
    lane.packets += count;
    lane.capturedBytes += delivery.capturedBytes;
    lane.originalBytes += delivery.originalBytes;
    lane.packetsTruncated += delivery.packetsTruncated;
    if (delivery.cutLength > lane.cutLength) lane.cutLength = delivery.cutLength;
    this.#sink.plainTook?.(count, timeNs);
    return refused;
  }

  #setTime(lane: Lane, seconds: number, nanoseconds: number): void {
    const epoch = this.epoch;
    if (!this.timed) {
      this.timed = true;
      epoch.seconds = seconds;
      epoch.nanoseconds = nanoseconds;
    }
    const timeNs = (seconds - epoch.seconds) * SECOND_NS[0] + (nanoseconds - epoch.nanoseconds);
    if (timeNs < lane.previousNs) lane.log.backwards(this.frame + 1, lane.previousNs - timeNs);
    if (timeNs < lane.firstNs) lane.firstNs = timeNs;
    if (timeNs > lane.lastNs) lane.lastNs = timeNs;
    lane.previousNs = timeNs;
    this.#nowNs = timeNs;
  }
}
