// Files that the screens write: new ones unless they shall replace what is there, never one that is read,
// and gone where they did not become whole.

import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { sameAsInput } from '../capture/same-file.js';
import type { SavedFile } from './desk.js';

export class OpenFile implements SavedFile {
  readonly #fd: number;
  readonly #path: string;
  #open = true;

  /** Throws what the file system throws. */
  constructor(path: string, replace: boolean) {
    this.#path = path;
    this.#fd = openSync(path, replace ? 'w' : 'wx');
  }

  readonly write = (bytes: Uint8Array): void => {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
  };

  readonly goesOn = (): boolean => this.#open;

  readonly close = (): void => {
    this.#end();
  };

  readonly abandon = (): void => {
    if (!this.#open) return;
    this.#end();
    rmSync(this.#path, { force: true }); // nobody shall take a part for all
  };

  #end(): void {
    if (this.#open) closeSync(this.#fd);
    this.#open = false;
  }
}

/** `inputs`: what is read, which is never written to. */
export function create(path: string, replace: boolean, inputs: readonly string[]): OpenFile {
  if (sameAsInput(path, inputs) !== undefined) {
    throw Object.assign(new Error('it is read'), { code: 'EINPUT' });
  }
  return new OpenFile(path, replace);
}

/** Text as a whole. */
export function save(file: OpenFile, parts: Iterable<string>): void {
  try {
    for (const part of parts) file.write(Buffer.from(part));
    file.close();
  } catch (error) {
    file.abandon();
    throw error;
  }
}
