// Writes the frames of a capture to a file, fast: a template per direction, patched in place, and
// payload copied straight into the output buffer. Times are ns since the capture's first packet.
// Checksums of TCP are 0, as offload leaves them; those of IP are right.

import { closeSync, openSync, writeSync } from 'node:fs';
import { set } from '../src/wire/field.js';
import { ETHERNET_BYTES } from '../src/wire/net/ethernet.js';
import { IPV4_BYTES_MIN, ipv4 } from '../src/wire/net/ipv4.js';
import { TCP_BYTES_MIN, tcp } from '../src/wire/net/tcp.js';
import { checksum } from '../test/support/packet-builder.js';
import { EPOCH_SECONDS } from '../test/support/pcap-writer.js';

const BUFFER_BYTES = 8 << 20;
const RECORD_BYTES = 16;
const IP_AT = ETHERNET_BYTES;
const TCP_AT = IP_AT + IPV4_BYTES_MIN;
export const HEADER_BYTES = TCP_AT + TCP_BYTES_MIN;

/** Headers of one direction of a connection, with what changes from frame to frame left at 0. */
export interface Template {
  readonly bytes: Uint8Array;
  /** Sum of the IP header's words without length and identification. */
  readonly sum: number;
}

/** Makes a template of a packet without payload. */
export function template(packet: Uint8Array): Template {
  const bytes = packet.slice(0, HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  for (const f of [ipv4.totalLength, ipv4.identification, ipv4.headerChecksum]) {
    set(view, IP_AT, f, 0);
  }
  set(view, TCP_AT, tcp.checksum, 0);
  return { bytes, sum: ~checksum(bytes.slice(IP_AT, TCP_AT)) & 0xffff };
}

export class FrameWriter {
  /** Frames and bytes written to the file. */
  frames = 0;
  bytes = 0;
  readonly #file: number;
  readonly #snaplen: number;
  readonly #out = new Uint8Array(BUFFER_BYTES);
  readonly #view = new DataView(this.#out.buffer);
  #at = 0;
  /** Where the frame that is being written begins, and how much of its payload came by. */
  #start = 0;
  #payload = 0;
  #ipId = 0;

  constructor(path: string, snaplen: number) {
    this.#file = openSync(path, 'w');
    this.#snaplen = snaplen;
    const view = this.#view;
    view.setUint32(0, 0xa1b23c4d, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, snaplen, true);
    view.setUint32(20, 1, true);
    this.#at = 24;
  }

  /** Begins a frame; payload() adds to it, end() completes it. */
  begin(of: Template, seq: number, ack: number, flags: number): void {
    if (this.#at + RECORD_BYTES + HEADER_BYTES + 65_536 > BUFFER_BYTES) this.#flush();
    this.#start = this.#at;
    this.#payload = 0;
    const frame = this.#at + RECORD_BYTES;
    this.#out.set(of.bytes, frame);
    this.#at = frame + HEADER_BYTES;
    const view = this.#view;
    set(view, frame + TCP_AT, tcp.sequenceNumber, seq);
    set(view, frame + TCP_AT, tcp.acknowledgmentNumber, ack);
    view.setUint8(frame + TCP_AT + tcp.cwr.byte, flags);
  }

  /** Bytes from..to of a source; what lies beyond snaplen is counted only. */
  payload(source: Uint8Array, from: number, to: number): void {
    const room = this.#start + RECORD_BYTES + this.#snaplen - this.#at;
    const length = to - from;
    this.#payload += length;
    if (room <= 0) return;
    const end = length > room ? from + room : to;
    this.#out.set(source.subarray(from, end), this.#at);
    this.#at += end - from;
  }

  /** Completes the frame, which belongs to `timeNs`. */
  end(of: Template, timeNs: number): void {
    const view = this.#view;
    const frame = this.#start + RECORD_BYTES;
    const length = HEADER_BYTES - IP_AT + this.#payload;
    const id = this.#ipId++ & 0xffff;
    set(view, frame + IP_AT, ipv4.totalLength, length);
    set(view, frame + IP_AT, ipv4.identification, id);
    let sum = of.sum + length + id;
    sum = (sum & 0xffff) + (sum >>> 16);
    set(view, frame + IP_AT, ipv4.headerChecksum, ~((sum & 0xffff) + (sum >>> 16)) & 0xffff);
    view.setUint32(this.#start + 8, this.#at - frame, true);
    view.setUint32(this.#start + 12, IP_AT + length, true);
    this.#stamp(this.#start, timeNs);
    this.frames++;
  }

  /** Takes the frame that was just ended out of the file again, to be written later, or never. */
  takeBack(): Uint8Array {
    const record = this.#out.slice(this.#start, this.#at);
    this.#at = this.#start;
    this.frames--;
    return record;
  }

  /** A copy of the frame that was just ended. */
  copyLast(): Uint8Array {
    return this.#out.slice(this.#start, this.#at);
  }

  /** Writes what takeBack or copyLast gave, at another time. */
  again(record: Uint8Array, timeNs: number): void {
    if (this.#at + record.length > BUFFER_BYTES) this.#flush();
    this.#out.set(record, this.#at);
    this.#stamp(this.#at, timeNs);
    this.#start = this.#at;
    this.#at += record.length;
    this.frames++;
  }

  /** Bytes of the file so far. */
  size(): number {
    return this.bytes + this.#at;
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #stamp(record: number, timeNs: number): void {
    this.#view.setUint32(record, EPOCH_SECONDS + Math.floor(timeNs / 1e9), true);
    this.#view.setUint32(record + 4, timeNs % 1e9, true);
  }

  #flush(): void {
    let from = 0;
    while (from < this.#at) from += writeSync(this.#file, this.#out, from, this.#at - from);
    this.bytes += this.#at;
    this.#at = 0;
  }
}
