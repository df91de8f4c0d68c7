// How fast the screens are, in a real pseudo-terminal: first screen of a small capture, key to screen
// with a million commands, processor time of a playing replay, memory a command, and how long the
// first screen of 500 MB takes, and a PDU at its end. `node --import tsx bench/ui.ts [quick]`.

import { readFileSync } from 'node:fs';
import { Pty } from '../test/support/pty.js';
import { ensureLoad, loads } from './captures.js';
import { median } from './measure.js';

const KEYS = 200;
const STARTS = 9;
const REPLAY_MS = 5000;
const TICKS_PER_SECOND = 100;
/** A key that changes nothing is not waited for. */
const LATE_MS = 2000;

const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
delete process.env['NODE_EXTRA_CA_CERTS'];

const quick = process.argv.includes('quick');
const mixed = loads('normal').find(({ name }) => name === 'mtu1500')!;
const small = ensureLoad(loads('normal').find((c) => c.name === 'small')!, say);
const many = ensureLoad(
  {
    name: 'commands',
    options: {
      ...mixed.options,
      seed: 1_000_000,
      snaplen: 128,
      sizes: [512],
      commandsMax: quick ? 50_000 : 1_000_000,
      bytesMax: Number.POSITIVE_INFINITY,
    },
  },
  say,
);

await firstScreen(small.path, STARTS);
await whileLoading(ensureLoad(mixed, say).path);
await withMany(many.path, many.manifest.commandsSeen);

/** From the start of the process to a screen that has the whole capture. */
async function firstScreen(path: string, times: number): Promise<void> {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    const pty = Pty.sanscope([path], 100, 30);
    await pty.when((text) => text.includes('completed'));
    taken.push(performance.now() - started);
    pty.press('q');
    await pty.end();
  }
  say(`first screen, small capture: median ${median(taken).toFixed(0)} ms (to reach: 300 ms)`);
}

async function whileLoading(path: string): Promise<void> {
  const started = performance.now();
  const pty = Pty.sanscope([path], 100, 30);
  await pty.when((text) => text.includes('being read'));
  const first = performance.now() - started;
  const waits: number[] = [];
  let loading = true;
  while (loading && waits.length < KEYS) {
    waits.push(await keyToScreen(pty, waits.length % 2 === 0 ? '2' : '1'));
    loading = !pty.rows().join('\n').includes('completed');
  }
  pty.press('1');
  await pty.until(/completed/, 120_000);
  const whole = (performance.now() - started) / 1000;
  say(
    `first screen, 570 MB: ${first.toFixed(0)} ms, all of it ${whole.toFixed(1)} s; ` +
      `keys while loading: median ${median(waits).toFixed(0)} ms, p95 ${p95(waits)} of ${waits.length}`,
  );
  await latePdus(pty);
  pty.press('q');
  await pty.end();
}

/** From Enter on a ladder to the tree of a PDU at the end of the capture, and from one to the next. */
async function latePdus(pty: Pty): Promise<void> {
  const waits: number[] = [];
  for (const from of ['G', 'k', 'k', 'k', 'k']) {
    pty.press(`2${from}\r`);
    await pty.until(/What it was|No status|no status/);
    const started = performance.now();
    pty.press('\r');
    await pty.until(/Opcode/);
    waits.push(performance.now() - started);
    pty.press('\x1b');
    await sleep(100);
    pty.press('\x1b');
    await sleep(100);
  }
  say(
    `tree of a late PDU: median ${median(waits).toFixed(0)} ms, worst ${Math.max(...waits).toFixed(0)} ms (to reach: 100 ms)`,
  );
}

async function withMany(path: string, commands: number): Promise<void> {
  const pty = Pty.sanscope([path], 160, 50);
  await pty.until(/completed/, 120_000);
  const bytes = residentBytes(pty.pid);
  pty.press('2');
  await pty.until(/ 1\/[\d,]+ *$/m);
  const waits: number[] = [];
  for (let i = 0; i < KEYS; i++) {
    waits.push(await keyToScreen(pty, ['j', '\x1b[6~', 'G', 'k', 'g'][i % 5]));
    await sleep(15);
  }
  say(
    `key to screen, ${commands} commands: median ${median(waits).toFixed(1)} ms, p95 ${p95(waits)} (to reach: 30 ms)`,
  );
  const sorting = await keyToScreen(pty, 's\x1b[B\x1b[B\x1b[B\r');
  say(`sorted by another column: ${sorting.toFixed(0)} ms to the first change of the screen`);
  // So slow that it does not end meanwhile.
  pty.press(':0s\rp-');
  await sleep(500);
  const before = cpuSeconds(pty.pid);
  await sleep(REPLAY_MS);
  const share = ((cpuSeconds(pty.pid) - before) * 1e5) / REPLAY_MS;
  say(`replay, 10 updates a second: ${share.toFixed(0)} % of a core (to reach: 15 %)`);
  const empty = await emptyBytes();
  say(
    `memory: ${((bytes - empty) / commands).toFixed(0)} bytes a command beyond a small capture's ${(empty / 1e6).toFixed(0)} MB (to reach: 250)`,
  );
  pty.press('q');
  await pty.end();
}

async function emptyBytes(): Promise<number> {
  const pty = Pty.sanscope([small.path], 160, 50);
  await pty.until(/completed/);
  await sleep(300);
  const bytes = residentBytes(pty.pid);
  pty.press('q');
  await pty.end();
  return bytes;
}

/** Until the first update that the key causes has come whole. */
async function keyToScreen(pty: Pty, key: string): Promise<number> {
  pty.written = '';
  const started = performance.now();
  pty.press(key);
  const late = sleep(LATE_MS).then(() => {
    pty.written += '\x1b[?2026l';
  });
  await Promise.race([pty.when((text) => text.includes('\x1b[?2026l')), late]);
  return performance.now() - started;
}

function p95(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return `${(sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0).toFixed(1)} ms`;
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
