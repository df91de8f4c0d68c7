// Writes docs/LIMITS.md: what shapes that make memory grow cost, at one size and at four times it. All of it in one run,
// some 20 minutes on two processors, with 3 GB on the disk.
//   npm run build && npx tsx tools/limits.ts [WORD] [DIVISOR]
// With a word only the shapes of that name, smaller by the divisor, printed and not written.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SESSIONS_IN_FULL } from '../src/limits.js';
import { FLOODS, writeFlood } from './floods.js';
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
    'a login every 5 s, 3 commands each',
    { sessions: 4320, commands: 3, everyNs: 5e9, ends: 'logout' },
  ],
  [
    'logins that are refused, 20 a second',
    { sessions: 20_000, commands: 0, everyNs: 5e7, ends: 'refused' },
  ],
  ['sessions of 1 command', { sessions: 12_500, commands: 1, everyNs: 2e6, ends: 'logout' }],
  [
    'sessions of 16 commands, cut off',
    { sessions: 16_384, commands: 16, everyNs: 2e6, ends: 'cut' },
  ],
  [
    'sessions of 16 commands that all go on',
    { sessions: 16_384, commands: 16, everyNs: 2e6, ends: 'open' },
  ],
];

/** Of those, the one that is read live too: it takes as long again. */
const PIPED = 'sessions of 1 command';

/** One long session: what lists, sorts and the slowest keep of it. */
const MILLIONS: Long = { commands: 1_000_000, everyNs: 50_000, blocks: 0 };
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

const [only = '', divisor = '1'] = process.argv.slice(2);
const part = 1 / Number(divisor);
const folder = mkdtempSync(join(tmpdir(), 'sanscope-limits-'));
const path = join(folder, 'shape.pcap');
const other = join(folder, 'other.pcap');
const out = join(folder, 'out');
const rows: string[] = [];
const costs = new Map<string, Cost>();

for (const [what, shape] of SESSIONS) {
  for (const times of wanted(what)) {
    const sessions = Math.ceil(shape.sessions * times * part);
    const bytes = writeShape(path, { ...shape, sessions });
    row(what, times, `${sessions} sessions`, bytes, what === PIPED ? [REPORT, LIVE] : [REPORT]);
  }
}
for (const [long, commands] of [
  [MILLIONS, LISTS],
  [READS, OTHERS],
] as const) {
  for (const times of TIMES) {
    const asked = commands.filter((command) => nameOf(command).includes(only));
    if (asked.length === 0) continue;
    const count = Math.ceil(long.commands * times * part);
    const bytes = writeLong(path, { ...long, commands: count });
    if (commands === OTHERS) copyFileSync(path, other);
    for (const command of asked) {
      row(`\`${nameOf(command)}\``, times, `${count} commands`, bytes, [command]);
    }
  }
}
for (const flood of FLOODS) {
  for (const times of wanted(flood.what)) {
    const count = Math.ceil(flood.count * times * part);
    const bytes = writeFlood(path, flood, count);
    row(flood.what, times, `${count} ${flood.of}`, bytes, [REPORT, LIVE]);
  }
}
rmSync(folder, { recursive: true, force: true });
if (only === '' && part === 1) writeFileSync('docs/LIMITS.md', page());

function wanted(what: string): readonly number[] {
  return what.includes(only) ? TIMES : [];
}

/** `commands`: the first has a row's time and output, the second is live from a pipe. */
function row(
  what: string,
  times: number,
  size: string,
  bytes: number,
  [command, live]: readonly string[],
): void {
  const cost = measured(command);
  costs.set(`${what} ${times}`, cost);
  const isPiped = live !== undefined && times === TIMES[1];
  const piped = isPiped ? megabytes(measured(live).bytes) : '';
  const cells = [what, `×${times}`, size, megabytes(bytes), megabytes(cost.bytes), piped];
  cells.push(`${cost.seconds.toFixed(1)} s`, megabytes(cost.output));
  rows.push(`| ${cells.join(' | ')} |`);
  console.log(rows.at(-1));
}

function nameOf(command: string): string {
  return command.replace(/ (-o )?(FILE|OTHER|OUT\S*|<)/g, '').trim();
}

/** Memory at most, processor time of the program itself, and what it wrote. */
function measured(command: string): Cost {
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

/** What the issue that asked for bounds had measured, and the same shape now. */
function asked(): string {
  const of = (what: string, times: number) => costs.get(`${what} ${times}`);
  const told = (cost: Cost | undefined, outputs = true): string => {
    if (cost === undefined) return '';
    const parts = [megabytes(cost.bytes), `${cost.seconds.toFixed(0)} s`];
    if (outputs) parts.push(`${megabytes(cost.output)} of JSON`);
    return parts.join(', ');
  };
  const [day1, day4] = [1, 4].map((times) => of(SESSIONS[0][0], times));
  const more = (SESSIONS[0][1].sessions * 3) / 1000;
  const each =
    day1 && day4
      ? `${((day4.bytes - day1.bytes) / more / 1e6).toFixed(1)} KB, ${((day4.output - day1.output) / more / 1e6).toFixed(1)} KB`
      : '';
  const list: readonly (readonly [string, string, string])[] = [
    ['a session more: memory, JSON', '113 KB, 80 KB', `${each} (beyond those told in full)`],
    ['a login every 5 s for a day', '2.05 GB, 1.3 GB of JSON', told(day4)],
    ['50,000 sessions of a command', '5.65 GB, 70 s; live the same', told(of(SESSIONS[2][0], 4))],
    [
      'a million commands in 65,536 sessions',
      'asked: below 300 MB and 100 MB of JSON',
      told(of(SESSIONS[3][0], 4)),
    ],
    ['the same, where none ends', '2.3 GB, 905 MB of JSON', told(of(SESSIONS[4][0], 4))],
    [
      '`command --slowest 3` of 4 million commands',
      '600 to 900 MB',
      told(of('`command --slowest 3`', 4), false),
    ],
    [
      '`commands --sort latency -n 10` of 4 million commands',
      '600 to 900 MB',
      told(of('`commands --sort latency -n 10`', 4), false),
    ],
    [
      'text of SendTargets, 40,000 targets',
      '3 MB/s',
      told(of('targets that SendTargets names', 4)),
    ],
  ];
  return list.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function page(): string {
  return `# What captures cost

Made by \`tools/limits.ts\` in one run: \`sanscope report --json\`, or the command named, of captures whose shape makes memory grow, at one
size and at four times it; "live" is the memory of \`sanscope live --json -\` with the larger one from a pipe. Time is the processor's (of a machine
that others used too). Up to ${SESSIONS_IN_FULL} sessions are kept and told in full. Of more, the oldest that are over are counted in the totals
(\`sessionsNotListed\`), and only who and when is kept of them (250 bytes); where all go on, the later ones are counted, and it is not
kept how they were agreed. So output stops growing there. All bounds, each with its reason, are in \`src/limits.ts\`; a bound that is
reached is told (\`limit-reached\`).

| shape | | size | capture | memory | live | time | output |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}

## What was asked, and what it is now

| capture | was | now |
|---|---|---|
${asked()}
`;
}
