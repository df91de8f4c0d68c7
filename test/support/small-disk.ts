// A disk that is soon full: a tmpfs of its own. Root may mount one on Linux; undefined elsewhere.

import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

export interface SmallDisk {
  readonly path: string;
  unmount(): void;
}

export function smallDisk(path: string, kib: number): SmallDisk | undefined {
  mkdirSync(path, { recursive: true });
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', path]);
  if (status !== 0) return undefined;
  return {
    path,
    unmount() {
      spawnSync('umount', [path]);
    },
  };
}
