// Tables of measurements in documents: between marks, under a line that says on which machine they were made.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

/** Which machine, and what it did beside. */
export function machineText(): string {
  const [{ model }] = cpus();
  const kernel = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim();
  const day = new Date().toISOString().slice(0, 10);
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const machine = `${cpus().length} processors (${model}), ${memory}, Linux ${kernel}, Node ${process.version}`;
  return `${day}, ${machine}, load average before it ${loadavg()[0].toFixed(1)}:`;
}

/** Puts lines in place of what stands between `<!-- mark -->` and `<!-- end of mark -->`. */
export function writeBetween(path: string, mark: string, lines: readonly string[]): void {
  const text = readFileSync(path, 'utf8');
  const [begin, end] = [`<!-- ${mark} -->\n`, `<!-- end of ${mark} -->`];
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end);
  if (from < begin.length || to < from)
    throw new Error(`${path} has no place for it: ${begin}${end}`);
  writeFileSync(path, `${text.slice(0, from)}${lines.join('\n')}\n${text.slice(to)}`);
}
