// Whether two names are one file: by what the system says it is, not by how it is written. Links,
// other spellings, `-` and FIFOs count.

import { fstatSync, type Stats, statSync } from 'node:fs';

/** Files that may be told apart by their numbers; a terminal or /dev/null is everybody's. */
function isOwn(stats: Stats): boolean {
  return stats.isFile() || stats.isFIFO() || stats.isSocket() || stats.isBlockDevice();
}

/** undefined where there is no such file (yet), or it cannot be told apart. `-` is standard input. */
function identityOf(path: string | number): string | undefined {
  try {
    const stats =
      typeof path === 'number' ? fstatSync(path) : path === '-' ? fstatSync(0) : statSync(path);
    return isOwn(stats) ? `${stats.dev}:${stats.ino}` : undefined;
  } catch {
    return undefined;
  }
}

/** The first of the inputs that is the same file as `output`; a number is an open file. */
export function sameAsInput(
  output: string | number,
  inputs: readonly string[],
): string | undefined {
  const own = identityOf(output);
  if (own === undefined) return undefined;
  return inputs.find((input) => identityOf(input) === own);
}

/** What a regular file is now; undefined where it is none. `-` is not looked at. */
export interface FileState {
  readonly identity: string;
  readonly size: number;
  readonly mtimeMs: number;
}

export function stateOf(path: string): FileState | undefined {
  try {
    const stats = path === '-' ? undefined : statSync(path);
    if (stats?.isFile() !== true) return undefined;
    return { identity: `${stats.dev}:${stats.ino}`, size: stats.size, mtimeMs: stats.mtimeMs };
  } catch {
    return undefined;
  }
}

/** Why what stands under a name is not what was read there; '' where it may be: it grew, or was touched. */
export function becameAnother(path: string, before: FileState): string {
  const now = stateOf(path);
  if (now === undefined) return 'was removed';
  if (now.identity !== before.identity) return 'was replaced by another file';
  return now.size < before.size ? 'became shorter' : '';
}

/** What happened to a file since `before`, in words; '' where nothing did, or it only grew. */
export function changeSince(path: string, before: FileState): string {
  const became = becameAnother(path, before);
  const now = stateOf(path);
  if (became !== '' || now === undefined) return became;
  return now.size === before.size && now.mtimeMs !== before.mtimeMs ? 'was written to' : '';
}
