// Waiting for what happens outside: for a condition, however long a busy machine takes for it.

import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** So long nothing takes: whatever has not come by then never comes. */
export const PATIENCE_MS = 240_000;

/** Throws with what `of` says where it never comes true. */
export async function until(ready: () => boolean, of = 'waited in vain'): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!ready()) {
    if (performance.now() > end) throw new Error(of);
    await sleep(20);
  }
}

/** Process ids of the children of a process (Linux). */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(' ').filter(Boolean).map(Number);
}

/** Ends when none of them is there any more. */
export async function gone(pids: readonly number[]): Promise<void> {
  await until(() => pids.every((pid) => !existsSync(`/proc/${pid}`)), `still there: ${pids}`);
}
