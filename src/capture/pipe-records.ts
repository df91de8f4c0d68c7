// Classic pcap from a pipe, read by the package pcap-parser, behind a guard for what it does not
// know: nanoseconds (the magic is rewritten on the way in), records of impossible length (it would
// wait for them and copy all it has with each chunk), and a last record that is cut.

import { Readable } from 'node:stream';
import { type PacketHeader, type Parser, parse } from 'pcap-parser';
import { FILE_WINDOW_BYTES, PACKET_BYTES_MAX } from '../limits.js';
import { ClassicReader } from './classic.js';
import { mayBeTime } from './classic-damage.js';
import { CLASSIC_HEADER_BYTES, type ClassicHeader } from './classic-header.js';
import type { FileLog } from './facts.js';
import { Packet } from './packet.js';
import type { RecordReader } from './record-reader.js';
import { StreamSource } from './stream-source.js';
import { ByteWindow, type Refill } from './window.js';

/** Packets parsed ahead of those delivered; the pipe is paused above it. */
const QUEUE_MAX = 256;
/** A record's header. */
const RECORD_BYTES = 16;

interface Queued {
  readonly header: PacketHeader;
  readonly data: Buffer;
}

/**
 * Invariant: packets leave the queue in the order of the pipe. After damage our own reader takes
 * over what the parser has not read (`#after`), since it can find the next record.
 */
export class PipeRecords implements RecordReader, Refill {
  readonly packet = new Packet();
  seconds = 0;
  nanoseconds = 0;
  timed = true;
  needed = 0;
  done = false;
  failure: Error | undefined;
  readonly #header: ClassicHeader;
  readonly #log: FileLog;
  readonly #onClose: () => void;
  readonly #stream: Readable;
  readonly #parser: Parser;
  #queue: Queued[] = [];
  #taken = 0;
  #ended = false;
  /** Offset of the record that is parsed next, and of the one that is delivered next. */
  #offset = CLASSIC_HEADER_BYTES;
  #delivered = CLASSIC_HEADER_BYTES;
  readonly #kept: boolean;
  #bytesRead = 0;
  /** The record whose header was parsed, while its bytes are waited for. */
  #awaited: PacketHeader | undefined;
  #after: { reader: ClassicReader; source: StreamSource } | undefined;
  #wake: (() => void) | undefined;

  /**
   * `chunks` begin with the file's header, which was parsed to `header`; `onClose` closes the pipe;
   * `kept`: the bytes are copied to a file, from which packets can be read again.
   */
  constructor(
    chunks: AsyncIterable<Uint8Array>,
    header: ClassicHeader,
    log: FileLog,
    onClose: () => void = () => {},
    kept = false,
  ) {
    this.#onClose = onClose;
    this.#kept = kept;
    this.#header = header;
    this.#log = log;
    this.#stream = Readable.from(this.#asMicroseconds(chunks), { objectMode: false });
    this.#parser = parse(this.#stream);
    this.#parser.on('packetHeader', (packet: PacketHeader) => this.#guard(packet));
    this.#parser.on('packet', (packet: Queued) => this.#push(packet));
    this.#parser.on('error', (error: Error) => this.#end(error));
    this.#parser.on('end', () => this.#end(undefined));
  }

  next(): boolean {
    if (this.#taken < this.#queue.length) {
      this.#fill(this.#queue[this.#taken]);
      this.#taken += 1;
      return true;
    }
    if (this.#after) return this.#nextAfter();
    this.done = this.#ended;
    return false;
  }

  refill(needed: number): Promise<void> | undefined {
    if (this.#after) return this.#after.source.refill(needed);
    this.#queue = [];
    this.#taken = 0;
    this.#stream.resume();
    return new Promise((wake) => {
      this.#wake = wake;
      if (this.#ended) wake();
    });
  }

  bytesRead(): number {
    return this.#bytesRead;
  }

  close(): void {
    this.#ended = true;
    this.#after?.source.close();
    this.#onClose();
    this.#stream.destroy();
    this.#awake();
  }

  /** pcap-parser knows one magic only: the rest of the format is the same in nanoseconds. */
  async *#asMicroseconds(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let first = true;
    for await (const chunk of chunks) {
      this.#bytesRead += chunk.length;
      if (!first) {
        yield chunk;
        continue;
      }
      first = false;
      const copy = Uint8Array.from(chunk);
      const little = this.#header.byteOrder === 'little';
      new DataView(copy.buffer).setUint32(0, 0xa1b2c3d4, little);
      yield copy;
    }
  }

  /** Called with a record's header before its bytes are waited for. */
  #guard(packet: PacketHeader): void {
    if (this.#after) return;
    const { fractionLimit } = this.#header.rules;
    const plausible =
      packet.capturedLength <= packet.originalLength &&
      packet.originalLength <= PACKET_BYTES_MAX &&
      (packet.originalLength > 0 || mayBeTime(packet.timestampSeconds)) &&
      packet.timestampMicroseconds < fractionLimit;
    if (plausible) this.#awaited = packet;
    else this.#handOver();
  }

  /** Our own reader goes on from the record whose header was just parsed. */
  #handOver(): void {
    const rest = this.#parser.buffer ?? Buffer.alloc(0);
    this.#parser.errored = true;
    this.#stream.pause();
    this.#stream.removeAllListeners('data');
    const window = new ByteWindow(FILE_WINDOW_BYTES, FILE_WINDOW_BYTES, this.#kept, true);
    window.origin = this.#offset;
    const source = new StreamSource(joined(rest, this.#stream), window);
    const reader = new ClassicReader(window, this.#header, this.#log);
    this.#after = { reader, source };
    this.#awake();
  }

  #nextAfter(): boolean {
    const after = this.#after!;
    const { reader, source } = after;
    const any = reader.next();
    this.failure = source.failure;
    this.needed = reader.needed;
    this.done = reader.done;
    if (!any) return false;
    this.seconds = reader.seconds;
    this.nanoseconds = reader.nanoseconds;
    Object.assign(this.packet, reader.packet);
    return true;
  }

  #push(packet: Queued): void {
    if (this.#after) return;
    this.#awaited = undefined;
    this.#offset += RECORD_BYTES + packet.header.capturedLength;
    this.#queue.push(packet);
    if (this.#queue.length >= QUEUE_MAX) this.#stream.pause();
    this.#awake();
  }

  /** The parser says so twice after an error. */
  #end(error: Error | undefined): void {
    this.failure ??= error;
    if (this.#after || this.#ended) return;
    this.#ended = true;
    // What is left over belongs to a record whose header was parsed, or not even that.
    const header = this.#awaited === undefined ? 0 : RECORD_BYTES;
    const there = header + (this.#parser.buffer?.length ?? 0);
    const wanted = RECORD_BYTES + (this.#awaited?.capturedLength ?? 0);
    if (there > 0) this.#log.cut(this.#offset, there, wanted, 'record');
    this.#awake();
  }

  #awake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  #fill(queued: Queued): void {
    const { header, data } = queued;
    const packet = this.packet;
    // One view serves all packets of a chunk.
    if (packet.bytes.buffer !== data.buffer) {
      packet.bytes = new Uint8Array(data.buffer);
      packet.view = new DataView(data.buffer);
    }
    packet.offset = data.byteOffset;
    packet.capturedLength = header.capturedLength;
    packet.originalLength = header.originalLength;
    packet.fileOffset = this.#kept ? this.#delivered + RECORD_BYTES : -1;
    this.#delivered += RECORD_BYTES + header.capturedLength;
    packet.linkType = this.#header.linkType;
    packet.snaplen = this.#header.snaplen;
    this.seconds = header.timestampSeconds;
    this.nanoseconds = header.timestampMicroseconds * this.#header.nsPerFraction;
  }
}

async function* joined(
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
