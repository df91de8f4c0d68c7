// The program run once on a file: what is wrong with how it ends, what it says, and what it takes.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';

export interface Run {
  readonly args: readonly string[];
  /** `argument`: the file is named; `pipe`: it comes in pieces on standard input; `grows`: --follow of one that grows. */
  readonly way: 'argument' | 'pipe' | 'grows';
}

const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const ESCAPES = /\r?\n|\t/g;
const HANGS_MS = 180_000;
const KIB_MAX = 600_000;
const HANDLES_MAX = 64;
const LOOK_MS = 200;
const KEPT_MAX = 64 << 20;

/** '' where nothing is wrong. `random` says how the pieces are cut. */
export async function trouble(run: Run, path: string, random: () => number): Promise<string> {
  const growing = `${path}.growing`;
  const input = { argument: [path], pipe: ['-'], grows: [] }[run.way];
  const args = ['bin/sanscope.js', ...run.args, ...input];
  if (run.way === 'grows') args.push('--follow', growing);
  const whole = readFileSync(path);
  const out = run.way === 'grows' ? openSync(growing, 'w') : -1;
  if (out >= 0) writeSync(out, whole, 0, Math.min(24, whole.length));
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const watch = new Watch(child);
  if (run.way === 'pipe') await pieces(whole, random, (part) => written(child, part));
  else child.stdin.end();
  if (out >= 0) {
    await pieces(whole.subarray(24), random, async (part) => {
      writeSync(out, part);
      await pause(random() * 20);
    });
    closeSync(out);
    await pause(1000 + random() * 500);
    child.kill('SIGINT');
  }
  if (run.way === 'pipe') child.stdin.end();
  // An interrupt may come before the program listens for it.
  return watch.verdict(run.way === 'grows' ? [0, 3, 130, 'SIGINT'] : [0, 3]);
}

async function pieces(
  bytes: Uint8Array,
  random: () => number,
  each: (part: Uint8Array) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const length = Math.ceil(random() ** 3 * 200_000) + 1;
    await each(bytes.subarray(at, at + length));
    at += length;
  }
}

function written({ stdin }: ChildProcess, part: Uint8Array): Promise<void> {
  return new Promise((done) => {
    if (stdin === null || stdin.destroyed) done();
    else stdin.write(part, () => done());
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
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
