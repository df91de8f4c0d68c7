// The program in a pseudo-terminal, with a model of the screen: what a user would see.

import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { PATIENCE_MS } from './wait.js';

/** SANSCOPE_BIN: another build than this checkout's. */
const program =
  process.env['SANSCOPE_BIN'] ?? fileURLToPath(new URL('../../bin/sanscope.js', import.meta.url));

/** What a test says of the terminal, whatever it runs in. */
const OWN: ReadonlySet<string> = new Set([
  'TERM',
  'COLORTERM',
  'NO_COLOR',
  'FORCE_COLOR',
  'PS1',
  'NODE_EXTRA_CA_CERTS',
]);

export class Pty {
  readonly #pty: IPty;
  readonly #screen: xterm.Terminal;
  readonly #ended: Promise<{ exitCode: number; signal?: number }>;
  /** All that was written since it was last asked. */
  written = '';

  constructor(file: string, args: readonly string[], columns = 80, rows = 24) {
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    const env: Record<string, string> = { TERM: 'xterm-256color', PS1: '$ ' };
    for (const [name, value] of Object.entries(process.env)) {
      if (value !== undefined && !OWN.has(name)) env[name] = value;
    }
    this.#pty = spawn(file, [...args], { cols: columns, rows, env });
    this.#pty.onData((data) => {
      this.written += data;
      this.#screen.write(data);
    });
    this.#ended = new Promise((resolve) => this.#pty.onExit(resolve));
  }

  static sanscope(args: readonly string[], columns = 80, rows = 24): Pty {
    return new Pty(process.execPath, [program, ...args], columns, rows);
  }

  press(text: string): void {
    this.#pty.write(text);
  }

  kill(signal: string): void {
    this.#pty.kill(signal);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  rows(): string[] {
    const { active } = this.#screen.buffer;
    return Array.from(
      { length: this.#screen.rows },
      (_, i) => active.getLine(active.viewportY + i)?.translateToString(true) ?? '',
    );
  }

  /** True on the alternate screen. */
  get taken(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  /** Waits until the screen says it; throws with the screen where it never does. */
  async until(pattern: RegExp, ms = PATIENCE_MS): Promise<string[]> {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      const rows = this.rows();
      if (pattern.test(rows.join('\n'))) return rows;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const rows = this.rows().join('\n');
    this.close(); // else the tests would not end
    throw new Error(`never saw ${pattern} in\n${rows}`);
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** Waits until what was written since it was last emptied says it. */
  async when(seen: (text: string) => boolean): Promise<void> {
    let ended = false;
    void this.#ended.then(() => {
      ended = true;
    });
    while (!seen(this.written)) {
      if (ended) throw new Error(`it ended, and the screen was\n${this.rows().join('\n')}`);
      await new Promise<void>((resolve) => {
        const listener = this.#pty.onData(() => {
          listener.dispose();
          resolve();
        });
        void this.#ended.then(() => resolve());
      });
    }
  }

  /** Exit code or signal, when the program has ended and all it wrote is on the screen. */
  async end(): Promise<{ exitCode: number; signal?: number }> {
    const ended = await this.#ended;
    await new Promise<void>((resolve) => this.#screen.write('', resolve));
    return ended;
  }

  close(): void {
    try {
      this.#pty.kill('SIGKILL');
    } catch {}
    this.#screen.dispose();
  }
}
