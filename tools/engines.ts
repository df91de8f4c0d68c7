// Makes parts of docs/ENGINES.md: the tables from their columns (`tools/engines.ts`; test/export/engines.test.ts checks
// that they are up to date); sizes and speeds beside NDJSON and CSV (`tools/engines.ts sizes [COMMANDS]`, a million else;
// build first). What the doc says in SQL is run by the same test.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureLoad, loads } from '../bench/captures.js';
import { measure } from '../bench/measure.js';
import { TYPE_WORDS } from '../src/export/parquet/columns.js';
import { TABLES } from '../src/export/parquet/tables.js';
import { countText } from '../src/lib/number-text.js';

const DOC = new URL('../docs/ENGINES.md', import.meta.url);
const BIN = fileURLToPath(new URL('../bin/sanscope.js', import.meta.url));

export function tablesMade(text: string): string {
  return section(text, 'tables', tables());
}

function section(text: string, name: string, body: string): string {
  const begin = text.indexOf(`<!-- ${name}: `);
  const from = text.indexOf('-->', begin) + 3;
  const to = text.indexOf('<!-- end -->', from);
  if (begin < 0 || to < 0) throw new Error(`docs/ENGINES.md has no section ${name}`);
  return `${text.slice(0, from)}\n${body}\n${text.slice(to)}`;
}

function tables(): string {
  const lines: string[] = [];
  for (const [name, { about, columns }] of Object.entries(TABLES)) {
    lines.push(`### ${name}`, '', `${about}.`, '', '| column | type | what |', '|---|---|---|');
    for (const column of columns) {
      if (!(column.type in TYPE_WORDS)) throw new Error(column.name);
      lines.push(`| ${column.name} | ${column.type} | ${column.about.replaceAll('|', '\\|')} |`);
    }
    lines.push('');
  }
  return lines.join('\n').trimEnd();
}

const MB = 1e6;

/** Medians would take the machine for an hour: one run each, processor time beside the clock's. */
async function sizes(commandsMax: number): Promise<string> {
  const mixed = loads('normal').find(({ name }) => name === 'mtu1500')!;
  const options = { ...mixed.options, seed: 1_000_000, snaplen: 128, sizes: [512], commandsMax };
  const capture = ensureLoad(
    { name: 'commands', options: { ...options, bytesMax: Infinity } },
    (line) => console.log(line),
  );
  const folder = mkdtempSync(join(tmpdir(), 'sanscope-sizes-'));
  const ways: readonly (readonly [string, string, readonly string[]])[] = [
    ['report (nothing is exported)', '', ['report', '-q']],
    ['NDJSON, commands', 'x.ndjson', ['export', '-q', '--ndjson', '--no-pdus', '-o']],
    ['CSV, commands', 'x.csv', ['export', '-q', '--csv', '-o']],
    ['Parquet', 'tables', ['export', '-q', '--parquet']],
    ['Parquet with `--pdus`', 'pdus', ['export', '-q', '--pdus', '--parquet']],
  ];
  const lines = [
    `A capture of ${countText(capture.manifest.commandsSeen)} commands (${countText(Math.round(statSync(capture.path).size / MB))} MB, cut at 128 bytes), one run each, on Node ${process.versions.node}, on a machine that had more to do:`,
    '',
    '| as | MB | bytes a command | processor time | memory at most |',
    '|---|---|---|---|---|',
  ];
  for (const [name, file, args] of ways) {
    const out = file === '' ? [] : [join(folder, file)];
    const { cpuSeconds, peakBytes, code } = await measure(
      process.execPath,
      [BIN, ...args, ...out, capture.path],
      false,
    );
    if (code !== 0) throw new Error(`${name}: exit code ${code}`);
    const bytes = file === '' ? 0 : sizeOf(out[0]);
    const size =
      file === ''
        ? ['', '']
        : [(bytes / MB).toFixed(0), (bytes / capture.manifest.commandsSeen).toFixed(0)];
    const row = `| ${name} | ${size[0]} | ${size[1]} | ${cpuSeconds.toFixed(1)} s | ${(peakBytes / MB).toFixed(0)} MB |`;
    console.log(row);
    lines.push(row);
  }
  rmSync(folder, { recursive: true });
  return lines.join('\n');
}

function sizeOf(path: string): number {
  if (statSync(path).isFile()) return statSync(path).size;
  let bytes = 0;
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}

/** Exports files, so many processes at a time. */
export async function exportAll(
  files: readonly string[],
  folder: string,
  processes: number,
): Promise<void> {
  const left = [...files];
  const worker = async (): Promise<void> => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      const args = [BIN, 'export', '-q', '--parquet', folder, file];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
      const code = await new Promise((resolve) => child.on('close', resolve));
      if (code !== 0) throw new Error(`${file}: exit code ${code}`);
    }
  };
  await Promise.all(Array.from({ length: processes }, worker));
}

/** Statements of one engine that stand in the doc below a heading, in order. */
export function statements(engine: string, heading: string): string[] {
  const text = readFileSync(DOC, 'utf8');
  const at = text.indexOf(`\n${heading}\n`);
  if (at < 0) throw new Error(`docs/ENGINES.md has no ${heading}`);
  const level = heading.split(' ')[0];
  const rest = text.slice(at + heading.length + 2);
  const end = rest.search(new RegExp(`^#{1,${level.length}} `, 'm'));
  const part = end < 0 ? rest : rest.slice(0, end);
  return [...part.matchAll(new RegExp(`\`\`\`sql ${engine}\n([\\s\\S]*?)\`\`\``, 'g'))]
    .flatMap(([, sql]) => sql.split(/;\s*(?:\n|$)/))
    .filter((sql) => sql.trim() !== '');
}

/** Headings of the ten questions. */
export function questions(): string[] {
  return [...readFileSync(DOC, 'utf8').matchAll(/^### \d+\. .*$/gm)].map(([heading]) => heading);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [what, count] = process.argv.slice(2);
  const made = what === 'sizes' ? await sizes(Number(count ?? 1_000_000)) : undefined;
  const text = tablesMade(readFileSync(DOC, 'utf8'));
  writeFileSync(DOC, made === undefined ? text : section(text, 'sizes', made));
}
