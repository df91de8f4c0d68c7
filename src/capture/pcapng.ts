// hot: no allocation per packet
// pcapng (draft-ietf-opsawg-pcapng), from a window. An enhanced packet block is read here; all
// else, and every contradiction, takes the cold road (pcapng-blocks-other.ts, pcapng-damage.ts).

import { BLOCK_BYTES_MAX } from '../limits.js';
import { LinkType } from '../wire/net/linktype.js';
import type { FileLog } from './facts.js';
import { type Delivery, Packet, type PlainSink } from './packet.js';
import { ENHANCED_PACKET, type PcapngInterface, readPacketOptions } from './pcapng-blocks.js';
import { otherBlock } from './pcapng-blocks-other.js';
import { oddBlock, shortBlock, skipOn } from './pcapng-damage.js';
import { AGAIN, type BlockReader, PACKET, Section } from './pcapng-section.js';
import type { RecordReader } from './record-reader.js';
import { SECOND_NS } from './time.js';
import type { ByteWindow } from './window.js';

/** An enhanced packet block of no bytes and no options. */
const BLOCK_OF_NOTHING = 32;

/** Invariant: `window.start` is where a block begins, except while skipping or scanning. */
export class PcapngReader implements RecordReader, BlockReader {
  readonly packet = new Packet();
  seconds = 0;
  nanoseconds = 0;
  timed = false;
  needed = 0;
  done = false;
  readonly window: ByteWindow;
  readonly log: FileLog;
  readonly section = new Section();

  /** `window.start` is at the first section header block. */
  constructor(window: ByteWindow, log: FileLog) {
    this.window = window;
    this.log = log;
  }

  next(): boolean {
    for (;;) {
      const section = this.section;
      if (section.astray && !skipOn(this)) return false;
      const verdict = this.#block();
      if (verdict === PACKET) return true;
      if (verdict !== AGAIN) return false;
    }
  }

  #block(): number {
    const window = this.window;
    const view = window.view;
    const at = window.start;
    const little = this.section.little;
    if (window.end - at < 12) return shortBlock(this, at, 12);
    const type = view.getUint32(at, little);
    if (type !== ENHANCED_PACKET) return otherBlock(this, at, type);
    const length = view.getUint32(at + 4, little);
    if (length < 32 || length > BLOCK_BYTES_MAX || (length & 3) !== 0) return oddBlock(this, at);
    if (window.end - at < length) return shortBlock(this, at, length);
    const captured = view.getUint32(at + 20, little);
    if (captured > length - 32 || view.getUint32(at + length - 4, little) !== length) {
      return oddBlock(this, at);
    }
    const of = this.section.interfaces[view.getUint32(at + 8, little)];
    if (of === undefined) return oddBlock(this, at);
    return this.take(at, length, captured, of);
  }

  /**
   * Enhanced packet blocks without options, told where their packets lie; what is not taken, or not
   * of this kind, is next()'s, as if nothing had been.
   */
  deliver(sink: PlainSink, delivery: Delivery): boolean {
    const { section, window } = this;
    if (section.astray || !section.little) return false;
    const { bytes, view, end } = window;
    const { interfaces } = section;
    const { epochSeconds, epochNanoseconds, untilNs } = delivery;
    let { timeNs, frame } = delivery;
    let capturedBytes = 0;
    let originalBytes = 0;
    let packetsTruncated = 0;
    let cutLength = 0;
    let refused = false;
    let at = window.start;
    while (at + BLOCK_OF_NOTHING <= end) {
      if (view.getUint32(at, true) !== ENHANCED_PACKET) break;
      const length = view.getInt32(at + 4, true);
      const captured = view.getInt32(at + 20, true);
      if (captured < 0 || length !== BLOCK_OF_NOTHING + ((captured + 3) & ~3)) break;
      if (length > BLOCK_BYTES_MAX || at + length > end) break;
      if (view.getInt32(at + length - 4, true) !== length) break;
      const of = interfaces[view.getUint32(at + 8, true)];
      const original = view.getUint32(at + 24, true);
      if (of === undefined || of.facts.linkType !== LinkType.ethernet) break;
      this.setTime(of, view.getUint32(at + 12, true), view.getUint32(at + 16, true));
      const seconds = this.seconds - epochSeconds;
      const nowNs = seconds * SECOND_NS[0] + (this.nanoseconds - epochNanoseconds);
      if (nowNs < timeNs || nowNs >= untilNs) break;
      if (!sink.take(bytes, view, at + 28, captured, original, nowNs, frame + 1)) {
        refused = true;
        break;
      }
      of.facts.packets += 1;
      timeNs = nowNs;
      frame++;
      capturedBytes += captured;
      originalBytes += original;
      if (captured < original) {
        packetsTruncated++;
        if (captured > cutLength) cutLength = captured;
      }
      at += length;
    }
    window.start = at;
    delivery.cutLength = cutLength;
    delivery.moved(timeNs, frame, capturedBytes, originalBytes, packetsTruncated);
    return refused;
  }

  /** Fills the packet from an enhanced packet block. */
  take(at: number, length: number, captured: number, of: PcapngInterface): number {
    const window = this.window;
    const view = window.view;
    const little = this.section.little;
    this.setTime(of, view.getUint32(at + 12, little), view.getUint32(at + 16, little));
    this.fill(at + 28, captured, view.getUint32(at + 24, little), of);
    const options = at + 28 + ((captured + 3) & ~3);
    const end = at + length - 4;
    if (end - options >= 4) {
      this.log.facts.comments += readPacketOptions(view, options, end, little, of.facts);
    }
    window.start = at + length;
    return PACKET;
  }

  /** Points the packet at `captured` bytes from `at`. */
  fill(at: number, captured: number, original: number, of: PcapngInterface): void {
    const window = this.window;
    const packet = this.packet;
    const facts = of.facts;
    packet.bytes = window.bytes;
    packet.view = window.view;
    packet.offset = at;
    packet.capturedLength = captured;
    packet.originalLength = original;
    packet.linkType = facts.linkType;
    packet.snaplen = facts.snaplen;
    packet.fileOffset = window.seekable ? window.origin + at : -1;
    facts.packets += 1;
  }

  /** Turns 64 bits of ticks into seconds and nanoseconds. */
  setTime(of: PcapngInterface, high: number, low: number): void {
    this.timed = true;
    if (of.nsPerTick === 0) {
      const time = of.exactTime(high, low);
      this.seconds = time.seconds;
      this.nanoseconds = time.nanoseconds;
      return;
    }
    if (high !== of.high) of.setHigh(high);
    const ticks = of.baseTicks + low;
    const whole = Math.floor(ticks / of.ticksPerSecond);
    this.seconds = of.baseSeconds + whole;
    this.nanoseconds = Math.floor((ticks - whole * of.ticksPerSecond) * of.nsPerTick);
  }
}
