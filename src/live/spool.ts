// The last packets, in a temporary folder: a ring of segments bounded by size and by time, from
// which the last minutes can be saved.

import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Packet } from '../capture/packet.js';
import { TemporaryFile } from '../capture/temporary-file.js';
import type { Epoch } from '../capture/time.js';
import { bytesText } from '../lib/number-text.js';
import { PcapFile, recordsSince } from './pcap-file.js';

/** So many segments share the limits: one is the grain in which the oldest is forgotten. */
const SEGMENTS = 16;
/** Less is of no use. */
const SPOOL_LEAST = 1 << 16;

/** Invariant: segments are in the order of time; the last one is open. */
export class Spool {
  /** Why it holds less than it was asked to; '' while nothing is wrong. */
  trouble = '';
  #bytesMax: number;
  readonly #spanNs: number;
  readonly #nanoseconds: () => boolean;
  readonly #segments: PcapFile[] = [];
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
    if (last.style.linkType === packet.linkType) last.write(packet, epoch);
  }

  get bytes(): number {
    const last = this.#segments.at(-1);
    return this.#bytesClosed + (last === undefined || last.closed ? 0 : last.bytes);
  }

  /**
   * Writes what is held from `fromNs` on to `path`, a new file; the packets written. Throws what the
   * file system throws.
   */
  save(path: string, epoch: Epoch, fromNs: number): number {
    const last = this.#segments.at(-1);
    if (last === undefined) return 0;
    if (!last.closed) last.flush();
    const fd = openSync(path, 'wx', 0o600);
    try {
      let packets = 0;
      let headed = false;
      for (const segment of this.#segments) {
        if (segment.lastNs < fromNs || segment.style.linkType !== last.style.linkType) continue;
        const bytes = readFileSync(segment.path);
        if (bytes.length < HEAD) continue; // a full disk left it empty
        const since = recordsSince(bytes, segment.style, epoch, fromNs);
        if (!headed) writeAll(fd, bytes, 0, HEAD);
        headed = true;
        writeAll(fd, bytes, since.at, bytes.length);
        packets += since.packets;
      }
      return packets;
    } catch (error) {
      rmSync(path, { force: true }); // part of a capture: the spool still has all of it
      throw error;
    } finally {
      closeSync(fd);
    }
  }

  readonly close = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    try {
      const last = this.#segments.at(-1);
      if (last?.closed === false) last.close();
    } catch {} // it is deleted anyway
    for (const segment of this.#segments) segment.release();
    this.#segments.length = 0;
  };

  invariants(): boolean {
    return this.bytes <= this.#bytesMax + this.#bytesMax / SEGMENTS && this.#segments.length > 0;
  }

  /** Holds half of what it does; what was about to be written is lost. */
  #shrink({ code, message }: NodeJS.ErrnoException): void {
    const why = code === 'ENOSPC' ? 'the disk is full' : message;
    this.#bytesMax = Math.max(SPOOL_LEAST, Math.floor(this.bytes / 2));
    this.trouble = `the temporary folder of --save-on (in ${tmpdir()}) holds the last ${bytesText(this.#bytesMax)} only: ${why}`;
    while (this.#segments.length > 1 && this.bytes > this.#bytesMax) this.#drop();
  }

  #isFull(last: PcapFile, packet: Packet): boolean {
    if (last.packets === 0) return false;
    const big = last.bytes + packet.capturedLength > this.#bytesMax / SEGMENTS;
    return big || packet.timeNs - last.firstNs > this.#spanNs / SEGMENTS;
  }

  #begin(packet: Packet): PcapFile {
    const before = this.#segments.at(-1);
    if (before !== undefined && !before.closed) {
      try {
        before.close();
      } finally {
        this.#bytesClosed += before.bytes;
      }
    }
    const segment = new PcapFile(new TemporaryFile(), {
      nanoseconds: this.#nanoseconds(),
      linkType: packet.linkType,
      snaplen: packet.snaplen,
    });
    this.#segments.push(segment);
    this.#forget(packet.timeNs);
    return segment;
  }

  #forget(nowNs: number): void {
    const room = this.#bytesMax - this.#bytesMax / SEGMENTS;
    while (this.#segments.length > 1) {
      const oldest = this.#segments[0];
      if (this.#bytesClosed <= room && oldest.lastNs >= nowNs - this.#spanNs) return;
      this.#drop();
    }
  }

  /** The oldest segment, which is closed. */
  #drop(): void {
    const oldest = this.#segments.shift();
    if (oldest === undefined) return;
    this.#bytesClosed -= oldest.bytes;
    oldest.release();
  }
}

const HEAD = 24;

function writeAll(fd: number, bytes: Buffer, from: number, to: number): void {
  for (let at = from; at < to; ) at += writeSync(fd, bytes, at, to - at);
}
