// What a capture that goes on costs, with the screens open and as --json: processor, memory, delay, drops, and how
// long from a key to its screen. One row of the table of docs/LIVE.md:
//
//   node --import tsx tools/live-soak.ts [--seconds 600] [--rate 20000] [--as screens|json] [--by pipe|tcpdump|dumpcap]
//
// By tcpdump or dumpcap frames are sent into a pair of interfaces in network namespaces (root, python3). Needs the build.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureLoad, loads } from '../bench/captures.js';
import { Pty } from '../test/support/pty.js';
import { childrenOf } from '../test/support/wait.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    rate: { type: 'string', default: '20000' },
    as: { type: 'string', default: 'screens' },
    by: { type: 'string', default: 'pipe' },
  },
});
const seconds = Number(values.seconds);
const rate = Number(values.rate);
const { as, by } = values;
const BIN =
  process.env['SANSCOPE_BIN'] ?? fileURLToPath(new URL('../bin/sanscope.js', import.meta.url));
const TICKS_PER_SECOND = 100;
const KEY_EVERY_MS = 250;
/** A screen that has not come by then counts as that late. */
const LATE_MS = 5000;

// Through a pipe reads of 16 to 64 KiB, cut at 160 bytes; an interface has no snaplen: small whole packets.
const cut = loads('normal').find(({ name }) => name === 'snaplen160')!;
const mixed = loads('normal').find(({ name }) => name === 'mtu1500')!;
const kind =
  by === 'pipe'
    ? { options: cut.options, packets: 30 }
    : { options: { ...mixed.options, seed: 20_000, sizes: [512, 1024] }, packets: 2 };
const { path } = ensureLoad(
  {
    name: by === 'pipe' ? 'soak-cut' : 'soak',
    options: {
      ...kind.options,
      commandsMax: Math.ceil((seconds * rate) / kind.packets),
      bytesMax: Number.POSITIVE_INFINITY,
    },
  },
  (text) => console.error(text),
);

/** Sends the packets of a pcap at a rate: as records with the time it is, or as frames into an interface. */
const SENDER = `
import socket, struct, sys, time
path, rate, seconds, to = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
source = open(path, 'rb', 1 << 20)
head = source.read(24)
nano = head[:4] in (b'\\x4d\\x3c\\xb2\\xa1', b'\\xa1\\xb2\\x3c\\x4d')
pipe = open(to, 'wb', 0) if to.startswith('/') else None
link = None
if pipe: pipe.write(head)
else:
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    link.bind((to, 0))
begun = time.monotonic(); sent = 0; over = False
while not over and time.monotonic() - begun < seconds:
    due = int((time.monotonic() - begun) * rate); parts = []
    while sent < due:
        record = source.read(16)
        if len(record) < 16: over = True; break
        s, f, caught, length = struct.unpack('<IIII', record)
        data = source.read(caught)
        if pipe:
            now = time.time_ns()
            parts.append(struct.pack('<IIII', now // 10**9, now % 10**9 // (1 if nano else 1000), caught, length) + data)
        else:
            while True:
                try: link.send(data); break
                except OSError: time.sleep(0.0002)
        sent += 1
    if parts: pipe.write(b''.join(parts))
    time.sleep(0.002)
print(sent)
`;

const ECHO = `process.stdin.setRawMode(true); process.stdin.on('data', (key) => process.stdout.write('<' + key + '>'));
  process.stdout.write('ready');`;

interface Sample {
  readonly residentMb: number;
  readonly delayMs: number;
}

const KEYS: readonly (readonly [key: string, title: string])[] = [
  ['2', 'commands'],
  ['7', 'events'],
  ['1', 'overview'],
  ['3', 'latency'],
  ['4', 'time'],
  ['0', 'live'],
];

const folder = mkdtempSync(join(tmpdir(), 'sanscope-soak-'));
const fifo = join(folder, 'pipe');
const [mine, other] = [`soak-a-${process.pid}`, `soak-b-${process.pid}`];
open();
try {
  console.log(await (as === 'json' ? asJson() : asScreens()));
} finally {
  close();
}

function open(): void {
  if (by === 'pipe') {
    run('mkfifo', fifo);
    return;
  }
  for (const name of [mine, other]) run('ip', 'netns', 'add', name);
  run(
    'ip',
    'link',
    'add',
    'a0',
    'netns',
    mine,
    'type',
    'veth',
    'peer',
    'name',
    'b0',
    'netns',
    other,
  );
  run('ip', '-n', mine, 'link', 'set', 'a0', 'up');
  run('ip', '-n', other, 'link', 'set', 'b0', 'up');
}

function close(): void {
  rmSync(folder, { recursive: true, force: true });
  if (by !== 'pipe') for (const name of [mine, other]) spawnSync('ip', ['netns', 'delete', name]);
}

function run(program: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}

/** The command line that is measured. */
function line(...more: string[]): string {
  const program = `'${process.execPath}' '${BIN}' live --color never ${more.join(' ')}`;
  return by === 'pipe'
    ? `exec ${program} - < '${fifo}'`
    : `exec ip netns exec ${other} ${program} -i b0 --program ${by}`;
}

/** Begins to send; how many packets were, when it is over. */
function send(): Promise<number> {
  const args = ['-c', SENDER, path, String(rate), String(seconds), by === 'pipe' ? fifo : 'a0'];
  const child: ChildProcess =
    by === 'pipe'
      ? spawn('python3', args, { stdio: ['ignore', 'pipe', 'inherit'] })
      : spawn('ip', ['netns', 'exec', mine, 'python3', ...args], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
  let said = '';
  child.stdout?.on('data', (text) => {
    said += text;
  });
  return new Promise((resolve) => child.on('close', () => resolve(Number(said))));
}

async function asScreens(): Promise<string> {
  const pty = new Pty('bash', ['-c', line()], 160, 50);
  if (by !== 'pipe') await sleep(2500);
  let over = false;
  const sending = send().finally(() => {
    over = true;
  });
  await pty.until(/IOPS/);
  const pid = nodeOf(pty.pid);
  const cpu = cpuOf(pid);
  const begun = performance.now();
  // What the machine itself lets a process wait: the same key, answered by a program that does nothing else.
  const echo = new Pty(process.execPath, ['-e', ECHO]);
  await echo.until(/ready/);
  const echoes: number[] = [];
  const waits = new Map<string, number[]>(KEYS.map(([, title]) => [title, []]));
  const samples: Sample[] = [];
  const loads: number[] = [];
  for (let i = 0; !over; i++) {
    const [key, title] = KEYS[i % KEYS.length];
    waits.get(title)?.push(await keyTo(pty, key, `› ${title}`));
    echoes.push(await keyTo(echo, 'x', '<x>'));
    if (title === 'live') {
      await sleep(KEY_EVERY_MS);
      samples.push({ residentMb: residentOf(pid), delayMs: delayOn(pty.rows()) });
      loads.push(loadavg()[0]);
    }
    await sleep(KEY_EVERY_MS);
  }
  const share = (100 * (cpuOf(pid) - cpu)) / ((performance.now() - begun) / 1000);
  const sent = await sending;
  await sleep(1500);
  pty.press('0');
  await sleep(1500);
  const rows = pty.rows().join('\n');
  pty.press('q');
  await pty.end();
  echo.close();
  const all = [...waits.values()].flat();
  const each = [...waits].map(([title, times]) => `${title} ${at(times, 0.95)}`).join(', ');
  console.error(`key to screen, p95 by screen in ms: ${each} (${all.length} keys)`);
  const [, told = '?'] = /([\d,]+) packets/.exec(rows) ?? [];
  const [, dropped = 'told at the end'] = /([\d,]+) dropped/.exec(rows) ?? [];
  const keys = `${at(all, 0.5)}, ${at(all, 0.95)} ms (echo: ${at(echoes, 0.5)}, ${at(echoes, 0.95)} ms)`;
  return row(sent, told, dropped, share, samples, loads, keys);
}

async function asJson(): Promise<string> {
  const child = spawn('bash', ['-c', line('--json', '--report-every', '1s')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const samples: Sample[] = [];
  const loads: number[] = [];
  let told = 0;
  let dropped = '0';
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const one of lines) {
      if (!one.includes('"type":"interval"')) continue;
      const { sourceState: s } = JSON.parse(one) as {
        sourceState: {
          packets: number;
          packetsDropped?: number;
          delayMsMax: number;
          residentBytes: number;
        };
      };
      told = s.packets;
      if (s.packetsDropped !== undefined) dropped = String(s.packetsDropped);
      samples.push({ residentMb: Math.round(s.residentBytes / 1e6), delayMs: s.delayMsMax });
      loads.push(loadavg()[0]);
    }
  });
  if (by !== 'pipe') await sleep(2500);
  const begun = performance.now();
  const sending = send();
  await sleep(1000);
  const pid = nodeOf(child.pid ?? 0);
  const cpu = cpuOf(pid);
  const sent = await sending;
  const share = (100 * (cpuOf(pid) - cpu)) / ((performance.now() - begun - 1000) / 1000);
  await sleep(1500);
  if (by !== 'pipe') process.kill(pid, 'SIGINT');
  await new Promise((resolve) =>
    child.exitCode === null ? child.on('close', resolve) : resolve(0),
  );
  return row(sent, told.toLocaleString('en'), dropped, share, samples, loads, '');
}

/** ms from a key to what is wanted on its screen. */
async function keyTo(pty: Pty, key: string, wanted: string): Promise<number> {
  pty.written = '';
  const begun = performance.now();
  pty.press(key);
  const seen = pty.when((text) => text.includes(wanted));
  await Promise.race([seen, sleep(LATE_MS)]);
  return performance.now() - begun;
}

/** The longest delay that the live screen tells, ms. */
function delayOn(rows: readonly string[]): number {
  const text = rows.join('\n');
  const [, most, unit] =
    /delay [^,\n]*, up to ([\d.]+) (ms|s|µs|ns)/.exec(text) ??
    /delay ([\d.]+) (ms|s|µs|ns)/.exec(text) ??
    [];
  return most === undefined
    ? Number.NaN
    : Number(most) * ({ s: 1000, ms: 1, µs: 1e-3, ns: 1e-6 }[unit] ?? 1);
}

function row(
  sent: number,
  told: string,
  dropped: string,
  share: number,
  samples: readonly Sample[],
  loads: readonly number[],
  keys: string,
): string {
  const memory = samples.map(({ residentMb }) => residentMb);
  const delays = samples.map(({ delayMs }) => delayMs).filter((ms) => !Number.isNaN(ms));
  const load = loads.reduce((sum, one) => sum + one, 0) / Math.max(1, loads.length);
  const cells = [
    as === 'json' ? '`--json`' : 'screens',
    by,
    `${Math.round(seconds / 6) / 10} min`,
    sent.toLocaleString('en'),
    told,
    dropped,
    `${share.toFixed(0)} %`,
    `${memory[Math.floor(memory.length / 10)]}, ${memory.at(-1)}, ${Math.max(...memory)} MB`,
    `${at(delays, 0.5)}, ${at(delays, 0.95)}, ${at(delays, 1)} ms`,
    keys,
    load.toFixed(0),
  ];
  return `| ${cells.join(' | ')} |`;
}

function at(values: readonly number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(0);
}

/** The process that runs Node: this one or a child of its. */
function nodeOf(pid: number): number {
  const name = (one: number): string => readFileSync(`/proc/${one}/comm`, 'utf8').trim();
  for (const one of [pid, ...childrenOf(pid)]) if (/^(node|MainThread)/.test(name(one))) return one;
  return pid;
}

/** Seconds of processor so far. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function residentOf(pid: number): number {
  const [, kb = '0'] = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kb) / 1000);
}
