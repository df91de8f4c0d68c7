// Writes docs/LIMITS.md: what shapes that make memory grow cost, at one size and at four times it.
//   npm run build && npx tsx tools/limits.ts

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SESSIONS_IN_FULL } from '../src/limits.js';
import { FLOODS, writeFlood } from './floods.js';
import { type Shape, writeShape } from './shapes.js';

const TIME = '/usr/bin/time';
const REPORT = ['report', '--json'];
const SHAPES: readonly (readonly [what: string, shape: Shape])[] = [
  [
    'a login every 5 s, 3 commands each',
    { sessions: 4320, commands: 3, everyNs: 5e9, ends: 'logout' },
  ],
  [
    'logins that are refused, 20 a second',
    { sessions: 4320, commands: 0, everyNs: 5e7, ends: 'refused' },
  ],
  ['sessions of 16 commands, cut off', { sessions: 4096, commands: 16, everyNs: 2e6, ends: 'cut' }],
  ['sessions that all go on', { sessions: 4096, commands: 4, everyNs: 2e6, ends: 'open' }],
];
/** One long session: what a list, a sort and the slowest keep of it. */
const LONG: Shape = { sessions: 1, commands: 100_000, everyNs: 1e9, ends: 'logout' };
const LISTS: readonly (readonly string[])[] = [
  ['commands'],
  ['commands', '--sort', 'latency', '-n', '10'],
  ['command', '--slowest', '3'],
];

const folder = mkdtempSync(join(tmpdir(), 'sanscope-limits-'));
const path = join(folder, 'shape.pcap');
const rows: string[] = [];
for (const flood of FLOODS) {
  for (const times of [1, 4]) {
    const bytes = writeFlood(path, flood, flood.count * times);
    row(flood.what, times, `${flood.count * times} ${flood.of}`, bytes, REPORT);
  }
}
for (const times of [1, 4]) {
  const bytes = writeShape(path, { ...LONG, commands: LONG.commands * times });
  for (const command of LISTS) {
    row(`\`${command.join(' ')}\``, times, `${LONG.commands * times} commands`, bytes, command);
  }
}
for (const [what, shape] of SHAPES) {
  for (const times of [1, 4]) {
    const bytes = writeShape(path, { ...shape, sessions: shape.sessions * times });
    row(what, times, `${shape.sessions * times} sessions`, bytes, REPORT);
  }
}
rmSync(folder, { recursive: true, force: true });

writeFileSync(
  'docs/LIMITS.md',
  `# What captures cost

Made by \`tools/limits.ts\`: \`sanscope report --json\`, or the command named, of captures whose shape makes memory grow, at one size and
at four times it. Time is the processor's. Up to ${SESSIONS_IN_FULL} sessions are kept and told in full. Of more, the oldest that are
over are counted in the totals (\`sessionsNotListed\`), and only who and when is kept of them (250 bytes); where all go on, the
later ones are counted, and it is not kept how they were agreed. So output stops growing there. All bounds, each with its reason,
are in \`src/limits.ts\`; a bound that is reached is told (\`limit-reached\`).

| shape | | size | capture | memory | time | output |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`,
);

function row(
  what: string,
  times: number,
  size: string,
  bytes: number,
  command: readonly string[],
): void {
  const cells = [what, `×${times}`, size, megabytes(bytes), ...measured(command)];
  rows.push(`| ${cells.join(' | ')} |`);
  console.log(rows.at(-1));
}

/** Memory, time and output. */
function measured(command: readonly string[]): string[] {
  const out = join(folder, 'out');
  const line = `exec ${TIME} -f '%M %U' node bin/sanscope.js ${command.join(' ')} ${path} > ${out}`;
  const { stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
  const [kib, seconds] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return [megabytes(kib * 1024), `${seconds.toFixed(1)} s`, megabytes(statSync(out).size)];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
