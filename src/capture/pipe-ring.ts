// The last bytes of a pipe that does not end, in a few temporary files: the oldest is removed when
// the bound is reached. Each begins with the head of the pipe (a capture's description and first
// packet), and goes on for a while in the next one, so that what begins in it is found whole.

import { writeSync } from 'node:fs';
import { PACKET_BYTES_MAX } from '../limits.js';
import { TemporaryFile } from './temporary-file.js';

/** Files that share the bound; of the oldest one all is forgotten at once. */
const SEGMENTS = 4;
/** Longer than what is read again for one PDU. */
const OVERLAP_BYTES = 32 << 20;
/** A capture's description and its first packet. */
const HEAD_BYTES = PACKET_BYTES_MAX + (1 << 16);
/** A packet's record begins so much before its bytes. */
const RECORD_BYTES = 64;

/** A place in a file where bytes of the pipe stand. */
export interface RingPlace {
  readonly path: string;
  readonly offset: number;
}

interface Segment {
  readonly file: TemporaryFile;
  /** Position in the pipe of its first byte behind the head. */
  readonly from: number;
  to: number;
  /** Bytes of the head before them. */
  readonly head: number;
}

/** Invariant: segments are in the order of the pipe; the last one, and for a while the one before, grow. */
export class PipeRing {
  /** Bytes in the files. */
  bytes = 0;
  readonly #segments: Segment[] = [];
  readonly #segmentBytes: number;
  readonly #overlapBytes: number;
  readonly #headBytes: number;
  #head: Uint8Array;
  #headLength = 0;
  #flowed = 0;
  #number = 0;

  constructor(bytesMax: number) {
    this.#segmentBytes = Math.floor(bytesMax / (SEGMENTS + 1));
    this.#overlapBytes = Math.min(OVERLAP_BYTES, this.#segmentBytes >> 1);
    this.#headBytes = Math.min(HEAD_BYTES, this.#segmentBytes >> 2);
    this.#head = new Uint8Array(0);
  }

  /** Bytes that came through the pipe. */
  get flowed(): number {
    return this.#flowed;
  }

  /** Throws what the file system throws. */
  add(chunk: Uint8Array): void {
    const last = this.#segments.at(-1);
    if (last === undefined || last.to - last.from >= this.#segmentBytes) this.#begin();
    const [before, now] = [this.#segments.at(-2), this.#segments[this.#segments.length - 1]];
    this.#write(now, chunk);
    if (before !== undefined && before.to - now.from < this.#overlapBytes)
      this.#write(before, chunk);
    this.#keepHead(chunk);
    this.#flowed += chunk.length;
  }

  /** Where the packet whose bytes stand at this position of the pipe is found; undefined: nowhere. */
  placeOf(position: number): RingPlace | undefined {
    for (let i = this.#segments.length - 1; i >= 0; i--) {
      const { file, from, to, head } = this.#segments[i];
      const first = from === 0 ? 0 : from + RECORD_BYTES;
      if (position >= first && position < to)
        return { path: file.path, offset: position - from + head };
    }
    return undefined;
  }

  /** The files are gone. */
  close(): void {
    while (this.#segments.length > 0) this.#drop();
  }

  /** The first file, which has all as long as nothing was forgotten. */
  get firstPath(): string | undefined {
    return this.#segments[0]?.file.path;
  }

  /** True while one file has all that flowed. */
  get whole(): boolean {
    return this.#number <= 1;
  }

  #begin(): void {
    while (this.#segments.length >= SEGMENTS) this.#drop();
    this.#number++;
    const from = this.#flowed;
    const head = this.#headLength;
    const segment = { file: new TemporaryFile(), from, to: from, head };
    this.#segments.push(segment);
    for (let done = 0; done < head; ) {
      done += writeSync(segment.file.fd, this.#head, done, head - done);
    }
    this.bytes += head;
  }

  #write(segment: Segment, chunk: Uint8Array): void {
    for (let done = 0; done < chunk.length; ) done += writeSync(segment.file.fd, chunk, done);
    segment.to += chunk.length;
    this.bytes += chunk.length;
  }

  #drop(): void {
    const segment = this.#segments.shift();
    if (segment === undefined) return;
    segment.file.close();
    this.bytes -= segment.head + segment.to - segment.from;
  }

  #keepHead(chunk: Uint8Array): void {
    const room = this.#headBytes - this.#headLength;
    if (room <= 0) return;
    const more = chunk.subarray(0, room);
    const needed = this.#headLength + more.length;
    if (this.#head.length < needed) {
      const larger = new Uint8Array(Math.min(this.#headBytes, Math.max(4096, needed * 2)));
      larger.set(this.#head.subarray(0, this.#headLength));
      this.#head = larger;
    }
    this.#head.set(more, this.#headLength);
    this.#headLength = needed;
  }
}
