// The real program in its own process, as a user runs it.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/sanscope.js', import.meta.url));
export const TOP = fileURLToPath(new URL('../..', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sanscope …`; `env` is all of its environment beside PATH. */
export function sanscope(
  args: readonly string[],
  options: {
    readonly env?: Record<string, string>;
    readonly input?: Uint8Array;
    readonly cwd?: string;
  } = {},
): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd: options.cwd ?? TOP,
    env: { PATH: process.env['PATH'] ?? '', ...options.env },
    input: options.input ?? '',
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}
