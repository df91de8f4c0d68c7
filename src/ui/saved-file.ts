// Files that the screens write: new ones unless they shall replace what is there, never one that is read,
// and gone where they did not become whole.

import { statSync, writeSync } from 'node:fs';
import { sameAsInput } from '../capture/same-file.js';
import { WholeFile } from '../capture/whole-file.js';
import type { SavedFile } from './desk.js';

export class OpenFile implements SavedFile {
  readonly #file: WholeFile;
  #open = true;

  /** Throws what the file system throws. */
  constructor(path: string, replace: boolean) {
    // Who writes to a pipe that nobody reads waits, and no key would be heard.
    if (replace && statSync(path, { throwIfNoEntry: false })?.isFIFO() === true) {
      throw Object.assign(new Error('it is a pipe'), { code: 'EFIFO' });
    }
    this.#file = new WholeFile(path, { isNew: !replace });
  }

  readonly write = (bytes: Uint8Array): void => {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file.fd, bytes, done);
  };

  readonly goesOn = (): boolean => this.#open;

  /** It is whole; throws what the file system throws. */
  readonly close = (): void => {
    if (!this.#open) return;
    this.#open = false;
    this.#file.put();
  };

  readonly abandon = (): void => {
    if (!this.#open) return;
    this.#open = false;
    this.#file.abandon();
  };
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
