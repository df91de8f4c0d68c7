// What a capture that goes on costs, with the screens open and as --json: processor, memory, delay, drops, and how
// long from a key to its screen. The table of docs/LIVE.md:
//
//   node --import tsx tools/live-soak.ts --rows all --seconds 600 --write docs/LIVE.md
//
// --rows all, or some of them: screens/pipe,json/tcpdump,screens/dumpcap (the default is screens/pipe). Without --write
// the table is printed. By tcpdump or dumpcap frames are sent into a pair of interfaces in network namespaces (root,
// python3). Needs the build.

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
import { machineText, writeBetween } from './marked-table.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    rate: { type: 'string', default: '20000' },
    rows: { type: 'string', default: 'screens/pipe' },
    write: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const rate = Number(values.rate);
const BIN =
  process.env['SANSCOPE_BIN'] ?? fileURLToPath(new URL('../bin/sanscope.js', import.meta.url));
const TICKS_PER_SECOND = 100;
const KEY_EVERY_MS = 250;
/** A screen that has not come by then counts as that late. */
const LATE_MS = 5000;
/** Looks, a second apart, in which nothing more was told. */
const SETTLED_LOOKS = 3;
/** So long a program has to begin to capture, before the first packet is sent. */
const BEGIN_MS = 2500;

const AS = ['screens', 'json'] as const;
const BY = ['pipe', 'tcpdump', 'dumpcap'] as const;

/** A row of the table: what shows the capture, and what packets come through. */
interface Way {
  readonly as: (typeof AS)[number];
  readonly by: (typeof BY)[number];
}

/** What was measured. */
interface Measured {
  readonly sent: number;
  readonly told: string;
  readonly dropped: string;
  /** Of a core, %. */
  readonly share: number;
  readonly samples: readonly Sample[];
  readonly loads: readonly number[];
  readonly keys: string;
}

/** Sends the packets of a pcap at a rate: as records with the time it is, or as frames into an interface. */
const SENDER = `
import socket, struct, sys, time
path, rate, seconds, to, wait = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4], float(sys.argv[5])
source = open(path, 'rb', 1 << 20)
head = source.read(24)
nano = head[:4] in (b'\\x4d\\x3c\\xb2\\xa1', b'\\xa1\\xb2\\x3c\\x4d')
pipe = open(to, 'wb', 0) if to.startswith('/') else None
link = None
if pipe: pipe.write(head)
else:
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    link.bind((to, 0))
time.sleep(wait)
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

/** What is read of an interval. */
interface SourceState {
  readonly packets: number;
  readonly packetsDropped?: number;
  readonly delayMsMax: number;
  readonly residentBytes: number;
}

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

const HEAD = `| as | by | for | packets | told | dropped | processor | memory (at a tenth, the end, most) | delay (median, 95 %, most) | key to screen (median, 95 %) | load |
|---|---|---|---|---|---|---|---|---|---|---|`;

/** What packets come through: a named pipe, or a pair of interfaces. */
class Bed {
  readonly by: Way['by'];
  readonly #folder = mkdtempSync(join(tmpdir(), 'sanscope-soak-'));
  readonly #fifo = join(this.#folder, 'pipe');
  readonly #mine = `soak-a-${process.pid}`;
  readonly #other = `soak-b-${process.pid}`;
  readonly #path: string;

  constructor(by: Way['by']) {
    this.by = by;
    this.#path = captureFor(by);
  }

  open(): void {
    if (this.by === 'pipe') {
      run('mkfifo', this.#fifo);
      return;
    }
    const [mine, other] = [this.#mine, this.#other];
    for (const name of [mine, other]) run('ip', 'netns', 'add', name);
    const pair = ['type', 'veth', 'peer', 'name', 'b0', 'netns', other];
    run('ip', 'link', 'add', 'a0', 'netns', mine, ...pair);
    run('ip', '-n', mine, 'link', 'set', 'a0', 'up');
    run('ip', '-n', other, 'link', 'set', 'b0', 'up');
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    if (this.by === 'pipe') return;
    for (const name of [this.#mine, this.#other]) spawnSync('ip', ['netns', 'delete', name]);
  }

  /** The command line that is measured. */
  line(...more: string[]): string {
    const program = `'${process.execPath}' '${BIN}' live --color never ${more.join(' ')}`;
    return this.by === 'pipe'
      ? `exec ${program} - < '${this.#fifo}'`
      : `exec ip netns exec ${this.#other} ${program} -i b0 --program ${this.by}`;
  }

  /** Sends, from when the program has begun on; how many packets were, when it is over. */
  send(): Promise<number> {
    const to = this.by === 'pipe' ? this.#fifo : 'a0';
    const wait = String(BEGIN_MS / 1000);
    const args = ['-c', SENDER, this.#path, String(rate), String(seconds), to, wait];
    const inside = ['netns', 'exec', this.#mine, 'python3', ...args];
    const [program, words] = this.by === 'pipe' ? ['python3', args] : ['ip', inside];
    const child: ChildProcess = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout?.on('data', (text) => {
      said += text;
    });
    return new Promise((resolve) => child.on('close', () => resolve(Number(said))));
  }
}

const wanted = rowsAsked(values.rows);
const about = machineText();
const rows: string[] = [];
console.log(`${about}\n\n${HEAD}`);
for (const way of wanted) {
  const bed = new Bed(way.by);
  bed.open();
  try {
    rows.push(rowOf(way, await (way.as === 'json' ? asJson(bed) : asScreens(bed))));
  } finally {
    bed.close();
  }
  console.log(rows.at(-1));
  if (values.write !== undefined) writeBetween(values.write, 'soak', [about, '', HEAD, ...rows]);
}

function rowsAsked(text: string): Way[] {
  const all = AS.flatMap((as) => BY.map((by): Way => ({ as, by })));
  if (text === 'all') return all;
  return text.split(',').map((name) => {
    const way = all.find(({ as, by }) => `${as}/${by}` === name);
    if (way === undefined)
      throw new Error(`--rows ${name}: it takes all, or screens|json/pipe|tcpdump|dumpcap`);
    return way;
  });
}

/** Through a pipe reads of 16 to 64 KiB, cut at 160 bytes; an interface has no snaplen: small whole packets. */
function captureFor(by: Way['by']): string {
  const cut = loads('normal').find(({ name }) => name === 'snaplen160')!;
  const mixed = loads('normal').find(({ name }) => name === 'mtu1500')!;
  const kind =
    by === 'pipe'
      ? { options: cut.options, packets: 30 }
      : { options: { ...mixed.options, seed: 20_000, sizes: [512, 1024] }, packets: 2 };
  const options = {
    ...kind.options,
    commandsMax: Math.ceil((seconds * rate) / kind.packets),
    bytesMax: Number.POSITIVE_INFINITY,
  };
  const name = by === 'pipe' ? 'soak-cut' : 'soak';
  return ensureLoad({ name, options }, (text) => console.error(text)).path;
}

function run(program: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}

async function asScreens(bed: Bed): Promise<Measured> {
  const pty = new Pty('bash', ['-c', bed.line()], 160, 50);
  let over = false;
  const sending = bed.send().finally(() => {
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
  pty.press('0');
  await settled(() => packetsOn(pty));
  const live = pty.rows().join('\n');
  pty.press('q');
  await pty.end();
  echo.close();
  const all = [...waits.values()].flat();
  const each = [...waits].map(([title, times]) => `${title} ${at(times, 0.95)}`).join(', ');
  console.error(`key to screen, p95 by screen in ms: ${each} (${all.length} keys)`);
  const told = packetsOn(pty, live);
  // dumpcap tells it when it ends: then it stands on the terminal that was given back.
  const said = `${live}\n${pty.rows().join(' ')}`;
  const [, dropped = bed.by === 'pipe' ? 'none can be' : '?'] = /([\d,]+) dropped/.exec(said) ?? [];
  const keys = `${at(all, 0.5)}, ${at(all, 0.95)} ms (echo: ${at(echoes, 0.5)}, ${at(echoes, 0.95)} ms)`;
  return { sent, told, dropped, share, samples, loads, keys };
}

async function asJson(bed: Bed): Promise<Measured> {
  const child = spawn('bash', ['-c', bed.line('--json', '--report-every', '1s')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const samples: Sample[] = [];
  const loads: number[] = [];
  let told = 0;
  let dropped: number | undefined;
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const one of lines) {
      if (one.includes('"about":"counters"')) {
        dropped = (JSON.parse(one) as { readonly dropped: number }).dropped;
      }
      if (!one.includes('"type":"interval"')) continue;
      const { sourceState: state } = JSON.parse(one) as { readonly sourceState: SourceState };
      told = state.packets;
      dropped = state.packetsDropped ?? dropped;
      samples.push({
        residentMb: Math.round(state.residentBytes / 1e6),
        delayMs: state.delayMsMax,
      });
      loads.push(loadavg()[0]);
    }
  });
  const sending = bed.send();
  await sleep(BEGIN_MS);
  const begun = performance.now();
  const pid = nodeOf(child.pid ?? 0);
  const cpu = cpuOf(pid);
  await sleep(seconds * 1000 - BEGIN_MS);
  const share = (100 * (cpuOf(pid) - cpu)) / ((performance.now() - begun) / 1000);
  const sent = await sending;
  await settled(() => String(told));
  if (bed.by !== 'pipe') process.kill(pid, 'SIGINT');
  await new Promise((resolve) =>
    child.exitCode === null ? child.on('close', resolve) : resolve(0),
  );
  const count = dropped === undefined ? 'none can be' : dropped.toLocaleString('en');
  return {
    sent,
    told: told.toLocaleString('en'),
    dropped: count,
    share,
    samples,
    loads,
    keys: '–',
  };
}

/** Until nothing more is told: what was late has come. */
async function settled(told: () => string): Promise<void> {
  let before = '';
  for (let same = 0; same < SETTLED_LOOKS; same = told() === before ? same + 1 : 0) {
    before = told();
    await sleep(1000);
  }
}

/** How many packets the live screen tells. */
function packetsOn(pty: Pty, text = pty.rows().join('\n')): string {
  return /([\d,]+) packets/.exec(text)?.[1] ?? '?';
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

function rowOf({ as, by }: Way, measured: Measured): string {
  const { sent, told, dropped, share, samples, loads, keys } = measured;
  const memory = samples.map(({ residentMb }) => residentMb);
  const delays = samples.map(({ delayMs }) => delayMs).filter((ms) => !Number.isNaN(ms));
  const load = loads.reduce((sum, one) => sum + one, 0) / Math.max(1, loads.length);
  const cells = [
    as === 'json' ? '`--json`' : 'screens',
    by,
    seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 6) / 10} min`,
    sent.toLocaleString('en'),
    told,
    dropped,
    `${share.toFixed(0)} %`,
    `${memory[Math.floor(memory.length / 10)]}, ${memory.at(-1)}, ${Math.max(...memory)} MB`,
    `${at(delays, 0.5)}, ${at(delays, 0.95)}, ${at(delays, 1)} ms`,
    keys,
    load.toFixed(1),
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
