// A question is answered by this program itself, as a child: `sanscope commands --json …`. So an answer is what a user
// would read, a capture that takes too long or too much ends with its child, and what nobody waits for any more is
// stopped. The child has no environment but its PATH: no settings, no secrets.

import { spawn } from 'node:child_process';
import {
  MCP_ANSWER_SECONDS_MAX,
  MCP_CHILDREN_MAX,
  MCP_OUTPUT_BYTES_MAX,
  MCP_WAITING_MAX,
} from '../limits.js';

/** Words for whoever asked. */
export class NoAnswer extends Error {}

export interface Asked {
  readonly args: readonly string[];
  /** Lines that are wanted: behind them the child is stopped. */
  readonly lines?: number;
  readonly signal?: AbortSignal;
}

export class OwnProgram {
  readonly #script: string;
  readonly #path: string;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #children: Set<{ kill(): void }> = new Set();

  /** `script`: the program's first file. */
  constructor(script: string, path: string) {
    this.#script = script;
    this.#path = path;
  }

  /** What it wrote, line by line. Throws NoAnswer with what it said. */
  async lines(asked: Asked): Promise<string[]> {
    await this.#turn();
    try {
      return await this.#run(asked);
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  close(): void {
    for (const child of this.#children) child.kill();
  }

  async #turn(): Promise<void> {
    if (this.#running >= MCP_CHILDREN_MAX) {
      if (this.#waiting.length >= MCP_WAITING_MAX)
        throw new NoAnswer('too many questions at once: ask again');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
  }

  #run({ args, lines = Number.POSITIVE_INFINITY, signal }: Asked): Promise<string[]> {
    if (signal?.aborted) throw new NoAnswer('nobody waits for it');
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [this.#script, ...args], {
        env: { PATH: this.#path, SANSCOPE_CONFIG: '/dev/null', NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: MCP_ANSWER_SECONDS_MAX * 1000,
        killSignal: 'SIGKILL',
      });
      const own = { kill: () => child.kill('SIGKILL') };
      this.#children.add(own);
      signal?.addEventListener('abort', own.kill, { once: true });
      const reader = new LineReader(lines);
      let said = '';
      child.stdout.on('data', (part: Buffer) => {
        if (!reader.take(part)) child.kill('SIGKILL');
      });
      child.stderr.on('data', (part: Buffer) => {
        if (said.length < 10_000) said += part.toString();
      });
      child.on('error', reject);
      child.on('close', (code, killed) => {
        this.#children.delete(own);
        signal?.removeEventListener('abort', own.kill);
        if (reader.full || code === 0 || code === 1) resolve(reader.end());
        else if (reader.tooMuch) reject(new NoAnswer('the answer is too large: ask for less'));
        else if (killed !== null)
          reject(
            new NoAnswer(
              `no answer within ${MCP_ANSWER_SECONDS_MAX} s: ask for less, or of a shorter capture`,
            ),
          );
        else
          reject(
            new NoAnswer(said.trim().replace(/^sanscope: /, '') || `sanscope ended with ${code}`),
          );
      });
    });
  }
}

/** Bytes → lines, as many as are wanted. */
class LineReader {
  readonly #most: number;
  readonly #lines: string[] = [];
  #rest: Buffer[] = [];
  #bytes = 0;
  tooMuch = false;

  constructor(most: number) {
    this.#most = most;
  }

  get full(): boolean {
    return this.#lines.length >= this.#most;
  }

  /** False: it is enough. */
  take(part: Buffer): boolean {
    if (this.full || this.tooMuch) return false;
    this.#bytes += part.length;
    if (this.#bytes > MCP_OUTPUT_BYTES_MAX) {
      this.tooMuch = true;
      return false;
    }
    let from = 0;
    for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, from)) {
      this.#lines.push(Buffer.concat([...this.#rest, part.subarray(from, at)]).toString());
      this.#rest = [];
      from = at + 1;
      if (this.full) return false;
    }
    if (from < part.length) this.#rest.push(part.subarray(from));
    return true;
  }

  end(): string[] {
    const rest = Buffer.concat(this.#rest).toString();
    return rest === '' || this.full ? this.#lines : [...this.#lines, rest];
  }
}
