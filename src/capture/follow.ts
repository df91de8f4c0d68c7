// Files that another program is still writing, one after the other: a single one, or the ring that
// dumpcap -b and tcpdump -C make. To the road they are one pipe that does not end. What lies at the
// end of a file that is being written is not damage: it waits for the rest.

import { existsSync } from 'node:fs';
import { FILE_WINDOW_BYTES, PROBLEMS_KEPT_PER_KIND } from '../limits.js';
import { CaptureError, unreadable } from './capture-error.js';
import type { FileFacts } from './facts.js';
import { absorbFacts, emptyFacts, FileLog } from './facts.js';
import { FollowedFolder, type FoundFile } from './follow-folder.js';
import { skippedBetween } from './follow-ring.js';
import { GrowingFile } from './growing-file.js';
import type { Packet } from './packet.js';
import type { PipeSpool } from './pipe-spool.js';
import { Lane } from './pump.js';
import type { RecordReader } from './record-reader.js';
import { sniff } from './sniff.js';
import { StreamSource } from './stream-source.js';
import { ByteWindow, type Refill } from './window.js';

/** What sniff needs to tell a capture: a classic header. */
const HEAD_BYTES = 24;

/** What is followed: waits for bytes and for files, until it is closed. */
export class Followed {
  readonly pattern: string;
  readonly folder: FollowedFolder;
  /** Files of a ring that were deleted or written over before they were read, and the last of it in words. */
  overtaken: { readonly files: number; readonly text: string } = { files: 0, text: '' };

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

/**
 * Throws a CaptureError where there is no such file, or the first is no capture. `spool` keeps the
 * files of a ring, as one: they may soon be gone.
 */
export async function openFollowed(
  followed: Followed,
  log: FileLog,
  spool?: PipeSpool,
): Promise<Lane> {
  log.facts.piped = true;
  const records = new FollowRecords(followed, log, followed.folder.isRing ? spool : undefined);
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
  readonly #followed: Followed;
  readonly #folder: FollowedFolder;
  readonly #log: FileLog;
  readonly #spool: PipeSpool | undefined;
  #current: Current | undefined = undefined;
  #bytesBefore = 0;
  #closed = false;

  constructor(followed: Followed, log: FileLog, spool: PipeSpool | undefined) {
    this.#followed = followed;
    this.#folder = followed.folder;
    this.#log = log;
    this.#spool = spool;
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
        if (!this.#folder.isRing) throw error;
        const next: FoundFile | undefined = await this.#folder.after(found);
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
    const { file } = this.#now;
    if (file.overwritten) this.#overtaken(1, writtenOver(file.path));
    if (file.replaced) this.#log.add('file-changed', replaced(file.path));
    this.#leave(!this.#folder.closed && !file.overwritten);
    this.#bytesBefore += this.#now.source.bytesRead();
    let last: FoundFile = file.state();
    let gone = 0;
    let told = false;
    for (;;) {
      const next = await this.#folder.after(last);
      if (next === undefined) {
        this.done = true;
        return;
      }
      try {
        this.#current = await this.#load(next.path);
        this.#passedOver(file.path, next.path, gone);
        return;
      } catch (error) {
        if (!(error instanceof CaptureError)) throw error;
        const isThere = existsSync(next.path);
        if (isThere && !told) this.#log.add('not-a-capture', error.message);
        if (!isThere) gone++;
        // A single file is its own successor: one that goes on without a header is looked at when it has changed.
        if (!this.#folder.isRing) {
          told = isThere;
          await this.#folder.change();
        }
        last = next;
      }
    }
  }

  /** The file that is read now does not follow the one before: `gone` are known to be deleted. */
  #passedOver(before: string, now: string, gone: number): void {
    const count = this.#folder.isRing
      ? Math.max(gone, skippedBetween(before, now, this.#folder.paths()))
      : gone;
    if (count === 0) return;
    this.#overtaken(count, passedOver(count, before, now));
  }

  #overtaken(count: number, text: string): void {
    this.#followed.overtaken = { files: this.#followed.overtaken.files + count, text };
    this.#log.add('ring-overtaken', text);
  }

  async #load(path: string): Promise<Current> {
    const facts = emptyFacts(path);
    const log = new FileLog(facts, this.#log.problems, PROBLEMS_KEPT_PER_KIND);
    const file = new GrowingFile(path, this.#folder);
    // A single file is read again where it lies, a ring in the copy that is kept of it.
    const again = this.#spool !== undefined || !this.#folder.isRing;
    const window = new ByteWindow(FILE_WINDOW_BYTES, FILE_WINDOW_BYTES, again, false);
    const source = new StreamSource(this.#kept(file, window), window, () => file.position);
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

  /** The file's chunks, which go to the copy of the ring, too; there it has one header only. */
  async *#kept(file: GrowingFile, window: ByteWindow): AsyncGenerator<Uint8Array> {
    const spool = this.#spool;
    if (spool === undefined) {
      yield* file.chunks();
      return;
    }
    const further = this.#current !== undefined && this.#log.facts.format === 'pcap';
    let left = further ? HEAD_BYTES : 0;
    window.origin = spool.flowed - left;
    for await (const chunk of file.chunks()) {
      const from = Math.min(left, chunk.length);
      left -= from;
      if (from < chunk.length) spool.add(this.#folder.pattern, chunk.subarray(from));
      yield chunk;
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

function writtenOver(path: string): string {
  return `${JSON.stringify(path)} was written over while it was read: what had not been read of it is lost`;
}

function replaced(path: string): string {
  return `${JSON.stringify(path)} was replaced by another file, which is read from its start`;
}

function passedOver(count: number, before: string, now: string): string {
  const files = count === 1 ? '1 file was' : `${count} files were`;
  const names = `${JSON.stringify(before)} and ${JSON.stringify(now)}`;
  return `${files} deleted or written over before being read, between ${names}: a ring of more or larger files lasts longer`;
}

function takeFormat(from: FileFacts, to: FileFacts): void {
  to.format = from.format;
  to.byteOrder = from.byteOrder;
}

function noSuchFile(pattern: string): CaptureError {
  const text = `${JSON.stringify(pattern)}: there is no such file to follow (yet): start what writes it first`;
  return new CaptureError(pattern, text);
}
