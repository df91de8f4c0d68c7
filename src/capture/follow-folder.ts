// Which files of a folder a ring consists of, in the order in which they were written, and when
// something changes. Order is by time of the last write: a ring's names may come round again.

import { type FSWatcher, readdirSync, realpathSync, statSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sameAsInput } from './same-file.js';

/** Watching does not reach into network file systems and some containers: look anyway. */
const LOOK_MS = 250;

export interface FoundFile {
  readonly path: string;
  readonly mtimeMs: number;
}

/** Invariant: once closed nothing waits. */
export class FollowedFolder {
  readonly pattern: string;
  closed = false;
  readonly #folder: string;
  readonly #names: RegExp | undefined;
  #watcher: FSWatcher | undefined = undefined;
  #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined = undefined;
  /** Something changed while nobody waited. */
  #changed = false;

  constructor(pattern: string) {
    this.pattern = pattern;
    this.#folder = dirname(pattern);
    this.#names = namesOf(pattern);
    try {
      this.#watcher = watch(this.#folder, () => this.#wake());
      this.#watcher.on('error', () => this.#watcher?.close());
      this.#watcher.unref();
    } catch {
      // No such folder, or no watches left: looking every now and then does as well.
    }
  }

  /** Several files, one after the other. */
  get isRing(): boolean {
    return this.#names !== undefined;
  }

  /** Those that lie there now. */
  paths(): string[] {
    return this.#files().map(({ path }) => path);
  }

  /** The oldest file; undefined where there is none. */
  first(): FoundFile | undefined {
    return this.#files().sort(byTime)[0];
  }

  /** The oldest of those written after `file`; undefined while there is none. */
  newer(file: FoundFile): FoundFile | undefined {
    if (this.#names === undefined) return undefined;
    return this.#files()
      .filter((other) => other.path !== file.path && byTime(file, other) < 0)
      .sort(byTime)[0];
  }

  /** Waits for a newer file; undefined once closed. */
  async after(file: FoundFile): Promise<FoundFile | undefined> {
    for (;;) {
      // A single file that began anew is its own successor.
      const found = this.#names === undefined ? this.first() : this.newer(file);
      const next = this.closed ? undefined : found;
      if (next !== undefined || this.closed) return next;
      await this.change();
    }
  }

  /** Ends when something may have changed. */
  change(): Promise<void> {
    if (this.closed || this.#changed) {
      this.#changed = false;
      // A turn for timers and signals: a busy writer changes its file all the time.
      return new Promise((resolve) => setImmediate(resolve));
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#timer ??= setTimeout(() => this.#wake(), LOOK_MS);
    });
  }

  close(): void {
    this.closed = true;
    this.#watcher?.close();
    this.#wake();
  }

  #wake(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) this.#changed = true;
    for (const resolve of waiting) resolve();
  }

  #files(): FoundFile[] {
    return filesOf(this.pattern, this.#names);
  }
}

function filesOf(pattern: string, names: RegExp | undefined): FoundFile[] {
  if (names === undefined) return found(pattern);
  let all: string[] = [];
  try {
    all = readdirSync(dirname(pattern));
  } catch {
    return [];
  }
  return all
    .filter((name) => names.test(name))
    .flatMap((name) => found(join(dirname(pattern), name)));
}

/** True where a file of this name would be followed, now or once it is there. */
export function isFollowed(pattern: string, path: string): boolean {
  const names = namesOf(pattern);
  const now = filesOf(pattern, names).map((file) => file.path);
  if (sameAsInput(path, names === undefined ? [pattern] : now) !== undefined) return true;
  if (folderOf(pattern) !== folderOf(path)) return false;
  return names?.test(basename(path)) ?? basename(pattern) === basename(path);
}

function folderOf(path: string): string {
  try {
    return realpathSync(dirname(path));
  } catch {
    return dirname(path);
  }
}

/** Written at the same tick of the clock: by name, numbers by their value. */
function byTime(a: FoundFile, b: FoundFile): number {
  if (a.mtimeMs !== b.mtimeMs) return a.mtimeMs - b.mtimeMs;
  return NATURAL.compare(a.path, b.path);
}

const NATURAL = new Intl.Collator('en', { numeric: true });

function found(path: string): FoundFile[] {
  try {
    const stats = statSync(path);
    return stats.isFile() ? [{ path, mtimeMs: stats.mtimeMs }] : [];
  } catch {
    return []; // gone between two looks, as files of a ring are
  }
}

/** undefined: a single file. */
function namesOf(pattern: string): RegExp | undefined {
  const name = basename(pattern);
  return /[*?]/.test(name) ? nameTest(name) : undefined;
}

function nameTest(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'u');
}
