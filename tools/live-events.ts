// Troubles on a real target (test/live/lab.sh), and which events tell of them and how soon: node --import
// tsx tools/live-events.ts prints the table of docs/LIVE.md. Needs root, tgt, qemu and the build.

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Lab, labMissing } from '../test/support/lab.js';
import { childrenOf } from '../test/support/wait.js';

interface Told {
  readonly line: Record<string, unknown>;
  readonly ms: number;
}

/** Done to a lab under load: when the trouble begins is its answer, ms. */
type Trouble = (lab: Lab, run: ChildProcess) => Promise<number>;

const TROUBLES: readonly (readonly [name: string, Trouble])[] = [
  [
    'the target stops for 3 s',
    async (lab) => {
      await lab.run('stall');
      const from = Date.now();
      await sleep(3000);
      await lab.run('go');
      return from;
    },
  ],
  [
    'the capturing program is killed',
    async (lab, run) => {
      await lab.run('reads 20');
      const from = Date.now();
      for (const pid of childrenOf(run.pid ?? 0)) process.kill(pid, 'SIGKILL');
      return from;
    },
  ],
  [
    'the interface goes away',
    async (lab) => {
      await lab.run('reads 20');
      const from = Date.now();
      await lab.run('down');
      return from;
    },
  ],
];

const missing = labMissing();
if (missing !== undefined) throw new Error(missing);
const program = fileURLToPath(new URL('../bin/sanscope.js', import.meta.url));
console.log('| trouble | told | after |\n|---|---|---|');
for (const [name, trouble] of TROUBLES) {
  const lab = new Lab();
  await lab.open();
  const words = ['netns', 'exec', lab.namespace, process.execPath, program];
  const args = ['live', '-i', 'ini0', '--json', '--report-every', '250ms', '--program', 'tcpdump'];
  const run = spawn('ip', [...words, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const told: Told[] = [];
  let rest = '';
  run.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) told.push({ line: JSON.parse(line), ms: Date.now() });
  });
  const ended = new Promise((resolve) => run.on('close', resolve));
  await lab.knockUntil(() => told.some(({ line }) => packetsOf(line) > 0));
  const from = await trouble(lab, run);
  await sleep(2500);
  run.kill('SIGINT');
  await ended;
  await lab.close();
  for (const { line, ms } of told) {
    const ofEnd = line['type'] === 'notice' && line['about'] === 'source ended';
    if ((line['type'] !== 'event' && !ofEnd) || ms < from || line['severity'] === 'note') {
      if (line['kind'] !== 'stall-over') continue;
    }
    const what = `${line['kind'] ?? line['about']}: ${line['text']}`;
    console.log(`| ${name} | ${what} | ${((ms - from) / 1000).toFixed(2)} s |`);
  }
}

function packetsOf(line: Record<string, unknown>): number {
  const state = line['sourceState'] as { readonly packets?: number } | undefined;
  return state?.packets ?? 0;
}
