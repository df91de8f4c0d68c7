// Pipes cannot be read twice, and packed files only from their start. A spool keeps what flowed
// through them, or was unpacked, in temporary files, up to a bound, so that details can be decoded
// again as from any file.

import { existsSync, fstatSync, writeSync } from 'node:fs';
import { SPOOLED_BYTES_MAX } from '../limits.js';
import { PipeRing, type RingPlace } from './pipe-ring.js';
import { isStandardInput } from './standard-input.js';
import { TemporaryFile } from './temporary-file.js';

/** Standard input by another name, under which it is read from its begin (Linux). */
const INPUT_AGAIN = '/proc/self/fd/0';

/** Before the path of a packed file: no path has it. */
const UNPACKED = '\0unpacked ';

/** Invariant: `bytes` is what all copies hold together, at most the bound. */
export class PipeSpool {
  bytes = 0;
  /** Why not everything was kept: the bound, or what the system said; '' while all is. */
  incomplete = '';
  readonly #bytesMax: number;
  /** Of a pipe that does not end the last bytes are kept, not the first. */
  readonly #endless: boolean;
  #ring: { readonly path: string; readonly ring: PipeRing } | undefined = undefined;
  readonly #copies: Map<string, TemporaryFile> = new Map();
  readonly #unpackedEnded: Set<string> = new Set();
  readonly #flowing: (() => void)[] = [];
  #closed = false;

  constructor(bytesMax = SPOOLED_BYTES_MAX, endless = false) {
    this.#bytesMax = bytesMax;
    this.#endless = endless;
  }

  /** What flowed through pipes so far, kept or not: where the next byte of one stands. */
  get flowed(): number {
    return this.#ring === undefined ? this.bytes : this.#ring.ring.flowed;
  }

  /** Keeps what comes next from the pipe of this path. Never throws: trouble ends the copying. */
  add(path: string, chunk: Uint8Array): void {
    if (this.incomplete !== '') return;
    if (this.#endless) {
      this.#addEndless(path, chunk);
      return;
    }
    if (this.bytes + chunk.length > this.#bytesMax) {
      this.incomplete = `only the first ${this.bytes} bytes of the pipe were kept`;
      return;
    }
    try {
      const { fd } = this.#copies.get(path) ?? this.#open(path);
      for (let done = 0; done < chunk.length; ) done += writeSync(fd, chunk, done);
      this.bytes += chunk.length;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.incomplete = `the pipe could not be kept further: ${why}`;
    }
  }

  #addEndless(path: string, chunk: Uint8Array): void {
    try {
      if (this.#ring === undefined) {
        if (this.#closed) throw new Error(REMOVED);
        const ring = new PipeRing(this.#bytesMax);
        this.#ring = { path, ring };
      }
      this.#ring.ring.add(chunk);
      this.bytes = this.#ring.ring.bytes;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.incomplete = `the packets could not be kept further: ${why}`;
    }
  }

  /** Why a capture that came by this path cannot be read again from its start; '' where it can. */
  forgotten(path: string): string {
    const gone = this.#ring?.path === path && !this.#ring.ring.whole;
    return gone ? 'its packets, or those that it depends on, are not kept any more' : '';
  }

  /** Where the packet whose bytes stand at `offset` is found again; undefined: nowhere any more. */
  placeOf(path: string, offset: number): RingPlace | undefined {
    if (this.#ring?.path === path) return this.#ring.ring.placeOf(offset);
    return { path: this.unpackedOf(path) ?? this.pathOf(path), offset };
  }

  /**
   * Keeps what was unpacked of a packed file, so that single packets of it are found again. Where
   * there is no room for all of it the file itself can still be read from its start: no trouble.
   */
  addUnpacked(path: string, chunk: Uint8Array): void {
    if (this.#unpackedEnded.has(path)) return;
    try {
      if (this.bytes + chunk.length > this.#bytesMax) throw new Error('no room');
      const key = UNPACKED + path;
      const { fd } = this.#copies.get(key) ?? this.#open(key);
      for (let done = 0; done < chunk.length; ) done += writeSync(fd, chunk, done);
      this.bytes += chunk.length;
    } catch {
      this.#unpackedEnded.add(path);
    }
  }

  /** The copy of what was unpacked of a file; undefined where there is none. */
  unpackedOf(path: string): string | undefined {
    return this.#copies.get(UNPACKED + path)?.path;
  }

  /** Where to read again what came by this path: the copy of a pipe, or the file itself. */
  pathOf(path: string): string {
    const copy = this.#copies.get(path);
    if (copy !== undefined) return copy.path;
    if (this.#ring?.path === path) return this.#ring.ring.firstPath ?? path;
    return isStandardInput(path) && inputIsFile() ? INPUT_AGAIN : path;
  }

  /** A pipe that is kept here: it is closed with the copies, else it would keep the process as long as it is open. */
  flows(close: () => void): void {
    this.#flowing.push(close);
  }

  /** The copies are gone, and nothing flows any more. */
  readonly close = (): void => {
    for (const close of this.#flowing.splice(0)) close();
    for (const copy of this.#copies.values()) copy.close();
    this.#copies.clear();
    this.#ring?.ring.close();
    this.#ring = undefined;
    this.#closed = true;
  };

  #open(path: string): TemporaryFile {
    if (this.#closed) throw new Error(REMOVED);
    const copy = new TemporaryFile();
    this.#copies.set(path, copy);
    return copy;
  }
}

const REMOVED = 'the copies are removed';

function inputIsFile(): boolean {
  try {
    return fstatSync(0).isFile() && existsSync(INPUT_AGAIN);
  } catch {
    return false;
  }
}

/** The same chunks, each copied as it passes. */
export async function* spooled(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  spool: PipeSpool,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    spool.add(path, chunk);
    yield chunk;
  }
}

/** The same of a packed file's unpacked bytes. */
export async function* unpackedKept(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  spool: PipeSpool,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    spool.addUnpacked(path, chunk);
    yield chunk;
  }
}
