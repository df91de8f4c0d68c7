// The laboratory of test/live/lab.sh: a target and an initiator in network namespaces.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isHere } from './needs.js';
import { TOP } from './program.js';
import { PATIENCE_MS } from './wait.js';

const NEEDED = ['tgtd', 'tgtadm', 'qemu-img', 'qemu-io', 'ip', 'ethtool', 'tcpdump'];

/** What a laboratory lacks here; undefined where nothing does. */
export function labMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'root, who makes network namespaces';
  const missing = NEEDED.filter((name) => !isHere(name));
  if (missing.length > 0) return missing.join(', ');
  const name = `santest-${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return 'network namespaces';
  spawnSync('ip', ['netns', 'delete', name]);
  const plugin = spawnSync('qemu-img', ['--help'], { encoding: 'utf8' }).stdout;
  return /\biscsi\b/.test(plugin) ? undefined : 'a qemu-img that knows iSCSI (qemu-block-extra)';
}

export class Lab {
  namespace = '';
  readonly #child: ChildProcess;
  #said = '';
  #errors = '';
  #wake: () => void = () => {};
  readonly ended: Promise<void>;

  constructor() {
    this.#child = spawn('bash', [join(TOP, 'test/live/lab.sh')], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.ended = new Promise((resolve) => {
      this.#child.on('close', () => {
        this.#wake();
        resolve();
      });
    });
    this.#child.stdout?.on('data', (text) => {
      this.#said += text;
      this.#wake();
    });
    this.#child.stderr?.on('data', (text) => {
      this.#errors += text;
    });
  }

  async open(): Promise<void> {
    this.namespace = (await this.#line(/^ready (\S+)$/m))[1];
  }

  /** One line of the laboratory's language, until it is done. */
  async run(line: string): Promise<void> {
    this.#said = '';
    this.#child.stdin?.write(`${line}\n`);
    await this.#line(/^done /m);
  }

  /** Sends packets until they are seen: then whatever captures them does so for sure. */
  async knockUntil(seen: () => boolean): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!seen()) {
      if (performance.now() > end) throw new Error('nothing captures what the laboratory sends');
      await this.run('knock');
      for (let i = 0; i < 25 && !seen(); i++) await sleep(20);
    }
  }

  async close(): Promise<void> {
    this.#child.stdin?.end();
    await this.ended;
  }

  async #line(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#said);
      if (match !== null) return match;
      if (this.#child.exitCode !== null) throw new Error(`the laboratory ended: ${this.#errors}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
