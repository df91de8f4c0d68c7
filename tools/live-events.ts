// Troubles on a real target (test/live/lab.sh), and which events tell of them and how soon: node --import
// tsx tools/live-events.ts [--write docs/LIVE.md] makes the table of docs/LIVE.md. Needs root, tgt, qemu and
// the build.

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Lab, labMissing } from '../test/support/lab.js';
import { childrenOf } from '../test/support/wait.js';
import { machineText, writeBetween } from './marked-table.js';

interface Told {
  readonly line: Record<string, unknown>;
  readonly ms: number;
}

/** Done to a lab under load: when the trouble begins is its answer, ms. */
type Trouble = (lab: Lab, run: ChildProcess) => Promise<number>;

/** A verb of the laboratory under load; the trouble is there when it is done. */
const underLoad =
  (verb: string): Trouble =>
  async (lab) => {
    await lab.run('load');
    await sleep(1000);
    await lab.run(verb);
    return Date.now();
  };

const TROUBLES: readonly (readonly [name: string, Trouble])[] = [
  [
    'the target stops for 3 s under load',
    async (lab) => {
      await lab.run('load');
      await sleep(1000);
      const from = Date.now();
      await lab.run('pause');
      await sleep(3000);
      await lab.run('resume');
      return from;
    },
  ],
  ['the target is killed under load', underLoad('lose-target')],
  ['the LUN is deleted under load', underLoad('lose-lun')],
  [
    'a wrong secret',
    async (lab) => {
      const from = Date.now();
      await lab.run('wrong-secret');
      return from;
    },
  ],
  ['the initiator is killed under load', underLoad('lose-initiator')],
  [
    'the capturing program is killed',
    async (lab, run) => {
      await lab.run('load');
      await sleep(1000);
      const from = Date.now();
      for (const pid of childrenOf(run.pid ?? 0)) process.kill(pid, 'SIGKILL');
      return from;
    },
  ],
  ['the interface goes away', underLoad('down')],
];

/** So long the laboratory takes to say that something is done. */
const EARLY_MS = 300;
/** Where the laboratory knocks to see whether it is captured: nobody listens there. */
const KNOCKED = ':860';
/** So long after a trouble events are listened for, ms: an initiator that tries again takes some seconds. */
const LISTEN_MS = 6000;

const missing = labMissing();
if (missing !== undefined) throw new Error(missing);
const program = fileURLToPath(new URL('../bin/sanscope.js', import.meta.url));
const { values } = parseArgs({ options: { write: { type: 'string' } } });
const table = [machineText(), '', '| trouble | told | after |', '|---|---|---|'];
for (const line of table) console.log(line);
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
  await sleep(LISTEN_MS);
  run.kill('SIGINT');
  await ended;
  await lab.close();
  for (const row of rowsOf(told, from)) {
    table.push(`| ${name} | ${row} |`);
    console.log(table.at(-1));
  }
}
if (values.write !== undefined) writeBetween(values.write, 'events', table);

/** What was told of it, the first of each kind; notes only of what comes back. */
function rowsOf(told: readonly Told[], from: number): string[] {
  const rows: string[] = [];
  const seen = new Set<unknown>();
  for (const { line, ms } of told) {
    const { kind, severity, text } = line;
    const ofEnd = line['type'] === 'notice' && line['about'] === 'source ended';
    // What tells of it may be there before the laboratory has said that it is done.
    if (ms < from - EARLY_MS || (line['type'] !== 'event' && !ofEnd)) continue;
    if (`${text}`.includes(KNOCKED)) continue;
    if (severity === 'note' && kind !== 'stall-over' && kind !== 'session-back') continue;
    if (kind !== undefined && seen.has(kind)) continue;
    seen.add(kind);
    const what = `${kind === undefined ? '' : `${kind}: `}${ofEnd ? `${line['text']}` : text}`;
    rows.push(`${what} | ${(Math.max(0, ms - from) / 1000).toFixed(2)} s`);
  }
  return rows.length > 0 ? rows : ['nothing | '];
}

function packetsOf(line: Record<string, unknown>): number {
  const state = line['sourceState'] as { readonly packets?: number } | undefined;
  return state?.packets ?? 0;
}
