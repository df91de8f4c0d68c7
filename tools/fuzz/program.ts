// The program run once on a file: what is wrong with how it ends, what it says, and what it takes.

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cleared, leftBehind, WAYS, type WayName } from './ways.js';

export interface Run {
  /** `OUT` is a file that is written. */
  readonly args: readonly string[];
  readonly way: WayName;
  /** Beside those of the way. */
  readonly codes?: readonly number[];
}

const HARMFUL = /[\p{Cc}\p{Cf}\p{DI}\p{Zl}\p{Zp}\p{Cs}\p{NChar}]/u;
const ESCAPES = /\r?\n|\t/g;
const HANGS_MS = 180_000;
const KIB_MAX = 600_000;
const HANDLES_MAX = 64;
const LOOK_MS = 200;
const KEPT_MAX = 64 << 20;

/** '' where nothing is wrong. `random` says how the pieces are cut. */
export async function trouble(run: Run, path: string, random: () => number): Promise<string> {
  const way = WAYS[run.way];
  const trip = { path, whole: readFileSync(path), random };
  cleared(path);
  way.before?.(trip);
  const asked = run.args.map((arg) => (arg === 'OUT' ? `${path}.out` : arg));
  const args = ['bin/sanscope.js', ...asked, ...way.input(path)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const watch = new Watch(child);
  await way.during(child, trip);
  const verdict = await watch.verdict([...way.codes, ...(run.codes ?? [])]);
  const left = leftBehind(path);
  return verdict === '' && left.length > 0 ? `left ${left.join(', ')}` : verdict;
}

class Watch {
  private readonly child: ChildProcess;
  private text = '';
  private errors = '';
  private kibMax = 0;
  private handlesMax = 0;
  private readonly code: Promise<number | NodeJS.Signals>;
  private hung = false;

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdin?.on('error', () => {});
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      if (this.text.length < KEPT_MAX) this.text += part;
    });
    child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      if (this.errors.length < KEPT_MAX) this.errors += part;
    });
    const look = setInterval(() => this.look(), LOOK_MS);
    const hang = setTimeout(() => {
      this.hung = true;
      child.kill('SIGKILL');
    }, HANGS_MS);
    this.code = new Promise((done) => {
      child.on('close', (code, signal) => {
        clearInterval(look);
        clearTimeout(hang);
        done(code ?? signal ?? -1);
      });
    });
  }

  async verdict(codes: readonly (number | string)[]): Promise<string> {
    const code = await this.code;
    if (this.hung) return 'hangs';
    if (!codes.includes(code)) {
      return `exit code ${code} (${this.errors.slice(0, 300)})`;
    }
    if (/bug of sanscope/i.test(this.errors)) return 'a bug of sanscope';
    if (this.kibMax > KIB_MAX) return `${this.kibMax} KiB of memory`;
    if (this.handlesMax > HANDLES_MAX) return `${this.handlesMax} open files`;
    const harmful = HARMFUL.exec(`${this.text}${this.errors}`.replaceAll(ESCAPES, ''));
    return harmful === null ? '' : `U+${harmful[0].codePointAt(0)?.toString(16)} in the output`;
  }

  private look(): void {
    try {
      const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
      const kib = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
      if (kib > this.kibMax) this.kibMax = kib;
      const handles = readdirSync(`/proc/${this.child.pid}/fd`).length;
      if (handles > this.handlesMax) this.handlesMax = handles;
    } catch {
      // It has ended, or there is no /proc.
    }
  }
}
