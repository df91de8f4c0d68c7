// The outside judge. Tests that need it say so by needs('tshark'); .ci/run installs it.

import { execFileSync } from 'node:child_process';

export function tshark(...args: readonly string[]): string {
  return execFileSync('tshark', args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  }).toString();
}

/** One row of `-z scsi,srt`: commands with an answer, by operation code. Times in seconds. */
export interface SrtRow {
  readonly opcode: number;
  readonly calls: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
}

/** Service response times by operation code, over all device types. */
export function srt(file: string): Map<number, SrtRow> {
  const tables = [0, 1, 3, 5, 8, 17].flatMap((n) => ['-z', `scsi,srt,${n}`]);
  const rows = new Map<number, SrtRow>();
  for (const line of tshark('-r', file, '-q', ...tables).split('\n')) {
    const m = /^\s*(\d+)\s+\S.*?\s+(\d+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s*$/.exec(
      line,
    );
    if (m === null) continue;
    const [opcode, calls, min, max, , sum] = m.slice(1).map(Number);
    const before = rows.get(opcode);
    rows.set(opcode, {
      opcode,
      calls: calls + (before?.calls ?? 0),
      min: Math.min(min, before?.min ?? min),
      max: Math.max(max, before?.max ?? max),
      sum: sum + (before?.sum ?? 0),
    });
  }
  return rows;
}

/** Packets whose summary line says `words`. */
export function framesSaying(file: string, words: string): Set<number> {
  const lines = tshark('-r', file, '-T', 'fields', '-e', 'frame.number', '-e', '_ws.col.Info');
  const found = lines.split('\n').filter((line) => line.includes(words));
  return new Set(found.map((line) => Number.parseInt(line, 10)));
}
