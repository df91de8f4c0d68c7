// A disk that is soon full: a tmpfs of its own. Root may mount one on Linux.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly path: string;
  unmount(): void;
}

/** Why there can be no small disk here; undefined where there can. */
export function smallDiskMissing(): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'sanscope-test-'));
  const mounted = mount(path, 64);
  if (mounted) spawnSync('umount', [path]);
  rmdirSync(path);
  return mounted ? undefined : 'a small file system that may be mounted (root)';
}

export function smallDisk(path: string, kib: number): SmallDisk {
  mkdirSync(path, { recursive: true });
  if (!mount(path, kib)) throw new Error(`nothing can be mounted at ${path}`);
  return {
    path,
    unmount() {
      spawnSync('umount', [path]);
    },
  };
}

function mount(path: string, kib: number): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', path]).status === 0;
}
