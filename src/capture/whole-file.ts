// A file that is written beside its place and put there when it is whole: whoever looks under its name
// finds what was there before, or all of what is new, whatever ended the process in between.

import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Names of files have at most 255 bytes. */
const NAME_KEPT = 60;
const NAMES_TRIED = 1000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** As many links the system follows. */
const LINKS_MAX = 40;

export interface WholeFileOptions {
  /** There must be nothing under that name yet: EEXIST otherwise, also when it is put there. */
  readonly isNew?: boolean;
  readonly mode?: number;
  /** A signal removes what was begun, and then ends the process; false where somebody else sees to that. */
  readonly signals?: boolean;
}

export class WholeFile {
  readonly fd: number;
  readonly #target: string;
  readonly #isNew: boolean;
  /** '' where it is written in its place: no regular file, or its folder takes no new files. */
  #beside = '';
  #closed = false;

  /** Throws what the file system throws. What is no regular file (a FIFO, /dev/null) is just opened. */
  constructor(
    path: string,
    { isNew = false, mode = 0o666, signals = true }: WholeFileOptions = {},
  ) {
    this.#isNew = isNew;
    const before = statsOf(path);
    if (isNew && isThere(path)) throw alreadyThere(path);
    this.#target = before === undefined ? linkedTo(path) : realpathSync(path);
    if (before !== undefined && !before.isFile()) {
      this.fd = openSync(path, 'w');
      return;
    }
    // First: who is killed in the moment in which it is opened leaves nothing either.
    process.on('exit', this.#remove);
    if (signals) for (const signal of SIGNALS) process.on(signal, this.#killed);
    try {
      // Not writable is not to be written, also where its folder would let it be replaced.
      if (before !== undefined) closeSync(openSync(this.#target, 'r+'));
      [this.fd, this.#beside] = openBeside(this.#target, mode);
    } catch (error) {
      this.#leave();
      const { code } = error as NodeJS.ErrnoException;
      const folder = before !== undefined && (code === 'EACCES' || code === 'EPERM');
      if (!folder) throw error;
      this.fd = openSync(this.#target, 'w');
      return;
    }
    if (before !== undefined) chmodSync(this.#beside, before.mode & 0o7777);
  }

  /** It is whole: from now on it stands in its place. Throws what the file system throws. */
  put(): void {
    try {
      if (this.#beside !== '') fsyncSync(this.fd);
      this.#close();
      if (this.#beside === '') return;
      if (this.#isNew) putNew(this.#beside, this.#target);
      else renameSync(this.#beside, this.#target);
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.#beside = '';
    this.#leave();
  }

  /** It will not be whole. */
  abandon(): void {
    this.#close();
    this.#remove();
    this.#leave();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.fd);
  }

  readonly #remove = (): void => {
    if (this.#beside !== '') rmSync(this.#beside, { force: true });
    this.#beside = '';
  };

  readonly #killed = (signal: NodeJS.Signals): void => {
    this.#remove();
    this.#leave();
    process.kill(process.pid, signal);
  };

  #leave(): void {
    process.off('exit', this.#remove);
    for (const signal of SIGNALS) process.off(signal, this.#killed);
  }
}

/** In a container a process has the number of the one before it, which may have been killed and left its file. */
function openBeside(target: string, mode: number): [fd: number, path: string] {
  const name = Buffer.from(basename(target)).subarray(0, NAME_KEPT).toString('latin1');
  const stem = join(dirname(target), `.${ascii(name)}.sanscope-${process.pid}`);
  for (let i = 1; ; i++) {
    const path = i === 1 ? stem : `${stem}-${i}`;
    try {
      return [openSync(path, 'wx', mode), path];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || i >= NAMES_TRIED) throw error;
    }
  }
}

/** Never over what somebody else put there meanwhile; where files have one name only, as well as can be. */
function putNew(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || isThere(to)) throw alreadyThere(to);
    renameSync(from, to);
    return;
  }
  rmSync(from, { force: true });
}

function alreadyThere(path: string): Error {
  const text = `EEXIST: file already exists, open '${path}'`;
  return Object.assign(new Error(text), { code: 'EEXIST', syscall: 'open', path });
}

function ascii(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_');
}

/** A link to nothing yet, too. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Where a link leads that leads to nothing yet: the link stays one. */
function linkedTo(path: string): string {
  let at = path;
  for (let i = 0; i < LINKS_MAX; i++) {
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return at;
    at = resolve(dirname(at), readlinkSync(at));
  }
  return path;
}

function statsOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
