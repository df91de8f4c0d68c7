// Writes docs/LIMITS.md: what shapes that make memory grow cost, at one size and at four times it. All of it in one run,
// some 20 minutes on two processors, with 3 GB on the disk.
//   npm run build && node --import tsx tools/limits.ts
// To try it: `limits.ts all 25` with all of them 25 times smaller, `limits.ts floods 25 SYN` those of that name; both only print.
// `limits.ts all 1 '' 30` ends after 30 minutes: the rows stand in the order of their worth, and what was not reached says so.

import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FLOODS, writeFlood } from './floods.js';
import { limitsPage, type Row } from './limits-page.js';
import { type Long, writeLong } from './long.js';
import { type Shape, writeShape } from './shapes.js';

const TIME = '/usr/bin/time';
const REPORT = 'report --json FILE';
const LIVE = 'live --json - < FILE';
const TIMES = [1, 4] as const;

interface Cost {
  readonly bytes: number;
  readonly seconds: number;
  readonly output: number;
}

const SESSIONS: readonly (readonly [what: string, shape: Shape])[] = [
  [
    'sessions of 16 commands, cut off',
    { sessions: 16_384, commands: 16, everyNs: 2e6, ends: 'cut' },
  ],
  [
    'sessions of 16 commands that all go on',
    { sessions: 16_384, commands: 16, everyNs: 2e6, ends: 'open' },
  ],
  ['sessions of 1 command', { sessions: 12_500, commands: 1, everyNs: 2e6, ends: 'logout' }],
  [
    'a login every 5 s, 3 commands each',
    { sessions: 4320, commands: 3, everyNs: 5e9, ends: 'logout' },
  ],
  [
    'logins that are refused, 20 a second',
    { sessions: 20_000, commands: 0, everyNs: 5e7, ends: 'refused' },
  ],
];

/** Of those, the one that is read live too: it takes as long again. */
const PIPED = 'sessions of 1 command';

/** One long session: what lists, sorts and the slowest keep of it. */
const MILLIONS: Long = { commands: 1_000_000, everyNs: 200_000, blocks: 0 };
const LISTS = ['commands FILE', 'commands --sort latency -n 10 FILE', 'command --slowest 3 FILE'];
/** The same with data, for what reads it more than once, or writes. */
const READS: Long = { commands: 50_000, everyNs: 500_000, blocks: 1 };
const OTHERS = [
  'check --json FILE',
  'export --parquet OUT.tables FILE',
  'export --ndjson -o OUT.ndjson FILE',
  'report --html OUT.html FILE',
  'slice --to 10s -o OUT.pcapng FILE',
  'scrub -o OUT.pcapng FILE',
  'diff --json FILE OTHER',
  'points --json FILE OTHER',
];

/** Each in a process of its own, at a time; the page has their rows in this order. */
const PARTS = { sessions, lists, floods };
type Part = keyof typeof PARTS;

const [asked = '', divisor = '1', only = '', minutes = 'Infinity'] = process.argv.slice(2);
const endsAt = performance.now() + Number(minutes) * 60_000;
const NOT_REACHED = 'not reached';
const share = 1 / Number(divisor);
if (isPart(asked)) measurePart(asked);
else await all();

function isPart(word: string): word is Part {
  return word in PARTS;
}

async function all(): Promise<void> {
  const rows = await Promise.all((Object.keys(PARTS) as Part[]).map(rowsOf));
  const page = limitsPage(rows.flat());
  if (share === 1) writeFileSync('docs/LIMITS.md', page);
  else console.log(page);
}

/** A row a line, its cells as JSON. */
async function rowsOf(part: Part): Promise<Row[]> {
  const words = ['--import', 'tsx', 'tools/limits.ts', part, divisor, only, minutes];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const rows: Row[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    rows.push(JSON.parse(line) as Row);
  }
  return rows;
}

interface Place {
  readonly path: string;
  readonly other: string;
  readonly out: string;
}

function measurePart(part: Part): void {
  const folder = mkdtempSync(join(tmpdir(), 'sanscope-limits-'));
  const at = (name: string): string => join(folder, name);
  try {
    PARTS[part]({ path: at('shape.pcap'), other: at('other.pcap'), out: at('out') });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sessions(at: Place): void {
  for (const [what, shape] of SESSIONS) {
    for (const times of wanted(what)) {
      const count = Math.ceil(shape.sessions * times * share);
      if (isLate(what, times, `${count} sessions`)) continue;
      const bytes = writeShape(at.path, { ...shape, sessions: count });
      const commands = what === PIPED ? [REPORT, LIVE] : [REPORT];
      row(at, what, times, `${count} sessions`, bytes, commands);
    }
  }
}

function lists(at: Place): void {
  for (const [long, commands] of [
    [MILLIONS, LISTS],
    [READS, OTHERS],
  ] as const) {
    for (const times of TIMES) {
      const names = commands.filter((command) => nameOf(command).includes(only));
      if (names.length === 0) continue;
      const count = Math.ceil(long.commands * times * share);
      const size = `${count} commands`;
      if (performance.now() > endsAt) {
        for (const name of names) isLate(`\`${name}\``, times, size);
        continue;
      }
      const bytes = writeLong(at.path, { ...long, commands: count });
      if (commands === OTHERS) copyFileSync(at.path, at.other);
      for (const command of names) {
        const what = `\`${nameOf(command)}\``;
        if (!isLate(what, times, size)) row(at, what, times, size, bytes, [command]);
      }
    }
  }
}

function floods(at: Place): void {
  for (const flood of FLOODS) {
    for (const times of wanted(flood.what)) {
      const count = Math.ceil(flood.count * times * share);
      if (isLate(flood.what, times, `${count} ${flood.of}`)) continue;
      const bytes = writeFlood(at.path, flood, count);
      row(at, flood.what, times, `${count} ${flood.of}`, bytes, [REPORT, LIVE]);
    }
  }
}

function wanted(what: string): readonly number[] {
  return what.includes(only) ? TIMES : [];
}

/** The time is over: the row says that it was not reached. */
function isLate(what: string, times: number, size: string): boolean {
  if (performance.now() <= endsAt) return false;
  console.log(JSON.stringify([what, `×${times}`, size, NOT_REACHED, '', '', '', '']));
  return true;
}

/** `commands`: the first has a row's time and output, the second is live from a pipe. */
function row(
  at: Place,
  what: string,
  times: number,
  size: string,
  bytes: number,
  [command, live]: readonly string[],
): void {
  const cost = measured(at, command);
  const isPiped = live !== undefined && times === TIMES[1];
  const piped = isPiped ? megabytes(measured(at, live).bytes) : '';
  const cells = [what, `×${times}`, size, megabytes(bytes), megabytes(cost.bytes), piped];
  console.log(JSON.stringify([...cells, `${cost.seconds.toFixed(1)} s`, megabytes(cost.output)]));
}

function nameOf(command: string): string {
  return command.replace(/ (-o )?(FILE|OTHER|OUT\S*|<)/g, '').trim();
}

/** Memory at most, processor time of the program itself, and what it wrote. */
function measured({ path, other, out }: Place, command: string): Cost {
  const words = command.replace('FILE', path).replace('OTHER', other).replace('OUT', out);
  // A pipe, not a file that is given as standard input.
  const [own, piped] = words.split(' < ');
  const source = piped === undefined ? '' : `cat ${piped} | `;
  const line = `${source}${TIME} -f '%M %U' node bin/sanscope.js ${own} > ${out}`;
  const { stderr, status } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
  const last = stderr.trim().split('\n').at(-1) ?? '';
  const [kib, seconds] = last.split(' ').map(Number);
  if (status === null || status > 1 || !(kib > 0)) console.error(`${line}\n${stderr}`);
  const made = /OUT\S*/.exec(command)?.[0].replace('OUT', out);
  const output = sizeOf(out) + (made === undefined ? 0 : sizeOf(made));
  if (made !== undefined) rmSync(made, { recursive: true, force: true });
  return { bytes: kib * 1024, seconds, output };
}

function sizeOf(of: string): number {
  if (!statSync(of).isDirectory()) return statSync(of).size;
  const { stdout } = spawnSync('du', ['-sb', of], { encoding: 'utf8' });
  return Number(stdout.split('\t')[0]);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
