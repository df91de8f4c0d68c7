// Makes the parts of README.md that come from the program, and the man page: node --import tsx tools/readme.ts writes
// them; test/readme.test.ts checks that they are up to date.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { COMMANDS, type Flag, GLOBAL_FLAGS } from '../src/cli/command-table.js';
import { manPage, PAGE } from './man.js';

const TOP = fileURLToPath(new URL('..', import.meta.url));
const README = new URL('../README.md', import.meta.url);
/** A capture whose report fits a page. */
const SHOWN = ['report', '--top', '5', '--width', '110', 'captures/tgt-stalls-two-seconds.pcap.gz'];

export function readmeMade(text: string): string {
  return section(section(text, 'report', report()), 'commands', commands());
}

function section(text: string, name: string, body: string): string {
  const begin = text.indexOf(`<!-- ${name}: `);
  const from = text.indexOf('-->', begin) + 3;
  const to = text.indexOf('<!-- end -->', from);
  if (begin < 0 || to < 0) throw new Error(`README.md has no section ${name}`);
  return `${text.slice(0, from)}\n${body}\n${text.slice(to)}`;
}

function report(): string {
  const args = ['bin/sanscope.js', '--color', 'never', ...SHOWN];
  const out = execFileSync(process.execPath, args, { cwd: TOP });
  return `\`\`\`console\n$ sanscope ${SHOWN.join(' ')}\n${out.toString().trimEnd()}\n\`\`\``;
}

function commands(): string {
  const lines: string[] = [];
  for (const entry of COMMANDS) {
    lines.push(`### sanscope ${entry.name}`, '', `${capital(entry.about)}.`, '');
    if (entry.flags.length > 0) lines.push(...entry.flags.map(row), '');
    lines.push('```sh');
    for (const [line, about] of entry.examples) lines.push(`# ${about}`, line);
    lines.push('```', '');
  }
  lines.push('### For all of them', '', ...GLOBAL_FLAGS.map(row));
  return lines.join('\n');
}

function row(flag: Flag): string {
  const fallback = flag.fallback === undefined ? '' : ` (default ${flag.fallback})`;
  return `- \`${flag.flags}\`: ${flag.about}${fallback}`;
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(README, readmeMade(readFileSync(README, 'utf8')));
  // The man page comes from the same table.
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  writeFileSync(PAGE, manPage((JSON.parse(manifest) as { version: string }).version));
}
