// Packets → a classic pcap file (draft-ietf-opsawg-pcap), in writes of whole records: a full disk
// leaves a file that can be read.

import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { Packet } from '../capture/packet.js';
import type { TemporaryFile } from '../capture/temporary-file.js';
import type { Epoch } from '../capture/time.js';

const MAGIC_US = 0xa1b2c3d4;
const MAGIC_NS = 0xa1b23c4d;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const BUFFER_BYTES = 1 << 18;
const NS = 1e9;

export interface PcapStyle {
  readonly nanoseconds: boolean;
  readonly linkType: number;
  readonly snaplen: number;
}

/** Invariant: the file holds `#written` bytes of whole records, `#buffer` the `#used` that follow. */
export class PcapFile {
  readonly path: string;
  readonly style: PcapStyle;
  /** Those in the file, and those in the buffer. */
  packets = 0;
  closed = false;
  firstNs = 0;
  lastNs = 0;
  readonly #fd: number;
  readonly #temporary: TemporaryFile | undefined;
  #buffer = Buffer.alloc(BUFFER_BYTES);
  #used = 0;
  #written = 0;

  /** Throws what the file system throws. A temporary one can be read until it is released. */
  constructor(path: string | TemporaryFile, style: PcapStyle) {
    this.style = style;
    this.#temporary = typeof path === 'string' ? undefined : path;
    this.path = typeof path === 'string' ? path : path.path;
    this.#fd = typeof path === 'string' ? openSync(path, 'w', 0o600) : path.fd;
    const head = this.#buffer;
    head.writeUInt32LE(style.nanoseconds ? MAGIC_NS : MAGIC_US, 0);
    head.writeUInt16LE(2, 4);
    head.writeUInt16LE(4, 6);
    head.writeUInt32LE(style.snaplen > 0 ? style.snaplen : 262_144, 16);
    head.writeUInt32LE(style.linkType, 20);
    this.#used = FILE_HEADER;
  }

  /** Bytes of the file, also those not yet written. */
  get bytes(): number {
    return this.#written + this.#used;
  }

  write(packet: Packet, epoch: Epoch): void {
    const { capturedLength, offset, timeNs } = packet;
    const length = RECORD_HEADER + capturedLength;
    if (this.#used + length > this.#buffer.length) this.flush();
    if (length > this.#buffer.length) this.#buffer = Buffer.alloc(length);
    const at = this.#used;
    const buffer = this.#buffer;
    const ns = epoch.nanoseconds + timeNs;
    const seconds = Math.floor(ns / NS);
    const fraction = Math.floor(ns - seconds * NS);
    buffer.writeUInt32LE((epoch.seconds + seconds) >>> 0, at);
    buffer.writeUInt32LE(this.style.nanoseconds ? fraction : Math.floor(fraction / 1000), at + 4);
    buffer.writeUInt32LE(capturedLength, at + 8);
    buffer.writeUInt32LE(packet.originalLength, at + 12);
    buffer.set(packet.bytes.subarray(offset, offset + capturedLength), at + RECORD_HEADER);
    this.#used += length;
    if (this.packets === 0) this.firstNs = timeNs;
    if (timeNs > this.lastNs) this.lastNs = timeNs;
    this.packets++;
  }

  /** Throws what the file system throws; the file then ends with the last record that had room. */
  flush(): void {
    let done = 0;
    try {
      while (done < this.#used) done += writeSync(this.#fd, this.#buffer, done, this.#used - done);
    } catch (error) {
      this.#keepWhole(done);
      throw error;
    }
    this.#written += this.#used;
    this.#used = 0;
  }

  /** `done` bytes of the buffer were written: records that are not whole there are forgotten. */
  #keepWhole(done: number): void {
    let kept = 0;
    let lost = 0;
    for (let at = this.#written === 0 ? FILE_HEADER : 0; at < this.#used; ) {
      at += RECORD_HEADER + this.#buffer.readUInt32LE(at + 8);
      if (at <= done) kept = at;
      else lost++;
    }
    if (kept === 0 && this.#written === 0 && done >= FILE_HEADER) kept = FILE_HEADER;
    this.#written += kept;
    this.packets -= lost;
    this.#used = 0;
    try {
      ftruncateSync(this.#fd, this.#written);
    } catch {} // no regular file: its first error is what counts
  }

  close(): void {
    this.closed = true;
    try {
      this.flush();
    } finally {
      if (this.#temporary === undefined) closeSync(this.#fd);
    }
  }

  /** A temporary file is gone. */
  release(): void {
    this.#temporary?.close();
  }
}

/** The packets in `bytes`, a file of ours; times are since `epoch`. One object for all of them. */
export function* recordsOf(bytes: Buffer, style: PcapStyle, epoch: Epoch): Generator<Packet> {
  const packet = new Packet();
  packet.bytes = bytes;
  packet.linkType = style.linkType;
  packet.snaplen = style.snaplen;
  for (let at = FILE_HEADER; at + RECORD_HEADER <= bytes.length; ) {
    const seconds = bytes.readUInt32LE(at) - epoch.seconds;
    const fraction = bytes.readUInt32LE(at + 4) * (style.nanoseconds ? 1 : 1000);
    packet.timeNs = seconds * NS + fraction - epoch.nanoseconds;
    packet.capturedLength = bytes.readUInt32LE(at + 8);
    packet.originalLength = bytes.readUInt32LE(at + 12);
    packet.offset = at + RECORD_HEADER;
    if (packet.offset + packet.capturedLength > bytes.length) return; // a full disk cut it
    yield packet;
    at = packet.offset + packet.capturedLength;
  }
}
