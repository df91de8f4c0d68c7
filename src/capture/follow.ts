// Files that another program is still writing, one after the other: a single one, or the ring that
// dumpcap -b and tcpdump -C make. To the road they are one pipe that does not end. What lies at the
// end of a file that is being written is not damage: it waits for the rest.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { FILE_WINDOW_BYTES, PROBLEMS_KEPT_PER_KIND } from '../limits.js';
import { CaptureError, unreadable } from './capture-error.js';
import type { FileFacts } from './facts.js';
import { absorbFacts, emptyFacts, FileLog } from './facts.js';
import { FollowedFolder, type FoundFile } from './follow-folder.js';
import type { Packet } from './packet.js';
import { Lane } from './pump.js';
import type { RecordReader } from './record.js';
import { sniff } from './sniff.js';
import { StreamSource } from './stream-source.js';
import { ByteWindow, type Refill } from './window.js';

const CHUNK_BYTES = 1 << 18;
/** What sniff needs to tell a capture: a classic header. */
const HEAD_BYTES = 24;

/** What is followed: waits for bytes and for files, until it is closed. */
export class Followed {
  readonly pattern: string;
  readonly folder: FollowedFolder;

  /** `pattern` is a path, whose last part may have `*` and `?`. */
  constructor(pattern: string) {
    this.pattern = pattern;
    this.folder = new FollowedFolder(pattern);
  }

  /** No more will be waited for: what was read is all. */
  close(): void {
    this.folder.close();
  }
}

/** Throws a CaptureError where there is no such file, or the first is no capture. */
export async function openFollowed(followed: Followed, log: FileLog): Promise<Lane> {
  log.facts.piped = true;
  const records = new FollowRecords(followed.folder, log);
  await records.open();
  return new Lane(0, records, records, log);
}

interface Current {
  readonly file: GrowingFile;
  readonly source: StreamSource;
  readonly reader: RecordReader;
  readonly facts: FileFacts;
  readonly log: FileLog;
}

/** Invariant: `#current` is the file that is read; the ones before it were read to their end. */
class FollowRecords implements RecordReader, Refill {
  done = false;
  failure: Error | undefined = undefined;
  readonly #folder: FollowedFolder;
  readonly #log: FileLog;
  #current: Current | undefined = undefined;
  #bytesBefore = 0;
  #closed = false;

  constructor(folder: FollowedFolder, log: FileLog) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Opens the oldest file that is a capture. */
  async open(): Promise<void> {
    let found = this.#folder.first();
    if (found === undefined) throw noSuchFile(this.#folder.pattern);
    for (;;) {
      try {
        this.#current = await this.#load(found.path);
        return;
      } catch (error) {
        const next = await this.#folder.after(found);
        if (next === undefined) throw error;
        found = next;
      }
    }
  }

  get packet(): Packet {
    return this.#now.reader.packet;
  }

  get seconds(): number {
    return this.#now.reader.seconds;
  }

  get nanoseconds(): number {
    return this.#now.reader.nanoseconds;
  }

  get timed(): boolean {
    return this.#now.reader.timed;
  }

  get needed(): number {
    return this.#now.reader.needed;
  }

  next(): boolean {
    const { reader } = this.#now;
    if (reader.next()) return true;
    this.done = this.#closed || (reader.done && this.#folder.closed);
    return false;
  }

  refill(needed: number): Promise<void> | undefined {
    const { reader, source } = this.#now;
    return reader.done ? this.#goOn() : source.refill(needed);
  }

  bytesRead(): number {
    return this.#bytesBefore + this.#now.source.bytesRead();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#folder.close();
    this.#leave(false);
  }

  get #now(): Current {
    if (this.#current === undefined) throw new Error('no file is open');
    return this.#current;
  }

  /** The file at hand is read to its end, and a newer one is there. */
  async #goOn(): Promise<void> {
    this.#leave(!this.#folder.closed);
    this.#bytesBefore += this.#now.source.bytesRead();
    let last: FoundFile = this.#now.file.state();
    for (;;) {
      const next = await this.#folder.after(last);
      if (next === undefined) {
        this.done = true;
        return;
      }
      try {
        this.#current = await this.#load(next.path);
        return;
      } catch (error) {
        if (!(error instanceof CaptureError)) throw error;
        this.#log.add('not-a-capture', error.message);
        last = next;
      }
    }
  }

  async #load(path: string): Promise<Current> {
    const facts = emptyFacts(path);
    const log = new FileLog(facts, this.#log.problems, PROBLEMS_KEPT_PER_KIND);
    const file = new GrowingFile(path, this.#folder);
    const window = new ByteWindow(FILE_WINDOW_BYTES, FILE_WINDOW_BYTES, false, false);
    const source = new StreamSource(file.chunks(), window, () => file.position);
    try {
      await source.refill(HEAD_BYTES);
      if (source.failure !== undefined) throw unreadable(path, source.failure);
      const reader = sniff(window, log, false);
      if (this.#log.facts.format === 'unread') takeFormat(facts, this.#log.facts);
      return { file, source, reader, facts, log };
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** `whole`: nothing more will be written to the file, so a record that is cut is damage. */
  #leave(whole: boolean): void {
    const { file, facts, log } = this.#now;
    if (whole) log.settle(false, false);
    else if (facts.end === 'cut') facts.end = 'growing';
    absorbFacts(this.#log.facts, facts);
    file.close();
  }
}

/** Reads a file from its start as it grows, until a newer one takes its place. */
class GrowingFile {
  position = 0;
  readonly path: string;
  readonly #folder: FollowedFolder;
  #fd: number;
  #last: FoundFile;

  constructor(path: string, folder: FollowedFolder) {
    this.path = path;
    this.#folder = folder;
    try {
      this.#fd = openSync(path, 'r');
    } catch (error) {
      throw unreadable(path, error);
    }
    this.#last = { path, mtimeMs: fstatSync(this.#fd).mtimeMs };
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (let superseded = false; this.#fd >= 0; ) {
      const count = readSync(this.#fd, chunk, 0, chunk.length, this.position);
      this.position += count;
      if (count > 0) {
        yield chunk.subarray(0, count);
        continue;
      }
      // Whoever writes has gone on to the next file; what it wrote before that is looked for once more.
      if (superseded || this.#folder.closed || this.#startedAnew()) return;
      superseded = this.#folder.newer(this.state()) !== undefined;
      if (!superseded) await this.#folder.change();
    }
  }

  state(): FoundFile {
    if (this.#fd >= 0) this.#last = { path: this.path, mtimeMs: fstatSync(this.#fd).mtimeMs };
    return this.#last;
  }

  close(): void {
    if (this.#fd < 0) return;
    this.state();
    closeSync(this.#fd);
    this.#fd = -1;
  }

  /** Shorter than what was read of it: a ring came round and overtook us. */
  #startedAnew(): boolean {
    return fstatSync(this.#fd).size < this.position;
  }
}

function takeFormat(from: FileFacts, to: FileFacts): void {
  to.format = from.format;
  to.byteOrder = from.byteOrder;
}

function noSuchFile(pattern: string): CaptureError {
  const text = `${JSON.stringify(pattern)}: there is no such file to follow (yet): start what writes it first`;
  return new CaptureError(pattern, text);
}
