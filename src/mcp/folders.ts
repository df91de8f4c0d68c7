// Which files may be read: those below the folders that were named when the server was started, wherever links lead.
// What lies outside is not told from what is not there.

import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { MCP_FILES_MAX, MCP_FOLDERS_DEEP_MAX } from '../limits.js';

/** By their names: a folder may hold much else. */
const CAPTURE = /\.(pcap|pcapng|cap|ntar|trc|dmp|snoop)\d*(\.(gz|zst|lz4))?$|\.(gz|zst|lz4)$/i;

export interface CaptureFile {
  readonly path: string;
  readonly bytes: number;
  readonly modified: string;
}

/** Words for whoever asked. */
export class NotThere extends Error {}

export class Folders {
  /** Real paths. */
  readonly #roots: readonly string[];

  /** Throws what the file system throws where one is not there. */
  constructor(folders: readonly string[]) {
    this.#roots = [...new Set(folders.map((folder) => realpathSync(resolve(folder))))];
  }

  /** The real path of a capture. Throws NotThere. */
  find(asked: string): string {
    const tries = isAbsolute(asked) ? [asked] : this.#roots.map((root) => join(root, asked));
    for (const path of tries) {
      const real = this.#inside(path);
      if (real !== undefined) return real;
    }
    throw new NotThere(
      `there is no capture ${JSON.stringify(asked)} below the folders of this server: list_captures names those that are there`,
    );
  }

  /** All captures, by name; `more`: there are others beyond the bound. */
  list(): { readonly files: readonly CaptureFile[]; readonly more: boolean } {
    const files: CaptureFile[] = [];
    const folders = this.#roots.map((path) => ({ path, deep: 0 }));
    let more = false;
    for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
      for (const entry of entriesOf(next.path)) {
        const path = join(next.path, entry.name);
        if (entry.isDirectory() && !entry.name.startsWith('.')) {
          if (next.deep < MCP_FOLDERS_DEEP_MAX) folders.push({ path, deep: next.deep + 1 });
          else more = true;
          continue;
        }
        if (!CAPTURE.test(basename(path)) || this.#inside(path) === undefined) continue;
        if (files.length >= MCP_FILES_MAX) return { files: sorted(files), more: true };
        const { size, mtime } = statSync(path);
        files.push({ path, bytes: size, modified: mtime.toISOString() });
      }
    }
    return { files: sorted(files), more };
  }

  /** Of a regular file below one of the folders; undefined where it is none, or not below. */
  #inside(path: string): string | undefined {
    if (path.includes('\0')) return undefined;
    try {
      const real = realpathSync(path);
      if (!this.#roots.some((root) => isBelow(root, real))) return undefined;
      return statSync(real).isFile() ? real : undefined;
    } catch {
      return undefined; // it is not there, or not to be looked at
    }
  }
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // not to be read: as if it were empty
  }
}

function sorted(files: CaptureFile[]): CaptureFile[] {
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
