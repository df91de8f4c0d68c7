// A temporary file that nobody finds afterwards: its name is gone as soon as it is open, so that even a
// killed process leaves nothing behind. Where the system cannot name an open file (other than Linux),
// it keeps its name until it is closed or the process ends.

import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class TemporaryFile {
  readonly fd: number;
  /** Under which this process reads it (again), until it is closed. */
  readonly path: string;
  #folder: string;

  /** Throws what the file system throws. */
  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'sanscope-'));
    const path = join(this.#folder, 'spool');
    try {
      this.fd = openSync(path, 'wx+', 0o600);
    } catch (error) {
      this.#remove();
      throw error;
    }
    const open = `/proc/self/fd/${this.fd}`;
    this.path = existsSync(open) ? open : path;
    if (this.path === open) this.#remove();
    else process.on('exit', this.#remove);
  }

  close(): void {
    closeSync(this.fd);
    this.#remove();
  }

  readonly #remove = (): void => {
    process.off('exit', this.#remove);
    if (this.#folder === '') return;
    try {
      rmSync(this.#folder, { recursive: true, force: true });
      this.#folder = '';
    } catch {} // a system that keeps open files by name: close() tries again
  };
}
