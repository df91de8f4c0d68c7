// Writes docs/LIMITS.md: what shapes that make memory grow cost, at one size and at four times it.
//   npm run build && npx tsx tools/limits.ts

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SESSIONS_IN_FULL } from '../src/limits.js';
import { type Shape, writeShape } from './shapes.js';

const TIME = '/usr/bin/time';
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
];

const folder = mkdtempSync(join(tmpdir(), 'sanscope-limits-'));
const rows: string[] = [];
for (const [what, shape] of SHAPES) {
  for (const times of [1, 4]) {
    const path = join(folder, 'shape.pcap');
    const bytes = writeShape(path, { ...shape, sessions: shape.sessions * times });
    const cells = [what, `×${times}`, String(shape.sessions * times), megabytes(bytes)];
    rows.push(`| ${[...cells, ...measured(path)].join(' | ')} |`);
  }
}
rmSync(folder, { recursive: true, force: true });

writeFileSync(
  'docs/LIMITS.md',
  `# What captures cost

Made by \`tools/limits.ts\`: \`sanscope report --json\` of captures whose shape makes memory grow, at one size and at four times
it. Time is the processor's. Up to ${SESSIONS_IN_FULL} sessions are kept and told in full; of more, the oldest that are over are
counted in the totals (\`sessionsNotListed\`), so that output stops growing there. All bounds, each with its reason, are in
\`src/limits.ts\`; a bound that is reached is told (\`limit-reached\`).

| shape | | sessions | capture | memory | time | output |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`,
);

/** Memory, time and output. */
function measured(path: string): string[] {
  const out = join(folder, 'out.json');
  const command = `exec ${TIME} -f '%M %U' node bin/sanscope.js report --json ${path} > ${out}`;
  const { stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  const [kib, seconds] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return [megabytes(kib * 1024), `${seconds.toFixed(1)} s`, megabytes(statSync(out).size)];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
