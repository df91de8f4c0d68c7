// Runs a program as a whole process and tells how long it took and how much memory it held at most.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Measured {
  readonly seconds: number;
  /** Processor time, user and system: less disturbed by others on the machine; 0 where not told. */
  readonly cpuSeconds: number;
  /** Largest resident set, in bytes; 0 where this system does not tell. */
  readonly peakBytes: number;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TIME = '/usr/bin/time';

/** stdout is kept where `keep` is true, else thrown away by the shell's /dev/null. */
export async function measure(
  command: string,
  args: readonly string[],
  keep: boolean,
): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'sanscope-measure-'));
  const figures = join(folder, 'time');
  const timed = existsSync(TIME);
  const line = timed
    ? [TIME, '-o', figures, '-f', '%M %U %S', command, ...args]
    : [command, ...args];
  const env = { ...process.env };
  // It costs 50 ms a start on Node 20, which is not the program's.
  delete env['NODE_EXTRA_CA_CERTS'];
  const started = process.hrtime.bigint();
  const child = spawn(line[0], line.slice(1), {
    env,
    stdio: ['ignore', keep ? 'pipe' : 'ignore', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (part) => {
    stdout += part;
  });
  child.stderr?.on('data', (part) => {
    stderr += part;
  });
  const watch = timed || child.pid === undefined ? undefined : watchPeak(child.pid);
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? -1));
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const told = timed ? timeOf(figures) : { peakBytes: watch?.() ?? 0, cpuSeconds: 0 };
  rmSync(folder, { recursive: true });
  return { seconds, ...told, code, stdout, stderr };
}

function timeOf(figures: string): { peakBytes: number; cpuSeconds: number } {
  // Of a program that failed, time writes another line first.
  const last = readFileSync(figures, 'utf8').trim().split('\n').at(-1) ?? '';
  const [kilobytes, user, system] = last.split(' ').map(Number);
  return { peakBytes: kilobytes * 1024 || 0, cpuSeconds: user + system || 0 };
}

/** Where there is no time(1): looks at the high-water mark again and again. */
function watchPeak(pid: number): () => number {
  let peak = 0;
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      // The process is gone, or this system has no /proc.
    }
  }, 5);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
