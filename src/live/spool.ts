// The last packets, in a temporary folder: a ring of segments bounded by size and by time, from
// which the last minutes can be saved.

import { readFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Packet } from '../capture/packet.js';
import { PcapngWriter } from '../capture/pcapng-writer.js';
import { TemporaryFile } from '../capture/temporary-file.js';
import type { Epoch } from '../capture/time.js';
import { WholeFile } from '../capture/whole-file.js';
import { bytesText } from '../lib/number-text.js';
import { PcapFile, recordsOf } from './pcap-file.js';

/** So many segments share the limits: one is the grain in which the oldest is forgotten. */
const SEGMENTS = 16;
/** Less is of no use. */
const SPOOL_LEAST = 1 << 16;

/** What is to be saved: from one time to another, why, and what is said of some packets. */
export interface SpoolPart {
  readonly epoch: Epoch;
  readonly fromNs: number;
  readonly toNs: number;
  readonly why: string;
  readonly comments: ReadonlyMap<number, readonly string[]>;
}

/** Its packets are consecutive ones of the capture. */
interface Segment {
  readonly file: PcapFile;
  readonly firstFrame: number;
}

/** Invariant: segments are in the order of time; the last one is open. */
export class Spool {
  /** Why it holds less than it was asked to; '' while nothing is wrong. */
  trouble = '';
  #bytesMax: number;
  readonly #spanNs: number;
  readonly #nanoseconds: () => boolean;
  readonly #segments: Segment[] = [];
  /** A packet could not be kept: the next segment begins behind it. */
  #broken = false;
  #bytesClosed = 0;
  #closed = false;

  /** Holds `bytesMax` at most, and what is younger than `spanNs`. Throws what the system throws. */
  constructor(bytesMax: number, spanNs: number, nanoseconds: () => boolean) {
    this.#bytesMax = bytesMax;
    this.#spanNs = spanNs;
    this.#nanoseconds = nanoseconds;
    new TemporaryFile().close(); // there is a folder for it
  }

  /** Never throws: where the disk is full, older packets make room, and `trouble` says so. */
  packet(packet: Packet, epoch: Epoch): void {
    if (this.#closed) return;
    try {
      this.#keep(packet, epoch);
    } catch (error) {
      this.#shrink(error as NodeJS.ErrnoException);
    }
  }

  #keep(packet: Packet, epoch: Epoch): void {
    let last = this.#segments.at(-1);
    if (last === undefined || this.#isFull(last, packet)) last = this.#begin(packet);
    last.file.write(packet, epoch);
  }

  get bytes(): number {
    const last = this.#segments.at(-1);
    return this.#bytesClosed + (last === undefined || last.file.closed ? 0 : last.file.bytes);
  }

  /** Writes what is held of a time to `path`, a new file; the packets written. Throws what the file system throws. */
  save(path: string, { epoch, fromNs, toNs, why, comments }: SpoolPart): number {
    const last = this.#segments.at(-1);
    if (last === undefined) return 0;
    if (!last.file.closed) last.file.flush();
    // Written at once: a signal is heard when it is whole, or gone.
    const whole = new WholeFile(path, { isNew: true, mode: 0o600, signals: false });
    try {
      const out = new PcapngWriter((bytes) => writeAll(whole.fd, bytes), 'sanscope live', why);
      for (const { file, firstFrame } of this.#segments) {
        if (file.lastNs < fromNs || file.firstNs > toNs) continue;
        let frame = firstFrame;
        for (const packet of recordsOf(readFileSync(file.path), file.style, epoch)) {
          const inTime = packet.timeNs >= fromNs && packet.timeNs <= toNs;
          if (inTime) out.packet(packet, epoch, comments.get(frame));
          frame++;
        }
      }
      out.flush();
      whole.put();
      return out.packets;
    } catch (error) {
      whole.abandon(); // part of a capture: the spool still has all of it
      throw error;
    }
  }

  readonly close = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    try {
      const last = this.#segments.at(-1);
      if (last?.file.closed === false) last.file.close();
    } catch {} // it is deleted anyway
    for (const { file } of this.#segments) file.release();
    this.#segments.length = 0;
  };

  invariants(): boolean {
    return this.bytes <= this.#bytesMax + this.#bytesMax / SEGMENTS && this.#segments.length > 0;
  }

  /** Holds half of what it does; what was about to be written is lost. */
  #shrink({ code, message }: NodeJS.ErrnoException): void {
    this.#broken = true;
    const why = code === 'ENOSPC' ? 'the disk is full' : message;
    this.#bytesMax = Math.max(SPOOL_LEAST, Math.floor(this.bytes / 2));
    this.trouble = `the temporary folder of --save-on (in ${tmpdir()}) holds the last ${bytesText(this.#bytesMax)} only: ${why}`;
    while (this.#segments.length > 1 && this.bytes > this.#bytesMax) this.#drop();
  }

  #isFull({ file: last }: Segment, packet: Packet): boolean {
    if (this.#broken || last.style.linkType !== packet.linkType) return true;
    if (last.packets === 0) return false;
    const big = last.bytes + packet.capturedLength > this.#bytesMax / SEGMENTS;
    return big || packet.timeNs - last.firstNs > this.#spanNs / SEGMENTS;
  }

  #begin(packet: Packet): Segment {
    this.#broken = false;
    const before = this.#segments.at(-1)?.file;
    if (before !== undefined && !before.closed) {
      try {
        before.close();
      } finally {
        this.#bytesClosed += before.bytes;
      }
    }
    const file = new PcapFile(new TemporaryFile(), {
      nanoseconds: this.#nanoseconds(),
      linkType: packet.linkType,
      snaplen: packet.snaplen,
    });
    const segment = { file, firstFrame: packet.frame };
    this.#segments.push(segment);
    this.#forget(packet.timeNs);
    return segment;
  }

  #forget(nowNs: number): void {
    const room = this.#bytesMax - this.#bytesMax / SEGMENTS;
    while (this.#segments.length > 1) {
      const oldest = this.#segments[0];
      if (this.#bytesClosed <= room && oldest.file.lastNs >= nowNs - this.#spanNs) return;
      this.#drop();
    }
  }

  /** The oldest segment, which is closed. */
  #drop(): void {
    const oldest = this.#segments.shift();
    if (oldest === undefined) return;
    this.#bytesClosed -= oldest.file.bytes;
    oldest.file.release();
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at);
}
